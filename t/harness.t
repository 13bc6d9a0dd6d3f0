#!/usr/bin/perl

# The harness itself: what it starts runs, what it is told it does, and it sees what goes wrong.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::Webhook;
use Time::HiRes qw(time);

my $t = Test::Webhook->new;

# --- Redis
my $server = $t->start_redis;
my $redis = $t->redis;
is $redis->set('key', "a\r\nb"), 'OK', 'Redis: a command';
is $redis->get('key'), "a\r\nb", 'Redis: any bytes';
is $redis->get('none'), undef, 'Redis: nil';
ok !eval { $redis->call('NOSUCH'); 1 }, 'Redis: an error dies';
$server->kill9;
$server->start;
is $t->redis->get('key'), "a\r\nb", 'Redis: the append-only file survives kill -9';

my $receiver = $t->start_receiver(
    script => { '/hook' => [ 500, { status => 201, body => 'x' x 10 }, 204 ], '/gone' => 'close' });

# --- nginx (without the module: this test is about the harness)
my $user = $> == 0 ? 'user root;' : '';
my $nginx = $t->start_nginx(<<"EOT", ready => 0);
$user
daemon off;
pid %%DIR%%/nginx/nginx.pid;
worker_processes 2;
events { }
http {
    %%HTTP%%
    server {
        listen 127.0.0.1:%%PORT%%;
        location / { return 200 "\$request_method \$http_x_a\\n"; }
        location /json { default_type application/json; return 200 '{"verdict":"accepted"}'; }
        location /proxy { proxy_pass %%RECEIVER%%; }
    }
}
EOT
is $t->get('/', 'X-A' => 'yes')->{body}, "GET yes\n", 'HTTP: a request';
is $t->get('/json')->{verdict}, 'accepted', 'HTTP: the verdict';
my $client = $t->connect;
$client->send($t->build(path => '/') x 2);
is $client->response->{status}, 200, 'HTTP: pipelined' for 1 .. 2;
$client->close;
is scalar(grep { $_->{status} == 200 } $t->parallel(map { $t->build(path => '/') } 1 .. 50)), 50,
    'HTTP: 50 at once';

my @before = $nginx->workers;
is @before, 2, 'nginx: workers';
$nginx->reload(gone => 1);
my %old = map { $_ => 1 } @before;
ok !(grep { $old{$_} } $nginx->workers), 'nginx: reload';
$nginx->kill_worker;
is scalar(my @now = $nginx->workers), 2, 'nginx: a killed worker comes back';
like $nginx->wait_log(qr/exited on signal 9/), qr/alert/, 'nginx: log';

# --- receiver
is $t->post('/proxy', 'x')->{status}, 200, 'receiver: 200 without a script';
my $direct = sub ($path, %arg) {
    my $connection = $t->connect($receiver->port);
    $connection->send(
        $t->build(method => 'POST', path => $path, body => "body\0", headers => [ 'X-B' => 'c' ], %arg));
    return $connection->response;
};
is $direct->('/hook')->{status}, $_, "receiver: scripted $_" for 500, 201, 204, 204;
is $direct->('/gone'), undef, 'receiver: closes';
my ($request) = $receiver->wait_requests(1, '/hook');
is $request->{body}, "body\0", 'receiver: body';
is $request->{headers}{'x-b'}, 'c', 'receiver: headers';
is $direct->('/c?q=1', body => undef, chunked => [ 'ab', 'c' ])->{status}, 200, 'receiver: chunked';
is +($receiver->requests('/c'))[0]{body}, 'abc', 'receiver: chunked body';
is +($receiver->requests('/c'))[0]{query}, 'q=1', 'receiver: query';
$receiver->script('/hook' => { status => 503, delay => 0.3 });
my $begin = time;
is $direct->('/hook')->{status}, 503, 'receiver: a new script';
cmp_ok time - $begin, '>=', 0.29, 'receiver: delay';

# --- load
my $load = $t->start_load(request => sub ($n) { $t->build(path => "/?$n") }, senders => 2);
wait_for('50 events', sub { $load->done >= 50 });
$nginx->reload;
my $done = $load->done;
wait_for('50 more events', sub { $load->done >= $done + 50 });
my $result = $load->stop;
is_deeply $result->{lost}, [], 'load: nothing lost';
is_deeply $result->{troubles}, {}, 'load: no troubles at a reload';
cmp_ok @{ $result->{accepted} }, '>=', 100, 'load: all answered';

# --- what goes wrong is seen
my $run = $t->run([ 'sh', '-c', 'cat; echo err >&2; exit 3' ], stdin => 'in');
is_deeply $run, { exit => 3, out => 'in', err => "err\n" }, 'run: exit, out, err';
my $crash = $t->start_process('crash', [ 'sh', '-c', 'kill -SEGV $$' ]);
$crash->wait_exit;
like $crash->verdict, qr/crash .* died of signal 11/, 'a crash is a problem';
$crash->started_again;
my $other = Test::Webhook::Nginx->new(name => 'x', dir => $t->dir,
    log => $t->write('x.log', "1 [alert] 1#1: x\n1 [info] 2#2: y\n"));
is_deeply [ $other->problems ], ['x: 1 [alert] 1#1: x'], 'an alert is a problem';
is_deeply [ $other->problems(qr/x$/) ], [], 'a declared one is none';
ok !eval { wait_for('nothing', sub { 0 }, 0.1); 1 }, 'wait_for dies';
like $@, qr/in vain for nothing/, 'and says for what';

done_testing;
