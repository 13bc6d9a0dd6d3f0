#!/usr/bin/perl

# make bench: what an event costs. CPU of nginx per accepted event beside `return 200` of the same nginx, and
# CPU of webhook-worker per delivery, at two body sizes; Redis' share beside. Ratios are what counts: figures
# depend on the machine. ROUNDS=3 EVENTS=20000 CONNECTIONS=32 may be given by environment.

use v5.36;
use List::Util qw(sum);
use Time::HiRes qw(time);
use Test::Webhook;

my $rounds = $ENV{ROUNDS} // 3;
my $events = $ENV{EVENTS} // 20000;
my $connections = $ENV{CONNECTIONS} // 32;
my $secret = 'whsec_' . b64(join '', map { chr(32 + $_ * 7 % 90) } 1 .. 24);

my $t = Test::Webhook->new;
my $server = $t->start_redis(options => [ 'appendfsync everysec' ], unix => 1);
my $nginx = $t->start_nginx(<<"EOT");
%%GLOBALS%%
worker_processes 1;
events { worker_connections 4096; }
http {
    %%HTTP%%
    error_log %%DIR%%/nginx/error.log warn;
    webhook_redis %%REDIS%%;
    webhook_secret $secret;
    keepalive_requests 1000000;
    server {
        listen 127.0.0.1:%%PORT%% backlog=1024;
        location /return { return 200; }
        location /hooks { webhook standard; webhook_stream bench max_backlog=10m max_backlog_bytes=8g; }
    }
}
EOT
my $sink = $t->start_nginx(<<'EOT', name => 'sink', ready => 0);
%%GLOBALS%%
worker_processes 1;
events { worker_connections 4096; }
http {
    %%HTTP%%
    keepalive_requests 1000000;
    server { listen 127.0.0.1:%%PORT_sink%%; location / { return 200; } }
}
EOT
$t->apply(
    {
        id => 'sink', url => 'http://127.0.0.1:' . $t->port('sink') . '/',
        sign => [ { secrets => [$secret] } ], concurrency => 64
    }
);

# Seconds of CPU that processes have used.
sub cpu (@pids) {
    return sum map { (split ' ', slurp("/proc/$_/schedstat"))[0] / 1e9 } @pids;
}

# Runs the code and returns seconds of CPU of each group of processes, and of time.
sub measure ($groups, $code) {
    my %before = map { $_ => cpu(@{ $groups->{$_} }) } keys %$groups;
    my $begin = time;
    $code->();
    my %used = map { $_ => cpu(@{ $groups->{$_} }) - $before{$_} } keys %$groups;
    return (%used, time => time - $begin);
}

sub send_events ($path, $size, $count) {
    my $body = $t->write('body', '{"type":"bench","pad":"' . 'x' x ($size - 25) . '"}');
    my $result = $t->ctl(
        'send', '--scheme', 'standard', '--secret', $secret, '--data', "\@$body", '--count', $count,
        '--concurrency', $connections,
        'http://127.0.0.1:' . $t->port . $path
    );
    die "webhookctl send: $result->{out}$result->{err}" if $result->{exit};
}

sub median (@values) { return (sort { $a <=> $b } @values)[ $#values / 2 ] }

my (%of, @groups);
my $groups = { nginx => [ $nginx->workers ], redis => [ $server->{process}->pid ] };
send_events($_, 512, 2000) for '/return', '/hooks';   # warm

for my $round (1 .. $rounds) {
    for my $size (512, 4096) {
        for my $path ('/return', '/hooks') {
            my %used = measure($groups, sub { send_events($path, $size, $events) });
            push @{ $of{"$path $size"} }, $used{nginx} / $events * 1e6;
            push @{ $of{"redis $size"} }, $used{redis} / $events * 1e6 if $path eq '/hooks';
        }
        my $worker = $t->start_worker(wait => 0, config => { retention => { age => '0s', bytes => '0' } });
        my %used = measure({ worker => [ $worker->pid ] }, sub { $t->wait_settled(120) });
        my $settled = $events + ($round == 1 && $size == 512 ? 2000 : 0);
        push @{ $of{"worker $size"} }, $used{worker} / $settled * 1e6;
        push @{ $of{"rate $size"} }, $settled / $used{time};
        $worker->stop;
    }
}

printf "\nCPU, microseconds each (median of %d rounds of %d, %d connections)\n\n", $rounds, $events,
    $connections;
printf "%-34s %10s %10s\n", '', '512 B', '4 KiB';
my %row = ('/return' => 'nginx: return 200', '/hooks' => 'nginx: verified, stored',
    redis => 'Redis: dedupe, append', worker => 'worker: delivered, settled');
for my $name ('/return', '/hooks', 'redis', 'worker') {
    printf "%-34s %10.1f %10.1f\n", $row{$name}, map { median(@{ $of{"$name $_"} }) } 512, 4096;
}
printf "%-34s %9.2fx %9.2fx\n", 'nginx: ratio to return 200',
    map { median(@{ $of{"/hooks $_"} }) / median(@{ $of{"/return $_"} }) } 512, 4096;
printf "%-34s %9.0f  %9.0f\n\n", 'worker: deliveries per second', map { median(@{ $of{"rate $_"} }) } 512,
    4096;

done_testing;
