#!/usr/bin/perl

# Promise 6: every limit is kept with 503 and Retry-After, it counts what is unsettled, and nothing unsettled
# is trimmed.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::Webhook;
use Test::Webhook::Promise;

my $t = Test::Webhook->new;
$t->start_redis;
my $r = $t->start_receiver;
$t->start_nginx(<<'EOT');
%%GLOBALS%%
worker_processes 2;
events { }
http {
    %%HTTP%%
    webhook_redis %%REDIS%%;
    webhook_secret s3cret;
    server {
        listen 127.0.0.1:%%PORT%%;
        location /count  { webhook stripe; webhook_stream count partitions=1 max_backlog=20; }
        location /spread { webhook stripe; webhook_stream spread partitions=4 max_backlog=40; }
        location /bytes  { webhook stripe; webhook_stream bytes partitions=1 max_backlog_bytes=64k; }
        location /in     { webhook stripe; webhook_stream hooks partitions=1; }
    }
}
EOT
my $redis = $t->redis;
my $n = 0;
sub xlen ($stream) { return $redis->xlen("webhook:{$stream:0}:events") }

sub is_busy ($path, $what, %arg) {
    my $answer = post_event($t, 'busy' . ++$n, path => $path, %arg);
    is $answer->{status}, 503, "$what: 503";
    is $answer->{verdict}, 'busy', "$what: busy";
    is $answer->{headers}{'retry-after'}, 1, "$what: Retry-After";
}

# --- without a worker nothing is settled: the backlog fills up to its limit, also with many senders at once
my @answers = $t->parallel(map { event_request($t, "c$_", path => '/count') } 1 .. 60);
is scalar(grep { $_->{status} == 200 } @answers), 20, 'max_backlog: exactly that many are accepted';
is scalar(grep { $_->{status} == 503 } @answers), 40, 'the others are refused';
is xlen('count'), 20, 'and not stored';
is_busy('/count', 'max_backlog');
is post_event($t, 'large', path => '/count', body => event('large', text => 'x' x 9000))->{verdict}, 'busy',
    'max_backlog: a large one, too';
my ($known) = $redis->entries('webhook:{count:0}:events');
is post_event($t, $known->{id} =~ s/evt_//r, path => '/count')->{verdict}, 'duplicate',
    'a repeat of a stored one is acknowledged even so';
@answers = $t->parallel(map { event_request($t, "s$_", path => '/spread') } 1 .. 100);
is scalar(grep { $_->{status} == 200 } @answers), 40, 'max_backlog over four partitions';
my $filled = 0;
$filled++
    while $filled < 100
    && post_event($t, "b$filled", path => '/bytes', body => event("b$filled", text => 'y' x 2000))->{status}
    == 200;
cmp_ok $filled, '<=', 32, 'max_backlog_bytes: no more than 64k';
cmp_ok $filled, '>=', 20, 'max_backlog_bytes: but nearly that';
is_busy('/bytes', 'max_backlog_bytes', body => event('bb', text => 'y' x 2000));

# --- no endpoints were ever applied: a worker reads nothing, drops nothing
my $worker = $t->start_worker(config => { retention => { age => '0s', bytes => '0' } });
$worker->wait_log(qr/epoch|no configuration|apply/);
is xlen('count'), 20, 'nothing is trimmed before it is settled';

# --- settled events free the backlog, though the stream keeps them (retention)
$worker->stop;
$t->apply({ id => 'all', url => $r->url('/all') });
$t->start_worker(config => { retention => { age => '1h', bytes => '10m' } });
$t->wait_settled;
is xlen('count'), 20, 'settled events stay for a while';
is post_event($t, 'free' . ++$n, path => '/count')->{verdict}, 'accepted', 'max_backlog: free again';
is post_event($t, 'free' . ++$n, path => '/bytes')->{verdict}, 'accepted', 'max_backlog_bytes: free again';
is post_event($t, 'c' . ++$n . 'x', path => '/spread')->{verdict}, 'accepted',
    'over four partitions: free again';
my $received = received($t, '/all');
my %stored = map { $_->{id} => 1 } map { $t->events($_) } qw(count spread bytes);
is_deeply [ grep { !$received->{$_} } grep { !/free|x$/ } keys %stored ], [],
    'everything that was accepted came';

# --- retention by bytes and nothing: what is settled goes, what waits keeps its content
$t->wait_settled;
$t->worker->stop;
$t->apply({ id => 'all', url => $r->url('/all') },
    { id => 'held', url => $r->url('/held'), paused => \1, match => { source => ['stripe'] } });
$t->start_worker(config => { retention => { age => '1h', bytes => '40k' } });
for my $i (1 .. 60) { post_event($t, "trim$i", body => event("trim$i", text => 'z' x 2000)) }
wait_for('trimming', sub { xlen('hooks') <= 30 });
my $ledger = wait_for('all routed',
    sub { my $now = $t->ledger; !$now->{total}{unrouted} && $now->{total}{waiting} == 60 && $now });
ok $ledger->{balanced}, 'balanced after trimming';
$t->worker->stop;
my $before = xlen('hooks');
post_event($t, "late$_", body => event("late$_", text => 'z' x 2000)) for 1 .. 40;
is xlen('hooks'), $before + 40, 'without a worker nothing is trimmed';
$t->start_worker(config => { retention => { age => '0s', bytes => '0' } });
wait_for('an empty stream', sub { xlen('hooks') == 0 });
is $t->ledger->{total}{waiting}, 100, 'retention 0: the stream is empty, the deliveries wait';
$t->ctl(qw(endpoint resume held));
$t->wait_settled;
my %body = map { $_->{headers}{'ce-id'} => $_->{body} } $r->requests('/held');
is scalar keys %body, 100, 'and all of them are delivered later';
is_deeply [ grep { $body{"evt_$_"} ne event($_, text => 'z' x 2000) } (map { "trim$_" } 1 .. 60),
    (map { "late$_" } 1 .. 40) ], [], 'with their content';
is_deeply $redis->keys('webhook:{hooks:*}:content'), [], 'content that nobody needs is gone';

# --- content of dead letters is bounded; the counters stay
$t->worker->stop;
$t->apply({ id => 'dead', url => $r->url('/dead'), retry => { schedule => [] } });
$r->script('/dead' => 500);
$t->start_worker(config => { dead => { age => '30d', bytes => '32k' } });
post_event($t, "dead$_", body => event("dead$_", text => 'd' x 4000)) for 1 .. 20;
my $dead = wait_for('dead letters', sub { my $now = $t->ledger; $now->{total}{dead} == 20 && $now });
ok $dead->{balanced}, 'balanced';
sub content () {
    my %content = map { @{ $redis->hgetall($_) } } @{ $redis->keys('webhook:{hooks:*}:content') };
    my $sum = 0;
    $sum += length for values %content;
    return $sum;
}
wait_for('the bound for dead content', sub { content() <= 34_000 });
cmp_ok content(), '>=', 16_000, 'the latest dead letters keep their content';
$r->script('/dead' => 200);
my $replay = $t->ctl(qw(dead replay --all));
my $came = () = $replay->{out} =~ /(\d+) replayed/;
$ledger = $t->wait_settled;
is $ledger->{total}{dead}, 20, 'the counter stays';
cmp_ok $ledger->{total}{replayed}, '>=', 4, 'those that have their content can be replayed';
cmp_ok $ledger->{total}{replayed}, '<', 20, 'the oldest cannot';
is $ledger->{total}{delivered} - $dead->{total}{delivered}, $ledger->{total}{replayed}, 'and are delivered';

done_testing;
