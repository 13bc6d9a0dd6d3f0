package Test::Webhook::Commands;

# Runs programs and webhookctl, and reads what is stored. A base of Test::Webhook.

use v5.36;
use Carp qw(croak);
use POSIX ();
use Test::Webhook::Json;
use Test::Webhook::Process;
use Test::Webhook::Wait;

# run([cmd...], stdin => $text, env => {}, cwd =>): {exit, out, err}; exit 128 + N for signal N.
sub run ($self, $cmd, %arg) {
    my $in = $self->write('.stdin', $arg{stdin} // '');
    my ($out, $err) = map { "$self->{dir}/.$_" } qw(stdout stderr);
    my $pid = fork() // croak "fork: $!";
    if ($pid == 0) {
        Test::Webhook::Process::die_with_parent();
        chdir($arg{cwd} // $self->{dir});
        $ENV{$_} = $arg{env}{$_} for keys %{ $arg{env} // {} };
        open STDIN, '<', $in;
        open STDOUT, '>', $out;
        open STDERR, '>', $err;
        { no warnings; exec { $cmd->[0] } @$cmd; }
        syswrite STDERR, "cannot run $cmd->[0]: $!\n";
        POSIX::_exit(127);
    }
    local $SIG{ALRM} = sub { kill 'KILL', $pid };
    alarm(($arg{timeout} // 300) * slowness());
    waitpid $pid, 0;
    my $status = $?;
    alarm 0;
    return { exit => $status & 127 ? 128 + ($status & 127) : $status >> 8, out => slurp($out),
        err => slurp($err) };
}

# ctl('ledger', '--json') or ctl({stdin => $text, redis => 'redis'}, 'apply', '-'): {exit, out, err}
sub ctl ($self, @words) {
    my $arg = ref $words[0] ? shift @words : {};
    my %env = %{ $arg->{env} // {} };
    my $name = $arg->{redis} // 'redis';
    $env{WEBHOOK_REDIS} //= $self->redis_server($name)->url if $self->_part(redis => $name);
    my $result = $self->run([ "$self->{build}/webhookctl", @words ], stdin => $arg->{stdin}, env => \%env);
    push @{ $self->{trouble} }, "webhookctl @words: exit $result->{exit}\n$result->{err}"
        if $result->{exit} >= 128 || $result->{err} =~ /Sanitizer|runtime error:|terminate called/;
    return $result;
}

# apply({id => 'crm', url => ...}, ...): makes Redis hold exactly these endpoints; dies when that fails.
sub apply ($self, @endpoints) {
    my $result =
        $self->ctl({ stdin => to_json(\@endpoints) }, 'apply', '-', @endpoints ? () : '--allow-empty');
    croak "webhookctl apply: exit $result->{exit}\n$result->{out}$result->{err}" if $result->{exit};
    return $result;
}

sub ledger ($self) {
    my $result = $self->ctl('ledger', '--json');
    return
        eval { from_json($result->{out}) }
        // croak "webhookctl ledger: exit $result->{exit}\n$result->{out}$result->{err}";
}

# Waits until everything accepted is settled (nothing unrouted, nothing waiting, the ledger balanced); returns
# the ledger.
sub wait_settled ($self, $timeout = 60) {
    my $ledger;
    wait_for('everything to be settled', sub {
        $ledger = eval { $self->ledger } or return 0;
        return $ledger->{balanced} && !$ledger->{total}{unrouted} && !$ledger->{total}{waiting};
    }, $timeout);
    return $ledger;
}

# Returns the entries of all partitions of a stream, oldest first within each.
sub events ($self, $stream, $redis = 'redis') {
    my $client = $self->redis($redis);
    my @keys = sort @{ $client->keys("webhook:{$stream:*}:events") };
    return map { $client->entries($_) } @keys;
}

1;
