#!/usr/bin/perl

# The worker and webhookctl as a user of Redis with few rights: those that are documented are enough, and
# where one is missing nothing is begun that would stop half-way.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::Webhook;
use Test::Webhook::Promise;

my $t = Test::Webhook->new;
$t->start_redis;
$t->start_receiver(script => { '/dead' => [ 500, 500, 200 ], '/leave' => [410],
    '/busy' => [ { status => 429, headers => [ 'Retry-After' => 1 ] }, 500, 200 ] });
$t->start_nginx(<<'EOT');
%%GLOBALS%%
events { }
http {
    %%HTTP%%
    webhook_redis %%REDIS%%;
    webhook_secret s3cret;
    server {
        listen 127.0.0.1:%%PORT%%;
        location /in { webhook stripe; webhook_stream hooks partitions=1; }
    }
}
EOT
my $redis = $t->redis;
my $url = sub ($path) { $t->receiver->url($path) };
my ($documented) = slurp($t->root . '/docs/operations.md') =~ /^ACL SETUSER webhook (.*?)^```/ms;
$redis->call(qw(ACL SETUSER webhook reset), map { s/PASSWORD/pass/r } split ' ', $documented);
my $server = $t->redis_server->url =~ s{//}{//webhook:pass@}r;
my sub ctl (@words) { return $t->run([ $t->build_dir . '/webhookctl', '--redis', $server, @words ]) }
my sub apply (@endpoints) { return ctl('apply', $t->write('endpoints.json', to_json(\@endpoints))) }
my sub is_balanced ($when) {
    my $ledger = from_json(ctl(qw(ledger --json))->{out});
    ok $ledger->{balanced}, "$when: the ledger balances" or diag explain $ledger->{total};
    return $ledger->{total};
}

# --- the worker calls what its check asks for
my %asked = map { $_ => 1 } slurp($t->root . '/src/store/rights.cpp') =~ /^ +\{"([A-Z|]+)", "/mg;
my %sent_by_nginx =
    map { $_ => 1 } qw(append prepare look undo reservation seen_ids reserve confirm release renew);
my @scripts = glob "'@{[ $t->root ]}/src/store/lua/'*.lua";
my $scripts = join '', map { slurp($_) } grep { !$sent_by_nginx{s{.*/|\.lua$}{}gr} } @scripts;
my %called;
while ($scripts =~ /redis\.p?call\('([A-Z]+)'(?:, '([A-Z]+)')?/g) {
    my ($command, $word) = ($1, $2);
    $called{ $command =~ /^X(?:GROUP|INFO)$/ ? "$command|$word" : $command } = 1;
}
like $documented, qr/\+\Q@{[ lc ]}\E\b/, "$_ is documented" for sort keys %asked;
delete @asked{'CLIENT|ID', 'CLIENT|UNBLOCK', 'SCAN', 'XREAD'};  # sent by the worker itself
is_deeply [ sort keys %asked ], [ sort keys %called ], 'what the scripts call';

# --- one right is missing from the beginning, then it is there
my @endpoints = ({ id => 'good', url => $url->('/good') },
    { id => 'dead', url => $url->('/dead'), retry => { schedule => ['100ms'] } });
is apply(@endpoints)->{exit}, 0, 'apply' or diag ctl('ledger')->{err};
$redis->call(qw(ACL SETUSER webhook -hstrlen -xgroup|setid -xread));
my $worker =
    $t->start_worker(wait => 0, config => { redis_auth => { user => 'webhook', password => 'pass' } });
$worker->wait_log(qr/redis: the user lacks the right to HSTRLEN XGROUP\|SETID XREAD/);
is post_event($t, 'early')->{verdict}, 'accepted', 'an event meanwhile';
is is_balanced('a right is missing')->{unrouted}, 1, 'it is not touched';
$redis->call(qw(ACL SETUSER webhook +hstrlen +xgroup|setid +xread));
wait_for('the event to be settled', sub { is_balanced('the right is there')->{dead} == 1 });

# --- everything that a worker and an operator do
for my $words (
    [qw(events)], [qw(events --type *)], [qw(event evt_early)], [qw(deliveries)], [qw(attempts)],
    [qw(dead list)], [qw(endpoint list)], [qw(endpoint show good)], [qw(endpoint pause good)],
    [qw(endpoint resume good)], [qw(export)]
) {
    my $result = ctl(@$words);
    is $result->{exit}, 0, "@$words" or diag $result->{err};
}

# --- without the right to put it among the waiting a dead letter stays where it is
$redis->call(qw(ACL SETUSER webhook -zadd));
my $refused = ctl(qw(dead replay --all));
is $refused->{exit}, 2, 'no ZADD: no replay';
like $refused->{err}, qr{ZADD.*docs/operations\.md}, 'and why';
is scalar(my @dead = $redis->call('ZRANGE', 'webhook:{hooks:0}:dead', 0, -1)), 1,
    'the dead letter is still there';
$redis->call(qw(ACL SETUSER webhook +zadd));
my $replayed = ctl(qw(dead replay --all));
is $replayed->{exit}, 0, 'ZADD again: replayed' or diag $replayed->{err};
wait_for('its delivery', sub { is_balanced('replayed')->{delivered} == 2 });

# --- a right is taken away at work
$redis->call(qw(ACL SETUSER webhook -hset));
post_event($t, 'later');
$worker->wait_log(qr/redis: the user lacks the right to HSET/);
$redis->call(qw(ACL SETUSER webhook +hset));
wait_for('the next event', sub { from_json(ctl(qw(ledger --json))->{out})->{total}{unrouted} == 0 });

# --- the rest of what a worker does: an endpoint that leaves, and one that is deleted
is apply(@endpoints, { id => 'leave', url => $url->('/leave'), retry => { schedule => [ ('100ms') x 9 ] } },
    { id => 'busy', url => $url->('/busy'), rate => '50/s', breaker => { failures => 1, probe => '200ms' },
        retry => { schedule => ['100ms'] } },
    { id => 'held', url => $url->('/held'), paused => JSON::PP::true })->{exit}, 0, 'more endpoints';
$worker->wait_log(qr/configuration version \d+: 5 endpoints/);
post_event($t, 'last');
$t->receiver->wait_requests(3, '/busy');
wait_for('the endpoint that leaves',
    sub { ctl(qw(endpoint list --json))->{out} =~ /"id":"leave","state":"disabled"/ });
is apply(@endpoints)->{exit}, 0, 'endpoints deleted';
wait_for('what waited to be cancelled',
    sub { from_json(ctl(qw(ledger --json))->{out})->{total}{cancelled} == 2 });
is is_balanced('at the end')->{waiting}, 0, 'nothing waits';

done_testing;
