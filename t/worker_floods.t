#!/usr/bin/perl

# Receivers whose answers have no end, wherever in the grammar: each attempt ends at the limit and is judged
# by the status that was read, the worker stays small, and a healthy endpoint goes on. The same floods at
# webhookctl.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use IO::Socket::INET;
use Test::Webhook;
use Test::Webhook::Promise;

my $t = Test::Webhook->new;
$t->start_redis;
$t->start_receiver;
$t->start_nginx(<<'EOT');
%%GLOBALS%%
events { }
http {
    %%HTTP%%
    webhook_redis %%REDIS%%;
    webhook_secret s3cret;
    server {
        listen 127.0.0.1:%%PORT%%;
        location /in { webhook stripe; webhook_stream hooks; }
    }
}
EOT

# A process that answers /KIND with what comes first and then the rest again and again, until the peer has
# enough. The piece that is repeated is long, so that the peer has always something to read.
my $port = $t->port('floods');
my $server = $t->write('floods.pl', <<'EOT');
use v5.36;
use IO::Select;
use IO::Socket::INET;
my $ok = "HTTP/1.1 200 OK\r\n";
my $chunked = "${ok}Transfer-Encoding: chunked\r\n\r\n";
my %flood = (
    extension => [ "${chunked}1;", 'x' ],
    head      => [ $ok, "X-More: yes\r\n" ],
    header    => [ "${ok}X-More: ", 'x' ],
    interim   => [ '', "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" ],
    trailer   => [ "${chunked}0\r\n", "X-More: yes\r\n" ],
    chunks    => [ $chunked, "1\r\nx\r\n" ],
    body      => [ "$ok\r\n", 'x' ],
    line      => [ '', 'x' ],
    drip      => [ $ok, 'X' ],
);
$SIG{PIPE} = 'IGNORE';
$SIG{TERM} = sub { exit 0 };
my $listen = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $ARGV[0], Listen => 128, ReuseAddr => 1) or die $@;
$|++;
say 'listening';
my ($reading, $writing, %of) = (IO::Select->new($listen), IO::Select->new);
while (1) {
    my $dripping = grep { $_->{drip} } values %of;
    my ($can_read, $can_write) = IO::Select->select($reading, $writing, undef, $dripping ? 0.02 : undef);
    for my $socket (@{ $can_read // [] }) {
        if ($socket == $listen) {
            my $new = $listen->accept or next;
            $new->blocking(0);
            $reading->add($new);
            $of{$new} = { socket => $new, got => '' };
            next;
        }
        my $state = $of{$socket};
        my $got = sysread $socket, $state->{got}, 65536, length $state->{got};
        if (!$got && !(!defined $got && $!{EAGAIN})) { leave($socket); next }
        next if $state->{again} || $state->{got} !~ m{^\S+ /(\w+).*?\r\n\r\n}s;
        my $flood = $flood{$1} or die "no flood $1";
        my ($first, $again) = @$flood;
        $state->{drip} = $1 eq 'drip';
        $state->{first} = $first;
        $state->{again} = $state->{drip} ? $again : $again x (65536 / length $again);
        $writing->add($socket) if !$state->{drip};
    }
    # Only what takes turns: a socket that takes all must not keep the others from theirs.
    for my $socket (@{ $can_write // [] }, map { $_->{socket} } grep { $_->{drip} } values %of) {
        my $state = $of{$socket} or next;
        my $bytes = length $state->{first} ? $state->{first} : $state->{again};
        $bytes = substr $bytes, $state->{at} // 0 if !length $state->{first};
        my $wrote = syswrite $socket, $bytes;
        if (!defined $wrote) { leave($socket) if !$!{EAGAIN}; next }
        if (length $state->{first}) { substr $state->{first}, 0, $wrote, '' }
        else { $state->{at} = (($state->{at} // 0) + $wrote) % length $state->{again} }
    }
}
sub leave ($socket) { $reading->remove($socket); $writing->remove($socket); delete $of{$socket}; close $socket }
EOT
my $floods = $t->start_process(floods => [ $^X, $server, $port ]);
wait_for('the floods', sub { $floods->output =~ /listening/ });

my %ends = (   # status that counts, what the attempt says
    (map { $_ => [ 200, qr/^$/ ] } qw(extension head header trailer chunks body)),
    interim => [ 0, qr/^answer: more than 65536 bytes of header and chunk syntax/ ],
    line    => [ 0, qr/^answer: more than 65536 bytes/ ],
    drip    => [ 0, qr/^timeout/ ],
);
my @kinds = sort keys %ends;
my %document = (retry => { schedule => [] }, timeout => '5s');
my @documents = map {
    my $kind = $_;
    map { { id => "$kind$_", url => "http://127.0.0.1:$port/$kind", %document,
        $kind eq 'drip' ? (timeout => '1s') : () } } 1, 2
} @kinds;
my $healthy = { id => 'healthy', url => $t->receiver->url('/healthy') };

# --- the worker at work, without floods: what it takes then is what it takes
$t->apply($healthy);
my $worker = $t->start_worker;
post_event($t, "warm$_") for 1 .. 20;
$t->wait_settled;
sub peak () {
    return slurp('/proc/' . $worker->pid . '/status') =~ /^VmHWM:\s+(\d+) kB/m ? $1 : die 'no VmHWM';
}
my $before = peak();

# --- eighteen floods beside it
$t->apply($healthy, @documents);
$worker->wait_log(qr/configuration version \d+: 19 endpoints/);
my $events = 8;
is post_event($t, "e$_")->{verdict}, 'accepted', "event $_" for 1 .. $events;
$t->receiver->wait_requests(20 + $events, '/healthy');
is $t->receiver->count('/healthy'), 20 + $events, 'healthy: every event, once';
my $total = $t->wait_settled->{total};
is $total->{dead}, 2 * 3 * $events, 'dead: where no status could be read';
my %attempts;
for my $attempt (lines($t->ctl(qw(attempts --json -n 1000)))) {
    push @{ $attempts{ $attempt->{endpoint} =~ s/\d+$//r } }, $attempt;
}
for my $kind (@kinds) {
    my ($status, $error) = @{ $ends{$kind} };
    my @wrong =
        grep { ($_->{status} // 0) != $status || ($_->{error} // '') !~ $error } @{ $attempts{$kind} };
    is scalar @{ $attempts{$kind} }, 2 * $events, "$kind: every attempt has ended";
    is_deeply \@wrong, [], "$kind: judged by the status that was read";
}
my $grown = peak() - $before;
diag "18 floods: $grown kB more than before" if $ENV{TEST_FIGURES};
SKIP: {
    skip 'a sanitizer keeps what was freed', 1 if $ENV{TEST_SANITIZE};
    cmp_ok $grown, '<=', 40 * 1024, "the worker grew by $grown kB";
}

# --- webhookctl send: the same end
for my $kind (grep { $_ ne 'drip' } @kinds) {
    my ($status) = @{ $ends{$kind} };
    my $sent =
        $t->ctl('send', '--secret', 'x', '--scheme', 'stripe', '--json', "http://127.0.0.1:$port/$kind");
    my ($result) = lines($sent);
    is $result->{status}, $status, "send to $kind: status $status";
    like $result->{error}, qr/more than 65536 bytes/, "send to $kind: says why" if !$status;
}

# --- webhookctl listen: requests without an end
my $to = $t->port('listen');
my $listen = $t->start_process(listen => [ "$t->{build}/webhookctl", 'listen', '--port', $to, '--json' ]);
wait_for('the listener', sub { $listen->output =~ /"listening"/ });
my $post = "POST /x HTTP/1.1\r\nHost: x\r\n";
for my $case (
    [ head => $post, "X: y\r\n" ], [ line => '', 'x' ],
    [ extension => "${post}Transfer-Encoding: chunked\r\n\r\n1;", 'x' ],
    [ trailer => "${post}Transfer-Encoding: chunked\r\n\r\n0\r\n", "X: y\r\n" ]
) {
    my ($name, $first, $again) = @$case;
    my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $to) or die $@;
    local $SIG{PIPE} = 'IGNORE';
    my ($bytes, $written) = ($first . $again x 70_000, 0);
    substr $bytes, 70_000, length $bytes, '';
    $written += syswrite($socket, $bytes, length($bytes) - $written, $written) // last
        while $written < length $bytes;
    my $answer = '';
    1 while sysread $socket, $answer, 4096, length $answer;
    like $answer, qr{^HTTP/1\.1 400 .*more than 65536 bytes}s,
        "listen, endless $name: refused with the reason";
}
my $twice = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $to) or die $@;
syswrite $twice, "${post}Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx";
my $answer = '';
1 while sysread $twice, $answer, 4096, length $answer;
like $answer, qr{^HTTP/1\.1 400 .*two ways}s, 'listen, two lengths: refused';
unlike $listen->output, qr/"method"/, 'listen: none of these counts as a delivery';
$listen->stop;

done_testing;
