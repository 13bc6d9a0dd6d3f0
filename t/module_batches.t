#!/usr/bin/perl

# Events of several streams that arrive in one turn of nginx' loop, or while Redis works: one transaction for
# each stream, each event in its own, and what is wrong with one stream does not touch the others.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::Webhook;

my $t = Test::Webhook->new;
my $server = $t->start_redis;
$t->redis->call('HSET', "webhook:{shut:$_}:meta", 'partitions', 4) for 0 .. 3;
my $nginx = $t->start_nginx(<<'EOT');
%%GLOBALS%%
worker_processes 1;
events { }
http {
    %%HTTP%%
    webhook_redis %%REDIS%%;
    webhook_redis_timeout 20s;
    webhook_secret s3cret;
    keepalive_requests 100000;
    client_body_buffer_size 64k;
    server {
        listen 127.0.0.1:%%PORT%%;
        location /one { webhook stripe; webhook_stream one; }
        location /two { webhook stripe; webhook_stream two partitions=3; }
        location /three { webhook stripe; webhook_stream three partitions=1 max_backlog=4; }
        location /shut { webhook stripe; webhook_stream shut; }
        location /gate { webhook stripe; webhook_dedup 1h; empty_gif; error_page 405 =200 /taken; }
        location /ping { empty_gif; }
        location /taken { return 200 "taken"; }
    }
}
EOT
$t->allow_log(qr/stream "shut"/);
my ($worker) = $nginx->workers;

sub event ($id, $size = 60) { return qq({"id":"$id","type":"a","data":") . 'x' x $size . '"}' }
sub request ($path, $body) {
    return $t->build(method => 'POST', path => $path, body => $body,
        headers => [ sign_stripe('s3cret', $body) ]);
}
sub transactions () {
    return $t->redis->call('INFO', 'commandstats') =~ /^cmdstat_exec:calls=(\d+)/m ? $1 : 0;
}

my @connections;
sub verdicts ($count) {
    return map { $connections[$_]->response->{body} =~ s/.*"verdict":"(\w+)".*/$1/sr } 0 .. $count - 1;
}

# All of them wait in their sockets before nginx looks at the first.
sub at_once (@requests) {
    while (@connections < @requests) {
        push @connections, $t->connect;
        $connections[-1]->send(request('/one', event('warm' . @connections)));
        $connections[-1]->response;
    }
    kill 'STOP', $worker or die $!;
    wait_for('nginx to stop', sub { slurp("/proc/$worker/stat") =~ /\) T / });
    $connections[$_]->send($requests[$_]) for 0 .. $#requests;
    kill 'CONT', $worker;
    return verdicts(scalar @requests);
}
at_once(map { request('/one', event("first$_")) } 1 .. 40);

my $before = transactions();
my @verdicts = at_once(map { my $n = $_; map { request("/$_", event("a$n")) } qw(one two) } 1 .. 15);
is_deeply \@verdicts, [ ('accepted') x 30 ], 'thirty events of two streams';
is transactions() - $before, 2, 'in two transactions';
my %of = map { my $stream = $_; ($stream => [ sort map { $_->{id} } $t->events($stream) ]) } qw(one two);
is_deeply [ grep { /^a/ } @{ $of{$_} } ], [ sort map { "a$_" } 1 .. 15 ], "$_: its events" for qw(one two);

@verdicts = at_once(map { request($_ % 2 ? '/one' : '/two', event('copy')) } 1 .. 10);
is_deeply [
    map {
        my $verdict = $_;
        scalar grep { $_ eq $verdict } @verdicts
    } qw(accepted duplicate)
    ],
    [ 2, 8 ], 'copies in one turn: one of each stream';

@verdicts = at_once(
    map {
        my $n = $_;
        (
            request('/one', event("b$n")), request('/shut', event("b$n")),
            request('/three', event("b$n", $n == 2 ? 5000 : 10)),
            request('/two', event("b$n"))
        )
    } 1 .. 6
);
is_deeply [ map { $verdicts[ 4 * $_ ] } 0 .. 5 ], [ ('accepted') x 6 ], 'beside others: one';
is_deeply [ map { $verdicts[ 4 * $_ + 1 ] } 0 .. 5 ], [ ('unavailable') x 6 ], 'a stream that cannot be used';
is_deeply [ sort map { $verdicts[ 4 * $_ + 2 ] } 0 .. 5 ], [ ('accepted') x 4, ('busy') x 2 ],
    'a stream that becomes full, a large event among them';
is_deeply [ map { $verdicts[ 4 * $_ + 3 ] } 0 .. 5 ], [ ('accepted') x 6 ], 'and the last';

# Reservations of a gate travel on the same connection.
@verdicts = at_once(map { (request('/one', event("c$_")), request('/gate', event("c$_"))) } 1 .. 12);
is_deeply [ @verdicts[ map { 2 * $_ } 0 .. 11 ] ], [ ('accepted') x 12 ], 'events between reservations';
is_deeply [ @verdicts[ map { 2 * $_ + 1 } 0 .. 11 ] ], [ ('taken') x 12 ], 'reservations between events';

# One turn that is more than one transaction holds.
$before = transactions();
@verdicts = at_once(map { request('/two', event("d$_")) } 1 .. 40);
is_deeply \@verdicts, [ ('accepted') x 40 ], 'forty of one stream';
is transactions() - $before, 2, 'in two transactions';

# Events that come while two transactions are under way wait and travel together; as many as a transaction
# holds do not wait.
sub one_by_one (@requests) {
    my $ping = $t->connect;
    for my $i (0 .. $#requests) {
        $connections[$i]->send($requests[$i]);
        $ping->send($t->build(path => '/ping'));
        $ping->response;    # so the event was read in a turn of its own
    }
}
for ([ 'twenty', 20 ], [ 'thirty-four', 34 ]) {
    my ($name, $count) = @$_;
    $before = transactions();
    $server->freeze;
    one_by_one(map { request('/one', event("$name$_")) } 1 .. $count);
    $server->thaw;
    is_deeply [ verdicts($count) ], [ ('accepted') x $count ], "$name while Redis works";
    is transactions() - $before, 3, 'two go ahead, the rest in a third';
}

done_testing;
