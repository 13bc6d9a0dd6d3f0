#!/usr/bin/perl

# Promise 9 for the worker: it goes on by itself after its connections were killed, after a restart of Redis,
# when Redis was out of memory or read-only, and when the disk of state_dir is full. Nothing that was accepted
# is lost.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
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
        location /in { webhook stripe; webhook_stream hooks partitions=2; }
    }
}
EOT
my $r = $t->receiver;
my $state = $t->file('state');
mkdir $state, 0700 or die "$state: $!";
my $small = $> == 0 && system("mount -t tmpfs -o size=64k,mode=0700 none '$state' 2>/dev/null") == 0;
END { system("umount '$state'") if $small }
my @documents = ({ id => 'crm', url => $r->url('/crm') });
$t->apply(@documents);
my $worker = $t->start_worker(config => { state_dir => $state });
my $n = 0;

sub accept_events ($count) {
    for (1 .. $count) {
        my $id = ++$n;
        my $stored = sub { (eval { post_event($t, $id)->{verdict} } // '') =~ /^(?:accepted|duplicate)$/ };
        wait_for("event $id", $stored);
    }
}
sub all_came ($after) {
    $r->wait_requests($n, '/crm');
    my $ledger = $t->wait_settled;
    ok $ledger->{balanced}, "$after: balanced";
    is $ledger->{total}{delivered}, $n, "$after: everything is delivered";
    is scalar(keys %{ received($t, '/crm') }), $n, "$after: everything came";
}
sub logged ($pattern) { scalar(my @found = grep { $_ =~ $pattern } split /\n/, $worker->output) }

accept_events(3);
all_came('at first');

# --- CLIENT KILL: both connections of the worker, while events come
for (1 .. 3) {
    accept_events(3);
    $t->redis->call(qw(CLIENT KILL TYPE normal SKIPME yes));
}
all_came('CLIENT KILL');

# --- Redis restarts with deliveries under way
$r->script('/crm' => [ { hold => 1, status => 200 }, 200 ]);
accept_events(2);
wait_for('an attempt', sub { $r->count('/crm') >= 10 });
$t->redis_server->restart;
$r->release('/crm');
accept_events(3);
all_came('restart of Redis');

# --- out of memory: workers go on with what frees it
$t->redis->call(qw(CONFIG SET maxmemory 1));
is $t->ctl(qw(endpoint pause crm))->{exit}, 0, 'out of memory: an operator can still change endpoints';
$t->redis->call(qw(CONFIG SET maxmemory 0));
is $t->ctl(qw(endpoint resume crm))->{exit}, 0, 'and afterwards';
accept_events(3);
all_came('out of memory');

# --- read-only for a while
$t->redis->call(qw(REPLICAOF 127.0.0.1 1));
$worker->wait_log(qr/no master/);
$t->redis->call(qw(REPLICAOF NO ONE));
accept_events(3);
all_came('read-only');

# --- the disk of state_dir is full
SKIP: {
    skip 'state_dir on a full disk needs root and mount', 4 if !$small;
    my $before = slurp("$state/endpoints.json");
    open my $fill, '>', "$state/fill" or die $!;
    1 while syswrite $fill, 'x' x 4096;
    close $fill;
    push @documents, { id => 'erp', url => $r->url('/erp'), description => 'x' x 500 };
    $t->apply(@documents);
    $worker->wait_log(qr/cannot keep a copy of the endpoints: .*No space left on device/);
    is slurp("$state/endpoints.json"), $before, 'a full disk leaves the last whole copy';
    accept_events(2);
    $r->wait_requests(2, '/erp');
    $r->wait_requests($n, '/crm');
    pass 'deliveries go on, also to the new endpoint';
    is logged(qr/cannot keep a copy/), 1, 'said once';
    unlink "$state/fill";
    $t->apply(@documents, { id => 'third', url => $r->url('/third') });
    wait_for('a new copy', sub { slurp("$state/endpoints.json") =~ /third/ });
    pass 'with room again there is a copy again';
}
done_testing;
