#!/usr/bin/perl

# Whom workers take for dead when clocks jump or keys vanish: nobody who is alive. Each partition stays with
# the worker that has it, and goes on.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::Webhook;
use Test::Webhook::Promise;

my $t = Test::Webhook->new;
my $clock = $t->clock(time);
$clock->preload(sub { $t->start_redis });
my $redis = $t->redis;
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
        location /in { webhook stripe; webhook_stream hooks partitions=4; }
    }
}
EOT
$t->apply({ id => 'crm', url => $t->receiver->url('/crm') });
my ($one, $two) = map { $t->start_worker(name => $_) } qw(one two);
my sub holders () { return [ map { $redis->hget("webhook:{hooks:$_}:meta", 'holder') // '' } 0 .. 3 ] }
my sub workers () {
    my %owned;
    $owned{ s/:\d+$//r }++ for grep { length } @{ holders() };
    return join ',', sort { $a <=> $b } values %owned;
}
my sub marks () { return { @{ $redis->call(qw(ZRANGE webhook:{config}:workers 0 -1 WITHSCORES)) } } }
my sub beats ($count) {
    for (1 .. $count) {
        my $before = marks();
        wait_for(
            'a sign of each worker',
            sub {
                my $now = marks();
                keys %$now == 2 && !grep { ($before->{$_} // 0) == $now->{$_} } keys %$now;
            }
        );
    }
}
my $n = 0;
my sub works ($when) {
    is post_event($t, ++$n)->{verdict}, 'accepted', "$when: an event";
    $t->receiver->wait_requests($n, '/crm');
    $t->wait_settled;
}

wait_for('an even share', sub { workers() eq '2,2' });
works('at first');
my $holders = holders();

# --- Redis' clock jumps, and the keys by which workers are seen are lost
my $now = time;
for my $case ([ 'an hour ahead', 3600 ], [ 'a day back, and the list of workers gone', -86_400 ]) {
    my ($name, $offset) = @$case;
    $clock->set($now + $offset);
    $redis->call(qw(DEL webhook:{config}:workers webhook:{config}:streams)) if $offset < 0;
    beats(4);
    is_deeply holders(), $holders, "Redis' clock $name: nobody lost a partition";
    works("Redis' clock $name");
}

# --- a partition that somebody else was given is given up, also while nothing happens; and then it is taken
# back
my $own = $holders->[0] =~ s/:\d+$//r;
$redis->call('HSET', 'webhook:{hooks:0}:meta', 'holder', 'somebody-else:1');
wait_for(
    'its owner to see that',
    sub {
        join("\n", map { $_->output } $one, $two) =~ /partition hooks:0: another worker owns it now/;
    }
);
wait_for('the unknown owner to be taken for dead', sub { (holders()->[0] =~ s/:\d+$//r) eq $own });
works('a foreign owner');

done_testing;
