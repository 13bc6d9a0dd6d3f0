package Test::Webhook::Redis;

# A small RESP2 client. $redis->xlen('key'), $redis->call('XINFO', 'GROUPS', $key): any command, by name or by
# call(). Arrays come as array references, nil as undef; an error reply dies with its text.

use v5.36;
use Carp qw(croak);
use IO::Select;
use IO::Socket::INET;
use IO::Socket::UNIX;
use Test::Webhook::Wait;

our $AUTOLOAD;

# port => N (and host => '127.0.0.1') or path => '/socket'
sub new ($class, %arg) {
    my $socket = $arg{path}
        ? IO::Socket::UNIX->new(Peer => $arg{path})
        : IO::Socket::INET->new(PeerAddr => $arg{host} // '127.0.0.1', PeerPort => $arg{port}, Timeout => 30);
    croak 'cannot connect to Redis at ' . ($arg{path} // $arg{port}) . ": $!" if !$socket;
    return bless { socket => $socket, buffer => '', timeout => $arg{timeout} // 30 }, $class;
}

sub call ($self, @words) {
    $self->write(@words);
    return $self->read;
}

sub write ($self, @words) {
    local $SIG{PIPE} = 'IGNORE';
    my $text = '*' . @words . "\r\n";
    for my $word (@words) {
        utf8::encode($word) if utf8::is_utf8($word);
        $text .= '$' . length($word) . "\r\n$word\r\n";
    }
    while (length $text) {
        my $wrote = syswrite $self->{socket}, $text or croak "Redis connection lost: $!";
        substr $text, 0, $wrote, '';
    }
}

sub _fill ($self) {
    IO::Select->new($self->{socket})->can_read($self->{timeout} * slowness())
        or croak 'no reply from Redis in time';
    sysread $self->{socket}, $self->{buffer}, 262144, length $self->{buffer} or croak 'Redis connection lost';
}

sub _line ($self) {
    my $at;
    $self->_fill while ($at = index $self->{buffer}, "\r\n") < 0;
    my $line = substr $self->{buffer}, 0, $at;
    substr $self->{buffer}, 0, $at + 2, '';
    return $line;
}

sub read ($self) {
    my $reply = $self->_read;
    croak "Redis: $$reply" if ref $reply eq 'Test::Webhook::Redis::Error';
    return $reply;
}

sub _read ($self) {
    my ($kind, $rest) = $self->_line =~ /^(.)(.*)$/s;
    return $rest if $kind eq '+' || $kind eq ':';
    return bless \$rest, 'Test::Webhook::Redis::Error' if $kind eq '-';
    return undef if $rest < 0;
    return [ map { $self->_read } 1 .. $rest ] if $kind eq '*';
    $self->_fill while length $self->{buffer} < $rest + 2;
    my $value = substr $self->{buffer}, 0, $rest;
    substr $self->{buffer}, 0, $rest + 2, '';
    return $value;
}

# Returns the entries of a stream as [{stream_id, field => value, ...}, ...].
sub entries ($self, $key, $from = '-', $to = '+') {
    return map { { stream_id => $_->[0], @{ $_->[1] } } } @{ $self->call('XRANGE', $key, $from, $to) };
}

sub hash ($self, $key) { return { @{ $self->call('HGETALL', $key) } } }

# "used_memory" => 12345, ...
sub info ($self, $section = 'all') {
    return { $self->call('INFO', $section) =~ /^(\w+):(.*?)\r?$/mg };
}

sub AUTOLOAD ($self, @words) {
    my $name = $AUTOLOAD =~ s/.*:://r;
    return if $name eq 'DESTROY';
    return $self->call(uc $name, @words);
}

1;
