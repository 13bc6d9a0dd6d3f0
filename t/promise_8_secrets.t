#!/usr/bin/perl

# Promise 8: secrets stay secret. Every secret here has a name of its own; after all kinds of success and
# failure none of them stands in a log, an answer, an export, an attempt or a stream entry.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::Webhook;
use Test::Webhook::Promise;

my $t = Test::Webhook->new;
my %secret = map { $_ => "Secret_of_${_}_0123456789" }
    qw(stripe old github bearer basic query redis param header file sign url stage);
my $server = $t->start_redis(options => ["user hooks on >$secret{redis} ~* &* +\@all"]);
my $r = $t->start_receiver(script => { '/fails' => { status => 500, body => 'no' } });
$t->write("keys/$_", "$secret{$_}\n") for qw(github basic);
$t->write('secrets/file', "$secret{file}\n");
$ENV{TEST_PARAM} = $secret{param};
my $nginx = $t->start_nginx(<<"EOT");
%%GLOBALS%%
env TEST_PARAM;
events { }
http {
    %%HTTP%%
    log_format ours '\$remote_addr \$webhook_request_uri \$status \$webhook_verdict \$webhook_reason';
    webhook_scheme password { algorithm token; signature query:password; postback; }
    webhook_redis %%REDIS%%;
    webhook_redis_auth hooks $secret{redis};
    webhook_headers Authorization X-Gitlab-Token X-Trace;
    server {
        listen 127.0.0.1:%%PORT%%;
        access_log "%%DIR%%/nginx/access.log" ours;
        access_log "%%DIR%%/nginx/combined.log" combined;
        location /stripe {
            webhook stripe; webhook_secret $secret{stripe} $secret{old}; webhook_stream hooks;
            add_header X-Reason "\$webhook_reason" always;
        }
        location /github  { webhook github; webhook_secret file:%%DIR%%/keys/github; webhook_stream hooks; }
        location /publish { webhook publish; webhook_secret $secret{bearer}; webhook_stream hooks; }
        location /gitlab  { webhook gitlab; webhook_secret env:TEST_PARAM; webhook_stream hooks; }
        location /asks { auth_request /asked; access_log off; }
        location /mirrored { mirror /asked; proxy_pass %%RECEIVER%%; }
        location = /asked {
            internal; webhook postback-token; webhook_secret $secret{query};
            proxy_pass http://127.0.0.1:%%PORT_closed%%;
        }
        location /twice {
            webhook password; webhook_secret $secret{query}; error_page 401 = /postback;
            proxy_pass http://127.0.0.1:%%PORT_closed%%;
        }
        location /postback { webhook postback-token; webhook_secret $secret{query}; webhook_stream hooks; }
        location /hasty {
            webhook postback-token; webhook_secret $secret{query}; webhook_stream hooks;
            webhook_redis_timeout 300ms;
        }
    }
}
EOT

$t->apply(
    {
        id => 'good', url => $r->url("/good/{id}?sig=$secret{url}"),
        headers => { 'X-Api-Key' => $secret{header}, 'X-Stage' => $secret{stage}, 'X-File' => 'secret:file' },
        sign => [ { secrets => [ b64($secret{sign}) ] } ]
    },
    {
        id => 'fails', url => $r->url('/fails'), headers => { Authorization => "Bearer $secret{header}" },
        sign => [ { scheme => 'stripe', secrets => [ $secret{sign} ] } ], retry => { schedule => [] }
    },
    { id => 'missing', url => $r->url('/missing'), headers => { 'X-File' => 'secret:nosuchfile' } },
);
$t->start_worker;

# --- all kinds of answers
my @answers;
sub asked ($what, $status, $answer) {
    push @answers, $answer;
    is $answer->{status}, $status, $what or diag $answer->{body};
}
my $body = event('1');
asked('stripe', 200, $t->post('/stripe', $body, sign_stripe($secret{stripe}, $body)));
asked('stripe, rotated', 200, $t->post('/stripe', event('2'), sign_stripe($secret{old}, event('2'))));
asked('stripe, forged', 401, $t->post('/stripe', $body, sign_stripe('other', $body)));
asked('stripe, doubled', 400,
    $t->post('/stripe', $body, sign_stripe($secret{stripe}, $body), 'Stripe-Signature' => 't=1,v1=00'));
asked('stripe, unsigned', 401, $t->post('/stripe', $body));
asked('stripe, stale', 401,
    $t->post('/stripe', $body, sign_stripe($secret{stripe}, $body, clock => time - 9999)));
asked(
    'github', 200,
    $t->post(
        '/github', $body, sign_github($secret{github}, $body), Authorization => "Basic $secret{basic}",
        'X-Trace' => 'kept'
    )
);
asked('publish', 200,
    $t->post('/publish', '{"a":1}', sign_publish($secret{bearer}, id => 'p1', type => 'order.paid')));
asked('publish, wrong', 401, $t->post('/publish', '{"a":1}', sign_publish("$secret{bearer}x", id => 'p2')));
asked(
    'gitlab', 200,
    $t->post(
        '/gitlab', '{"object_kind":"push"}', 'X-Gitlab-Token' => $secret{param},
        'X-Gitlab-Event' => 'Push Hook'
    )
);
asked('gitlab, wrong', 401, $t->post('/gitlab', '{}', 'X-Gitlab-Token' => "$secret{param}x"));
my ($query) = $t->ctl('schemes', 'postback-token')->{out} =~ /query:([A-Za-z_]+)/;
ok $query, 'the postback scheme has its token in the query';
asked('postback', 200, $t->get("/postback?click_id=c1&$query=$secret{query}&amount=5"));
asked('postback, wrong', 401, $t->get("/postback?click_id=c2&$query=$secret{query}x"));
asked('subrequest', 500, $t->get("/asks?click_id=c6&$query=$secret{query}"));
asked('subrequest, wrong', 401, $t->get("/asks?click_id=c6&$query=$secret{query}x"));
asked('mirror', 200, $t->get("/mirrored?click_id=c6&$query=$secret{query}"));
asked('mirror, wrong', 200, $t->get("/mirrored?click_id=c6&$query=$secret{query}x"));
asked('two locations', 401, $t->get("/twice?click_id=c7&password=$secret{query}x&$query=x"));
asked('postback, doubled', 400, $t->get("/postback?click_id=c3&$query=$secret{query}&$query=$secret{query}"));
for my $name (
    "\U$query", $query =~ s/^(.)/sprintf '%%%02x', ord $1/er, $query =~ s/^(.)/sprintf '%%25%02X', ord $1/er,
    join('', map { sprintf '%%%02X', ord } split //, $query),
    "+$query", "$query%20", "$query\[]", "$query\[a]", "$query%5B%5D", "a[$query]", "a=1;$query",
    "a=1%26$query", "x?$query", "a&$query", "$query=&$query"
) {
    push @answers, $t->get("/postback?click_id=c8&$name=$secret{query}x");
    like $answers[-1]{status}, qr/^40[01]$/, "postback, as $name: refused";
    # Beside the true one: stored, unless it counts as the same parameter given twice.
    push @answers, $t->get("/postback?click_id=c9&$query=$secret{query}&$name=$secret{query}");
    like $answers[-1]{status}, qr/^(?:200|400)$/, "postback, with $name, too";
}
asked("postback, $_", 401, $t->get("/postback$_$query=$secret{query}"))
    for '%3F', ';', '/', '%3f+', '?a=1%23', '%3Fa=1&';
asked("postback, encoded $_", 401, $t->get("/postback?a$_$secret{query}"))
    for map { "&${query}$_" } '%3D', '%253d';
asked('gate, in the path', 401, $t->get("/twice%3Fpassword=$secret{query}x"));
asked('gate, in the path of the upstream', 502,
    $t->get("/twice%3Fpassword=$secret{query}?password=$secret{query}"));
asked('method', 405, $t->request(method => 'PUT', path => "/postback?$query=$secret{query}", body => ''));
$server->freeze;
asked('unavailable', 503, $t->get("/hasty?click_id=c4&$query=$secret{query}"));
$server->thaw;

# --- deliveries: one endpoint works, one fails, one misses its secret
wait_for(
    'the deliveries',
    sub {
        my $total = $t->ledger->{total};
        !$total->{unrouted} && $total->{delivered} >= 6 && $total->{dead} >= 6;
    }
);
wait_for('the redis of nginx',
    sub { $t->get("/postback?click_id=c5&$query=$secret{query}")->{status} == 200 });
my ($good) = grep { $_->{path} =~ m{^/good/evt_1\b} } $r->requests;
is $good->{headers}{'x-api-key'}, $secret{header}, 'the receiver gets the literal header';
like "$good->{path}?" . ($good->{query} // ''), qr/sig=\Q$secret{url}\E/, 'and the query of its URL';
is $good->{headers}{'x-file'}, $secret{file}, 'and the one from the file, without its newline';
is scalar(grep { $_->{path} eq '/missing' } $r->requests), 0,
    'an endpoint whose secret is missing is not sent to';
cmp_ok $t->ledger->{total}{waiting}, '>=', 6, 'its deliveries wait';
is scalar(my @said = grep { /nosuchfile/ } split /\n/, $t->worker->output), 1,
    'one log line says what is missing';
my $count = $t->write('secrets/nosuchfile', 'found');
$t->worker->signal('HUP');
$r->wait_requests(6, '/missing');
is +($r->requests('/missing'))[0]{headers}{'x-file'}, 'found',
    'it is read again on SIGHUP, what waited is delivered';

# --- what an event keeps
my @entries = $t->events('hooks');
my ($postback) = grep { ($_->{query} // '') =~ /c1/ } @entries;
like $postback->{query}, qr/click_id=c1&\Q$query\E=\*+&amount=5/,
    'the token in the query is masked, the rest stays';
my ($kept) = grep { $_->{source} eq 'github' } @entries;
like $kept->{headers}, qr/"x-trace":\["kept"\]/i, 'a header that was asked for is kept';

# --- apply of an export keeps the secrets it does not show
my $export = $t->ctl('export');
like $export->{out}, qr/redacted:/, 'export: redacted';
is $t->ctl({ stdin => $export->{out} }, 'apply', '-')->{exit}, 0, 'an export can be applied';
my $before = $r->count('/fails');
$t->post('/stripe', event('9'), sign_stripe($secret{stripe}, event('9')));
sub good ($id) { (grep { $_->{path} =~ m{^/good/\Q$id\E\b} } $r->requests)[0] }
wait_for('the delivery', sub { good('evt_9') });
is good('evt_9')->{headers}{'x-api-key'}, $secret{header}, 'and the secrets are still there';

# --- nowhere
$nginx->reload;
$t->worker->restart;
my %text = (
    'nginx error log' => $nginx->log, 'nginx access log' => slurp($t->file('nginx/access.log')),
    'worker log' => $t->worker->output,
    'nginx combined log' => slurp($t->file('nginx/combined.log')),
    'redis log' => slurp($t->file('redis/redis.out')), 'export' => $export->{out},
    'stream entries' => to_json([ $t->events('hooks') ]),
    'answers' => join(
        "\n",
        map {
            join "\n", $_->{raw_head} // '', map({ "@$_" } @{ $_->{all} // [] }), $_->{body}
        } @answers
    ),
    'nginx -t' => join("\n", @{ $t->run([ $nginx->command('-t') ]) }{qw(out err)}),
    map({
            my @words = @$_;
            ("webhookctl @words" => join "\n", @{ $t->ctl(@words) }{qw(out err)})
        } [qw(endpoint list)],
        [qw(endpoint list --json)],
        [qw(endpoint show good)],
        [qw(endpoint show fails --json)],
        [qw(attempts --json -n 100)],
        ['attempts'],
        [qw(events --json)],
        [qw(events)],
        [qw(event evt_1)],
        [qw(deliveries --json)],
        [qw(dead list --json)],
        [qw(ledger)]),
);
my $redis = $t->redis;
for my $key (@{ $redis->keys('webhook:*') }) {
    next if $key eq 'webhook:{config}:endpoints';   # documents are kept there, literals and all
    my $type = $redis->type($key);
    $text{"redis $key"} = to_json(
          $type eq 'hash' ? $redis->hgetall($key)
        : $type eq 'stream' ? $redis->xrange($key, '-', '+')
        : $type eq "zset" ? $redis->zrange($key, 0, -1)
        : $type eq "list" ? $redis->lrange($key, 0, -1)
        : [ $redis->get($key) ]
    );
}
cmp_ok length $text{$_}, '>', 50, "$_: there is something to look at"
    for 'nginx error log', 'nginx access log', 'nginx combined log', 'worker log', 'stream entries',
    'answers', 'webhookctl attempts --json -n 100';
for my $where (sort keys %text) {
    my @found = grep { index($text{$where}, $secret{$_}) >= 0 || index($text{$where}, b64($secret{$_})) >= 0 }
        sort keys %secret;
    is_deeply \@found, [], "$where: no secret" or diag map { "$_\n" } grep {
        my $line = $_;
        grep { index($line, $secret{$_}) >= 0 } @found
    } split /\n/, $text{$where};
}

# --- a backup with the secrets: after the loss of everything it is applied, and deliveries are as before
my $backup = $t->file('backup.json');
is $t->ctl('export', '--secrets', $backup)->{exit}, 0, 'export --secrets';
my $before_loss = $t->ctl('export')->{out};
$t->worker->stop;
$t->redis->call('FLUSHALL');
is $t->ctl({ stdin => $before_loss }, 'apply', '-')->{exit}, 2, 'an export without them is refused then';
is $t->ctl('apply', $backup)->{exit}, 0, 'the backup is applied';
$t->worker->start;
wait_for('nginx to use Redis',
    sub { $t->post('/stripe', event('20'), sign_stripe($secret{stripe}, event('20')))->{status} == 200 });
wait_for('the delivery', sub { good('evt_20') });
is good('evt_20')->{headers}{'x-stage'}, $secret{stage}, 'the secrets are as before';
like good('evt_20')->{headers}{'webhook-signature'} // '', qr/^v1,/, 'it is signed';
unlink $backup;

done_testing;
