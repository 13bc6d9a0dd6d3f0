#!/usr/bin/perl

# Ordered endpoints: one delivery after another per partition key, whatever happens to the first one; other
# keys go on meanwhile.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use List::Util qw(max);
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
        location /in { webhook stripe; webhook_stream hooks partitions=2; webhook_partition json:/data/c; }
    }
}
EOT
my $r = $t->receiver;
my $redis = $t->redis;
my $worker = $t->start_worker;
my %retry = (
    retry => { schedule => [ ('100ms') x 30 ], jitter => 0 },
    timeout => '1s', connect_timeout => '1s'    # what a dead worker had claimed is due soon after them
);
my sub total { $t->ledger->{total} }
my sub apply (%fields) {
    $t->apply({ id => 'o', url => $r->url('/o/{/data/c}'), order => JSON::PP::true, %fields });
    my ($version) = $redis->call('HGET', 'webhook:{config}:meta', 'version');
    $worker->wait_log(qr/configuration version \Q$version\E:/);
}

my %posted;
my sub post ($key, $count) {
    for (1 .. $count) {
        my $n = ++$posted{$key};
        is post_event($t, "$key-$n", body => event("$key-$n", c => $key))->{verdict}, 'accepted', "$key-$n";
    }
}
# The numbers of the events in the order of the requests of a key, repeats of one event as one.
my sub order_of ($key) {
    my @numbers = map { $_->{headers}{'ce-id'} =~ /-(\d+)$/ } $r->requests("/o/$key");
    return [ map { $numbers[$_] } grep { !$_ || $numbers[$_] != $numbers[ $_ - 1 ] } 0 .. $#numbers ];
}
my sub all_came ($when, @keys) {
    my $over = sub { my $now = total; !$now->{unrouted} && !$now->{waiting} };
    wait_for("$when: all to be delivered", $over, 60);
    is_deeply order_of($_), [ 1 .. $posted{$_} ], "$when: $_ in order" for @keys;
}

# --- without faults
apply(%retry);
for (1 .. 10) { post($_, 1) for qw(a b c) }
all_came('without faults', qw(a b c));

# --- the first of a key fails a while: those behind it wait, other keys go on
$r->script('/o/a' => [ (500) x 6, 200 ]);
post('a', 8);
post($_, 8) for qw(b c);
all_came('the first one fails', qw(a b c));
cmp_ok max(map { $_->{at} } $r->requests('/o/b'), $r->requests('/o/c')), '<',
    max(map { $_->{at} } $r->requests('/o/a')), 'other keys did not wait';
is total->{delivered}, 54, 'each was delivered once';

# --- it is down longer than the worker lives, and events come meanwhile: the next worker goes on in order
$r->script('/o/a' => 500);
post('a', 3);
wait_for('the first attempts', sub { $r->count('/o/a') >= 18 + 6 + 3 });
$worker->kill9;
post('a', 3);
post('b', 3);
my $before = $r->count('/o/a');
$worker = $t->start_worker(name => 'second');
wait_for('more attempts', sub { $r->count('/o/a') > $before + 2 });
$r->script('/o/a' => 200);
post('a', 5);
all_came('after a crash', qw(a b));

# --- a dead one releases the next: by its attempts, by a permanent answer, by age
apply(retry => { schedule => ['50ms'], jitter => 0 });
$r->script('/o/a' => [ 500, 500, 200, 422, 200 ]);
post('a', 4);
all_came('dead ones', 'a');
is total->{dead}, 2, 'dead: by its attempts, and by an answer that is permanent for an ordered endpoint';

apply(retry => { schedule => ['1h'], jitter => 0 }, max_age => '1s');
$r->script('/o/c' => [ 500, 200 ]);
post('c', 1);
wait_for('it to expire', sub { total->{dead} == 3 });
post('c', 2);
all_came('expired', 'c');
is total->{dead}, 3, 'expired: the others came';

# --- a pause in the middle, and a receiver that is busy
apply(%retry, paused => JSON::PP::true);
post('a', 5);
wait_for('them to wait', sub { total->{waiting} == 5 });
$r->script('/o/a' => [ 200, { status => 429, headers => [ 'Retry-After' => 1 ] }, 200 ]);
$t->ctl(qw(endpoint resume o));
post('a', 5);
all_came('after a pause', 'a');

# --- what was cancelled leaves nothing behind
apply(%retry, paused => JSON::PP::true);
post('a', 3);
wait_for('them to wait', sub { total->{waiting} == 3 });
$t->apply();
wait_for('them to be cancelled', sub { total->{cancelled} == 3 });
is_deeply [ map { $redis->call('EXISTS', "webhook:{hooks:$_}:order:o") } 0, 1 ], [ 0, 0 ],
    'no lanes are left';
ok $t->ledger->{balanced}, 'the ledger balances' or diag explain $t->ledger;

done_testing;
