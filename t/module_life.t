#!/usr/bin/perl

# Requests in flight: many copies at once, clients that leave, reload, quit and death, spoiled replies.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::Webhook;
use Test::Webhook::Proxy;

my $t = Test::Webhook->new;
my $server = $t->start_redis;
my $proxy = Test::Webhook::Proxy->new(port => $t->port('proxy'), to => $server->port)->start;
my $conf = <<'EOT';
%%GLOBALS%%
worker_processes 4;
events { }
http {
    %%HTTP%%
    webhook_redis %%REDIS%%;
    webhook_redis_timeout 60s;
    webhook_max_inflight 30;
    webhook_secret s3cret;
    server {
        listen 127.0.0.1:%%PORT%% reuseport;
        add_header X-Worker $pid always;
        location /hooks { webhook stripe; webhook_stream hooks; }
        location /spoiled { webhook stripe; webhook_redis redis://127.0.0.1:%%PORT_proxy%%; webhook_stream spoiled partitions=1; }
        location /spoiled-hasty {
            webhook stripe; webhook_redis redis://127.0.0.1:%%PORT_proxy%%; webhook_redis_timeout 300ms;
            webhook_stream spoiled partitions=1;
        }
    }
}
EOT
my $nginx = $t->start_nginx($conf);
$nginx->wait_log(qr/webhook: redis .* is ready/, count => 12);

my $number = 0;
sub event ($size = 0) { return '{"id":"evt_' . ++$number . '","type":"a","x":"' . 'x' x $size . '"}' }
sub text ($path, $body, @headers) {
    return $t->build(method => 'POST', path => $path, body => $body,
        headers => [ sign_stripe('s3cret', $body), @headers ]);
}
sub verdict ($response) {
    return $response ? $response->{body} =~ s/.*"verdict":"(\w+)".*/$1/sr || $response->{status} : 'nothing';
}
sub send_event ($path, $body = event()) {
    return verdict($t->post($path, $body, sign_stripe('s3cret', $body)));
}
sub becomes ($path, $name) {
    ok $t->wait_verdict($name, $nginx, 'accepted',
        sub { my $body = event(); $t->post($path, $body, sign_stripe('s3cret', $body)) }), $name;
}
sub stored ($stream, $body) {
    return scalar grep { ($_->{fields} // $_)->{data} eq $body } $t->events($stream);
}

# --- 200 copies at once, small and large: one is accepted ---

for my $size (0, 20_000) {
    my $body = event($size);
    my %verdicts;
    for my $round (1 .. 2) {
        $verdicts{ verdict($_) }++ for $t->parallel((text('/hooks', $body)) x 100);
    }
    # max_inflight is 30 for each nginx worker: more copies may be told to come again.
    is $verdicts{accepted}, 1, "200 copies of $size bytes: one accepted" or diag explain \%verdicts;
    is $verdicts{accepted} + ($verdicts{duplicate} // 0) + ($verdicts{busy} // 0), 200,
        'the others are duplicates';
    is stored('hooks', $body), 1, 'stored once';
}

# --- clients that leave ---

for my $size (0, 20_000) {
    my $body = event($size);
    my $connection = $t->connect;
    $connection->send(substr text('/hooks', $body), 0, -5);
    $connection->abort;
    is send_event('/hooks', $body), 'accepted', "gone in the middle of $size bytes: nothing was stored";
}
$server->freeze;
my @bodies = map { event($_ % 2 ? 0 : 10_000) } 1 .. 20;
for my $body (@bodies) {
    my $connection = $t->connect;
    $connection->send(text('/hooks', $body));
    $connection->abort;
}
$server->thaw;
becomes '/hooks', 'clients gone while Redis thinks: goes on';
is scalar(grep { stored('hooks', $_) > 1 } @bodies), 0, 'what they sent is stored at most once';

# --- max_inflight ---

$server->freeze;
my @many =
    map { my $connection = $t->connect; $connection->send(text('/hooks', event())); $connection } 1 .. 400;
my @at_once = $t->answered(400 - 4 * 30, @many);
is_deeply [ grep { $_ ne 'busy' } map { verdict($_->response) } @at_once ], [],
    'webhook_max_inflight: the rest is busy';
$server->thaw;
my %busy = map { $_ => 1 } @at_once;
my @taken = map { verdict($_->response) } grep { !$busy{$_} } @many;
is_deeply \@taken, [ ('accepted') x 120 ], 'and these are taken';

# --- reload and quit with requests in flight ---

sub in_flight ($action) {
    my @sent = map { event($_ % 3 ? 0 : 9000) } 1 .. 13;
    my @connections = map { $t->connect } @sent;
    # Each is taken up by nginx: what still waits to be accepted is lost with the listening socket.
    for my $i (0 .. $#sent) {
        $connections[$i]
            ->send(substr text('/hooks', $sent[$i], Expect => '100-continue'), 0, -length $sent[$i]);
        $connections[$i]->response(interim => 1)->{status} == 100 or die 'no 100 Continue';
    }
    $server->freeze;
    # The body of one is still on its way.
    my $late = pop @connections;
    my $body = pop @sent;
    $connections[$_]->send($sent[$_]) for 0 .. $#sent;
    $late->send(substr $body, 0, 10);
    $action->();
    $late->send(substr $body, 10);
    $server->thaw;
    return map { verdict($_->response) } @connections, $late;
}

my @old = $nginx->workers;
my @answers = in_flight(sub { $nginx->reload });
is_deeply [ grep { $_ ne 'accepted' } @answers ], [], 'reload in flight: all answered';
$nginx->wait_gone(@old);
becomes '/hooks', 'after the reload';

# --- spoiled replies ---

sub spoiled ($name, $size, $wanted, $retry, @order) {
    my ($action, @rest) = @order;
    my $path = $name =~ /^(?:no|an endless) reply/ ? '/spoiled-hasty' : '/spoiled';
    becomes $path, "$name: the connection is good";
    my $body = event($size);
    my ($id) = $body =~ /"(evt_\d+)"/;
    $proxy->$action(qq("$id"), @rest);
    is send_event($path, $body), $wanted, $name;
    ok $proxy->done, "$name: as ordered";
    becomes $path, "$name: good again";
    like send_event($path, $body), $retry, "$name: the retry";
    return stored('spoiled', $body);
}

for my $size (10, 9000) {
    is spoiled("lost reply, $size bytes", $size, 'unavailable', qr/^duplicate$/, 'cut'), 1, 'stored once';
    is spoiled("no reply, $size bytes", $size, 'unavailable', qr/^duplicate$/, 'swallow'), 1, 'stored once';
    spoiled("garbage, $size bytes", $size, 'unavailable', qr/^duplicate$/, replace => "hello\r\n");
    spoiled("an endless reply, $size bytes", $size, 'unavailable', qr/^duplicate$/,
        replace => "\$99999999\r\nx");
    spoiled("a reply of the wrong kind, $size bytes", $size, 'unavailable', qr/^duplicate$/,
        replace => "*0\r\n" x 4);
    spoiled("READONLY, $size bytes", $size, 'unavailable', qr/^duplicate$/,
        replace => "-READONLY You can't write\r\n" x 4);
}

for my $more ("+MORE\r\n", ":1\r\n" x 3, "+MORE\r\n\$9\r\nx") {
    spoiled('more than was asked for', 10, 'duplicate', qr/^duplicate$/,
        replace => "+OK\r\n+QUEUED\r\n+QUEUED\r\n*2\r\n\$3\r\n1-1\r\n*1\r\n:0\r\n$more");
}
ok $nginx->grep_log(qr/it sent something that was not asked for/), 'more than was asked for: logged';
ok !$nginx->grep_log(qr/exited on signal/), 'more than was asked for: no worker process ends';

# --- the undo: an error in EXEC after the XADD ---

becomes '/spoiled', 'before the undo';
my $lost = $t->redis->xadd('webhook:{spoiled:0}:events', '*', 'data', 'left behind');
my $body = event(9000);
my ($id) = $body =~ /"(evt_\d+)"/;
$proxy->replace(qq("$id"),
    "+OK\r\n+QUEUED\r\n+QUEUED\r\n*2\r\n\$" . length($lost) . "\r\n$lost\r\n-ERR spoiled\r\n");
is send_event('/spoiled', $body), 'unavailable', 'error after XADD: unavailable';
ok $nginx->grep_log(qr/gave a broken reply for stream "spoiled": ERR spoiled/), 'error after XADD: logged';
is stored('spoiled', 'left behind'), 0,
    'error after XADD: the entry named by the reply was taken back before the answer';
becomes '/spoiled', 'error after XADD: reconnected';

# --- quit in flight ---

@answers = in_flight(sub { kill 'QUIT', $nginx->pid });
is_deeply [ grep { $_ ne 'accepted' } @answers ], [], 'quit in flight: all answered';
$nginx->quit;
$proxy->stop;

# --- a shutdown that takes too long: the connection to Redis is cut, and what waits for it is answered ---

$nginx =
    $t->start_nginx($conf =~ s/worker_processes 4;/worker_processes 1;\nworker_shutdown_timeout 200ms;/r =~
        s/^.*spoiled.*\n//mr, name => 'hasty');
$t->wait_redis_ready($nginx);
my $connection = $t->connect;
my $last = event();
$connection->send(substr text('/hooks', $last, Expect => '100-continue'), 0, -length $last);
is $connection->response(interim => 1)->{status}, 100, 'worker_shutdown_timeout: a request is taken up';
$server->freeze;
$connection->send($last);
$nginx->quit;
$server->thaw;
is verdict($connection->response) =~ /^(?:unavailable|nothing)$/, 1,
    'worker_shutdown_timeout: ends without an accident';

done_testing;
