#!/usr/bin/perl

# Promise 5: endpoints that hang, fail or are slow change nothing for the others, and what waits for them is
# bounded.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::Webhook;
use Test::Webhook::Promise;

my $t = Test::Webhook->new;
$t->start_redis;
my $r = $t->start_receiver(script => {
    '/hang'  => 'hang',
    '/never' => 'hang',
    '/fails' => 500,
    '/slow'  => { delay => 1 },
    '/drip'  => { drip => 1, body => 'x' x 100 },
    '/reset' => 'reset',
});
$t->start_nginx(<<'EOT');
%%GLOBALS%%
events { }
http {
    %%HTTP%%
    webhook_redis %%REDIS%%;
    webhook_secret s3cret;
    server {
        listen 127.0.0.1:%%PORT%%;
        location /in       { webhook stripe; webhook_stream hooks; }
        location /overflow { webhook stripe; webhook_stream overflow partitions=2; webhook_source overflow; }
    }
}
EOT
my %troubled = (timeout => '60s', retry => { schedule => ['1h'] }, match => { source => ['stripe'] });
my @troubled = map { { id => $_, url => $r->url("/$_"), %troubled } } qw(hang never fails slow drip reset);
push @troubled, { id => 'refuses', url => 'http://127.0.0.1:' . $t->port('nobody') . '/', %troubled };
$t->apply({ id => 'healthy', url => $r->url('/healthy'), match => { source => ['stripe'] } }, @troubled);
$t->start_worker(config => { max_inflight => 32, drain_timeout => '1s' });

my $n = 0;
sub send_events ($count, %arg) {
    my @texts =
        map { event_request($t, 'e' . ++$n, %arg, body => event("e$n", text => 'x' x ($arg{size} // 10))) }
        1 .. $count;
    is scalar(grep { $_->{status} == 200 } $t->parallel(@texts)), $count, "$count events";
}

# --- a healthy one beside seven troubled ones: it has everything while they still hold
send_events(50) for 1 .. 6;
wait_for('the healthy endpoint to have everything', sub { keys %{ received($t, '/healthy') } >= 300 }, 60);
is $r->count('/healthy'), 300, 'healthy: every event, once';
cmp_ok $r->count('/hang') + $r->count('/never') + $r->count('/drip'), '<=', 32,
    'the hanging ones hold no more than there is';
my $ledger = wait_for('routing of all', sub { my $now = $t->ledger; !$now->{total}{unrouted} && $now }, 60);
is $ledger->{total}{routed}, 300, 'everything is routed: a receiver that hangs does not hold the stream up';
ok $ledger->{balanced}, 'balanced while they hang';
my %waiting;
wait_for(
    'the outcomes of the healthy one',
    sub {
        %waiting = map { $_->{id} => $_->{waiting} } lines($t->ctl(qw(endpoint list --json)));
        !$waiting{healthy};
    }
);
is $waiting{$_}, 300, "$_: everything waits for it" for qw(hang never drip refuses fails reset);

# --- more for the healthy one while all of that goes on
send_events(50);
wait_for('fifty more', sub { keys %{ received($t, '/healthy') } >= 350 });
pass 'healthy: fifty more';

# --- they recover: what hangs no longer is delivered, and the dead ones are replayed
$r->script($_ => 200) for qw(/hang /never /drip /slow);

# --- bounded: max_waiting and max_waiting_bytes; over that, dead with reason overflow
my %down = (url => $r->url('/fails'), retry => { schedule => ['1h'] }, match => { source => ['overflow'] });
$t->apply(
    { id => 'healthy', url => $r->url('/healthy') },
    { id => 'few', max_waiting => 10, %down }, { id => 'bytes', max_waiting_bytes => '20k', %down }
);
wait_for('the change to be in effect', sub { !$t->ledger->{total}{waiting} }); # the troubled ones are deleted
my $before = $t->ledger->{total};
cmp_ok $before->{cancelled}, '>', 0, 'what waited for deleted endpoints is cancelled';
send_events(40, path => '/overflow', size => 1000);
my $total = wait_for(
    'all routed',
    sub {
        my $now = $t->ledger->{total};
        $now->{accepted} == $before->{accepted} + 40 && !$now->{unrouted} && $now;
    }
);
wait_for('the healthy one', sub { $r->count('/healthy') >= 390 });
my ($few, $bytes) =
    map { my $id = $_; [ lines($t->ctl(qw(dead list --json -n 1000 --endpoint), $id)) ] } qw(few bytes);
%waiting = map { $_->{id} => $_->{waiting} } lines($t->ctl(qw(endpoint list --json)));
cmp_ok $waiting{few}, '<=', 10, 'max_waiting: no more than that wait';
cmp_ok $waiting{few}, '>=', 5, 'max_waiting: but as many do (each partition has its share)';
is $waiting{few} + @$few, 40, 'max_waiting: the rest is dead';
cmp_ok $waiting{bytes}, '<=', 20, 'max_waiting_bytes: no more than that wait';
cmp_ok $waiting{bytes}, '>=', 5, 'max_waiting_bytes: but as many do';
is $waiting{bytes} + @$bytes, 40, 'max_waiting_bytes: the rest is dead';
is_deeply [ grep { $_->{reason} ne 'overflow' } @$few, @$bytes ], [], 'with the reason';
$ledger = $t->ledger;
ok $ledger->{balanced}, 'balanced';
is $ledger->{total}{dead} - $before->{dead}, @$few + @$bytes, 'ledger: dead';

done_testing;
