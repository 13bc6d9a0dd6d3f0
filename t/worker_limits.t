#!/usr/bin/perl

# The worker at limits of its own: pauses in the middle of a queue, no file descriptors left, a backlog of
# large events.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::Webhook;
use Test::Webhook::Promise;

my $t = Test::Webhook->new;
$t->start_redis;
$t->start_receiver(
    script => { '/slow' => { status => 200, delay => 0.4 }, '/held' => { status => 200, delay => 1 } });
$t->start_nginx(<<'EOT2');
%%GLOBALS%%
events { }
http {
    %%HTTP%%
    webhook_redis %%REDIS%%;
    webhook_secret s3cret;
    webhook_json_max 16m;
    client_max_body_size 16m;
    server {
        listen 127.0.0.1:%%PORT%%;
        location /in { webhook stripe; webhook_stream hooks partitions=1; }
    }
}
EOT2
my $receiver = $t->receiver;
my $worker = $t->start_worker;

# --- a pause holds also for what is queued already, new or claimed; nothing is lost by it
my %slow = (id => 'slow', url => $receiver->url('/slow'), concurrency => 1);
$t->apply(\%slow);
post_event($t, $_) for 1 .. 12;
sub pause_in_the_middle ($name, $from) {
    $receiver->wait_requests($from, '/slow');
    $t->ctl('endpoint', 'pause', 'slow');
    $worker->wait_log(qr/endpoint slow: paused/, count => $from == 2 ? 1 : 2);
    my ($sent, $total) = $receiver->count('/slow');
    wait_for(
        "$name: what is under way to end, what is left to wait",
        sub {
            $total = $t->ledger->{total};
            return $total->{waiting} + $total->{delivered} == 12
                && $total->{delivered} == $receiver->count('/slow');
        }
    );
    cmp_ok $total->{delivered}, '<=', $sent + 1,
        "$name: no attempt began any more";    # one may have been on its way
    $t->ctl('endpoint', 'resume', 'slow');
}
pause_in_the_middle('a pause while new events are queued', 2);
pause_in_the_middle('a pause while claimed deliveries are queued', 6);
$t->wait_settled;
my $received = received($t, '/slow');
is_deeply [ map { $received->{"evt_$_"} } 1 .. 12 ], [ (1) x 12 ], 'a pause: each came once';

# --- no descriptors left: that is not the receiver's fault, so no attempt is counted and nothing dies of it
$t->apply({ id => 'held', url => $receiver->url('/held'), retry => { schedule => [] } });
$worker->wait_log(qr/endpoint slow: deleted/);
my $open = () = glob '/proc/' . $worker->pid . '/fd/*';
$t->run([ 'prlimit', '--pid', $worker->pid, '--nofile=' . ($open + 4) . ':' . ($open + 4) ]);
post_event($t, "held$_") for 1 .. 12;
$worker->wait_log(qr/cannot connect: too many open files/);
$receiver->wait_requests(12, '/held', 60);
my $total = $t->wait_settled->{total};
is_deeply [ @{$total}{qw(delivered dead)} ], [ 24, 0 ], 'no descriptors left: all are delivered in the end';
is scalar(grep { /cannot connect: too many/ } split /\n/, $worker->output), 1,
    'no descriptors left: one line';
unlike $worker->output, qr/endpoint held: fails/, 'no descriptors left: the endpoint is not blamed';
$worker->stop;

# --- large events that gathered meanwhile are read one by one
my $large = 'x' x 8_000_000;
is post_event($t, "large$_", body => event("large$_", text => $large))->{verdict}, 'accepted',
    "large event $_"
    for 1 .. 36;
$t->apply({ id => 'large', url => $receiver->url('/large') });
$worker->start;
$t->wait_settled(180);
is scalar(keys %{ received($t, '/large') }), 36, 'a backlog of large events is delivered';
SKIP: {
    skip 'a sanitizer keeps what was freed', 1 if $ENV{TEST_SANITIZE};
    my ($most) = slurp('/proc/' . $worker->pid . '/status') =~ /^VmHWM:\s+(\d+) kB/m;
    cmp_ok $most, '<', 200_000, 'a backlog of large events is not read at once';
}

done_testing;
