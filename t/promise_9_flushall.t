#!/usr/bin/perl

# Promise 9: FLUSHALL, a lost consumer group and a lost script mend themselves; without its endpoints a worker
# reads nothing, so that no event is ever settled as "matched nobody" because the endpoints had vanished.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::Webhook;
use Test::Webhook::Promise;

my $t = Test::Webhook->new;
my $server = $t->start_redis;
my $r = $t->start_receiver;
$t->start_nginx(<<'EOT');
%%GLOBALS%%
worker_processes 2;
events { }
http {
    %%HTTP%%
    webhook_redis %%REDIS%%;
    webhook_secret s3cret;
    server {
        listen 127.0.0.1:%%PORT%%;
        location /in { webhook stripe; webhook_stream hooks partitions=2; }
        location /hasty { webhook stripe; webhook_stream hooks partitions=2; webhook_redis_timeout 300ms; }
    }
}
EOT
my $redis = $t->redis;
my $n = 0;
sub send_events ($count) {
    my @names = map { 'e' . ++$n } 1 .. $count;
    for my $name (@names) {
        wait_for("event $name to be taken", sub { post_event($t, $name)->{status} == 200 });
    }
    return @names;
}
sub arrive ($what, @names) {
    my @missing;
    eval {
        wait_for(
            $what,
            sub {
                my $received = received($t, '/crm');
                !(@missing = grep { !$received->{"evt_$_"} } @names);
            }
        );
    };
    is_deeply \@missing, [], $what;
}
sub log_count ($pattern) { return scalar(my @lines = grep { $_ =~ $pattern } split /\n/, $t->worker->output) }

# --- first start: nothing was ever applied
my $worker = $t->start_worker;
my @early = send_events(5);
my $no_epoch = qr/apply|no configuration|no endpoints/i;
$worker->wait_log($no_epoch);
is $t->ledger->{total}{unrouted}, 5, 'without a configuration nothing is read';
is log_count($no_epoch), 1, 'and one line says so';
my %crm = (id => 'crm', url => $r->url('/crm'));
$t->apply(\%crm);
arrive('applied: what came before is delivered', @early);

# --- an empty list counts as a configuration
# --- FLUSHALL, the worker has its copy of the endpoints
$t->wait_settled;
my $epoch = $redis->hget('webhook:{config}:meta', 'epoch');
wait_for(
    'the copy in state_dir',
    sub {
        grep { slurp($_) =~ /crm/ } glob "'" . $t->file('worker-state') . "'/*";
    }
);
$redis->flushall;
wait_for('a new epoch',
    sub { my $now = $redis->hget('webhook:{config}:meta', 'epoch'); $now && $now ne $epoch });
arrive('after FLUSHALL with a copy: new events are delivered', send_events(5));
my $ledger = $t->wait_settled;
is $ledger->{total}{delivered}, $ledger->{total}{accepted}, 'the ledger starts again';
cmp_ok $ledger->{total}{accepted}, '<=', 6, 'at zero';
like $t->ctl('export')->{out}, qr/"crm"/, 'the endpoints are back';

# --- FLUSHALL under load, with deliveries that fail and wait: balanced afterwards
$r->script('/crm' => [ 500, 200, 503, 200 ]);
my $load = $t->start_load(senders => 4, pause => 0.005, request => sub ($n) { event_request($t, "load$n") });
for my $round (1 .. 3) {
    my $from = $load->done;
    wait_for('load', sub { $load->done >= $from + 40 }, 60);
    $redis->flushall;
}
my $from = $load->done;
wait_for('load', sub { $load->done >= $from + 40 }, 60);
my $result = $load->stop;
is_deeply $result->{lost}, [], 'FLUSHALL under load: senders are served on';
$r->script('/crm' => 200);
arrive('FLUSHALL under load: deliveries go on', send_events(5));
wait_for('a balanced ledger', sub { my $now = $t->ledger; $now->{balanced} && !$now->{total}{unrouted} }, 60);
pass 'FLUSHALL under load: the ledger balances';

# --- the group is lost, the scripts are lost
$redis->xgroup('DESTROY', "webhook:{hooks:$_}:events", 'deliver') for 0, 1;
arrive('group destroyed: deliveries go on', send_events(10));
wait_for(
    'the group to be there again',
    sub {
        2 == grep {
            my $key = $_;
            grep { my %group = @$_; $group{name} eq 'deliver' } @{ $redis->xinfo('GROUPS', $key) }
        } map { "webhook:{hooks:$_}:events" } 0, 1;
    }
);
$redis->script('FLUSH');
arrive('SCRIPT FLUSH: deliveries go on', send_events(5));
$redis->client('KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
arrive('CLIENT KILL: deliveries go on', send_events(5));
$redis->call(qw(REPLICAOF 127.0.0.1 1));
wait_for('a refusal', sub { post_event($t, 'ro' . ++$n)->{status} == 503 });
$redis->call(qw(REPLICAOF NO ONE));
arrive('READONLY and back: deliveries go on', send_events(5));
$server->freeze;
is post_event($t, 'frozen', path => '/hasty')->{status}, 503, 'frozen';
$server->thaw;
arrive('frozen and back: deliveries go on', send_events(5));
$server->restart;
$redis = $t->redis;
arrive('restarted: deliveries go on', send_events(5));
ok $t->ledger->{balanced}, 'balanced';

# --- FLUSHALL without a copy: nothing is read until somebody applies
$worker->stop;
unlink glob "'" . $t->file('worker-state') . "'/*";
$t->start_worker(config => { state_dir => undef });
$t->wait_settled;
my $lines = log_count($no_epoch);
$redis->flushall;
wait_for('the worker to say so', sub { log_count($no_epoch) > $lines });
my @later = send_events(5);
is $t->ledger->{total}{unrouted}, 5, 'without a copy nothing is read';
is log_count($no_epoch), $lines + 1, 'one line';
is scalar(grep { received($t, '/crm')->{"evt_$_"} } @later), 0, 'nothing is delivered';
$t->apply(\%crm);
arrive('applied again: all of it is delivered', @later);
is $t->wait_settled->{total}{delivered}, 5, 'and counted';

# --- an empty list is a configuration: events are routed to nobody
$redis->flushall;
$t->apply();
my @nobody = send_events(3);
wait_for('routing to nobody',
    sub { my $total = $t->ledger->{total}; $total->{routed} == 3 && !$total->{unrouted} });
is $t->ledger->{total}{created}, 0, 'an empty list counts: events are routed to nobody';

done_testing;
