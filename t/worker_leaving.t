#!/usr/bin/perl

# Partitions change hands: one that a worker gave up without a word to Redis can be another worker's, one that
# came back from Redis with older data is read again, and a worker that leaves keeps what it has under way
# until that has ended.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::Webhook;
use Test::Webhook::Promise;

my $t = Test::Webhook->new;
$t->start_redis;
my $redis = $t->redis;
$t->start_receiver;
$t->start_nginx(<<'EOC');
%%GLOBALS%%
events { }
http {
    %%HTTP%%
    webhook_redis %%REDIS%%;
    webhook_secret s3cret;
    server {
        listen 127.0.0.1:%%PORT%%;
        location /in { webhook stripe; webhook_stream hooks partitions=4; }
    }
}
EOC
my $endpoint = { id => 'crm', url => $t->receiver->url('/crm'), timeout => '55s' };
$t->apply($endpoint);
my ($one, $two) = map { $t->start_worker(name => $_, config => { drain_timeout => '50s' }) } qw(one two);
my sub meta ($partition, $field) { return $redis->hget("webhook:{hooks:$partition}:meta", $field) // '' }
my sub workers () {
    my %owned;
    $owned{ s/:\d+$//r }++ for grep { length } map { meta($_, 'holder') } 0 .. 3;
    return join ',', sort { $a <=> $b } values %owned;
}
my sub marks () { return { @{ $redis->call(qw(ZRANGE webhook:{config}:workers 0 -1 WITHSCORES)) } } }
my $n = 0;
my sub send_events ($count) {
    my @texts = map { event_request($t, 'e' . ++$n) } 1 .. $count;
    is scalar(grep { $_->{status} == 200 } $t->parallel(@texts)), $count, "$count events";
}

send_events(12);
$t->receiver->wait_requests(12, '/crm');
$t->wait_settled;
wait_for('an even share', sub { workers() eq '2,2' });

# --- Redis comes back with older data: what lies behind its floor is read again, though no event comes
my ($partition) = grep { meta($_, 'floor') ne '0-0' } 0 .. 3;
my $length = $redis->call('XLEN', "webhook:{hooks:$partition}:events");
cmp_ok $length, '>', 0, 'a partition with events';
$redis->call('HSET', "webhook:{hooks:$partition}:meta", floor => '0-0', routed => 0);
$redis->call(qw(CLIENT KILL TYPE normal SKIPME yes));
wait_for(
    'its owner to see that',
    sub {
        join("\n", map { $_->output } $one, $two) =~
            /partition hooks:$partition: another worker owns it now, or Redis has lost it/;
    }
);
$t->receiver->wait_requests($n + $length, '/crm');
$t->wait_settled;
is $t->receiver->count('/crm'), $n + $length, 'older data: its events, and they only, came again';

# --- the configuration is lost, and who serves what changes until there is one again
unlink "$t->{dir}/$_-state/endpoints.json" or die $! for qw(one two);
$redis->call(qw(DEL webhook:{config}:meta));
wait_for('the partitions to be given up', sub { workers() eq '' });
my $three = $t->start_worker(name => 'three', config => { drain_timeout => '50s' });
$t->apply($endpoint);
wait_for('a share for each', sub { workers() eq '1,1,2' });
$three->stop;
wait_for('two shares', sub { workers() eq '2,2' });

# --- a worker that leaves lives as long as it drains
$t->receiver->script('/crm' => { hold => 1 });
my ($came, $before) = ($t->receiver->count('/crm'), $n);
send_events(12);
$t->receiver->wait_requests($came + 2, '/crm');
$one->signal('TERM');
$one->wait_log(qr/stopping: no new events; [1-9]\d* attempts are running/);
my $id = join '-', $one->pid, '';
my sub kept () { return join ' ', grep { /-\Q$id\E/ } map { meta($_, 'holder') } 0 .. 3 }
my $kept;
for (1 .. 4) {  # longer than a worker without a sign of life would be waited for
    my $seen = marks();
    wait_for(
        'a sign of each worker',
        sub {
            my $now = marks();
            keys %$now == 2 && !grep { ($seen->{$_} // 0) == $now->{$_} } keys %$now;
        }
    );
    $kept //= kept();    # with the first sign what is not under way has been released
}
ok length $kept, 'something is under way';
is kept(), $kept, 'what is under way is not taken away';
$t->receiver->script('/crm' => 200);
$t->receiver->release('/crm');
wait_for('its end', sub { !$one->alive });
is scalar(keys %{ marks() }), 1, 'and then it is no member any more';
wait_for('the other one to have all', sub { workers() eq '4' });
$t->wait_settled;
my $received = received($t, '/crm');
is_deeply {
    map { ("evt_e$_" => $received->{"evt_e$_"}) } $before + 1 .. $n
}, { map { ("evt_e$_" => 1) } $before + 1 .. $n }, 'each came once';

done_testing;
