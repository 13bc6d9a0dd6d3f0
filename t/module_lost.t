#!/usr/bin/perl

# The connection to Redis ends in every way while as much is under way as may be: each request is answered,
# nothing stays counted, and nothing is stored twice. One operation that were not given back, or given back
# twice, would be seen at once: the limit is exactly what is sent.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::Webhook;
use Test::Webhook::Proxy;

my $t = Test::Webhook->new;
my $server = $t->start_redis;
my $proxy = Test::Webhook::Proxy->new(port => $t->port('proxy'), to => $server->port)->start;
my $conf = <<'EOT';
%%GLOBALS%%
worker_processes 1;
events { }
http {
    %%HTTP%%
    webhook_zone webhook 256k;
    webhook_max_inflight 40;
    webhook_redis redis://127.0.0.1:%%PORT_proxy%%;
    webhook_redis_timeout 60s;
    webhook_secret s3cret;
    server {
        listen 127.0.0.1:%%PORT%%;
        location /in { webhook stripe; webhook_stream hooks partitions=3; }
        location /hasty { webhook stripe; webhook_redis_timeout 500ms; webhook_stream hooks partitions=3; }
        location = /status { webhook_status json; }
    }
}
EOT
my $nginx = $t->start_nginx($conf);
my ($worker) = $nginx->workers;

my $number = 0;
sub event ($size = 0) { return '{"id":"evt_' . ++$number . '","type":"a","x":"' . 'x' x $size . '"}' }
sub text ($path, $body) {
    return $t->build(method => 'POST', path => $path, body => $body,
        headers => [ sign_stripe('s3cret', $body) ]);
}
sub verdict ($response) {
    return $response ? $response->{body} =~ s/.*"verdict":"(\w+)".*/$1/sr || $response->{status} : 'nothing';
}
sub in_flight () { return $t->get('/status')->{json}{in_flight} }
sub becomes ($path) {
    wait_for(
        "$path to be accepted",
        sub {
            my $body = event();
            verdict($t->post($path, $body, sign_stripe('s3cret', $body))) eq 'accepted';
        }
    );
}

# `before` runs when Redis is held, `after` when everything is under way; small and large events, which travel
# apart.
sub lost ($name, %arg) {
    my $path = $arg{path} // '/in';
    becomes($path);
    wait_for('nothing to be under way', sub { in_flight() == 0 });
    my @bodies = map { event($_ % 5 ? 0 : 5000) } 1 .. 40;
    my ($id) = $bodies[0] =~ /"(evt_\d+)"/;
    $arg{before}->(qq("$id")) if $arg{before};
    $arg{held} ? $t->redis->call(qw(CLIENT PAUSE 60000 WRITE)) : $server->freeze;
    my @connections =
        map { my $connection = $t->connect; $connection->send(text($path, $_)); $connection } @bodies;
    wait_for('all to be under way', sub { in_flight() == @bodies }) if !$arg{hasty};
    $arg{after}->() if $arg{after};
    $arg{held} ? $t->redis->call(qw(CLIENT UNPAUSE)) : $server->thaw if !$arg{gone};
    my %verdicts;
    $verdicts{ verdict($_->response) }++ for @connections;
    my @odd = grep { !/^(?:accepted|unavailable)$/ } keys %verdicts;
    is_deeply \@odd, [], "$name: all are answered" or diag explain \%verdicts;
    cmp_ok $verdicts{unavailable} // 0, '>', 0, "$name: some had bad luck";
    $server->start if $arg{gone};
    becomes($path);
    wait_for('nothing to be under way', sub { in_flight() == 0 });
    my %again;
    $again{ verdict($_) }++ for $t->parallel(map { text($path, $_) } @bodies);
    is +($again{accepted} // 0) + ($again{duplicate} // 0), @bodies, "$name: all of them at once again"
        or diag explain \%again;
    my %stored;
    $stored{ $_->{id} }++ for $t->events('hooks');
    is_deeply [ grep { ($stored{ /"(evt_\d+)"/ && $1 } // 0) != 1 } @bodies ], [],
        "$name: each is stored once";
}

my ($late, $seen) = qr/is unavailable: redis did not answer in time/;

lost('Redis killed', gone => 1, after => sub { $server->kill9 });
lost('connections killed', held => 1,
    after => sub { $t->redis->call(qw(CLIENT KILL TYPE normal SKIPME yes)) });
lost('replies lost', before => sub ($id) { $proxy->cut($id) });
lost('no reply', path => '/hasty', hasty => 1, before => sub ($id) { $proxy->swallow($id) });
lost(
    'no reply by Redis', path => '/hasty', hasty => 1,
    before => sub ($id) { $seen = () = $nginx->grep_log($late) },
    after => sub { $nginx->wait_log($late, count => $seen + 1) }
);
lost($_->[0], before => sub ($id) { $proxy->replace($id, $_->[1]) }) for
    [ 'garbage', "hello\r\n" ],
    [ 'a long reply', "+OK\r\n\$60000\r\n" . 'x' x 60_000 . "\r\n?" ],
    [ 'READONLY', "-READONLY You can't write\r\n" x 4 ],
    [ 'a broken reply', "+OK\r\n+QUEUED\r\n+QUEUED\r\n*0\r\n?" ],
    [ 'surplus', "+OK\r\n" x 500 ];
lost('functions flushed', after => sub { }, before => sub ($id) { $t->redis->call(qw(FUNCTION FLUSH)) });

is_deeply [ $nginx->workers ], [$worker], 'one nginx worker went through all of it';
is scalar(() = $nginx->grep_log(qr/webhook busy/)), 0, 'and was never busy';

# --- the worker ends while everything is under way ---

sub ends ($name, $end) {
    wait_for('nothing to be under way', sub { in_flight() == 0 });
    $server->freeze;
    my @connections = map {
        my $connection = $t->connect;
        $connection->send(text('/in', event($_ % 5 ? 0 : 5000)));
        $connection
    } 1 .. 40;
    wait_for('all to be under way', sub { in_flight() == @connections });
    $end->();
    $server->thaw;
    my %verdicts;
    $verdicts{ verdict($_->response) }++ for @connections;
    return \%verdicts;
}

is_deeply ends('reload', sub { $nginx->reload }), { accepted => 40 }, 'reload: all are answered';
$nginx->wait_gone($worker);
becomes('/in');
ends('TERM', sub { $nginx->stop });
ok 1, 'TERM: ends without an accident';
$proxy->stop;

done_testing;
