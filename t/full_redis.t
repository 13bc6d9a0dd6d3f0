#!/usr/bin/perl

# Redis near its maxmemory: what is settled gives way before a sender is refused, and at the limit itself
# workers and operators can do what makes room. FULL=1: 20,000 events of 8 KB through 60 MB.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::Webhook;
use Test::Webhook::Promise;

my ($limit, $events) = $ENV{FULL} ? (60_000_000, 20_000) : (40_000_000, 6_000);
my $t = Test::Webhook->new;
$t->start_redis(options => [ "maxmemory $limit", 'appendfsync no' ]);
my $redis = $t->redis;
$t->start_receiver;
$t->start_nginx(<<'EOT');
%%GLOBALS%%
worker_processes 1;
events { }
http {
    %%HTTP%%
    webhook_redis %%REDIS%%;
    webhook_secret s3cret;
    server {
        listen 127.0.0.1:%%PORT%%;
        location /in { webhook stripe; webhook_stream hooks; }
        location /sink { return 200; }
    }
}
EOT
my $sink = 'http://127.0.0.1:' . $t->port . '/sink';
my $worker = $t->start_worker;
my sub log_count ($pattern) { return scalar(my @lines = grep { $_ =~ $pattern } split /\n/, $worker->output) }
my sub info ($name) { return $redis->call(qw(INFO memory)) =~ /^$name:(\d+)/m ? $1 : die $name }
my ($gives_way, $room) =
    (qr/redis holds \d+ of \d+ bytes \(maxmemory\): settled events and the attempt log are trimmed early/,
    qr/redis has room again/);

# --- more than fits, all of it delivered at once: no sender is refused
$t->apply({ id => 'sink', url => $sink, concurrency => 64 });
$worker->wait_log(qr/configuration version \d+: 1 endpoints/);
my $padding = 'x' x 8_000;
my $load = $t->start_load(max => $events, senders => 4,
    request => sub ($n) { event_request($t, "n$n", body => event("n$n", text => $padding)) });
my $sent = $load->wait;
is scalar(@{ $sent->{accepted} }), $events, 'all are accepted';
is_deeply $sent->{lost}, [], 'none is lost';
is_deeply $sent->{troubles}, {}, 'none was refused at first';
my $total = $t->wait_settled->{total};
is $total->{$_}, $events, "ledger: $_" for qw(accepted routed created delivered);
cmp_ok info('used_memory'), '<', $limit, 'Redis stays below its limit';
is log_count($gives_way), 1, 'the worker says once that settled events give way';
is log_count($room), 0, 'and does not say that it is over while it goes on';
is log_count(qr/cannot settle|OOM/), 0, 'nothing else happened';

# --- what is settled is enough to get below the limit again, also while nothing comes: a limit that was
# lowered
$redis->call(qw(CONFIG SET maxmemory), my $lowered = int(info('used_memory') / 0.9));
wait_for('the worker to make room', sub { info('used_memory') < 0.8 * $lowered });
pass 'down to 80 %, without traffic';
my $kept = 0;
$kept += $redis->xlen("webhook:{hooks:$_}:events") for 0 .. 7;
diag "$kept settled events are still there";
$redis->call(qw(CONFIG SET maxmemory), $limit);

# --- full of what must stay: senders get 503, and what makes room can be done
$t->apply({ id => 'held', url => $t->receiver->url('/held'), paused => JSON::PP::true },
    { id => 'dead', url => $t->receiver->url('/dead'), retry => { schedule => [] } });
$worker->wait_log(qr/endpoint sink: deleted/);
$t->receiver->script('/dead' => [ 500, 200 ]);
is post_event($t, 'before')->{verdict}, 'accepted', 'an event that waits';
wait_for('a dead letter', sub { $t->ledger->{total}{dead} == 1 });
$redis->call(qw(CONFIG SET maxmemory 1mb));
wait_for('nginx to be refused', sub { post_event($t, 'refused')->{status} == 503 });
my @words = ([qw(endpoint pause dead)], [qw(endpoint resume dead)], [qw(dead replay --all)],
    [qw(endpoint resume held)]);
is $t->ctl(@$_)->{exit}, 0, "at the limit: @$_" for @words;
$t->receiver->wait_requests(1, '/held');
$t->receiver->wait_requests(2, '/dead');
wait_for('what waited to be settled',
    sub { my $now = $t->ledger->{total}; !$now->{waiting} && $now->{delivered} == $events + 2 });
is $t->ctl(qw(endpoint delete held))->{exit}, 0, 'at the limit: endpoint delete';
$t->apply({ id => 'dead', url => $t->receiver->url('/dead') });
pass 'at the limit: apply';
$worker->wait_log(qr/endpoint held: deleted/);

# --- without a restart of anything
$redis->call(qw(CONFIG SET maxmemory 0));
wait_for('senders to be served', sub { post_event($t, 'after')->{status} == 200 });
$t->wait_settled;
wait_for('the worker to say so', sub { log_count($room) == log_count($gives_way) });
ok log_count($room) >= 1, 'and the worker says so';

done_testing;
