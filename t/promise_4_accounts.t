#!/usr/bin/perl

# Promise 4: every event is routed by the documents of its moment, every delivery ends or waits, and all of it
# is counted.

use v5.36;
use Digest::SHA qw(hmac_sha256);
use FindBin;
use lib "$FindBin::Bin/lib";
use MIME::Base64 qw(decode_base64);
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
my $r = $t->receiver;
my $key = b64('0123456789abcdef');
my %crm = (id => 'crm', url => $r->url('/crm'), sign => [ { secrets => ["whsec_$key"] } ],
    retry => { schedule => [ '100ms', '200ms' ], jitter => 0 });
my %erp = (id => 'erp', url => $r->url('/erp'));
$t->apply(\%crm);
my $worker = $t->start_worker;

my %expected;
sub ledger_is ($what, %change) {
    $expected{$_} += $change{$_} for keys %change;
    my %total;
    my $same = sub {
        my $ledger = $t->ledger;
        %total = %{ $ledger->{total} };
        return $ledger->{balanced} && !grep { ($total{$_} // 0) != ($expected{$_} // 0) } keys %expected;
    };
    eval { wait_for('the ledger', $same) };
    is_deeply { map { $_ => $total{$_} } keys %expected }, \%expected, "ledger: $what";
}
%expected = map { $_ => 0 } qw(accepted routed unrouted created replayed delivered waiting dead cancelled);
sub accept_event ($n) { is post_event($t, $n)->{verdict}, 'accepted', "event $n" }

# --- retry by the schedule, then dead, then replayed
$r->script('/crm' => [ 500, 503, { status => 404, body => 'no such thing' } ]);
accept_event('dies');
my @tries = $r->wait_requests(3, '/crm');
ledger_is('dead after all attempts', accepted => 1, routed => 1, created => 1, dead => 1);
is $r->count('/crm'), 3, 'a schedule of two delays means three attempts';
cmp_ok $tries[1]{at} - $tries[0]{at}, '>=', 0.09, 'the first delay is kept';
cmp_ok $tries[2]{at} - $tries[1]{at}, '>=', 0.19, 'the second delay is kept';
my %ids = map { $_->{headers}{'webhook-id'} => 1 } @tries;
is keys %ids, 1, 'every attempt carries the same webhook-id';
my $since = 0;
for (@tries) {
    my ($id, $time, $body) = (@{ $_->{headers} }{qw(webhook-id webhook-timestamp)}, $_->{body});
    is $_->{headers}{'webhook-signature'}, 'v1,' . b64(hmac_sha256("$id.$time.$body", decode_base64($key))),
        'every attempt is signed';
    ok $time >= int($since) - 1 && $time <= $_->{at}, 'with the time of the attempt'
        or diag "$since <= $time <= $_->{at}";
    $since = $_->{at};
}
my ($dead) = lines($t->ctl(qw(dead list --json)));
is $dead->{reason}, 'exhausted', 'dead list: the reason';
is $dead->{attempts}, 3, 'dead list: attempts';
my @attempts = lines($t->ctl(qw(attempts --json --endpoint crm)));
is_deeply [ map { $_->{status} } reverse @attempts ], [ 500, 503, 404 ], 'attempts: every status';
is $attempts[0]{response}, 'no such thing', 'attempts: the response';

$r->script('/crm' => 200);
my $before = $r->count('/crm');
is $t->ctl(qw(dead replay --endpoint crm))->{exit}, 0, 'dead replay';
ledger_is('a replayed dead letter is a new delivery', replayed => 1, delivered => 1);
is +($r->requests('/crm'))[-1]{headers}{'webhook-id'}, $tries[0]{headers}{'webhook-id'},
    'replayed with the same webhook-id';
is $r->count('/crm'), $before + 1, 'delivered once';
is $t->ctl(qw(dead replay --endpoint crm))->{exit} && 0, 0, 'nothing more to replay';
ledger_is('replaying nothing counts nothing');

# --- a second endpoint takes effect by itself
$t->apply(\%crm, \%erp);
my $n = 0;
wait_for(
    'the new endpoint to match',
    sub {
        post_event($t, 'two' . ++$n);
        wait_for('routing', sub { !$t->ledger->{total}{unrouted} });
        $r->count('/erp');
    }
);
my $total = wait_for('all delivered',
    sub { my $now = $t->ledger->{total}; !$now->{waiting} && !$now->{unrouted} && $now });
is $total->{accepted}, 1 + $n, 'all accepted';
cmp_ok $n, '<=', 60 * slowness(), 'within about a second';
%expected = %$total{ keys %expected };
accept_event('both');
ledger_is('two endpoints, two deliveries', accepted => 1, routed => 1, created => 2, delivered => 2);

# --- pause and resume
sub in_effect ($check) { wait_for('the worker to see the change', $check) }
$t->ctl(qw(endpoint pause erp));
$worker->wait_log(qr/endpoint erp: paused/);
accept_event('held');
ledger_is('paused: its delivery is created and waits', accepted => 1, routed => 1, created => 2,
    delivered => 1, waiting => 1);
ok received($t, '/crm')->{evt_held}, 'the other endpoint has it';
ok !received($t, '/erp')->{evt_held}, 'paused: not delivered';
ok +(grep { $_->{endpoint} eq 'erp' } lines($t->ctl(qw(deliveries --json --endpoint erp)))),
    'paused: it is among the waiting ones';
$t->ctl(qw(endpoint resume erp));
ledger_is('resumed: all delivered', delivered => 1, waiting => -1);
ok received($t, '/erp')->{evt_held}, 'resumed: the one that was held';

# --- deleted while deliveries wait: cancelled
$r->script('/erp' => 503);
accept_event("waits$_") for 1 .. 3;
ledger_is('they wait for the next attempt', accepted => 3, routed => 3, created => 6, delivered => 3,
    waiting => 3);
$t->ctl(qw(endpoint delete erp));
ledger_is('deleted: cancelled', waiting => -3, cancelled => 3);
accept_event('after delete');
ledger_is('a deleted endpoint matches nothing', accepted => 1, routed => 1, created => 1, delivered => 1);

# --- three answers of 410 disable: what waits stays, and is sent after a resume
$r->script('/gone' => [ 503, 503, 410 ]);
$t->apply(
    \%crm,
    {
        id => 'gone', url => $r->url('/gone'), retry => { schedule => [ ('200ms') x 100 ], jitter => 0 },
        match => { type => ['gone.*'] }
    }
);
my $gone_body = sub ($n) { event($n) =~ s/order\.paid/gone.now/r };
in_effect(
    sub {
        post_event($t, 'g' . ++$n, body => $gone_body->("g$n"));
        wait_for('routing', sub { !$t->ledger->{total}{unrouted} });
        $r->count('/gone');
    }
);
in_effect(
    sub {
        my ($state) = grep { $_->{id} eq 'gone' } lines($t->ctl(qw(endpoint list --json)));
        $state->{state} eq 'disabled' && $state->{reason} eq '3 answers with 410 within an hour';
    }
);
my $after = $t->ledger->{total};
is $after->{dead}, $expected{dead}, '410: nothing is dead';
cmp_ok $after->{waiting}, '>', 0, '410: what waited stays';
is post_event($t, 'gone_more', body => $gone_body->('gone_more'))->{verdict}, 'accepted',
    'an event for a disabled endpoint';
wait_for('it to wait, too', sub { $t->ledger->{total}{waiting} == $after->{waiting} + 1 });
my $attempts_so_far = $r->count('/gone');
$r->script('/gone' => 200);
is $t->ctl(qw(endpoint resume gone))->{exit}, 0, 'resumed';
wait_for('no delivery waits', sub { !$t->ledger->{total}{waiting} });
$after = $t->ledger->{total};
is $after->{dead}, $expected{dead}, 'resumed: all is sent';
cmp_ok $r->count('/gone'), '>', $attempts_so_far, 'to the endpoint';
%expected = %$after{ keys %expected };

# --- nobody wants it: counted as routed
$t->apply();
in_effect(sub {
    post_event($t, 'n' . ++$n);
    wait_for('routing', sub { my $now = $t->ledger->{total}; !$now->{unrouted} && !$now->{waiting} });
    my $now = $t->ledger->{total};
    my $none = $now->{created} == $expected{created};
    @expected{qw(accepted routed created delivered dead)} = @$now{qw(accepted routed created delivered dead)};
    $none;
});
ledger_is('an event that nobody wants is routed to nobody');
ok $t->ledger->{balanced}, 'balanced at the end';
is $t->ctl('ledger')->{exit}, 0, 'webhookctl ledger: exit 0';

# --- and an imbalance would be seen
my ($meta) = @{ $t->redis->keys('webhook:{hooks:*}:meta') };
$t->redis->call('HINCRBY', $meta, 'delivered', 1);
is $t->ctl('ledger')->{exit}, 1, 'webhookctl ledger: exit 1 when it does not balance';
ok !$t->ledger->{balanced}, 'not balanced';

done_testing;
