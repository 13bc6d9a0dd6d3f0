#!/usr/bin/perl

# Promises 9 and 1: whatever Redis does, senders get 503 and nothing is claimed; when it is well again
# everything goes on by itself, with one line in the log per change of state.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::Webhook;
use Test::Webhook::Promise;
use Test::Webhook::Proxy;

my $t = Test::Webhook->new;
my $server = $t->start_redis(start => 0);
my $proxy = Test::Webhook::Proxy->new(port => $t->port('proxy'), to => $server->port)->start;
my $nginx = $t->start_nginx(<<'EOT', ready => 0);
%%GLOBALS%%
events { }
http {
    %%HTTP%%
    webhook_redis %%REDIS%%;
    webhook_secret s3cret;
    webhook_max_inflight 8;
    server {
        listen 127.0.0.1:%%PORT%%;
        location /in { webhook stripe; webhook_stream hooks; }
        location /hasty { webhook stripe; webhook_stream hooks; webhook_redis_timeout 300ms; }
        location /proxy {
            webhook stripe; webhook_stream hooks; webhook_redis redis://127.0.0.1:%%PORT_proxy%%;
            webhook_redis_timeout 1s;
        }
    }
}
EOT

my $n = 0;
sub is_unavailable ($when, $path = '/in') {
    my $answer = post_event($t, 'x' . ++$n, path => $path);
    is $answer->{status}, 503, "$when: 503";
    is $answer->{verdict}, 'unavailable', "$when: unavailable";
    is $answer->{headers}{'retry-after'}, 1, "$when: Retry-After";
}

sub works ($when, $path = '/in') {
    my $answer = wait_for("$when: success",
        sub { my $try = post_event($t, 'w' . ++$n, path => $path); $try->{status} == 200 && $try });
    is $answer->{verdict}, 'accepted', "$when: works by itself";
}

sub state_lines () {
    return
        scalar(my @lines = $nginx->grep_log(qr/webhook: redis \Q@{[ $server->url ]}\E is (?:un)?available/));
}

# --- not there at start, away and back, frozen
is_unavailable('down at start');
$server->start;
works('started');
$server->stop;
wait_for('nginx to notice', sub { state_lines() >= 2 });
my $before = state_lines();
is_unavailable('stopped') for 1 .. 5;
cmp_ok state_lines() - $before, '<=', 2, 'no line in the log per request or try';
$server->start;
works('back');
$server->kill9;
is_unavailable('killed');
$server->start;
works('back after kill -9');

works('a location with less patience', '/hasty');
$server->freeze;
is_unavailable('frozen', '/hasty');
my @senders = map { my $sender = $t->connect; $sender->send(event_request($t, "frozen$_")); $sender } 1 .. 20;
my %at_once = map { $_ => $_->response } $t->answered(12, @senders);
is_deeply [ map { "$_->{status} $_->{body}" } values %at_once ], [ (qq(503 {"verdict":"busy"})) x 12 ],
    'frozen: webhook_max_inflight wait for Redis, the others are busy at once';
$server->thaw;
is_deeply [ map { $_->response->{status} } grep { !$at_once{$_} } @senders ], [ (200) x 8 ],
    'frozen: those that wait are answered afterwards';
works('thawed', $_) for qw(/in /hasty);

# --- what Redis may say instead of doing it
my $redis = $t->redis;
sub stored () { return scalar(my @entries = $t->events('hooks')) }
sub refuses ($when, $make, $unmake) {
    $make->();
    my $before = stored();
    wait_for("$when: nginx to notice", sub { post_event($t, 'r' . ++$n)->{status} == 503 });
    $before = stored();
    is_unavailable($when);
    is stored(), $before, "$when: nothing is stored";
    $unmake->();
    works($when);
}
refuses('READONLY', sub { $redis->call(qw(REPLICAOF 127.0.0.1 1)) },
    sub { $redis->call(qw(REPLICAOF NO ONE)) });
refuses('OOM', sub { $redis->call(qw(CONFIG SET maxmemory 1mb)) },
    sub { $redis->call(qw(CONFIG SET maxmemory 0)) });
refuses('no FCALL', sub { $redis->call(qw(ACL SETUSER default -fcall)) },
    sub { $redis->call(qw(ACL SETUSER default +fcall)) });
refuses('no EVAL', sub { $redis->call(qw(ACL SETUSER default -eval)) },
    sub { $redis->call(qw(ACL SETUSER default +eval)) });

# An error inside the step (here: a key of another type) leaves nothing behind, small body or large.
sub spoil ($key) {
    for my $name (map { "webhook:{hooks:$_}:$key" } 0 .. 7) {
        $redis->call('RENAME', $name, "kept:$name") if $redis->call('EXISTS', $name);
        $redis->call('LPUSH', $name, 'x');
    }
}
sub repair ($key) {
    for my $name (map { "webhook:{hooks:$_}:$key" } 0 .. 7) {
        $redis->call('DEL', $name);
        $redis->call('RENAME', "kept:$name", $name) if $redis->call('EXISTS', "kept:$name");
    }
}
spoil('intake');
for my $body (event('spoilt_small'), event('spoilt_large', text => 'z' x 9000)) {
    my $before = stored();
    my $answer = post_event($t, 'spoilt', body => $body);
    is $answer->{status}, 503, 'an error inside the step: 503 (' . length($body) . ' bytes)';
    is stored(), $before, 'it leaves nothing behind';
}
repair('intake');
works('repaired');
is post_event($t, 'spoilt', body => event('spoilt_small'))->{verdict}, 'accepted',
    'what failed can be sent again';

# --- replies that are not what Redis says: never a success
wait_for('the connection through the proxy',
    sub { post_event($t, 'p' . ++$n, path => '/proxy')->{status} == 200 });
my $queued = "+OK\r\n+QUEUED\r\n+QUEUED\r\n";
sub list (@parts) { return '*' . @parts . "\r\n" . join '', @parts }
my ($added, $stays) = ("\$3\r\n1-1\r\n", ":3\r\n");
my %replies = (
    'nil' => "\$-1\r\n", 'an error' => "-ERR what\r\n", 'no RESP' => "HTTP/1.1 200 OK\r\n\r\n",
    'an endless length' => "\$99999999999999999999\r\n",
    'not queued' => "+OK\r\n-ERR no\r\n+QUEUED\r\n" . list($added, list($stays)),
    'transaction: nil' => "$queued*-1\r\n", 'transaction: an integer' => "$queued:7\r\n",
    'transaction: OK' => "$queued+OK\r\n",
    'transaction: an error' => "$queued-EXECABORT what\r\n", 'transaction: an empty list' => $queued . list(),
    'transaction: nothing but nil' => $queued . list("\$-1\r\n", "\$-1\r\n"),
    'transaction: too long' => $queued . list($added, $added, list($stays, $stays)),
    'transaction: an id that is none' => $queued . list("\$3\r\nabc\r\n", list($stays)),
    'transaction: no verdict' => $queued . list($added, list()),
    'transaction: a verdict unknown' => $queued . list($added, list(":7\r\n")),
    'transaction: nil for a verdict' => $queued . list($added, list("\$-1\r\n")),
    'transaction: a text for a verdict' => $queued . list($added, list($added)),
    'transaction: an error of the step' => $queued . list($added, "-ERR step\r\n"),
);
for my $name (sort keys %replies) {
    for my $size ([ small => '' ], [ large => 'z' x 9000 ]) {
        my $key = 'broken_' . ++$n;
        $proxy->replace($key, $replies{$name});
        my $answer = post_event($t, $key, path => '/proxy', body => event($key, text => $size->[1]));
        is $answer->{status}, 503, "a broken reply ($name, $size->[0]): 503" or diag $answer->{body};
        ok $proxy->done, 'the reply was broken';
        my $again = wait_for(
            'success for the retry',
            sub {
                my $try = post_event($t, $key, path => '/proxy', body => event($key, text => $size->[1]));
                $try->{status} == 200 && $try;
            }
        );
        like $again->{verdict}, qr/^(?:accepted|duplicate)$/, 'the retry gets a success';
        is scalar(grep { $_->{id} eq "evt_$key" } $t->events('hooks')), 1, 'stored once';
    }
}

# --- a server that may drop our keys, and another number of partitions: refused, with a line that says so
my $volatile = $t->start_redis(name => 'volatile', options => ['maxmemory-policy allkeys-lru']);
my $refused = $t->start_nginx(<<'EOT', name => 'refused', ready => 0);
%%GLOBALS%%
events { }
http {
    %%HTTP%%
    webhook_secret s3cret;
    server {
        listen 127.0.0.1:%%PORT_refused%%;
        location /volatile   { webhook stripe; webhook_stream hooks; webhook_redis %%REDIS_volatile%%; }
        location /partitions { webhook stripe; webhook_stream hooks partitions=3; webhook_redis %%REDIS%%; }
        location /other      { webhook stripe; webhook_stream other partitions=3; webhook_redis %%REDIS%%; }
    }
}
EOT
sub post_refused ($path) {
    my $body = event('q' . ++$n);
    return $t->request(method => 'POST', path => $path, body => $body,
        headers => [ sign_stripe('s3cret', $body) ], port => $t->port('refused'));
}
wait_for('the right stream to be served', sub { post_refused('/other')->{status} == 200 });
like $refused->wait_log(qr/\[error\].*maxmemory-policy|\[error\].*eviction/), qr/noeviction/,
    'eviction policy: the line says what to set';
like $refused->wait_log(qr/\[error\].*partitions in redis/), qr/partitions=\d+/,
    'partitions: the line says what to do';
is post_refused($_)->{verdict}, 'unavailable', "$_: unavailable" for ('/volatile', '/partitions') x 3;
is $t->redis('volatile')->dbsize, 0, 'eviction policy: nothing is stored there';
$t->redis('volatile')->call(qw(CONFIG SET maxmemory-policy noeviction));
wait_for('the repaired server to be used', sub { post_refused('/volatile')->{status} == 200 });
is scalar(my @policy = $refused->grep_log(qr/\[error\].*noeviction/)), 1, 'eviction policy: one line';
is scalar(my @partitions = $refused->grep_log(qr/\[error\].*partitions in redis/)), 1, 'partitions: one line';

$proxy->stop;
done_testing;
