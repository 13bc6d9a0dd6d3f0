package Test::Webhook::Worker;

# One webhook-worker with its configuration file.

use v5.36;
use Carp qw(croak);
use JSON::PP;
use Test::Webhook::Process;
use Test::Webhook::Wait;

# name, dir, build, config => {...} (docs/commands.md, webhook-worker), redis => RedisServer
sub new ($class, %arg) {
    my $self = bless { %arg }, $class;
    $self->{file} = "$self->{dir}/$self->{name}.json";
    $self->configure($self->{config});
    $self->{process} = Test::Webhook::Process->new(
        name => $self->{name}, dir => $self->{dir}, out => "$self->{dir}/$self->{name}.out",
        cmd => [ "$self->{build}/webhook-worker", '--config', $self->{file} ],
    );
    return $self;
}

# Rewrites the file (then send HUP).
sub configure ($self, $config) {
    $self->{config} = $config;
    spew($self->{file}, JSON::PP->new->canonical->pretty->encode($config));
}

# Starts it and waits until it is a member (its heartbeat is in Redis); wait => 0 does not.
sub start ($self, %arg) {
    my %before = map { $_ => 1 } $self->_members;
    $self->{process}->started_again;
    $self->{process}->start;
    return $self if defined $arg{wait} && !$arg{wait};
    wait_for("$self->{name} to start", sub {
        croak "$self->{name} ended at once:\n" . $self->output if !$self->{process}->alive;
        return scalar grep { !$before{$_} } $self->_members;
    }, 20);
    return $self;
}

sub _members ($self) {
    my $members = eval { $self->{redis}->connect->zrange('webhook:{config}:workers', 0, -1) };
    return @{ $members // [] };
}

sub pid ($self) { return $self->{process}->pid }
sub alive ($self) { return $self->{process}->alive }
sub signal ($self, $signal) { return $self->{process}->signal($signal) }
sub stop ($self, $timeout = 40) { $self->{process}->stop('TERM', $timeout) }
sub kill9 ($self) { $self->{process}->kill9 }
sub restart ($self) { $self->stop; $self->start }
sub output ($self) { return $self->{process}->output }
sub log ($self) { return $self->output }

sub wait_log ($self, $pattern, %arg) {
    my ($count, @lines) = ($arg{count} // 1);
    wait_for("a line like $pattern in the log of $self->{name}",
        sub { (@lines = grep { $_ =~ $pattern } split /\n/, $self->output) >= $count }, $arg{timeout} // 30);
    return $lines[-1];
}

sub problems ($self) {
    return
        map { "$self->{name}: $_" } grep { /Sanitizer|runtime error:|terminate called|Assertion/ } split /\n/,
        $self->output;
}

1;
