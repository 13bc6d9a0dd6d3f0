#!/usr/bin/perl

# When no attempts are made: Retry-After, the breaker, endpoints that are disabled; and when deliveries end
# without one: permanent answers, max_age.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::Webhook;
use Test::Webhook::Promise;

my $t = Test::Webhook->new;
$t->start_redis;
$t->start_receiver(
    script => {
        '/limited' => { limit => [ 10, 1 ] },
        '/down'    => 500,
        '/away'    => [ { status => 503, headers => [ 'Retry-After' => 3600 ] }, 200 ],
        '/wrong'   => 422,
        '/broken'  => 500,
        '/asks'    => { status => 400, headers => [ 'webhook-delivery' => 'disable' ] },
        '/odd'     =>
            [ map({ { status => 429, headers => [ 'Retry-After' => $_ ] } } '-5', 'soon', ''), 200 ],
        '/past' => [
            { status => 429, headers => [ 'Retry-After' => 'Sun, 06 Nov 1994 08:49:37 GMT' ] }, 200
        ],
        '/item/1' => [ { status => 429, headers => [ 'Retry-After' => 3600 ] }, 200 ],
        '/item/2' => 200,
    }
);
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
my $redis = $t->redis;
my $worker = $t->start_worker;
my sub total { $t->ledger->{total} }
my sub endpoint ($id, %fields) { return { id => $id, url => $r->url("/$id"), %fields } }
my sub state_of ($id) { (grep { $_->{id} eq $id } lines($t->ctl(qw(endpoint list --json))))[0] }
my sub apply (@endpoints) {
    $t->apply(@endpoints);
    my ($version) = $redis->call('HGET', 'webhook:{config}:meta', 'version');
    $worker->wait_log(qr/configuration version \Q$version\E:/);
}

# --- a receiver that takes 10 in a second gets 80 events, with few refusals and no attempt spent
apply(endpoint('limited', retry => { schedule => [] }));
post_event($t, "l$_") for 1 .. 80;
wait_for('all to be delivered', sub { total->{delivered} == 80 }, 60);
my @limited = $r->requests('/limited');
cmp_ok scalar @limited, '<=', 120, 'limited: at most 1.5 requests an event';
is total->{dead}, 0, 'limited: refusals spend no attempt';
is_deeply [ sort { $a <=> $b } values %{ received($t, '/limited') } ]->[0], 1, 'limited: each came';
unlike $worker->output, qr/endpoint limited: fails/, 'limited: a busy receiver is no failing one';

# --- an hour of Retry-After holds the endpoint, not one delivery; an operator ends it
apply(endpoint('away'));
my $delivered = total->{delivered};
post_event($t, "a$_") for 1 .. 3;
$r->wait_requests(1, '/away');
wait_for('the hold to be known', sub { $redis->call('HEXISTS', 'webhook:{config}:holds', 'away') });
post_event($t, 'a4');
wait_for('all to be routed', sub { total->{delivered} == $delivered && post_is_read($t) });
is $r->count('/away'), 1, 'held: no attempt of any delivery';
my $second = $t->start_worker(name => 'second');
$second->wait_log(qr/partition hooks:\d: taken/);
$t->ctl(qw(endpoint resume away));
wait_for('all to be delivered', sub { total->{delivered} == $delivered + 4 });
is $redis->call('HEXISTS', 'webhook:{config}:holds', 'away'), 0, 'resume ends the hold for all workers';
$second->stop;
sub post_is_read ($t) { my $now = $t->ledger->{total}; return $now->{accepted} >= 84 }

# --- a Retry-After that is past, negative or unreadable
apply(endpoint('past', retry => { schedule => [] }),
    endpoint('odd', retry => { schedule => [ ('50ms') x 3 ], jitter => 0 }));
$delivered = total->{delivered};
post_event($t, 'p1');
wait_for('both to be delivered', sub { total->{delivered} == $delivered + 2 });
is $r->count('/past'), 2, 'a date that is past: tried again at once, no attempt spent';
is $r->count('/odd'), 4, 'unreadable: a failure, retried by the schedule';

# --- with macros in the path each resource answers for itself
apply({ id => 'items', url => $r->url('/item/{/data/n}') });
$delivered = total->{delivered};
post_event($t, "i$_", body => event("i$_", n => $_)) for 1 .. 2;
wait_for('the other item', sub { $r->count('/item/2') == 1 && total->{delivered} == $delivered + 1 });
is $redis->call('HEXISTS', 'webhook:{config}:holds', 'items'), 0, 'one resource does not hold the others';

# --- the breaker: after three failures one probe at a time; attempts are not spent meanwhile
apply(endpoint('down', retry => { schedule => [ ('10ms') x 50 ], jitter => 0 },
    breaker => { failures => 3, probe => '300ms' }, concurrency => 1));
post_event($t, "d$_") for 1 .. 5;
$worker->wait_log(qr/endpoint down: its breaker is open/);
my $before_probes = $r->count('/down');
my @down = $r->wait_requests($before_probes + 4, '/down');
my @probes = @down[ $before_probes + 1 .. $#down ];    # the first may have been under way
for my $n (1 .. $#probes) {
    cmp_ok $probes[$n]{at} - $probes[ $n - 1 ]{at}, '>=', 0.29, "breaker: probe $n comes after its time";
}
my %tried = map { $_->{headers}{'ce-id'} => 1 } @probes;
cmp_ok scalar keys %tried, '>', 1, 'breaker: the probe is another delivery each time';
is state_of('down')->{waiting} // 5, 5, 'breaker: all still wait';
$r->script('/down' => 200);
$worker->wait_log(qr/endpoint down: its breaker is closed/);
wait_for('the rest', sub { total->{delivered} == $delivered + 1 + 5 });
is $redis->call('HEXISTS', 'webhook:{config}:failing', 'down'), 0, 'closed: the failures are forgotten';

# --- only failures for too long disable an endpoint; what waits stays
apply(endpoint('broken', retry => { schedule => [ ('50ms') x 90 ], jitter => 0 }, disable_after => '500ms'));
post_event($t, 'b1');
$worker->wait_log(qr/endpoint broken: disabled, only failures for too long/);
is_deeply [ @{ state_of('broken') }{qw(state reason)} ], [ 'disabled', 'only failures for too long' ],
    'disable_after';
wait_for('its delivery to wait', sub { total->{waiting} == 1 });
$r->script('/broken' => 200);
$t->ctl(qw(endpoint resume broken));
wait_for('its delivery', sub { total->{delivered} == $delivered + 1 + 5 + 1 });

# --- the receiver asks to be disabled
apply(endpoint('asks', retry => { schedule => [ ('50ms') x 9 ] }));
post_event($t, 'k1');
$worker->wait_log(qr/endpoint asks: disabled, the receiver asked for it/);
wait_for('its delivery to wait', sub { state_of('asks')->{state} eq 'disabled' && total->{waiting} >= 1 });
is $r->count('/asks'), 1, 'asked: one attempt';

# --- permanent answers
apply(endpoint('wrong', permanent => [ 422, 404 ]));
post_event($t, 'w1');
my $dead;
wait_for('it to be dead', sub { ($dead) = lines($t->ctl(qw(dead list --json --endpoint wrong))); $dead });
is $dead->{reason}, 'permanent', 'permanent: the reason';
is $r->count('/wrong'), 1, 'permanent: one attempt';

# --- max_age: of a delivery between two attempts, and of those of a paused endpoint
$r->script('/broken' => 500);
apply(endpoint('broken', retry => { schedule => ['1h'], jitter => 0 }, max_age => '1s'),
    endpoint('paused', paused => JSON::PP::true, max_age => '1s'));
post_event($t, 'm1');
for my $id (qw(broken paused)) {
    undef $dead;
    wait_for("$id to expire", sub { ($dead) = lines($t->ctl(qw(dead list --json --endpoint), $id)); $dead });
    is $dead->{reason}, 'expired', "$id: the reason";
}
is $r->count('/paused'), 0, 'max_age: no attempt for the paused one';
ok $t->ledger->{balanced}, 'the ledger balances' or diag explain $t->ledger;

done_testing;
