#!/usr/bin/perl

# Limits that all workers keep together: rate and concurrency of an endpoint.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use List::Util qw(max);
use Test::Webhook;
use Test::Webhook::Promise;

my $t = Test::Webhook->new;
$t->start_redis;
$t->start_receiver(script => { '/held' => { status => 200, hold => 1 } });
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
my %workers = map { $_ => $t->start_worker(name => $_) } qw(first second);
my sub total { $t->ledger->{total} }
wait_for(
    'both workers to own partitions',
    sub {
        my @holders = map { $redis->call('HGET', "webhook:{hooks:$_}:meta", 'holder') } 0 .. 7;
        my %holders = map { s/:.*//r => 1 } @holders;
        return keys %holders == 2;
    }
) if prepare();

# The streams exist once nginx has prepared them.
sub prepare {
    $t->apply();
    post_event($t, "first$_") for 1 .. 20;
    wait_for('routing', sub { my $now = total; $now->{accepted} == 20 && !$now->{unrouted} });
    return 1;
}

# Two workers know the endpoints of this version.
sub apply (@endpoints) {
    $t->apply(@endpoints);
    my ($version) = $redis->call('HGET', 'webhook:{config}:meta', 'version');
    $_->wait_log(qr/configuration version \Q$version\E:/) for values %workers;
}

# --- a rate: 150 events at 50 a second take three seconds, whoever sends them
apply({ id => 'paced', url => $r->url('/paced'), rate => '50/s' });
post_event($t, "p$_") for 1 .. 150;
wait_for('all to be delivered', sub { total->{delivered} == 150 });
my @at = map { $_->{at} } $r->requests('/paced');
my $took = max(@at) - $at[0];
cmp_ok $took, '>=', 149 / 50 * 0.95, 'rate: two workers together keep it' or diag "took $took s";
is_deeply [ grep { $_ != 1 } values %{ received($t, '/paced') } ], [], 'rate: each came once';

# --- a burst may leave at once, then the rate holds
apply({ id => 'burst', url => $r->url('/burst'), rate => '5/m burst=10' });
post_event($t, "b$_") for 1 .. 12;
$r->wait_requests(10, '/burst');
wait_for('the rest to be routed or to wait', sub { total->{accepted} == 182 });
is $r->count('/burst'), 10, 'burst: no more than it allows';
$t->ctl(qw(endpoint delete burst));

# --- concurrency: three at once of both workers together; a place that is free goes to either of them
apply(
    { id => 'held', url => $r->url('/held'), concurrency => 3, timeout => '60s',
        match => { type => ['order.*'] } },
    { id => 'marker', url => $r->url('/marker'), match => { type => ['mark'] } }
);
my $delivered = total->{delivered};
$r->script('/held' => 200);
post_event($t, "warm$_") for 1 .. 24;    # before the first answers each worker makes one attempt at a time
wait_for('all to be delivered', sub { total->{delivered} == $delivered + 24 });
$r->script('/held' => { status => 200, hold => 1 });
my $held = 24;
my sub three_are_held ($when) {
    wait_for("$when: three to be held", sub { $r->count('/held') >= $held + 3 });
    # An event that came later has reached its receiver: nothing else was under way.
    my $marked = $r->count('/marker');
    post_event($t, "mark$marked", body => event("mark$marked") =~ s/order\.paid/mark/r);
    $r->wait_requests($marked + 1, '/marker');
    is $r->count('/held'), $held + 3, "$when: three at once";
    $held += 3;
}
post_event($t, "h$_") for 1 .. 24;
for my $round (1 .. 8) {
    three_are_held("round $round");
    $r->release('/held');
}
my %senders = map { $_->{headers}{'webhook-id'} => 1 } $r->requests('/held');
is scalar keys %senders, 48, 'concurrency: each came once';

# --- a worker that dies gives its places back
post_event($t, "k$_") for 1 .. 24;
three_are_held('before one dies');
$workers{second}->kill9;
my $known = total->{delivered};
wait_for('the rest', sub { $r->release('/held'); total->{delivered} >= $known + 24 }, 60);
ok $t->ledger->{balanced}, 'the ledger balances';

done_testing;
