#!/usr/bin/perl

# webhookctl for operators in trouble: lists that show and select by what the event is, attempts with readable
# responses, health of endpoints, what waits made due now, dead letters shown, replayed in part and dropped.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use JSON::PP ();
use Test::Webhook;
use IO::Compress::Gzip qw(gzip);
use IO::Compress::Deflate qw(deflate);

my $t = Test::Webhook->new;
$t->start_redis;
my $redis = $t->redis;
gzip(\"gzip says no: \e[31mred\n", \my $gzipped);
deflate(\'deflate says no', \my $deflated);
$t->start_receiver(
    script => {
        '/gzip' => {
            status => 500,
            headers => [ 'Content-Encoding' => 'gzip', 'X-Request-Id' => 'r1', 'Set-Cookie' => 'canary' ],
            body => $gzipped
        },
        '/deflate' => { status => 422, headers => [ 'Content-Encoding' => 'deflate' ], body => $deflated },
        '/bytes'   => { status => 400, body => "\xff\xfe\0\e[2J" },
        '/late'    => [ 503, 503, 200 ],
    }
);
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
sub ids (@words) { return [ sort map { $_->{event} } lines(@words) ] }
sub publish ($id, $type, $source, %more) {
    return $t->post("/in?s=$source", qq({"id":"$id"}), sign_publish('s3cret', id => $id, type => $type),
        $more{tenant} ? ('ce-tenant' => $more{tenant}) : ())->{verdict};
}
my $url = sub ($path) { $t->receiver->url($path) };
$t->apply(
    (
        map {
            {
                id => $_, url => $url->("/$_"), match => { source => [$_] }, retry => { schedule => [] }
            }
        } qw(gzip deflate bytes)
    ),
    {
        id => 'late', url => $url->('/late'), match => { source => ['late'] },
        retry => { schedule => ['2h'] }
    },
    { id => 'closed', url => "http://127.0.0.1:@{[ $t->port('closed') ]}/", match => { source => ['closed'] },
        retry => { schedule => [] } }
);
$t->start_worker;
is publish("e-$_->[0]", @$_[ 1, 2 ], tenant => $_->[3]), 'accepted', "event $_->[0]"
    for [ 1, 'order.new', 'gzip', 'acme' ], [ 2, 'order.paid', 'deflate' ],
    [ 3, 'user.new', 'bytes', 'other' ],
    [ 4, 'order.new', 'late', 'acme' ], [ 5, 'user.new', 'late' ], [ 6, 'user.new', 'closed' ];
wait_for('first attempts', sub { (grep { $_->{attempts} } lines('deliveries')) == 2 });
wait_for('dead letters', sub { lines('dead', 'list') == 4 });
wait_for('the attempt log', sub { lines('attempts') == 6 });

# --- lists say what the event is, and select by it
my ($one) = lines('dead', 'list', '--event', 'e-1');
is_deeply [ @$one{qw(event type source tenant reason status)} ],
    [qw(e-1 order.new gzip acme exhausted 500)], 'dead list: what the event is';
like $t->ctl('dead', 'list')->{out}, qr/^DIED +DELIVERY +EVENT +TYPE +SOURCE +TENANT +REASON /,
    'dead list: the columns';
like $t->ctl('dead', 'list')->{out}, qr/ e-1 +order\.new +gzip +acme +exhausted +1 +500 +status 500$/m,
    'dead list: a row';
like $t->ctl('deliveries')->{out}, qr/ e-4 +order\.new +late +acme +1 +503 +status 503$/m,
    'deliveries: a row';
for (
    [ '--type', 'order.*', [qw(e-1 e-2)], ['e-4'] ],
    [ '--source', 'gzip', ['e-1'], [] ],
    [ '--source', 'late', [], [qw(e-4 e-5)] ],
    [ '--tenant', 'acme', ['e-1'], ['e-4'] ],
    [ '--status', '5xx', ['e-1'], [qw(e-4 e-5)] ],
    [ '--status', '4xx', [qw(e-2 e-3)], [] ],
    [ '--status', 'none', ['e-6'], [] ],
    [ '--status', '422,none', [qw(e-2 e-6)], [] ],
    [ '--endpoint', 'bytes', ['e-3'], [] ],
    [ '--event', 'e-2', ['e-2'], [] ],
    [ '--since', '1h', [qw(e-1 e-2 e-3 e-6)], [qw(e-4 e-5)] ],
    [ '--since', time + 3600, [], [] ],
    [ '--until', '1h', [], [] ],
    [ '--until', '2100-01-01T00:00:00Z', [qw(e-1 e-2 e-3 e-6)], [qw(e-4 e-5)] ],
    )
{
    my ($option, $value, $dead, $waiting) = @$_;
    is_deeply ids('dead', 'list', $option, $value), $dead, "dead list $option $value";
    is_deeply ids('deliveries', $option, $value), $waiting, "deliveries $option $value";
}
is_deeply ids('dead', 'list', '--reason', 'exhausted'), [qw(e-1 e-2 e-3 e-6)], 'dead list --reason';
is_deeply ids('dead', 'list', '--reason', 'overflow'), [], 'dead list: another reason';
my $label = "hooks:$one->{partition}/$one->{entry}";
is_deeply ids('dead', 'list', '--event', $_), ['e-1'], "dead list --event: by another name"
    for $label, $one->{entry}, $one->{webhook_id};
for (
    [ [qw(dead list --status 0xx)],  qr/--status wants/ ],
    [ [qw(deliveries --status x)],   qr/--status wants/ ],
    [ [qw(dead list --since never)], qr/--since wants a time ago/ ],
    [ [qw(attempts --until x)],      qr/--until wants/ ],
    [ [qw(dead list --cursor x)],    qr/--cursor wants/ ],
    [ [qw(attempts --cursor 1~2)],   qr/--cursor wants/ ],
    [ [qw(deliveries --limit 5 retry --all)], qr/--limit.* does not belong to "deliveries retry"/ ],
    [ [qw(deliveries retry)], qr/say what to retry/ ],
    [ [qw(deliveries retry --all --endpoint late)], qr/say what to retry/ ],
    [ [qw(deliveries retry --all --rate fast)], qr/--rate wants/ ],
    [ [qw(dead replay --limit 5)], qr/say what to replay/ ],
    [ [qw(dead drop)], qr/say what to drop/ ],
    )
{
    my $result = $t->ctl(@{ $_->[0] });
    is $result->{exit}, 2, "@{$_->[0]}: exit 2";
    like $result->{err}, $_->[1], 'says why';
}

# --- a record without the names: from the content
my $key = "webhook:{hooks:$one->{partition}}:delivery";
my $record = from_json($redis->call('HGET', $key, $one->{delivery}));
delete @$record{qw(event type source tenant webhook_id)};
$redis->call('HSET', $key, $one->{delivery}, to_json($record));
is_deeply ids('dead', 'list', '--type', 'order.new', '--tenant', 'acme'), ['e-1'],
    'what a record lacks is read from the content';

# --- an endpoint that does not exist
for (
    [qw(dead list)], [qw(deliveries)], [qw(attempts)], [qw(deliveries retry)], [qw(dead replay)],
    [qw(dead drop)], [qw(dead replay --dry-run)]
    )
{
    my $result = $t->ctl(@$_, '--endpoint', 'lat');
    is $result->{exit}, 1, "@$_ of an unknown endpoint: exit 1";
    like $result->{err}, qr/there is no endpoint "lat", did you mean "late"\?/, '... says so';
    is $result->{out}, '', '... and nothing else';
}
is $t->ctl(qw(dead list --endpoint late))->{out}, "no dead letters\n", 'one that exists has none';

# --- attempts
is_deeply [ map { $_->{event} } lines(qw(attempts --endpoint bytes)) ], ['e-3'], 'attempts --endpoint';
is_deeply ids('attempts', '--status', '5xx'), [qw(e-1 e-4 e-5)], 'attempts --status: a class';
is_deeply ids('attempts', '--status', '503'), [qw(e-4 e-5)], 'attempts --status: a number';
is_deeply ids('attempts', '--status', 'none'), ['e-6'], 'attempts --status: none';
is_deeply ids('attempts', '--since', time + 60), [], 'attempts --since';
is_deeply ids('attempts', '--delivery', $_), ['e-1'], 'attempts --delivery'
    for "hooks:$one->{partition}/$one->{delivery}", $one->{delivery};
is_deeply ids('attempts', '--event', $_), ['e-1'], 'attempts --event' for 'e-1', $label, $one->{webhook_id};
my ($attempt) = lines(qw(attempts --endpoint gzip));
is $attempt->{response}, "gzip says no: \e[31mred\n", 'json: the response is decompressed';
is $attempt->{response_headers}, "x-request-id: r1\ncontent-encoding: gzip\n",
    'json: headers, but no cookies';
my $out = $t->ctl(qw(attempts --endpoint gzip --verbose))->{out};
like $out, qr/^x-request-id: r1\n.*^gzip says no: \\x1b\[31mred$/ms, 'verbose: headers and the body, escaped';
like $t->ctl(qw(attempts --endpoint deflate -v))->{out}, qr/^deflate says no$/m, 'verbose: deflate';
$out = $t->ctl(qw(attempts --endpoint bytes -v))->{out};
like $out, qr/bytes in base64 that are no text/, 'verbose: no text';
unlike $out, qr/[^\n -~]/, 'verbose: nothing hidden';
my @all = lines('attempts');
my @paged;
for (my $cursor = ''; ;) {
    my @page = lines('attempts', '--limit', 2, $cursor ? ('--cursor', $cursor) : ()) or last;
    push @paged, @page;
    $cursor = $page[-1]{cursor};
}
is_deeply \@paged, \@all, 'attempts: page by page';

# --- health
my %list = map { ($_->{id} => $_) } lines(qw(endpoint list));
is $list{gzip}{health}{state}, 'failing', 'health from the attempt log: failing';
is $list{gzip}{health}{last_error}{error}, 'status 500', 'health: last error';
is $list{gzip}{dead}, 1, 'dead per endpoint';
is $list{late}{waiting}, 2, 'waiting per endpoint';
like $t->ctl(qw(endpoint list))->{out},
    qr/^gzip +active +failing for \S+ +0 +1 +- +status 500, \S+ ago +http/m, 'endpoint list: a row';
$redis->call('HSET', 'webhook:{config}:health', gzip => to_json({
    state => 'secret missing', since => 1000 * (time - 300), last_success => 1000 * (time - 7200),
    last_error => 'secret "x" is missing', last_error_at => 1000 * (time - 60)
}), late => 'no JSON');
like $t->ctl(qw(endpoint list))->{out},
    qr/^gzip +active +secret missing +0 +1 +2h ago +secret "x" is missing, 1m\S* ago +http/m,
    'health as a worker wrote it';
like $t->ctl(qw(endpoint list))->{out}, qr/^late +active +failing for /m,
    'what is no health counts for nothing';
like $t->ctl(qw(endpoint show gzip))->{out}, qr/^dead: 1\nhealth: secret missing\n/m, 'endpoint show';

# --- what waits goes now
my ($waiting) = lines(qw(deliveries --event e-4));
my $wrong = $t->ctl(qw(deliveries retry --id hooks:0/1-0/late));
is $wrong->{exit}, 1, 'retry of what does not wait: exit 1';
like $wrong->{err}, qr/does not wait/, '... says so';
$redis->call('HSET', 'webhook:{config}:holds', late => to_json({ until => 1000 * (time + 600), open => \0 }));
like $t->ctl(qw(endpoint list))->{out}, qr/^late +active +failing for \S+, held for \d+m/m, 'health: held';
is $t->ctl(qw(deliveries retry --id), $waiting->{id})->{out}, "1 due now\n", 'retry of one';
is $redis->call('HGET', 'webhook:{config}:holds', 'late'), undef, 'a hold ends';
$t->receiver->wait_requests(3, '/late');
wait_for('its outcome', sub { !@{ ids(qw(deliveries --event e-4)) } });
is_deeply ids('deliveries'), ['e-5'], 'only that one was retried';
is_deeply from_json($t->ctl(qw(deliveries retry --endpoint late --json))->{out}),
    { retried => 1, interrupted => JSON::PP::false }, 'retry of an endpoint';
ok $t->wait_settled->{balanced}, 'the ledger balances';
is publish('e-7', 'user.new', 'paused'), 'accepted', 'an event for nobody';
is $t->ctl(qw(deliveries retry --all --rate 1000/s))->{out}, "0 due now\n", 'retry of nothing';
wait_for('health', sub {
    $redis->call('HDEL', 'webhook:{config}:health', 'late');
    ((map { $_->{health}{state} } grep { $_->{id} eq 'late' } lines(qw(endpoint list)))[0] // '') eq 'ok';
});

# --- one dead letter in full
$out = $t->ctl(qw(dead show), $one->{id})->{out};
like $out, qr/ e-1 .*^type +order\.new\n.*^\{"id":"e-1"\}\n.* gzip +e-1 +failed +500 .*^gzip says no/ms,
    'dead show: record, event, attempts';
my ($shown) = lines(qw(dead show e-1));
is_deeply [ $shown->{reason}, $shown->{content}{data}, $shown->{log}[0]{status} ],
    [ 'exhausted', '{"id":"e-1"}', 500 ], 'dead show --json: the same';
is $t->ctl(qw(dead show nobody))->{exit}, 1, 'dead show: not found';

# --- dropped, and replayed in part
my $dry = $t->ctl(qw(dead replay --status 4xx --dry-run));
like $dry->{out}, qr/^bytes +1 .*^deflate +1 .*^dry run: 2 would be replayed$/ms, 'dry run: counts';
is from_json($t->ctl(qw(dead drop --all --dry-run --json))->{out})->{count}, 4, 'dry run: json';
is scalar(lines(qw(dead list))), 4, 'a dry run changes nothing';
is $t->ctl(qw(dead drop --source closed))->{out} =~ s/hooks:\S+:/ID:/r, "ID: dropped\n1 dropped, 0 not\n",
    'drop by a filter';
is_deeply ids(qw(dead list)), [qw(e-1 e-2 e-3)], 'it is gone';
my $contents = 0;
$contents += $redis->call('HLEN', "webhook:{hooks:$_}:content") for 0 .. 7;
is $contents, 3, 'its content, too';
$t->receiver->script('/gzip' => [200], '/bytes' => [200], '/deflate' => [200]);
is $t->ctl(qw(dead replay --type order.* --status 500))->{exit}, 0, 'replay by type and status';
is $t->wait_settled->{total}{replayed}, 1, 'one was replayed';
my ($again) = lines(qw(attempts --event e-1 --status 200));
like $again->{delivery}, qr{^\d+-\d+/gzip/1$}, 'a new delivery';
is $t->ctl(qw(dead replay --all --limit 1))->{exit}, 0, 'replay in part';
is scalar(lines(qw(dead list))), 1, 'the other one stays';
is $t->ctl(qw(dead replay --all --rate 100/s))->{exit}, 0, 'replay at a rate';
my $ledger = $t->wait_settled;
is $ledger->{total}{replayed}, 3, 'all were replayed';
is $ledger->{total}{dead}, 4, 'dead counts deaths';
is $redis->call('HGET', "webhook:{hooks:$_}:meta", 'dead_bytes') // 0, 0, "partition $_: nothing dead is left"
    for 0 .. 7;

done_testing;
