#!/usr/bin/perl

# What a worker costs Redis while nothing happens: a few reads, whose number does not depend on that of the
# streams, and one write for each heartbeat. The heartbeats are the clock by which it is counted, so a slow
# machine changes nothing.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::Webhook;
use Test::Webhook::Promise;

use constant { BEATS => 2, SECONDS_PER_BEAT => 3 };

my $t = Test::Webhook->new;
$t->start_redis;
my $redis = $t->redis;
$t->start_receiver(script => { '/dead' => 500 });
my sub conf ($streams) {
    my $locations = join "\n", map { "location /in$_ { webhook stripe; webhook_stream s$_; }" } 1 .. $streams;
    return <<"EOT";
%%GLOBALS%%
events { }
http {
    %%HTTP%%
    webhook_redis %%REDIS%%;
    webhook_secret s3cret;
    server {
        listen 127.0.0.1:%%PORT%%;
        $locations
    }
}
EOT
}

my $own = 0;  # commands of this test
my sub ask (@words) { $own++; return $redis->call(@words) }
my sub mark () { return join ' ', @{ ask(qw(ZRANGE webhook:{config}:workers 0 -1 WITHSCORES)) } }
my sub beat () {
    my $before = mark();
    wait_for('a heartbeat', sub { mark() ne $before });
}
my sub calls () {
    my %calls = ask(qw(INFO commandstats)) =~ /^cmdstat_(\S+?):calls=(\d+)/mg;
    return \%calls;
}
my sub aof () {
    return ask(qw(INFO persistence)) =~ /^aof_current_size:(\d+)/m ? $1 : die 'no append-only file';
}
my %reads = map { $_ => 1 }
    qw(evalsha eval hmget hget hgetall zrange zscore time info xread scan exists lindex client|id
       client|unblock hstrlen get xlen);

# Commands a second, scripts and what they call, of the worker alone.
my sub idle ($name) {
    beat() for 1 .. 2;  # what follows from the last events is done by then
    my ($aof, $before) = (aof(), calls());
    $own = 0;
    beat() for 1 .. BEATS;
    my $asked = $own;
    my ($after, $written) = (calls(), aof() - $aof);
    my %done = map { $_ => $after->{$_} - ($before->{$_} // 0) } keys %$after;
    my $sum = -$asked;
    $sum += $_ for values %done;
    my %writes = map { $_ => $done{$_} } grep { $done{$_} && !$reads{$_} } keys %done;
    is_deeply [ keys %writes ], ['zadd'], "$name: reads only, but for the heartbeat" or diag explain \%writes;
    cmp_ok $writes{zadd}, '<=', BEATS + 1, "$name: one write a heartbeat";
    cmp_ok $written, '<=', 300 * (BEATS + 1), "$name: the append-only file hardly grows";
    my $rate = $sum / (BEATS * SECONDS_PER_BEAT);
    diag sprintf '%s: %.1f commands a second (%s)', $name, $rate, join ' ',
        map { "$_=$done{$_}" } grep { $done{$_} } sort keys %done;
    return $rate;
}

# --- one stream, of eight partitions
$t->apply({ id => 'crm', url => $t->receiver->url('/crm') });
my $nginx = $t->start_nginx(conf(1));
my $worker = $t->start_worker;
is post_event($t, 'first', path => '/in1')->{verdict}, 'accepted', 'an event';
$t->wait_settled;
$nginx->stop;
wait_for('what time wants to be noted', sub { !grep { !$redis->exists("webhook:{s1:$_}:meta") } 0 .. 7 });
my $one = idle('one stream');
cmp_ok $one, '<=', 8, 'one stream: at most 8 a second';

# --- twenty, with deliveries that wait for an endpoint that is paused or lacks its secret, and with dead ones
$t->apply(
    { id => 'crm', url => $t->receiver->url('/crm') },
    { id => 'held', url => $t->receiver->url('/held'), paused => JSON::PP::true },
    { id => 'keyless', url => $t->receiver->url('/keyless'), sign => [ { secrets => ['secret:nowhere'] } ] },
    { id => 'dead', url => $t->receiver->url('/dead'), retry => { schedule => [] } },
    { id => 'later', url => $t->receiver->url('/dead'), retry => { schedule => ['1h'] } });
$worker->wait_log(qr/configuration version \d+: 5 endpoints/);
$nginx = $t->start_nginx(conf(20));
is post_event($t, "of$_", path => "/in$_")->{verdict}, 'accepted', "an event of stream $_" for 1 .. 20;
wait_for(
    'all of them',
    sub {
        my $total = $t->ledger->{total};
        $total->{routed} == 21 && $total->{dead} == 20 && $total->{waiting} == 60;
    }
);
$nginx->stop;
wait_for(
    'the worker to own all',
    sub {
        160 == grep { $redis->hget("webhook:{s$_->[0]:$_->[1]}:meta", 'holder') } map {
            my $s = $_;
            map { [ $s, $_ ] } 0 .. 7
        } 1 .. 20;
    }
);
my $twenty = idle('twenty streams');
cmp_ok $twenty, '<=', $one + 2, 'twenty streams: no more than one';

# --- and it is awake at once
my ($before) = $t->receiver->count('/crm');
$nginx->start;
is post_event($t, 'again', path => '/in1')->{verdict}, 'accepted', 'an event after the silence';
$t->receiver->wait_requests($before + 1, '/crm');
$t->ctl(qw(endpoint resume held));
$t->receiver->wait_requests(21, '/held');
$t->write('secrets/nowhere', 'whsec_' . b64('the key that came late') . "\n");
$t->receiver->wait_requests(21, '/keyless');
$t->receiver->script('/dead' => 200);
is $t->ctl(qw(dead replay --all))->{exit}, 0, 'dead letters are replayed';
wait_for('their deliveries', sub { $t->ledger->{total}{waiting} == 21 });  # those of "later"

done_testing;
