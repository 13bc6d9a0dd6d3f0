package Test::Webhook::Receiver;

# A receiver of deliveries: a forked HTTP server that records requests and answers by script.

use v5.36;
use Carp qw(croak);
use IO::Select;
use IO::Socket::INET;
use IO::Socket::UNIX;
use JSON::PP;
use MIME::Base64 qw(decode_base64 encode_base64);
use POSIX qw(_exit);
use Socket;
use Time::HiRes qw(sleep time);
use Test::Webhook::Wait;

# port, log (file of requests, one JSON object a line)
sub new ($class, %arg) {
    return bless { %arg, requests => [], read_to => 0, script => {} }, $class;
}

sub port ($self) { return $self->{port} }
sub url ($self, $path = '') { return "http://127.0.0.1:$self->{port}$path" }

sub start ($self) {
    my $listen =
        IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $self->{port}, Listen => 1024,
        ReuseAddr => 1)
        or croak "receiver cannot listen on $self->{port}: $@";
    socketpair my $ours, my $theirs, AF_UNIX, SOCK_STREAM, PF_UNSPEC or croak "socketpair: $!";
    my $pid = fork() // croak "fork: $!";
    if ($pid == 0) {
        close $ours;
        Test::Webhook::Process::die_with_parent();
        $SIG{$_} = 'DEFAULT' for qw(INT TERM HUP);
        eval { Test::Webhook::Receiver::Server->new($listen, $theirs, $self->{log}, $self->{script})->run; 1 }
            or warn $@;
        _exit(0);
    }
    close $theirs;
    close $listen;
    @{$self}{qw(pid control)} = ($pid, $ours);
    return $self;
}

sub stop ($self) {
    return if !$self->{pid};
    kill 'KILL', $self->{pid};
    waitpid $self->{pid}, 0;
    delete @{$self}{qw(pid control)};
}

# script('/path' => [ANSWER, ...]): the answers of that path in turn, the last one repeated. Without a script:
# 200. ANSWER: a status; 'hang', 'close' (no answer), 'reset'; or {status, headers => [name => value], body,
# delay => seconds, hold => 1 (until release), drip => seconds between bytes, close => 1 (after the answer),
# raw => bytes instead of all that, limit => [requests, seconds] (beyond: 429 with Retry-After)}.
sub script ($self, %script) {
    $self->{script}{$_} = ref $script{$_} eq 'ARRAY' ? $script{$_} : [ $script{$_} ] for keys %script;
    $self->_tell({ script => \%script }) if $self->{pid};
}

# Releases the answers that are held at that path. Only those of recorded requests are held.
sub release ($self, $path) { $self->_tell({ release => $path }) }

sub _tell ($self, $order) {
    syswrite $self->{control}, encode_json($order) . "\n";
    IO::Select->new($self->{control})->can_read(30) or croak 'receiver does not answer';
    sysread $self->{control}, my $ack, 1;
}

# Returns all requests so far: {n, at, conn, method, path, query, headers => {lower => first value},
# all => [[name, value]...], body}.
sub requests ($self, $path = undef) {
    if (open my $in, '<:raw', $self->{log}) {
        seek $in, $self->{read_to}, 0;
        my $end = -s $in;    # under load more may come than is read meanwhile
        while ($self->{read_to} < $end && defined(my $line = <$in>)) {
            last if $line !~ /\n\z/;
            $self->{read_to} += length $line;
            my $request = decode_json($line);
            $request->{body} =
                $request->{body_file} ? slurp($request->{body_file}) : decode_base64($request->{body});
            push @{ $self->{requests} }, $request;
        }
    }
    return defined $path ? grep { $_->{path} eq $path } @{ $self->{requests} } : @{ $self->{requests} };
}

sub count ($self, $path = undef) { return scalar(my @all = $self->requests($path)) }

# Waits for at least $count requests (to $path); returns them.
sub wait_requests ($self, $count, $path = undef, $timeout = 30) {
    wait_for("$count requests at the receiver" . (defined $path ? " ($path)" : ''),
        sub { $self->count($path) >= $count }, $timeout);
    return $self->requests($path);
}

sub DESTROY ($self) { $self->stop if ($self->{owner} // $$) == $$ && $self->{pid} }

package Test::Webhook::Receiver::Server;

use v5.36;
use Fcntl qw(F_GETFL F_SETFL O_NONBLOCK);
use IO::Select;
use JSON::PP;
use MIME::Base64 qw(encode_base64);
use POSIX ();
use Socket;
use Time::HiRes qw(time);

sub new ($class, $listen, $control, $log, $script) {
    open my $out, '>>:raw', $log or die "$log: $!";
    return bless {
        listen => $listen, control => $control, log => $log, out => $out, script => {%$script}, at => {},
        connections => {},
        select => IO::Select->new($listen, $control), n => 0, conn => 0, control_buffer => '',
    }, $class;
}

sub run ($self) {
    local $SIG{PIPE} = 'IGNORE';
    while (1) {
        for my $socket ($self->{select}->can_read($self->next_timer)) {
            if    ($socket == $self->{listen})  { $self->accept_one }
            elsif ($socket == $self->{control}) { $self->control or return }
            else                                { $self->readable($socket) }
        }
        $self->timers;
    }
}

sub next_timer ($self) {
    my ($first) = sort { $a <=> $b } map { $_->{due} // () } values %{ $self->{connections} };
    return if !defined $first;
    my $left = $first - time;
    return $left > 0 ? $left : 0;
}

sub timers ($self) {
    for my $connection (values %{ $self->{connections} }) {
        $self->write_out($connection) if defined $connection->{due} && $connection->{due} <= time;
    }
}

sub accept_one ($self) {
    my $socket = $self->{listen}->accept or return;
    setsockopt $socket, Socket::IPPROTO_TCP(), Socket::TCP_NODELAY(), 1;
    $self->{select}->add($socket);
    $self->{connections}{ fileno $socket } = { socket => $socket, in => '', number => ++$self->{conn} };
}

sub control ($self) {
    sysread($self->{control}, $self->{control_buffer}, 65536, length $self->{control_buffer}) or return 0;
    while ($self->{control_buffer} =~ s/\A(.*)\n//) {
        my $order = decode_json($1);
        my $script = $order->{script} // {};
        for my $path (keys %$script) {
            $self->{script}{$path} =
                ref $script->{$path} eq 'ARRAY' ? $script->{$path} : [ $script->{$path} ];
            $self->{at}{$path} = 0;
        }
        $self->release_all($order->{release}) if defined $order->{release};
        syswrite $self->{control}, '.';
    }
    return 1;
}

sub release_all ($self, $path) {
    for my $connection (grep { ($_->{held} // '') eq $path } values %{ $self->{connections} }) {
        delete $connection->{held};
        $self->write_out($connection);
    }
}

sub drop ($self, $connection) {
    my $socket = $connection->{socket};
    delete $self->{connections}{ fileno $socket };
    $self->{select}->remove($socket);
    close $socket;
}

sub readable ($self, $socket) {
    my $connection = $self->{connections}{ fileno $socket } or return;
    sysread($socket, $connection->{in}, 262144, length $connection->{in}) or return $self->drop($connection);
    $self->next_request($connection) if !$connection->{busy};
}

sub next_request ($self, $connection) {
    my $request = take_request(\$connection->{in}) or return;
    $connection->{busy} = 1;
    $self->record($connection, $request);
    $self->answer($connection, $self->choose($request->{path}), $request->{path});
}

# Takes one complete request off the front of the buffer, or returns nothing.
sub take_request ($buffer) {
    my $head_end = index $$buffer, "\r\n\r\n";
    return if $head_end < 0;
    my ($first, @lines) = split /\r\n/, substr $$buffer, 0, $head_end;
    my $begin = $head_end + 4;
    my @all = map { [ /^([^:]+):\s*(.*?)\s*$/ ] } @lines;
    my %headers;
    $headers{ lc $_->[0] } //= $_->[1] for @all;
    my ($body, $end) = ('', $begin);
    if (($headers{'transfer-encoding'} // '') =~ /chunked/i) {
        ($body, $end) = take_chunks($buffer, $begin) or return;
    } else {
        $end = $begin + ($headers{'content-length'} // 0);
        return if length $$buffer < $end;
        $body = substr $$buffer, $begin, $end - $begin;
    }
    substr $$buffer, 0, $end, '';
    my ($method, $target) = split / /, $first;
    my ($path, $query) = split /\?/, $target, 2;
    return { method => $method, path => $path, query => $query // '', headers => \%headers, all => \@all,
        body => $body };
}

sub take_chunks ($buffer, $at) {
    my $body = '';
    pos($$buffer) = $at;
    while ($$buffer =~ /\G([0-9a-fA-F]+)[^\n]*\n/gc) {
        my $length = hex $1;
        my $start = pos $$buffer;
        return if length $$buffer < $start + $length + 2;
        return ($body, $start + 2) if !$length;
        $body .= substr $$buffer, $start, $length;
        pos($$buffer) = $start + $length + 2;
    }
    return;
}

sub record ($self, $connection, $request) {
    my %line = (%$request, n => ++$self->{n}, at => time, conn => $connection->{number});
    if (length $line{body} > 100_000) {   # JSON::PP would need seconds for it
        $line{body_file} = "$self->{log}.$line{n}";
        Test::Webhook::Wait::spew($line{body_file}, delete $line{body});
    } else {
        $line{body} = encode_base64($request->{body}, '');
    }
    syswrite $self->{out}, JSON::PP->new->latin1->canonical->encode(\%line) . "\n";
}

sub choose ($self, $path) {
    my $script = $self->{script}{$path} // $self->{script}{'*'} // return 200;
    my $at = $self->{at}{$path}++ // 0;
    return $script->[ $at < @$script ? $at : -1 ] // 200;
}

sub answer ($self, $connection, $answer, $path) {
    return if $answer eq 'hang';
    return $self->drop($connection) if $answer eq 'close';
    if ($answer eq 'reset') {
        setsockopt $connection->{socket}, SOL_SOCKET, SO_LINGER, pack 'ii', 1, 0;
        return $self->drop($connection);
    }
    my $how = ref $answer ? $answer : { status => $answer };
    my $wait = $how->{limit} ? $self->refuse_for($path, @{ $how->{limit} }) : 0;
    $how = { status => 429, headers => [ 'Retry-After' => $wait ] } if $wait;
    my $body = $how->{body} // '';
    my $status = $how->{status} // 200;
    my @headers = @{ $how->{headers} // [] };
    my $text = "HTTP/1.1 $status Scripted\r\n";
    while (my ($name, $value) = splice @headers, 0, 2) { $text .= "$name: $value\r\n" }
    $text .= 'Content-Length: ' . length($body) . "\r\n" if $status != 204;
    $text .= "Connection: close\r\n" if $how->{close};
    @{$connection}{qw(reply drip close)} = ($how->{raw} // "$text\r\n$body", $how->{drip}, $how->{close});
    return $connection->{held} = $path if $how->{hold};
    return $connection->{due} = time + $how->{delay} if $how->{delay};
    $self->write_out($connection);
}

# Returns for how many seconds a limited path refuses requests, 0 while it takes them.
sub refuse_for ($self, $path, $count, $seconds) {
    my $window = $self->{window}{$path} //= { ends => 0 };
    %$window = (ends => time + $seconds, count => 0) if time >= $window->{ends};
    return ++$window->{count} <= $count ? 0 : POSIX::ceil($window->{ends} - time);
}

sub write_out ($self, $connection) {
    delete $connection->{due};
    my $length = $connection->{drip} ? 1 : length $connection->{reply};
    my $wrote = syswrite $connection->{socket}, substr($connection->{reply}, 0, $length, '');
    return $self->drop($connection) if !defined $wrote;
    return $connection->{due} = time + $connection->{drip} if length $connection->{reply};
    return $self->drop($connection) if $connection->{close};
    delete $connection->{busy};
    $self->next_request($connection);
}

1;
