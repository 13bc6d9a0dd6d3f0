#!/usr/bin/perl

# A gate with webhook_dedup while nginx reloads and Redis restarts under it: every event that a sender saw
# taken has come to the upstream, and none came twice, however many copies were sent. Only the death of an
# nginx worker may cost a repeat.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::Webhook;

my $t = Test::Webhook->new;
my $redis = $t->start_redis;
my $receiver = $t->start_receiver(
    script => { '/in' => { status => 200, delay => 0.03 }, '/killed' => { status => 200, delay => 0.03 } });
my $nginx = $t->start_nginx(<<'EOT');
%%GLOBALS%%
worker_processes 2;
events { }
http {
    %%HTTP%%
    webhook_redis %%REDIS%%;
    webhook_redis_timeout 500ms;
    webhook_dedup 1h;
    webhook_secret s3cret;
    upstream application { server 127.0.0.1:%%PORT_receiver%%; keepalive 16; }
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    proxy_set_header X-Webhook-Id $webhook_id;
    server {
        listen 127.0.0.1:%%PORT%%;
        location / { webhook stripe; proxy_pass http://application; }
    }
}
EOT

# Each event is sent three times, by different senders at about the same time.
sub request_of ($path, $n) {
    my $body =
        '{"id":"evt' . $path . int($n / 3) . '","type":"a","data":"' . 'x' x ($n / 3 % 7 * 1000) . '"}';
    return $t->build(method => 'POST', path => $path, body => $body,
        headers => [ sign_stripe('s3cret', $body) ]);
}
sub load_on ($path) {
    return $t->start_load(senders => 9, pause => 0.02, patience => 90,
        request => sub ($n) { request_of($path, $n) });
}
sub more ($load, $count) {
    my $from = $load->done;
    wait_for("$count more events", sub { $load->done >= $from + $count }, 60);
}
sub arrivals ($path) {
    my %times;
    $times{ $_->{headers}{'x-webhook-id'} }++ for $receiver->requests($path);
    return \%times;
}
sub check_all_came ($path, $result, $times) {
    is_deeply $result->{lost}, [], 'every sender was answered';
    my %taken = map { ("evt$path" . int($_ / 3) => 1) } @{ $result->{accepted} };
    is_deeply [ grep { !$times->{$_} } sort keys %taken ], [],
        scalar(keys %taken) . ' events: each has come to the upstream';
}

my $load = load_on('/in');
more($load, 100);
for (1 .. 3) {
    $nginx->reload;
    more($load, 50);
    $redis->restart;
    more($load, 50);
}
$redis->freeze;
wait_for('Redis to be given up', sub { $nginx->grep_log(qr/redis did not answer in time/) });
$redis->thaw;
more($load, 100);
my $result = $load->stop;
my $times = arrivals('/in');
check_all_came('/in', $result, $times);
is_deeply [ grep { $times->{$_} > 1 } sort keys %$times ], [], 'and none twice';

$load = load_on('/killed');
more($load, 60);
for (1 .. 3) {
    $nginx->kill_worker;
    # What the dead one held runs out after 30 s. Not so long here.
    $t->redis->call('PEXPIRE', $_, 500) for @{ $t->redis->keys('webhook:{gate:*}:held:*') };
    more($load, 60);
}
$result = $load->stop;
check_all_came('/killed', $result, arrivals('/killed'));
cmp_ok scalar(grep { $_ > 1 } values %{ arrivals('/killed') }), '<=', 30,
    'workers were killed: few came twice';
wait_for('the last reservation to end', sub { !@{ $t->redis->keys('webhook:{gate:*}:held:*') } }, 90);
pass 'nothing stays reserved';

done_testing;
