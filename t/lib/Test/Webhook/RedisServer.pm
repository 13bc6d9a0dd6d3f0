package Test::Webhook::RedisServer;

# A private redis-server with an append-only file that is synced at every write.

use v5.36;
use Carp qw(croak);
use Test::Webhook::Process;
use Test::Webhook::Redis;
use Test::Webhook::Wait;

# name, dir, port, host => '127.0.0.1', options => [line, ...] of redis.conf, unix => 1: the URL names its
# socket
sub new ($class, %arg) {
    my $self = bless { %arg, host => $arg{host} // '127.0.0.1' }, $class;
    my @lines = (
        "port $self->{port}", "bind $self->{host}", "dir \"$self->{dir}\"", 'save ""', 'appendonly yes',
        'appendfsync always',
        'maxmemory-policy noeviction', 'daemonize no', 'loglevel notice', 'enable-debug-command yes',
    );
    push @lines, "unixsocket \"$self->{dir}/redis.sock\"" if length("$self->{dir}/redis.sock") < 108;
    spew("$self->{dir}/redis.conf", join("\n", @lines, @{ $self->{options} // [] }) . "\n");
    $self->{process} = Test::Webhook::Process->new(
        name => $self->{name}, dir => $self->{dir}, out => "$self->{dir}/redis.out",
        cmd => [ $ENV{TEST_REDIS_SERVER} // 'redis-server', "$self->{dir}/redis.conf" ],
    );
    return $self;
}

# The URL for directives and commands.
sub url ($self) {
    return $self->{unix} ? "unix:$self->{dir}/redis.sock" : "redis://$self->{host}:$self->{port}";
}
sub port ($self) { return $self->{port} }
sub socket ($self) { return "$self->{dir}/redis.sock" }

# Starts it (also again after stop or kill9) and waits until it has loaded its data.
sub start ($self) {
    $self->{process}->started_again;
    $self->{process}->start;
    delete $self->{client};
    wait_for("$self->{name} to start", sub {
        croak "$self->{name} did not start:\n" . $self->{process}->output if !$self->{process}->alive;
        return eval { $self->_ping($self->connect) };
    }, 20);
    return $self;
}

sub _ping ($self, $client) {
    return eval { $client->call('PING'); 1 } || $@ =~ /NOAUTH|NOPERM/;
}

# Opens a new client connection.
sub connect ($self) { return Test::Webhook::Redis->new(port => $self->{port}, host => $self->{host}) }

# Returns the shared client, connected again after a restart.
sub client ($self) { return $self->{client} //= $self->connect }

sub stop ($self) { $self->{process}->stop('TERM') }
sub kill9 ($self) { delete $self->{client}; $self->{process}->kill9 }
sub restart ($self) { $self->stop; $self->start }

# Simulates a server that hangs (SIGSTOP, SIGCONT).
sub freeze ($self) { $self->{process}->signal('STOP') }
sub thaw ($self) { $self->{process}->signal('CONT') }

sub problems ($self) {
    return map { "$self->{name}: $_" } grep { /crashed by signal|FATAL/i } split /\n/,
        $self->{process}->output;
}

1;
