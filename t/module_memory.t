#!/usr/bin/perl

# Memory runs out at any allocation of the module, while events come, while it connects to Redis and tests it,
# and while a gate reserves: the worker lives, every sender is answered, and all goes on by itself.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::Webhook;

plan skip_all => 'valgrind brings allocation functions of its own' if $ENV{TEST_VALGRIND};

my $t = Test::Webhook->new;
is $t->run([ 'c++', '-O1', '-shared', '-fPIC', '-o', $t->file('scarce.so'), "$FindBin::Bin/lib/scarce.cpp" ])
    ->{exit}, 0, 'the library';
my $counter = $t->write('scarce', pack 'q', 0);
$t->start_redis;
$t->start_receiver;
my $nginx = do {
    # From nginx' own folder: LD_PRELOAD takes no name with a space.
    local @ENV{qw(LD_PRELOAD TEST_SCARCE)} = ('../scarce.so', $counter);
    $t->start_nginx(<<'EOT');
%%GLOBALS%%
worker_processes 1;
events { }
http {
    %%HTTP%%
    webhook_zone webhook 256k;
    webhook_max_inflight 2;
    webhook_redis %%REDIS%%;
    webhook_secret s3cret;
    webhook_headers User-Agent;
    server {
        listen 127.0.0.1:%%PORT%%;
        location /in { webhook stripe; webhook_stream hooks; }
        location /crc { webhook x; webhook_secret another-key-0123456789; webhook_stream hooks; }
        location /gate { webhook stripe; webhook_dedup 1h; proxy_pass %%RECEIVER%%; }
        location = /status { webhook_status json; }
    }
}
EOT
};
my ($worker) = $nginx->workers;

# The n-th allocation from now on fails; what is left of the count when it has not come to that.
sub fail_at ($n) { open my $file, '+<', $counter or die $!; syswrite $file, pack 'q', $n }
sub left () { return unpack 'q', slurp($counter) }

my $number = 0;
sub event ($path) {
    my $body =
        '{"id":"evt_' . $number++ . '","type":"a.rather.long.type.of.event","data":"' . 'x' x 300 . '"}';
    return $t->post($path, $body, sign_stripe('s3cret', $body));
}
sub recovers ($path, $name) {
    fail_at(0);
    wait_for("$name: recovery", sub { event($path)->{status} == 200 });
}

# Fails each allocation that the code makes, one after the other, and sees that nothing else happens.
sub starve ($name, $path, $code) {
    my $n = 0;
    while (1) {
        fail_at(++$n);
        $code->();
        my $reached = left() == 0;
        recovers($path, "$name, allocation $n");
        last if !$reached || $n == 400;
    }
    cmp_ok $n, '>', 1, "$name: " . ($n - 1) . ' allocations failed, one at a time';
    is_deeply [ $nginx->workers ], [$worker], "$name: the worker lives";
}

my %answered;
sub answered ($answer) { ++$answered{ $answer->{status} } }
starve('an event', '/in', sub { answered(event('/in')) });
starve('a challenge', '/in', sub { answered($t->get('/crc?crc_token=abc')) });
starve('a gate', '/gate', sub { answered(event('/gate')) });
starve('the status page', '/in', sub { answered($t->get('/status')) });
delete @answered{qw(200 401 500 503)};
is_deeply \%answered, {}, 'nobody was left without an answer, or with a wrong one';

sub drop_connections () { $t->redis->call(qw(CLIENT KILL TYPE normal SKIPME yes)) }
wait_for('nothing to be counted as under way', sub { $t->get('/status')->{json}{in_flight} == 0 });
for my $path ('/in', '/gate') {
    starve("a new connection, $path", $path, sub {
        drop_connections();
        my $before = $nginx->log;
        # Until it is there again, or has failed.
        wait_for('a decision', sub { left() == 0 || event($path)->{status} == 200 });
    });
}
wait_for('nothing to be counted as under way', sub { $t->get('/status')->{json}{in_flight} == 0 });
$t->allow_log(qr/std::bad_alloc/);

done_testing;
