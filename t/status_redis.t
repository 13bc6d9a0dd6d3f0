#!/usr/bin/perl

# What webhook_status tells of Redis (backlogs, connections, what is in flight), and its zone through changes
# of the configuration.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use IO::Socket::INET;
use Test::Webhook;

my $t = Test::Webhook->new;
my $server = $t->start_redis;
$t->start_redis(name => 'other');
sub configuration ($zone, $locations) {
    return <<"EOT";
%%GLOBALS%%
worker_processes 2;
events { }
http {
    %%HTTP%%
    $zone
    webhook_redis %%REDIS%%;
    webhook_secret s3cret;
    server {
        listen 127.0.0.1:%%PORT%% reuseport;
        listen 127.0.0.1:%%PORT_h2%% http2;
        location = /status.json { webhook_status json; if (\$arg_form) { set \$form 1; } }
        location = /metrics { webhook_status prometheus; if (\$arg_form) { set \$form 1; } }
        $locations
    }
}
EOT
}
my $streams =
    'location /hooks {
            webhook stripe; webhook_stream hooks max_backlog=5k max_backlog_bytes=3m; webhook_source $arg_s;
        }
        location /sales { webhook stripe; webhook_stream sales; }';
my $nginx = $t->start_nginx(configuration(
    'webhook_zone webhook 256k;', "$streams
        location /patient {
            webhook stripe; webhook_dedup 1h; webhook_redis_timeout 60s; proxy_pass http://127.0.0.1:1;
        }"
));

my $number = 0;
sub event () { return '{"id":"evt_' . $number++ . '","type":"a.b"}' }
sub signed ($path) {
    my $body = event();
    return $t->post($path, $body, sign_stripe('s3cret', $body))->{verdict};
}
sub status () { return from_json($t->get('/status.json')->{body}) }
sub stream ($name) { return (grep { $_->{stream} eq $name } @{ status()->{streams} })[0] }

# --- backlogs
wait_for('both connections of both workers', sub { status()->{redis}[0]{ready} == 2 });
is signed("/hooks?s=a"), 'accepted', 'an event' for 1 .. 7;
is signed('/sales'), 'accepted', 'one of another stream';
my $hooks = wait_for('the backlog to be seen',
    sub { my $stream = stream('hooks'); $stream->{backlog} == 7 && $stream });
is_deeply [ @{$hooks}{qw(server backlog_limit backlog_bytes_limit)} ], [ $server->url, 5000, 3 << 20 ],
    'with its limits';
cmp_ok $hooks->{backlog_bytes}, '>', 7 * length event(), 'and its bytes';
cmp_ok $hooks->{age}, '<', 600, 'and how old that is';
wait_for('the backlog of the other', sub { stream('sales')->{backlog} == 1 });
my $metrics = $t->get('/metrics')->{body};
my $labels = 'stream="hooks",server="' . $server->url . '"';
like $metrics, qr/^webhook_backlog_events\{\Q$labels\E\} 7$/m, 'the same for Prometheus';
like $metrics, qr/^webhook_backlog_${_}\{\Q$labels\E\} [\d.]+$/m, $_
    for qw(bytes events_limit bytes_limit age_seconds);
$t->redis->call('HSET', $_, 'routed', 100) for map { "webhook:{hooks:$_}:meta" } 0 .. 7;
wait_for('what is settled does not count',
    sub { my $stream = stream('hooks'); $stream->{backlog} == 0 && $stream->{backlog_bytes} == 0 });

# --- an "if" in a status location is the same location
is from_json($t->get('/status.json?form=1')->{body})->{workers}, 2, 'json in an if';
like $t->get('/metrics?form=1')->{body}, qr/^# HELP/, 'prometheus in an if';

# --- names that are not UTF-8
is signed("/hooks?s=b\xc3\xa9"), 'accepted', 'a name in UTF-8';
is signed("/hooks?s=b$_"), 'accepted', 'one that is not' for "\xe9", "\xff", "\xed\xa0\x80", "\xc3";
is signed(qq(/hooks?s=b"{}\\,)), 'accepted', 'one of marks';
my %source = map { $_->{source} => $_->{verdicts}{accepted} } @{ status()->{sources} };
is $source{"b\xc3\xa9"}, 2, 'what is shown alike is one row';
is $source{qq(b"{}\\,)}, 1, 'marks are escaped';
is scalar(grep { /^b/ } keys %source), 5, 'all are there';
$metrics = $t->get('/metrics')->{body};
ok utf8::decode(my $text = $metrics), 'the text is UTF-8';
my %seen;
is_deeply [ grep { !/^#/ && $seen{ s/ [\d.]+$//r }++ } split /\n/, $metrics ], [], 'no line stands twice';
SKIP: {
    skip 'promtool is not installed', 1 if !grep { -x "$_/promtool" } split /:/, $ENV{PATH};
    my $checked = $t->run([ 'promtool', 'check', 'metrics' ], stdin => $metrics);
    is $checked->{exit}, 0, 'promtool check metrics' or diag $checked->{out}, $checked->{err};
}
SKIP: {
    skip 'curl is not installed', 3 if $t->run([qw(curl --version)])->{exit};
    my @curl = (qw(curl -s --http2-prior-knowledge), 'http://127.0.0.1:' . $t->port('h2') . '/status.json');
    is from_json($t->run(\@curl)->{out})->{workers}, 2, 'HTTP/2';
    my $head = $t->run([ @curl, '-I' ])->{out};
    like $head, qr{^HTTP/2 200}, 'HTTP/2: HEAD';
    like $head, qr{^content-type: application/json}m, 'HTTP/2: its type';
}

# --- in flight: a gate's reservations count too
$server->freeze;
my @waiting = map {
    my $connection = $t->connect;
    my $body = event();
    $connection->send(
        $t->build(
            method => 'POST', path => '/patient', body => $body, headers => [ sign_stripe('s3cret', $body) ]
        )
    );
    $connection
} 1 .. 3;
wait_for('the requests in flight', sub { status()->{in_flight} == 3 });
$server->thaw;
is $_->response->{status}, 502, 'they end' for @waiting;
wait_for('nothing in flight', sub { status()->{in_flight} == 0 });
is status()->{redis}[0]{seconds}{count}, 17, 'how long Redis took for each';

# --- the configuration changes: servers and streams that it names no more are not shown as if they were away
wait_for('Redis to be used', sub { signed('/sales') eq 'accepted' });
$t->reload_nginx(
    configuration(
        'webhook_zone webhook 256k;',
        'location /sales { webhook stripe; webhook_redis %%REDIS_other%%; webhook_stream sales; }'
    ),
    gone => 1
);
wait_for(
    'the new server',
    sub {
        my $redis = status()->{redis};
        @$redis == 1 && $redis->[0]{server} eq $t->redis_server('other')->url && $redis->[0]{ready} == 2;
    }
);
wait_for(
    'its stream',
    sub {
        my $streams = status()->{streams};
        @$streams == 1 && $streams->[0]{stream} eq 'sales' && $streams->[0]{backlog} == 0;
    }
);
ok +(grep { $_->{source} eq 'stripe' } @{ status()->{sources} }), 'the counts of sources stay';
for my $zone ('webhook_zone webhook 512k;', 'webhook_zone counters 512k;') {
    my $since = status()->{since};
    $t->reload_nginx(configuration($zone, $streams), gone => 1);
    wait_for("$zone all workers", sub { status()->{workers} == 2 && status()->{redis}[0]{ready} == 2 });
    my $status = status();
    is_deeply $status->{sources}, [], "$zone a new zone begins to count";
    cmp_ok $status->{since}, '>', $since, "$zone and says since when";
    is signed('/sales'), 'accepted', "$zone an event";
    is status()->{sources}[0]{verdicts}{accepted}, 1, "$zone is counted";
}

done_testing;
