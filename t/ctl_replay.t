#!/usr/bin/perl

# webhookctl replay: events that are still in the stream are delivered again, also to an endpoint that was
# added later or was disabled when they came; in bulk with a dry run, at a rate, interrupted and gone on with.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::Webhook;

my $t = Test::Webhook->new;
$t->start_redis;
my $redis = $t->redis;
$t->start_receiver;
$t->start_nginx(<<'EOT');
%%GLOBALS%%
events { }
http {
    %%HTTP%%
    webhook_redis %%REDIS%%;
    server {
        listen 127.0.0.1:%%PORT%%;
        location /in { webhook publish; webhook_secret s3cret; webhook_source $arg_s; webhook_stream hooks; }
    }
}
EOT

sub lines (@words) { return map { from_json($_) } split /\n/, $t->ctl(@words, '--json')->{out} }
sub publish ($id, $type, $source = 'shop') {
    return $t->post("/in?s=$source", qq({"id":"$id"}), sign_publish('s3cret', id => $id, type => $type))
        ->{verdict};
}
sub ids_at ($path) { return [ sort map { $_->{headers}{'ce-id'} } $t->receiver->requests($path) ] }
sub endpoint ($id, %more) { return { id => $id, url => $t->receiver->url("/$id"), %more } }
my @endpoints = (endpoint('first'), endpoint('gone', match => { type => ['order.*'] }));
$t->apply(@endpoints);
$redis->call(qw(HSET webhook:{config}:disabled gone), '{"reason":"410","at":5}');
my $worker = $t->start_worker;
is publish("e$_", $_ % 2 ? 'order.new' : 'user.new'), 'accepted', "event $_" for 1 .. 6;
$t->receiver->wait_requests(6, '/first');
wait_for('all to be routed', sub { !$t->ledger->{total}{unrouted} });

# --- events that came while an endpoint was disabled
is $t->ctl(qw(replay --since 1h --endpoint gone))->{exit}, 1, 'disabled: refused';
like $t->ctl(qw(replay --since 1h --endpoint gone))->{err}, qr/disabled: webhookctl endpoint resume first/,
    '... says what to do';
is $t->ctl(qw(endpoint resume gone))->{exit}, 0, 'resume';
$t->wait_settled;
is $t->ctl(qw(replay --since 1h --endpoint gone))->{out} =~ s/^hooks.*\n//gmr, "3 replayed, 0 not\n",
    'only what it subscribes to';
$t->wait_settled;
my %at_gone = map { $_ => 1 } @{ ids_at('/gone') };
is_deeply [ sort keys %at_gone ], [qw(e1 e3 e5)], 'it has them';

# --- an endpoint that was added later
my $before = $t->ledger->{total};
push @endpoints, endpoint('later', match => { source => ['shop'] }),
    endpoint('other', match => { source => ['x'] }),
    endpoint('some', match => { source => ['shop'], where => { id => { '$in' => [qw(e2 e4)] } } });
$t->apply(@endpoints);
is from_json($t->ctl(qw(replay --since 1h --endpoint some --dry-run --json))->{out})->{count}, 2,
    'dry run: match.where counts';
my @range = qw(replay --since 1h --endpoint later);
my $dry = $t->ctl(@range, '--dry-run');
like $dry->{out},
    qr/^dry run: 6 events of .* would be replayed to "later"; 0 wait already, 0 are not routed yet$/,
    'dry run: counts';
is from_json($t->ctl(@range, '--type', 'order.*', '--dry-run', '--json')->{out})->{count}, 3,
    'dry run: with a filter';
is_deeply $t->ledger->{total}, $before, 'a dry run changes nothing';
my $result = $t->ctl(@range);
is $result->{exit}, 0, 'replayed';
like $result->{out}, qr{^hooks:\d/\d+-\d+: replayed as hooks:\d/\d+-\d+/later/\d+$}m, 'a few: line by line';
like $result->{out}, qr/^6 replayed, 0 not$/m, 'the sum';
my $ledger = $t->wait_settled;
is_deeply ids_at('/later'), [ map { "e$_" } 1 .. 6 ], 'the endpoint has all events';
is $ledger->{total}{replayed}, $before->{replayed} + 6, 'counted as replayed';
is $ledger->{total}{created}, $before->{created}, 'and not as created';
my sub webhook_ids ($path) {
    return { map { $_->{headers}{'ce-id'} => $_->{headers}{'webhook-id'} } $t->receiver->requests($path) };
}
is_deeply webhook_ids('/later'), webhook_ids('/first'), 'the same webhook-ids';
for my $partition (0 .. 7) {
    my $prefix = "webhook:{hooks:$partition}:";
    is $redis->call('HLEN', "$prefix$_"), $redis->call('ZCARD', "${prefix}dead"),
        "partition $partition: no $_ without a need"
        for qw(content refs delivery);
}
is $t->ctl(@range, '--limit', 2)->{out} =~ s/^hooks.*\n//gmr, "2 replayed, 0 not\n", 'again, as one wishes';
$t->wait_settled;

# --- one event
is $t->ctl(qw(replay --event e2 --endpoint later))->{exit}, 0, 'one event to one endpoint';
$t->wait_settled;
my $to_all = $t->ctl(qw(replay --event e1 --dry-run));
like $to_all->{out}, qr/to first: would be.*to gone: would be.*to later: would be/s,
    'one event, to all that want it';
unlike $to_all->{out}, qr/to other/, '... and to no other';
is $t->ctl(qw(replay --event e1))->{out} =~ s/^hooks.*\n//gmr, "3 replayed, 0 not\n", 'done';
like $t->ctl(qw(replay --event e2 --endpoint gone))->{err}, qr/does not subscribe.*--any/,
    'not subscribed: refused';
is $t->ctl(qw(replay --event e2 --endpoint gone --any))->{exit}, 0, '--any';
for (
    [ 1, [qw(replay --event nobody --endpoint later)], qr/was not found/ ],
    [ 1, [qw(replay --event e1 --endpoint latr)], qr/no endpoint "latr", did you mean "later"/ ],
    [ 1, [qw(replay --since 1h --endpoint latr)], qr/no endpoint "latr", did you mean "later"/ ],
    [ 2, [qw(replay)], qr/say to which endpoint/ ],
    [ 2, [qw(replay --endpoint later)], qr/say which events/ ],
    [ 2, [qw(replay --since x --endpoint later)], qr/--since wants/ ],
    [ 2, [qw(replay --since 1h --endpoint later --rate x)], qr/--rate wants/ ],
    [ 2, [qw(replay --endpoint later --cursor x)], qr/--cursor wants an entry/ ],
    )
{
    my ($exit, $words, $why) = @$_;
    my $result = $t->ctl(@$words);
    is $result->{exit}, $exit, "@$words: exit $exit";
    like $result->{err}, $why, '... says why';
}
ok $t->wait_settled->{balanced}, 'the ledger balances';

# --- what waits already is passed over, and limits hold
is $t->ctl(qw(endpoint pause later))->{exit}, 0, 'pause';
is $t->ctl(@range)->{exit}, 0, 'replayed: they wait';
is $t->ledger->{total}{waiting}, 6, 'six wait';
my $again = $t->ctl(@range);
is $again->{exit}, 1, 'again: none';
like $again->{err}, qr/it waits for this endpoint already/, '... says why';
is $t->ledger->{total}{waiting}, 6, 'six wait';
like $t->ctl(@range, '--dry-run')->{out}, qr/^dry run: 0 events .* 6 wait already/, 'dry run: they wait';
is $t->ctl(qw(endpoint resume later))->{exit}, 0, 'resume';
$t->wait_settled;
# --- interrupted, and gone on with
is publish("f$_", 'order.new'), 'accepted', "event f$_" for 1 .. 40;
$t->receiver->wait_requests(46 + 1, '/first');
$t->wait_settled;
my $count = @{ ids_at('/other') };
my @slow = qw(replay --since 1h --endpoint other --any);
my $slow = $t->start_process(
    slow => [
        "$t->{build}/webhookctl", '--redis', $t->redis_server->url, @slow, qw(--rate 10/s --verbose)
    ]
);
$slow->{expected}{1} = 1;
wait_for('the first', sub { (() = $slow->output =~ /replayed as/g) >= 3 });
$slow->signal('INT');
ok $slow->wait_exit, 'Ctrl-C ends it';
my ($cursor) = $slow->output =~ /^webhookctl: interrupted: go on with the same command and --cursor (\S+)$/m;
ok $cursor, 'it says how to go on' or diag $slow->output;
my ($done) = $slow->output =~ /^(\d+) replayed, 0 not$/m;
cmp_ok $done, '<', 46, 'not all';
$t->wait_settled;
is scalar(@{ ids_at('/other') }), $done, 'a clean state';
my $rest = $t->ctl(@slow, '--cursor', $cursor);
is $rest->{exit}, 0, 'gone on with';
like $rest->{out}, qr/^@{[ 46 - $done ]} replayed, 0 not$/m, 'the others';
unlike $rest->{out}, qr/replayed as/, 'many: not line by line';
$ledger = $t->wait_settled;
is_deeply ids_at('/other'), [ sort map({ "e$_" } 1 .. 6), map { "f$_" } 1 .. 40 ], 'each of them once';
ok $ledger->{balanced}, 'the ledger balances';

# --- as many as may wait
@endpoints = map { $_->{id} eq 'later' ? { %$_, paused => \1, max_waiting => 8 } : $_ } @endpoints;
$t->apply(@endpoints);    # one may wait in each partition
my $full = $t->ctl(@range);
is $full->{exit}, 1, 'full: exit 1';
is $t->ledger->{total}{waiting}, 8, 'as many as may wait';
like $full->{err}, qr/interrupted: "later" has as much waiting as it may \(.*\), and is paused; /, 'says so';
my ($place) = $full->{err} =~ /--cursor (\S+)$/m;
$t->apply(map { $_->{id} eq 'later' ? { %$_, paused => \0, max_waiting => 80 } : $_ } @endpoints);
is $t->ctl(@range, $place ? ('--cursor', $place) : ())->{exit}, 0, 'gone on with: waits for room';
$t->wait_settled;
my %all_at = map { $_ => 1 } @{ ids_at('/later') };
is scalar(keys %all_at), 46, 'the endpoint has all events';

# --- an ordered endpoint, and what is not routed yet
$worker->stop;
is $t->ctl(qw(endpoint set other order=true))->{exit}, 0, 'an ordered endpoint';
like $t->ctl(@slow)->{err}, qr/ordered.*--out-of-order/, 'ordered: refused';
like $t->ctl(@slow, qw(--out-of-order --limit 1))->{out}, qr/^1 replayed, 0 not$/m, '--out-of-order';
is publish('late', 'order.new'), 'accepted', 'an event without a worker';
like $t->ctl(qw(replay --event late --endpoint later))->{err}, qr/not routed yet: the worker will deliver it/,
    'not routed yet';
like $t->ctl(qw(replay --since 1h --endpoint later --dry-run))->{out}, qr/ 1 are not routed yet$/,
    'dry run: so';

done_testing;
