#!/usr/bin/perl

# webhookctl: one event in full and deleted, events followed across a restart of Redis, endpoints added and
# changed one by one, statistics, completion.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::Webhook;

my $t = Test::Webhook->new;
$t->start_redis;
my $redis = $t->redis;
$t->start_receiver(script => { '/late' => 503, '/dead' => 400 });
$t->start_nginx(<<'EOT');
%%GLOBALS%%
events { }
http {
    %%HTTP%%
    webhook_redis %%REDIS%%;
    server {
        listen 127.0.0.1:%%PORT%%;
        location /in { webhook publish; webhook_secret s3cret; webhook_source shop; webhook_stream hooks; }
    }
}
EOT

sub lines (@words) { return map { from_json($_) } split /\n/, $t->ctl(@words, '--json')->{out} }
sub publish ($id) {
    return $t->post('/in', qq({"id":"$id"}), sign_publish('s3cret', id => $id, type => 'order.new'))
        ->{verdict};
}
sub stored ($id) { return from_json($redis->call('HGET', 'webhook:{config}:endpoints', $id)) }
sub version { return $redis->call('HGET', 'webhook:{config}:meta', 'version') }
my $url = sub ($path) { return $t->receiver->url($path) };

# --- endpoint add: the first one makes the configuration
my $add = sub ($json, @words) {
    return $t->ctl({ stdin => ref $json ? to_json($json) : $json }, qw(endpoint add -), @words);
};
is $add->({ id => 'good', url => $url->('/good') }, '--dry-run')->{out} =~ s/^\+.*\n//r,
    "dry run, nothing was changed\n", 'add: dry run';
is version(), undef, 'nothing is stored';
my $result = $add->({ id => 'good', url => $url->('/good') });
is $result->{exit}, 0, 'add one document' or diag $result->{err};
like $result->{out}, qr{^\+ good  http://127\.0\.0\.1:\d+/.*\nstored$}m, 'shows it';
is $add->([ { id => 'late', url => $url->('/late'), retry => { schedule => ['2h'] } } ])->{exit}, 0,
    'add an array';
my $dead = to_json({ id => 'dead', url => $url->('/dead'), retry => { schedule => [] } });
is $add->(qq({"endpoints": [ /* one more */ $dead]}))->{exit}, 0, 'add a file of endpoints';
is scalar(lines(qw(endpoint list))), 3, 'all of them are there';
my $version = version();
for (
    [ 1, { id => 'good', url => 'https://other.example/' }, qr/there is an endpoint "good" already/ ],
    [
        1, [ { id => 'new', url => 'https://n/' }, { id => 'good', url => 'https://o/' } ],
        qr/"good" already/
    ],
    [ 2, { id => 'new', url => 'ftp://x/' }, qr/nothing was changed:\nurl: / ],
    [ 2, '{"id":"new","id":"x","url":"https://n/"}', qr/line 1, column 13: field "id" is given twice/ ],
    [ 2, '{"id":', qr/line 1, column 7: expected/ ],
    [ 2, '[]', qr/there is no endpoint in it/ ],
    [ 2, { id => 'new', url => 'https://n/?k=redacted:00000000' }, qr/not stored in this field/ ],
    )
{
    my ($exit, $json, $why) = @$_;
    my $result = $add->($json);
    is $result->{exit}, $exit, "add refused: exit $exit";
    like $result->{err}, $why, '... says why';
}
is version(), $version, 'nothing was changed';

# --- endpoint set
$result = $t->ctl(qw(endpoint set good timeout=30s concurrency=4), 'match.type=["order.*"]',
    'headers.X-Key=canary', 'headers.X.Dotted=b');
is $result->{exit}, 0, 'set' or diag $result->{err};
like $result->{out}, qr/^~ good\n.* timeout: default -> "30s"\nstored$/ms, 'shows the difference';
unlike $result->{out}, qr/canary/, '... and no secret';
is_deeply [ @{ stored('good') }{qw(timeout concurrency match headers)} ],
    [ '30s', 4, { type => ['order.*'] }, { 'X-Key' => 'canary', 'X.Dotted' => 'b' } ], 'stored';
is stored('late')->{retry}{schedule}[0], '2h', 'the others stay';
$version = version();
is $t->ctl(qw(endpoint set good timeout=30s))->{out}, "nothing to change\n", 'the same again';
like $t->ctl(qw(endpoint set good timeout=9s --dry-run))->{out}, qr/^dry run/m, 'dry run';
my ($shown) = lines(qw(endpoint show good));
is $t->ctl(qw(endpoint set good), "headers.X-Key=$shown->{headers}{'X-Key'}")->{out}, "nothing to change\n",
    'a redacted value keeps the stored one';
is version(), $version, 'nothing was changed';
is $t->ctl(qw(endpoint set good timeout=null headers=null match.type=null concurrency=null))->{exit}, 0,
    'null: the defaults';
is_deeply [ sort keys %{ stored('good') } ], [qw(id url)], '... again';
$version = version();
for (
    [ 1, [qw(godo timeout=3s)], qr/no endpoint "godo", did you mean "good"/ ],
    [ 2, [qw(good timeout=soon)], qr/nothing was changed:\ntimeout: / ],
    [ 2, [qw(good timeout=5)], qr/timeout: / ],
    [ 2, [qw(good tiemout=5s)], qr/tiemout: .*did you mean "timeout"/ ],
    [ 2, [qw(good url=ftp://x/)], qr/url: / ],
    [ 2, [qw(good id=other)], qr/the id of an endpoint cannot be changed/ ],
    [ 2, [qw(good timeout)], qr/NAME=VALUE/ ],
    [ 2, [qw(good url.x=1)], qr/url is no object/ ],
    [ 2, [ 'good', 'sign=[{"scheme":"nosuch","secrets":["x"]}]' ], qr/sign/ ],
    )
{
    my ($exit, $words, $why) = @$_;
    my $result = $t->ctl(qw(endpoint set), @$words);
    is $result->{exit}, $exit, "set @$words: exit $exit";
    like $result->{err}, $why, '... says why';
}
is version(), $version, 'nothing was changed';

# --- follow, across a restart of Redis
my $follow = $t->start_process(follow =>
        [ "$t->{build}/webhookctl", '--redis', $t->redis_server->url, qw(events --follow --limit 0 --json) ]);
my $n = 0;
wait_for('an event to be followed', sub {
    publish('first' . $n++);
    $follow->output =~ /"id":"first/;
});
$t->redis_server->kill9;
wait_for('the loss to be told', sub { $follow->output =~ /waiting for it/ });
$t->redis_server->start;
wait_for('the connection', sub { $follow->output =~ /connected again/ });
wait_for('an event after the restart', sub {
    publish('second' . $n++);
    $follow->output =~ /"id":"second/;
});
is scalar(() = $follow->output =~ /waiting for it/g), 1, 'one line for the loss';
my %seen;
$seen{$_}++ for $follow->output =~ /"id":"(\w+)"/g;
is_deeply [ grep { $seen{$_} > 1 } sort keys %seen ], [], 'no event twice';
$follow->signal('INT');
ok $follow->wait_exit, 'Ctrl-C ends it';
is $follow->{status}, 0, '... with 0';
$redis = $t->redis;

# --- statistics
my $worker = $t->start_worker;
is publish($_), 'accepted', $_ for qw(e1 e2);
my $all = $n + 2;
wait_for('deliveries', sub {
    my $total = $t->ledger->{total};
    $total->{delivered} == $all && $total->{dead} == $all && $total->{waiting} == $all;
});
wait_for('first attempts', sub { !grep { !$_->{attempts} } lines('deliveries') });
my @stats = lines(qw(stats --interval 0s));
is_deeply [ @{ $stats[0] }{qw(stream accepted unrouted waiting dead_letters)} ],
    [ 'hooks', $all, 0, $all, $all ], 'stats: a stream';
my ($late) = grep { ($_->{endpoint} // '') eq 'late' } @stats;
is_deeply [ $late->{waiting}, $late->{health}{state} ], [ $all, 'failing' ], 'stats: an endpoint';
my $out = $t->ctl(qw(stats --interval 100ms))->{out};
like $out, qr/^hooks +$all +0 +$all +$all +$all +[\d.]+\/s +[\d.]+\/s /m, 'stats: the table of streams';
like $out, qr/^late +failing for \S+ +$all +0 +- +status 503, \S+ ago$/m, 'stats: the table of endpoints';
is $t->ctl(qw(stats --interval x))->{exit}, 2, 'stats: a bad interval';

# --- one event in full
$out = $t->ctl(qw(event e1))->{out};
like $out,
    qr{^\{"id":"e1"\}\n\nwaiting:\n.*/late +e1 .*\n\ndead:\n.*/dead +e1 .*\n\nattempts:\n.* good +e1 +deliv}ms,
    'event: its deliveries and attempts';
my ($event) = lines(qw(event e1));
is_deeply [ map { $_->{endpoint} } @{ $event->{waiting} }, @{ $event->{dead} } ], [qw(late dead)],
    'json: its deliveries';
is scalar(@{ $event->{attempts} }), 3, 'json: its attempts';
is $t->ctl('event')->{exit}, 2, 'event: which?';

# --- deleted
my $label = "hooks:$event->{partition}/$event->{entry}";
my $before = $t->ledger->{total};
is $t->ctl(qw(event delete e1))->{out},
    "$label: deleted; 1 waiting deliveries cancelled, 1 dead letters dropped, 3 attempts removed from the log\n",
    'event delete';
my $after = $t->ledger;
ok $after->{balanced}, 'the ledger balances' or diag explain $after;
is $after->{total}{cancelled}, $before->{cancelled} + 1, 'cancelled';
is $t->ctl(qw(event e1))->{exit}, 1, 'it is gone';
is $t->ctl(qw(event delete e1))->{exit}, 1, 'gone once';
is scalar(lines(qw(attempts --event e1))), 0, 'its attempts, too';
is scalar(lines(qw(attempts --event e2))), 3, 'those of others stay';
for my $key (@{ $redis->call('KEYS', "webhook:{hooks:$event->{partition}}:*") }) {
    my $type = $redis->call('TYPE', $key);
    my $content =
          $type eq 'hash'   ? $redis->call('HGETALL', $key)
        : $type eq 'zset'   ? $redis->call('ZRANGE', $key, 0, -1)
        : $type eq 'stream' ? $redis->call('XRANGE', $key, '-', '+')
        :                     [];
    unlike to_json($content), qr/"e1"|$event->{entry}\//, "$key has nothing of it";
}
$worker->stop;
is publish('e3'), 'accepted', 'e3';
is $t->ctl(qw(event delete e3))->{exit}, 0, 'an event that is not routed, without a worker';
ok $t->ledger->{balanced}, 'the ledger balances';
is $t->ledger->{total}{unrouted}, 0, 'nothing is unrouted';
is publish('e4'), 'accepted', 'e4';
$worker = $t->start_worker;
wait_for('e4 to be delivered', sub { $t->ledger->{total}{delivered} == $all + 1 });

# --- completion
my $bash = $t->write('completion.bash', $t->ctl(qw(completion bash))->{out});
sub complete (@words) {
    my $words = join ' ', map { "'$_'" } @words;
    my $result = $t->run(
        [
            'bash', '-c', "source $bash; COMP_WORDS=($words) COMP_CWORD=$#words; _webhookctl; "
                . 'printf "%s\n" "${COMPREPLY[@]}"'
        ],
        env => { PATH => $t->build_dir . ":$ENV{PATH}", WEBHOOK_REDIS => $t->redis_server->url }
    );
    is $result->{err}, '', "bash: @words";
    return [ split /\n/, $result->{out} ];
}
is_deeply complete('webhookctl', 'de'), [qw(deliveries dead)], 'commands';
is_deeply complete('webhookctl', 'dead', ''), [qw(list show replay drop)], 'commands of a family';
is_deeply complete('webhookctl', '--json', 'dead', 'replay', '--out'), ['--out-of-order'], 'options';
is_deeply complete('webhookctl', 'attempts', '--endpoint', 'l'), ['late'], 'ids of endpoints';
is_deeply complete('webhookctl', 'endpoint', 'pause', 'g'), ['good'], 'ids of endpoints as arguments';
my %listed = map { $_ => 1 } @{ complete('webhookctl', '') };
my ($help) = $t->ctl('--help')->{out} =~ /Subcommands:\n(.*?)(?:\n\n|\z)/s;
is_deeply [ sort keys %listed ], [ sort $help =~ /^  (\w[\w-]*)/mg ], 'all commands';
my $zsh = $t->ctl(qw(completion zsh))->{out};
like $zsh, qr/^#compdef webhookctl\n.* 'deliveries:List waiting deliveries/ms, 'zsh';
is $t->ctl(qw(completion fish))->{exit}, 2, 'another shell: exit 2';

done_testing;
