package Test::Webhook::HTTP;

# A raw HTTP/1.x client for broken and slow requests as well: pieces, pauses, chunks, many at once.

use v5.36;
use Carp qw(croak);
use Errno;
use Exporter 'import';
use IO::Select;
use IO::Socket::INET;
use Time::HiRes qw(sleep time);
use Test::Webhook::Wait;

our @EXPORT_OK = qw(answered build parallel);

# request text: build(method => 'POST', path => '/x', headers => [name => value, ...] or {}, body => $bytes,
#   chunked => [$piece, ...], version => '1.1', close => 1). Host and Content-Length are added unless given.
sub build (%arg) {
    my @headers = ref $arg{headers} eq 'HASH' ? %{ $arg{headers} } : @{ $arg{headers} // [] };
    my %given = map { (lc $headers[$_ * 2] => 1) } 0 .. @headers / 2 - 1;
    my $version = $arg{version} // '1.1';
    my $text = ($arg{method} // 'GET') . ' ' . ($arg{path} // '/') . " HTTP/$version\r\n";
    $text .= "Host: localhost\r\n" if !$given{host};
    $text .= "Connection: close\r\n" if $arg{close};
    while (my ($name, $value) = splice @headers, 0, 2) {
        $text .= "$name: $value\r\n";
    }
    if ($arg{chunked}) {
        $text .= "Transfer-Encoding: chunked\r\n\r\n";
        $text .= sprintf("%x\r\n", length) . "$_\r\n" for grep { length } @{ $arg{chunked} };
        return "${text}0\r\n\r\n";
    }
    if (defined $arg{body} && !$given{'content-length'}) {
        $text .= 'Content-Length: ' . length($arg{body}) . "\r\n";
    }
    return $text . "\r\n" . ($arg{body} // '');
}

sub new ($class, $port, $host = '127.0.0.1') {
    my $socket = IO::Socket::INET->new(PeerAddr => $host, PeerPort => $port, Proto => 'tcp', Timeout => 30)
        or croak "cannot connect to $host:$port: $@";
    $socket->setsockopt(Socket::IPPROTO_TCP(), Socket::TCP_NODELAY(), 1);
    return bless { socket => $socket, buffer => '', timeout => 30 }, $class;
}

sub socket ($self) { return $self->{socket} }

# Writes bytes as they are. With every => 1000, pause => 0.05: in pieces.
sub send ($self, $bytes, %arg) {
    local $SIG{PIPE} = 'IGNORE';
    my $piece = $arg{every} || length $bytes || 1;
    for (my $at = 0; $at < length $bytes; $at += $piece) {
        my $rest = substr $bytes, $at, $piece;
        while (length $rest) {
            my $wrote = syswrite $self->{socket}, $rest;
            return 0 if !$wrote;
            substr $rest, 0, $wrote, '';
        }
        sleep $arg{pause} if $arg{pause};
    }
    return 1;
}

sub _fill ($self, $end) {
    while ((my $left = $end - time) > 0) {
        next if !IO::Select->new($self->{socket})->can_read($left);   # a signal may have ended the wait
        my $got = sysread $self->{socket}, $self->{buffer}, 65536, length $self->{buffer};
        next if !defined $got && $!{EINTR};
        $self->{eof} = 1 if !$got;
        return $got;
    }
    return 0;
}

# Reads the next response: {status, reason, version, headers => {lower => first value}, all => [[name,
# value], ...], body, interim => [100], raw_head}; undef when the connection ends without one; {status => 0,
# error => 'timeout'} when none comes in time.
sub response ($self, %arg) {
    my $end = time + ($arg{timeout} // $self->{timeout}) * slowness();
    my @interim;
    while (1) {
        my $head = $self->_head($end);
        return $self->{eof} ? undef : { status => 0, error => 'timeout' } if !defined $head;
        my $response = parse_head($head);
        if ($response->{status} < 200 && $response->{status} != 101) {
            push @interim, $response->{status};
            return { status => $response->{status}, interim => \@interim } if $arg{interim};
            next;
        }
        $response->{interim} = \@interim;
        $response->{body} = $self->_body($response, $end, $arg{method} // '');
        return $response;
    }
}

sub _head ($self, $end) {
    while ($self->{buffer} !~ /\r?\n\r?\n/) {
        return if $self->{eof} || !$self->_fill($end);
    }
    $self->{buffer} =~ s/\A(.*?)\r?\n\r?\n//s;
    return $1;
}

sub parse_head ($head) {
    my ($first, @lines) = split /\r?\n/, $head;
    my ($version, $status, $reason) = $first =~ m{^HTTP/(\d\.\d) (\d{3}) ?(.*)};
    my (%headers, @all);
    for (@lines) {
        my ($name, $value) = /^([^:]+):\s*(.*?)\s*$/ or next;
        $headers{ lc $name } //= $value;
        push @all, [ $name, $value ];
    }
    return { status => $status // 0, reason => $reason, version => $version, headers => \%headers,
        all => \@all, raw_head => $head };
}

sub _body ($self, $response, $end, $method) {
    my $headers = $response->{headers};
    return '' if $method eq 'HEAD' || $response->{status} == 204 || $response->{status} == 304;
    return $self->_chunks($end) if ($headers->{'transfer-encoding'} // '') =~ /chunked/i;
    if (!defined $headers->{'content-length'}) {
        1 while !$self->{eof} && $self->_fill($end);
        return delete $self->{buffer};
    }
    return $self->_take($headers->{'content-length'}, $end);
}

sub _take ($self, $length, $end) {
    while (length $self->{buffer} < $length) {
        last if !$self->_fill($end);
    }
    return substr $self->{buffer}, 0, $length, '';
}

sub _chunks ($self, $end) {
    my $body = '';
    while (1) {
        while ($self->{buffer} !~ /\A([0-9a-fA-F]+)[^\n]*\n/) {
            return $body if !$self->_fill($end);
        }
        $self->{buffer} =~ s/\A([0-9a-fA-F]+)[^\n]*\n//;
        my $length = hex $1;
        my $piece = $self->_take($length + 2, $end);
        return $body if !$length;
        $body .= substr $piece, 0, $length;
    }
}

# Returns true when the other side has closed (waits up to the timeout).
sub closed ($self, $timeout = 5) {
    my $end = time + $timeout * slowness();
    1 while !$self->{eof} && $self->_fill($end);
    return $self->{eof} ? 1 : 0;
}

sub close ($self) { close $self->{socket} if $self->{socket} }

# Waits until at least $count of the connections have something to read; returns those.
sub answered ($count, @connections) {
    my @ready;
    wait_for(
        "$count answers",
        sub {
            (@ready = grep { IO::Select->new($_->{socket})->can_read(0) } @connections) >= $count;
        }
    );
    return @ready;
}

# Closes with RST instead of FIN.
sub abort ($self) {
    setsockopt $self->{socket}, Socket::SOL_SOCKET(), Socket::SO_LINGER(), pack 'ii', 1, 0;
    $self->close;
}

# Sends each request text on a new connection, all before it reads the first response; returns them in order.
sub parallel ($port, @texts) {
    my @connections = map { Test::Webhook::HTTP->new($port) } @texts;
    for my $index (0 .. $#texts) {
        $connections[$index]->send($texts[$index]);
    }
    my @responses = map { $_->response // { status => 0, error => 'closed', body => '' } } @connections;
    $_->close for @connections;
    return @responses;
}

1;
