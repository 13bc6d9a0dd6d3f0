#!/usr/bin/perl

# webhookctl events, event, deliveries, attempts, dead, ledger: what comes through nginx and the worker, as
# people see it.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::Webhook;
use Time::HiRes;

my $t = Test::Webhook->new;
$t->start_redis;
my $redis = $t->redis;
$t->start_receiver(script => { '/bad' => [ (500) x 100 ] });
$t->start_nginx(<<'EOT');
%%GLOBALS%%
events { }
http {
    %%HTTP%%
    webhook_redis %%REDIS%%;
    server {
        listen 127.0.0.1:%%PORT%%;
        location /stripe { webhook stripe; webhook_secret s3cret; webhook_stream hooks; }
        location /github { webhook github; webhook_secret s3cret; webhook_stream hooks; }
    }
}
EOT

sub lines (@words) { map { from_json($_) } split /\n/, $t->ctl(@words, '--json')->{out} }
sub now_ms { int 1000 * Time::HiRes::time }
sub stripe ($id, $type = 'invoice.paid', $more = '') {
    my $body = qq({"id":"$id","type":"$type"$more});
    my $verdict = $t->post('/stripe', $body, sign_stripe('s3cret', $body))->{verdict};
    my $stored_by = now_ms();    # events of one millisecond have no order over partitions
    1 while now_ms() <= $stored_by;
    return $verdict;
}

is $t->ctl('ledger')->{exit}, 0, 'ledger of nothing';
$t->apply(
    { id => 'good', url => $t->receiver->url('/good') },
    { id => 'bad',  url => $t->receiver->url('/bad'), retry => { schedule => [] } },
    { id => 'late', url => $t->receiver->url('/bad'), retry => { schedule => ['30m'], jitter => 0 } });

# Before a worker runs everything is unrouted.
is stripe("evt_$_"), 'accepted', "evt_$_" for 1 .. 5;
is stripe('evt_6', 'order.new'), 'accepted', 'evt_6';
my $ledger = $t->ledger;
is $ledger->{total}{accepted}, 6, 'ledger: accepted';
is $ledger->{total}{unrouted}, 6, 'ledger: unrouted';
ok $ledger->{balanced}, 'ledger: balanced';
like $t->ctl('ledger')->{out}, qr/^total +6 +6 +0 .* yes$/m, 'ledger: table';

is_deeply [ map { $_->{id} } lines('events') ], [ map { "evt_$_" } reverse 1 .. 6 ],
    'events: newest first, over all partitions';
is_deeply [ map { $_->{id} } lines('events', '--limit', 2) ], [ 'evt_6', 'evt_5' ], 'events: limit';
is_deeply [ map { $_->{id} } lines('events', '--type', 'order.*') ], ['evt_6'], 'events: type';
is_deeply [ map { $_->{id} } lines('events', '--id', 'evt_3') ], ['evt_3'], 'events: id';
is scalar(lines('events', '--source', 'github')), 0, 'events: source';
is +(lines('events', '--stream', 'hooks', '--data', '--limit', 1))[0]{data},
    '{"id":"evt_6","type":"order.new"}', 'events: with data';
like $t->ctl('events')->{out},
    qr/^ACCEPTED .*\n\S+Z +hooks:\d\/\d+-\d +stripe +order\.new +evt_6 +(?:-|[0-9a-f]{32}) +33$/m,
    'events: table';
is $t->ctl('events', '--stream', 'nothing')->{exit}, 2, 'events: no such stream';

my ($event) = lines('event', 'evt_3');
is $event->{data}, '{"id":"evt_3","type":"invoice.paid"}', 'event: its body';
is $event->{type}, 'invoice.paid', 'event: its type';
is +(lines('event', $event->{entry}))[0]{id}, 'evt_3', 'event: by entry';
is +(lines('event', "hooks:$event->{partition}/$event->{entry}"))[0]{id}, 'evt_3',
    'event: by partition and entry';
like $t->ctl('event', 'evt_3')->{out}, qr/^type +invoice\.paid\n.*\n\{"id":"evt_3"/ms, 'event: for people';
is $t->ctl('event', 'nobody')->{exit}, 1, 'event: not found: exit 1';
is $t->ctl('event', '')->{exit}, 1, 'event: an empty id is nobody\'s';

my $follow = $t->start_process(
    follow => [
        "$t->{build}/webhookctl", '--redis', $t->redis_server->url, 'events', '--follow', '--limit', 1,
        '--json'
    ]
);
wait_for('the last event', sub { $follow->output =~ /evt_6/ });
is stripe('evt_7'), 'accepted', 'evt_7';
wait_for('the new event', sub { $follow->output =~ /evt_7/ });
unlike $follow->output, qr/evt_5/, 'follow: only the last and the new';
$follow->kill9;

# With a worker: "bad" dies at once, "late" waits, "good" gets all.
$t->start_worker;
wait_for(
    'all to be routed',
    sub {
        my $l = $t->ledger;
        !$l->{total}{unrouted} && $l->{total}{dead} == 7 && $l->{total}{delivered} == 7 && $l;
    }
);
$ledger = $t->ledger;
is $ledger->{total}{waiting}, 7, 'ledger: waiting';
is $ledger->{total}{created}, 21, 'ledger: created';
ok $ledger->{balanced}, 'ledger: balanced';

my @waiting;
wait_for(
    'the first attempt of all that wait',
    sub {
        @waiting = lines('deliveries');
        !grep { !$_->{attempts} } @waiting;
    }
);
is scalar @waiting, 7, 'deliveries: all that wait';
is_deeply { map { ($_->{endpoint} => 1) } @waiting }, { late => 1 }, 'deliveries: their endpoint';
is $waiting[0]{status}, 500, 'deliveries: last status';
is $waiting[0]{attempts}, 1, 'deliveries: attempts';
cmp_ok $waiting[0]{due}, '>', 1000 * time, 'deliveries: due later';
is scalar(lines('deliveries', '--endpoint', 'late', '--limit', 3)), 3, 'deliveries: limit';
is scalar(lines('deliveries', '--endpoint', 'good')), 0, 'deliveries: of an endpoint with none';
like $t->ctl('deliveries')->{out},
    qr/^\S+Z +\d+m\S* +hooks:\d\/\S+\/late +evt_\d +invoice\.paid +stripe +1 +500 /m,
    'deliveries: table';

my @attempts =
    wait_for('the attempt log', sub { my @all = lines('attempts', '--limit', 100); @all == 21 && @all });
@attempts = lines('attempts', '--endpoint', 'bad', '--event', 'evt_2');
is scalar @attempts, 1, 'attempts: of an endpoint and an event';
is $attempts[0]{status}, 500, 'attempts: status';
is $attempts[0]{result}, 'failed', 'attempts: result';
like $t->ctl('attempts', '--endpoint', 'good')->{out}, qr/ good +evt_\d +delivered +200 /, 'attempts: table';

my @dead = lines('dead', 'list');
is scalar @dead, 7, 'dead list';
is_deeply {
    map { ("$_->{endpoint} $_->{reason} $_->{status}" => 1) } @dead
}, { 'bad exhausted 500' => 1 }, 'dead list: why';
is scalar(lines('dead', 'list', '--endpoint', 'good')), 0, 'dead list: of another endpoint';
like $t->ctl('dead', 'list')->{out}, qr/^\S+Z +hooks:\d\/\S+\/bad +evt_\d +\S+ +stripe +exhausted +1 +500 /m,
    'dead list: table';

# Replay: by id, then all of an endpoint; the receiver has been mended.
$t->receiver->script('/bad' => [ (200) x 100 ]);
my $replayed = $t->ctl('dead', 'replay', $dead[0]{id}, '--json');
is $replayed->{exit}, 0, 'replay: exit 0';
is from_json($replayed->{out})->{as}, "$dead[0]{id}/1", 'replay: the new delivery';
is $t->ctl('dead', 'replay', $dead[0]{id})->{exit}, 1, 'replay again: no longer a dead letter';
is $t->ctl('dead', 'replay', '--endpoint', 'bad')->{exit}, 0, 'replay of an endpoint';
wait_for('all to be delivered', sub { $t->ledger->{total}{delivered} == 14 });
$ledger = $t->ledger;
is $ledger->{total}{replayed}, 7, 'ledger: replayed';
is $ledger->{total}{dead}, 7, 'ledger: dead never falls';
ok $ledger->{balanced}, 'ledger: balanced';
is scalar(lines('dead', 'list')), 0, 'no dead letters are left';
is $t->ctl('dead', 'replay', '--all')->{exit}, 0, 'replay of none';
is $t->ctl('dead', 'replay')->{exit}, 2, 'replay of what?';
my %ids;
$ids{ $_->{headers}{'webhook-id'} }++ for $t->receiver->requests('/good');
is scalar(grep { !$ids{ $_->{headers}{'webhook-id'} } } $t->receiver->requests('/bad')), 0,
    'a replay carries the same webhook-id';

# A counter that is wrong shows.
$redis->call('HINCRBY', 'webhook:{hooks:0}:meta', 'delivered', 1);
my $wrong = $t->ctl('ledger', '--json');
is $wrong->{exit}, 1, 'unbalanced: exit 1';
ok !from_json($wrong->{out})->{balanced}, 'unbalanced';
like $t->ctl('ledger')->{out}, qr/^hooks:0 .* NO$/m, 'unbalanced: the table says where';
$redis->call('HINCRBY', 'webhook:{hooks:0}:meta', 'delivered', -1);

# What waits for a deleted endpoint is cancelled, by the worker.
is $t->ctl('endpoint', 'delete', 'late')->{exit}, 0, 'endpoint delete';
$ledger = $t->wait_settled;
is $ledger->{total}{cancelled}, 7, 'ledger: cancelled';

done_testing;
