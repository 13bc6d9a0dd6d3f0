package Test::Webhook::Load;

# Senders that behave like providers: keep-alive connections, and retries of an event until it is accepted.

use v5.36;
use IO::Socket::INET;
use JSON::PP;
use POSIX qw(_exit);
use Time::HiRes qw(sleep time);
use Test::Webhook::HTTP;
use Test::Webhook::Wait;

# port; request => sub ($n) { request text of event $n, signed now }; log => file; senders (8); max => events
# in all (none); pause => seconds between events of one sender (0); keepalive (1); patience => seconds for one
# event (30).
sub new ($class, %arg) {
    my $self = bless { senders => 8, pause => 0, keepalive => 1, patience => 30, %arg, pids => [] }, $class;
    for my $sender (0 .. $self->{senders} - 1) {
        my $pid = fork() // die "fork: $!";
        if ($pid == 0) {
            Test::Webhook::Process::die_with_parent();
            eval { $self->_send_all($sender); 1 } or warn $@;
            _exit(0);
        }
        push @{ $self->{pids} }, $pid;
    }
    return $self;
}

sub _send_all ($self, $sender) {
    my $stop = 0;
    local $SIG{TERM} = sub { $stop = 1 };
    open $self->{out}, '>>:raw', $self->{log} or die "$self->{log}: $!";
    for (my $n = $sender; !$stop && (!$self->{max} || $n < $self->{max}); $n += $self->{senders}) {
        $self->_send_one($n);
        sleep $self->{pause} if $self->{pause};
    }
}

sub _send_one ($self, $n) {
    my ($begin, $tries, @troubles) = (time, 0);
    while (time < $begin + $self->{patience} * slowness()) {
        $tries++;
        my $response = $self->_try($self->{request}->($n));
        if ($response->{status} =~ /^2/) {
            return $self->_note({
                n => $n, status => $response->{status}, body => $response->{body}, tries => $tries,
                took => time - $begin, troubles => \@troubles
            });
        }
        push @troubles, $response->{error} // $response->{status};
        sleep 0.05;
    }
    $self->_note({ n => $n, status => 0, tries => $tries, troubles => \@troubles });
}

# Sends on the keep-alive connection, again on a new one if it closed before any byte of a response: nginx may
# close an idle connection.
sub _try ($self, $text) {
    my $reused = $self->{connection};
    my $connection = $self->{connection} //= eval { Test::Webhook::HTTP->new($self->{port}) };
    return { status => 0, error => 'connect' } if !$connection;
    my $sent = $connection->send($text);
    my $response = $connection->response;
    if (!$response || !$response->{status}) {
        delete($self->{connection})->close;
        return $self->_try($text) if $reused && !$response && !length $connection->{buffer};
        return $response // { status => 0, error => 'closed' };
    }
    if (!$self->{keepalive} || ($response->{headers}{connection} // '') =~ /close/i) {
        delete($self->{connection})->close;
    }
    return $response;
}

sub _note ($self, $line) { syswrite $self->{out}, encode_json($line) . "\n" }

# Returns how many events have a response so far.
sub done ($self) { return scalar(() = slurp($self->{log}) =~ /\n/g) }

# Lets each sender finish its event and returns {events => {n => line}, accepted => [n, ...], lost => [n,
# ...], troubles => {kind => count}}.
sub stop ($self) {
    kill 'TERM', @{ $self->{pids} };
    return $self->wait;
}

# Waits until `max` events were sent.
sub wait ($self) {
    waitpid $_, 0 for splice @{ $self->{pids} };
    my %result = (events => {}, accepted => [], lost => [], troubles => {});
    for my $line (map { decode_json($_) } split /\n/, slurp($self->{log})) {
        $result{events}{ $line->{n} } = $line;
        push @{ $result{ $line->{status} ? 'accepted' : 'lost' } }, $line->{n};
        $result{troubles}{$_}++ for @{ $line->{troubles} };
    }
    return \%result;
}

sub DESTROY ($self) { kill 'KILL', @{ $self->{pids} } if @{ $self->{pids} } }

1;
