package Test::Webhook::Proxy;

# A proxy between a client and Redis that loses, delays or replaces replies on demand.

use v5.36;
use Carp qw(croak);
use IO::Select;
use IO::Socket::INET;
use IO::Socket::UNIX;
use JSON::PP;
use POSIX qw(_exit);
use Socket;

# port: where it listens; to: port of the server
sub new ($class, %arg) { return bless { owner => $$, %arg }, $class }

sub start ($self) {
    my $listen =
        IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $self->{port}, Listen => 128,
        ReuseAddr => 1)
        or croak "proxy cannot listen on $self->{port}: $@";
    socketpair my $ours, my $theirs, AF_UNIX, SOCK_STREAM, PF_UNSPEC or croak "socketpair: $!";
    my $pid = fork() // croak "fork: $!";
    if ($pid == 0) {
        close $ours;
        Test::Webhook::Process::die_with_parent();
        $SIG{$_} = 'DEFAULT' for qw(INT TERM HUP);
        eval {
            _run(
                {
                    listen => $listen, control => $theirs, to => $self->{to}, peer => {},
                    select => IO::Select->new($listen, $theirs)
                }
            );
            1;
        } or warn $@;
        _exit(0);
    }
    close $theirs;
    close $listen;
    @{$self}{qw(pid control)} = ($pid, $ours);
    return $self;
}

# Forwards the next command that contains $pattern (a text), discards its reply and closes the connection.
sub cut ($self, $pattern) { $self->_tell({ pattern => $pattern, action => 'cut' }) }

# Discards its reply and all later ones of that connection, which stays open.
sub swallow ($self, $pattern) { $self->_tell({ pattern => $pattern, action => 'swallow' }) }

# Replaces its reply by these bytes.
sub replace ($self, $pattern, $bytes) {
    $self->_tell({ pattern => $pattern, action => 'replace', bytes => $bytes });
}

# Replaces the next reply that is a text with this beginning, wherever it is among the replies.
sub replace_text ($self, $begin, $bytes) { $self->_tell({ begin => $begin, bytes => $bytes }) }

# Returns true when the last order was carried out.
sub done ($self) { return $self->_tell({ ask => 1 }) eq '1' }

sub _tell ($self, $order) {
    syswrite $self->{control}, JSON::PP->new->ascii->encode($order) . "\n";
    IO::Select->new($self->{control})->can_read(30) or croak 'proxy does not answer';
    sysread $self->{control}, my $answer, 1;
    return $answer;
}

sub stop ($self) {
    return if !$self->{pid};
    kill 'KILL', $self->{pid};
    waitpid delete $self->{pid}, 0;
}

sub DESTROY ($self) { $self->stop if $self->{owner} == $$ }

# --- the process --------------------------------------------------------------------------------------------

sub _run ($self) {
    local $SIG{PIPE} = 'IGNORE';
    while (1) {
        for my $socket ($self->{select}->can_read) {
            if    ($socket == $self->{listen})  { _accept($self) }
            elsif ($socket == $self->{control}) { _order($self) or return }
            elsif ($self->{peer}{$socket})      { _pass($self, $socket) }
        }
    }
}

sub _accept ($self) {
    my $client = $self->{listen}->accept or return;
    my $server = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $self->{to})
        or return close $client;
    setsockopt $_, Socket::IPPROTO_TCP(), Socket::TCP_NODELAY(), 1 for $client, $server;
    $self->{peer}{$client} = { to => $server, from_client => 1 };
    $self->{peer}{$server} = { to => $client };
    $self->{select}->add($client, $server);
}

sub _order ($self) {
    sysread $self->{control}, my $line, 65536 or return 0;
    my $order = decode_json($line);
    syswrite $self->{control}, $order->{ask} ? ($self->{order} ? '0' : '1') : '.';
    $self->{order} = $order if !$order->{ask};
    return 1;
}

sub _close ($self, $socket) {
    my $other = $self->{peer}{$socket}{to};
    delete @{ $self->{peer} }{ $socket, $other };
    $self->{select}->remove($socket, $other);
    close $_ for $socket, $other;
}

sub _pass ($self, $socket) {
    my $way = $self->{peer}{$socket};
    sysread($socket, my $bytes, 262144) or return _close($self, $socket);
    if ($way->{from_client}) {
        my $order = $self->{order};
        if ($order && $order->{pattern} && index($bytes, $order->{pattern}) >= 0) {
            $self->{peer}{ $way->{to} }{spoil} = $order;
            delete $self->{order};
        }
    } elsif (my $order = $way->{spoil}) {
        return _close($self, $socket) if $order->{action} eq 'cut';
        return if $order->{action} eq 'swallow';
        $bytes = $order->{bytes};
        delete $way->{spoil};
    } elsif ($order = $self->{order} and $order->{begin} and $bytes =~ /\$(\d+)\r\n(?=\Q$order->{begin}\E)/) {
        substr $bytes, $-[0], $+[0] - $-[0] + $1 + 2, $order->{bytes};
        delete $self->{order};
    }
    _write($self, $socket, $bytes);
}

sub _write ($self, $from, $bytes) {
    while (length $bytes) {
        my $wrote = syswrite $self->{peer}{$from}{to}, $bytes or return _close($self, $from);
        substr $bytes, 0, $wrote, '';
    }
}

1;
