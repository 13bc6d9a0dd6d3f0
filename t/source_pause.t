#!/usr/bin/perl

# `webhookctl source pause` keeps accepting and storing events of a source and holds their routing back; other
# sources of the same stream go on. A resume routes what was parked, oldest first, also after the death of the
# worker, and no event is lost, doubled or overtaken.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
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
        location /shop { webhook stripe; webhook_source shop; webhook_stream hooks partitions=2; }
        location /news { webhook stripe; webhook_source news; webhook_stream hooks partitions=2; }
        location /tight { webhook stripe; webhook_source tight; webhook_stream tight partitions=1 max_backlog=20; }
        location /calm { webhook stripe; webhook_source calm; webhook_stream tight partitions=1 max_backlog=20; }
    }
}
EOT
my ($r, $redis) = ($t->receiver, $t->redis);
my $state = $t->file('state');
$t->apply({ id => 'all', url => $r->url('/{source}'), concurrency => 1 });
my $worker = $t->start_worker(config => { state_dir => $state });

sub source (@words) { $t->ctl('source', @words) }
sub sources { map { $_->{source} => $_ } lines(source('list', '--json')) }
sub say_events ($path, $from, $to) {
    for my $n ($from .. $to) {
        is post_event($t, "$path$n", path => "/$path")->{verdict}, 'accepted', "$path $n is accepted";
    }
}
# Ids of the events that came to a path, without what comes twice.
sub came ($path) {
    my %seen;
    return [ grep { !$seen{$_}++ } map { $_->{headers}{'ce-id'} } $r->requests($path) ];
}
# Events of one partition in the order in which they were sent.
sub parked_total { (eval { +{ sources() } } // {})->{ $_[0] }{parked} // 0 }
sub wait_parked ($source, $count) {
    wait_for("$count parked events of $source", sub { parked_total($source) == $count });
}
sub wait_paused ($source) {
    $worker->wait_log(qr/source \Q$source\E: paused/);
}

# --- a paused source is stored and waits; its neighbour goes on
say_events('shop', 1, 2);
$r->wait_requests(2, '/shop');
my $paused = source('pause', 'shop');
is $paused->{exit}, 0, 'pause';
like $paused->{out}, qr/^shop: paused/, 'and says so';
wait_paused('shop');
say_events('shop', 3, 12);
say_events('news', 1, 5);
$r->wait_requests(5, '/news');
wait_parked('shop', 10);
is $r->count('/shop'), 2, 'nothing of the paused source goes out';
wait_for('what was delivered to be settled', sub { $t->ledger->{total}{unrouted} <= 10 });
my $ledger = $t->ledger;
ok $ledger->{balanced}, 'the ledger balances';
is $ledger->{total}{unrouted}, 10, 'parked events are unrouted';
is $ledger->{total}{routed}, 7, 'and are not counted as routed';
my %now = sources();
is $now{shop}{state}, 'paused', 'source list: state';
ok $now{shop}{oldest} > 0 && $now{shop}{paused_at} > 0 && $now{shop}{paused_by} ne '', 'oldest, since, by';
is $now{news}{state}, 'active', 'and that of the other source';
is $now{news}{parked}, 0, 'of which nothing is parked';
like source('list')->{out}, qr/^shop\s+paused\s+10\s/m, 'the table';
for my $p (0, 1) {
    my $last = ($redis->entries("webhook:{hooks:$p}:events"))[-1]{stream_id};
    my $floor = $redis->call('HGET', "webhook:{hooks:$p}:meta", 'floor');
    is $floor, $last, "partition $p: the floor is at the end";
}

# --- the stream may be trimmed meanwhile: the content was copied
$redis->call('XTRIM', "webhook:{hooks:$_}:events", 'MAXLEN', 0) for 0, 1;
my $trimmed = 0;
for my $p (0, 1) {    # by hand, so the ledger has to know
    my $gone = ($redis->call('HGET', "webhook:{hooks:$p}:meta", 'routed') // 0)
        + ($redis->call('HGET', "webhook:{hooks:$p}:meta", 'parked') // 0);
    $redis->call('HSET', "webhook:{hooks:$p}:meta", 'trimmed', $gone);
}
ok $t->ledger->{balanced}, 'the ledger balances without the stream';

# --- kill -9 and a takeover: still parked
$worker->kill9;
$worker = $t->start_worker(name => 'second', config => { state_dir => $state });
say_events('shop', 13, 14);
wait_parked('shop', 12);
is $r->count('/shop'), 2, 'a new owner keeps the pause';

# --- resume: oldest first, each once, new ones after them
is source('resume', 'shop')->{exit}, 0, 'resume';
say_events('shop', 15, 20);
$r->wait_requests(20, '/shop');
$t->wait_settled;
is_deeply [ sort @{ came('/shop') } ], [ sort map { "evt_shop$_" } 1 .. 20 ], 'all came';
is $r->count('/shop'), 20, 'each once';
%now = sources();
is $now{shop}{state}, 'active', 'active again';
is $now{shop}{parked}, 0, 'nothing is parked';
for my $p (0, 1) {
    is_deeply $redis->hash("webhook:{hooks:$p}:refs"), {}, "partition $p keeps no content";
    is $redis->call('HGET', "webhook:{hooks:$p}:meta", 'parked') // 0, 0, 'and counts none as parked';
}

# --- order within a partition, with load during the resume
is source('pause', 'calm')->{exit}, 0, 'a source may be paused before its first event';
$worker->wait_log(qr/source calm: paused/);
say_events('calm', 1, 30);
wait_parked('calm', 30);
say_events('tight', 1, 30);
$r->wait_requests(30, '/tight');
pass 'parked events do not count against max_backlog';
is source('resume', 'calm')->{exit}, 0, 'resume';
for my $n (31 .. 60) {    # the backlog is small: the sender comes again
    wait_for("calm $n", sub { post_event($t, "calm$n", path => '/calm')->{verdict} ne 'busy' });
}
$r->wait_requests(60, '/calm');
is_deeply came('/calm'), [ map { "evt_calm$_" } 1 .. 60 ], 'in order, new ones after parked ones';

# --- FLUSHALL: the pause comes back from state_dir
is source('pause', 'shop')->{exit}, 0, 'pause';
$worker->wait_log(qr/source shop: paused/);
wait_for('the copy', sub { slurp("$state/endpoints.json") =~ /shop/ });
$redis->call('FLUSHALL');
$worker->wait_log(qr/the configuration was missing/);
say_events('shop', 21, 22);
wait_parked('shop', 2);
is source('resume', 'shop')->{exit}, 0, 'resume';
$r->wait_requests(22, '/shop');
ok $t->wait_settled->{balanced}, 'balanced';

# --- the limit: then the floor waits, and a resume ends it
$worker->stop;
$worker = $t->start_worker(name => 'third',
    config => { state_dir => $state, parked => { events => 10, bytes => '1m' } });
source('pause', 'tight');
$worker->wait_log(qr/source tight: paused/);
say_events('tight', 31, 45);
wait_parked('tight', 10);
$worker->wait_log(qr/partition tight:0: no more events may be parked/);
source('resume', 'tight');
$r->wait_requests(45, '/tight');
is_deeply came('/tight'), [ map { "evt_tight$_" } 1 .. 45 ], 'all came, in order';
ok $t->wait_settled->{balanced}, 'balanced';

# --- mistakes
my $unknown = source('resume', 'shop');
is $unknown->{exit}, 1, 'resume of a source that is not paused';
like $unknown->{err}, qr/"shop" is not paused \(webhookctl source list\)/, 'says so';
like source('pause', 'shpo')->{err}, qr/no recent event has the source "shpo"/, 'a name without events';
is source('resume', 'shpo')->{exit}, 0, 'and it can be resumed';
is source('pause', '')->{exit}, 2, 'an empty name is refused';
is source('pause', 'x' x 257)->{exit}, 2, 'a name that no event can have is refused';

done_testing;
