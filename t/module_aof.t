#!/usr/bin/perl

# A Redis without an append-only file is used, and warned of: once for each change, however many connections
# there are.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::Webhook;

my $t = Test::Webhook->new;
$t->start_redis(options => ['appendonly no']);
my $nginx = $t->start_nginx(<<'EOT');
%%GLOBALS%%
worker_processes 2;
events { }
http {
    %%HTTP%%
    webhook_redis %%REDIS%%;
    webhook_secret s3cret;
    server {
        listen 127.0.0.1:%%PORT%% reuseport;
        add_header X-Worker $pid always;
        location /in { webhook stripe; webhook_stream hooks partitions=2; }
        location /other { webhook stripe; webhook_redis_timeout 29s; webhook_stream hooks partitions=2; }
    }
}
EOT

my $number = 0;
sub event () {
    my $body = '{"id":"evt_' . $number++ . '","type":"a"}';
    return $t->post('/in', $body, sign_stripe('s3cret', $body));
}
my $advice = qr/events that were accepted are lost when it ends, set "appendonly yes" there/;
my $warning = qr/\[warn\] .*webhook: redis .* keeps no append-only file: $advice/;
my $now = qr/keeps an append-only file now/;
sub lines ($pattern) { return scalar(() = $nginx->grep_log($pattern)) }

$nginx->wait_log($warning);
is event()->{verdict}, 'accepted', 'it is used';
$nginx->wait_log(qr/is ready/, count => 4);
$t->redis->call(qw(CLIENT KILL TYPE normal SKIPME yes));
$nginx->wait_log(qr/is ready/, count => 8);
is lines($warning), 1,
    'one warning of two nginx workers with two connections each, also after a new connection';

$t->redis->call(qw(CONFIG SET appendonly yes));
$nginx->wait_log($now);
is event()->{verdict}, 'accepted', 'it has one now';
$t->redis->call(qw(CLIENT KILL TYPE normal SKIPME yes));
$nginx->wait_log(qr/is ready/, count => 12);
$t->redis->call(qw(CONFIG SET appendonly no));
$nginx->wait_log($warning, count => 2);
is lines($now), 1, 'one line for each change';
is lines($warning), 2, 'and again when it is gone';

done_testing;
