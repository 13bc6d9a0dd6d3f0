#!/usr/bin/perl

# Every verdict with its status and headers, what is stored, and the variables.

use v5.36;
use Digest::SHA qw(hmac_sha256_hex sha256_hex);
use FindBin;
use JSON::PP qw(decode_json encode_json);
use lib "$FindBin::Bin/lib";
use Test::Webhook;

my $t = Test::Webhook->new;
$t->start_redis;
$t->start_nginx(<<'EOT');
%%GLOBALS%%
events { }
http {
    %%HTTP%%
    log_format line '$webhook_request_uri|$status|$webhook_verdict|$webhook_id|$webhook_type|'
        '$webhook_source|$webhook_tenant|$webhook_timestamp|$webhook_stream_id|$webhook_redis_time|'
        '$webhook_reason';
    webhook_redis %%REDIS%%;
    webhook_secret s3cret;
    map $arg_key $tenant_key { k1 key-of-k1; }
    map $arg_old $tenant_old { k0 key-of-k0; }
    map $arg_txid $whole_url { default https://x.example.com/in; u3 https://x.example.com/in?txid=u3; }
    client_max_body_size 1k;
    server {
        listen 127.0.0.1:%%PORT%%;
        access_log %%DIR%%/access.log line;
        location /stripe {
            webhook stripe; webhook_stream hooks; webhook_headers X-Shop Authorization;
            webhook_tenant header:x-tenant;
        }
        location /types { webhook stripe; webhook_stream hooks; webhook_accept_types charge.* refund; }
        location /reject { webhook stripe; webhook_stream hooks; webhook_source reject; webhook_dedup 4d policy=reject; }
        location /body { webhook github; webhook_stream hooks; webhook_dedup 4d by=body; }
        location /off { webhook stripe; webhook_stream free; webhook_dedup off; }
        location /page { webhook stripe; webhook_stream hooks; error_page 401 = @page; error_page 413 503 405 /static.txt; }
        location /forged-page { webhook stripe; webhook_stream hooks; error_page 401 = @page; }
        location @page { return 418 "$webhook_verdict $webhook_reason\n"; }
        location /static.txt { return 200 "static"; }
        location /full { webhook stripe; webhook_stream full partitions=1 max_backlog=2; }
        location /tenants {
            webhook stripe; webhook_secret $tenant_key $tenant_old; webhook_source t-$arg_t;
            webhook_stream hooks;
        }
        location /publish { webhook publish; webhook_stream hooks; }
        location /publish/own { webhook publish; webhook_stream hooks; webhook_respond conflict 202; }
        location /ids { webhook stripe; webhook_stream hooks; webhook_id header:X-Id "{header:X-Shop}/{header:X-Order}"; }
        location /part { webhook stripe; webhook_stream parts; webhook_partition header:x-customer; }
        location /outer { webhook stripe; webhook_stream hooks; location /outer/open { webhook off; return 204; }
            if ($arg_stop) { return 410; } if ($arg_go) { set $x 1; } }
        location /token { webhook postback-token; webhook_stream hooks; }
        location /url { webhook postback-hmac-query; webhook_stream hooks; }
        location /url/origin { webhook postback-hmac-query; webhook_stream hooks; webhook_url https://hooks.example.com; }
        location /url/whole { webhook postback-hmac-query; webhook_stream hooks; webhook_url $whole_url; }
    }
}
EOT

$t->nginx->wait_log(qr/webhook: redis .* is ready/);

my $number = 0;
sub event (%more) { return encode_json({ id => 'evt_' . ++$number, type => 'charge.paid', %more }) }
sub send_event ($path, $body = event(), @more) {
    return $t->post($path, $body, sign_stripe('s3cret', $body), 'Content-Type' => 'application/json', @more);
}
sub is_verdict ($answer, $status, $verdict, $name) {
    is "$answer->{status} " . ($answer->{verdict} // $answer->{body}), "$status $verdict", $name;
}

# --- accepted, duplicate, conflict, ignored ---

my $body = event();
my $answer = send_event('/stripe?a=1', $body, 'X-Shop' => 'one', 'X-Shop' => "t\xc3\xa4\xff\"",
    Authorization => 'Bearer x', 'X-Tenant' => 'acme');
is_verdict $answer, 200, 'accepted', 'genuine and new';
is $answer->{json}{id}, 'evt_1', 'its id';
is $answer->{headers}{'content-type'}, 'application/json', 'as JSON';
my ($entry) = $t->events('hooks');
my %field = %{ ref $entry eq 'HASH' ? $entry->{fields} // $entry : {} };
is $field{ $_->[0] }, $_->[1], "entry: $_->[0]"
    for [ id => 'evt_1' ], [ type => 'charge.paid' ], [ source => 'stripe' ], [ specversion => '1.0' ],
    [ data => $body ], [ method => 'POST' ], [ query => 'a=1' ], [ remote => '127.0.0.1' ],
    [ tenant => 'acme' ],
    [ datacontenttype => 'application/json' ], [ contentencoding => undef ];
like $field{time}, qr/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/, 'entry: time';
like $field{received}, qr/^\d{13}$/, 'entry: received';
is_deeply decode_json($field{headers}),
    { 'x-shop' => [ 'one', "t\x{e4}\x{ff}\"" ], authorization => ['***'] },
    'entry: headers, a secret one masked';

is_verdict send_event('/stripe', $body), 200, 'duplicate', 'a repeat';
$answer = send_event('/stripe', '{"id":"evt_1","type":"other"}');
is_verdict $answer, 200, 'conflict', 'same id, other content';
is $answer->{json}{id}, 'evt_1', 'conflict: id';
ok $t->nginx->grep_log(qr/\[warn\].*webhook conflict: .*evt_1/), 'conflict: a warning in the log';
is_verdict send_event('/types', event(type => 'payout')), 200, 'ignored', 'type not wanted';
is_verdict send_event('/types', event(type => 'refund')), 200, 'accepted', 'type wanted';
is_verdict send_event('/types', event(type => 'refund.x')), 200, 'ignored', 'a type is matched as a whole';
$body = event();
is_verdict send_event('/reject', $body), 200, 'accepted', 'policy=reject: new';
is_verdict send_event('/reject', $body), 409, 'duplicate', 'policy=reject: a repeat';

$body = event();
is_verdict $t->post('/body', $body, sign_github("s3cret", $body, id => "one")), 200, 'accepted',
    'by=body: new';
is_verdict $t->post('/body', $body, sign_github("s3cret", $body, id => "two")), 200, 'duplicate',
    'by=body: another id, same body';
$body = event();
is_verdict send_event('/off', $body), 200, 'accepted', "dedup off: copy $_" for 1, 2;
is $t->events('free'), 2, 'dedup off: stored twice';
is_verdict send_event('/stripe', event(), @$_), 200, 'accepted', "$_->[0]: what is stored is not denied"
    for [ 'If-Match' => '"x"' ], [ 'If-Unmodified-Since' => 'Sat, 29 Oct 1994 19:43:31 GMT' ];

$body = event();
my (undef, $tabbed) = sign_stripe('s3cret', $body);
$answer = $t->post('/stripe', $body, 'Stripe-Signature' => "\t$tabbed\t", 'X-Tenant' => "\tacme \t",
    'X-Shop' => "\tone", 'Content-Type' => "\ttext/plain\t");
is_verdict $answer, 200, 'accepted', 'tabs around values of headers';
%field = %{ (grep { $_->{id} eq $answer->{json}{id} } $t->events('hooks'))[0] };
is "$field{tenant} $field{datacontenttype} $field{headers}", 'acme text/plain {"x-shop":["one"]}',
    'tabs are not stored';

# --- refusals ---

$body = event();
my @stripe = sign_stripe('s3cret', $body);
$answer = $t->post('/stripe', $body);
is_verdict $answer, 401, 'unsigned', 'no signature';
is $answer->{headers}{'www-authenticate'}, 'Webhook', 'unsigned: WWW-Authenticate';
ok !exists $answer->{json}{id}, 'unsigned: no id';
is_verdict $t->post('/stripe', $body, sign_stripe('wrong', $body)), 401, 'forged', 'wrong key';
is_verdict $t->post('/stripe', "$body ", @stripe), 401, 'forged', 'another body';
is_verdict $t->post('/stripe', $body, sign_stripe('s3cret', $body, clock => time - 3600)), 401, 'stale',
    'too old';
is_verdict $t->post('/stripe', $body, sign_stripe('s3cret', $body, clock => time + 3600)), 401, 'stale',
    'too young';
is_verdict $t->post('/stripe', $body, @stripe, $stripe[0], 't=1,v1=00'), 400, 'malformed', 'doubled header';
is_verdict send_event('/ids', event(), 'X-Id' => 'h1', 'X-Id' => 'h2'), 400, 'malformed',
    'doubled header of webhook_id';
is_verdict send_event('/ids', event(), 'X-Shop' => 's', 'X-Order' => 1, 'X-Order' => 2), 400, 'malformed',
    'doubled header in a template of webhook_id';
is send_event('/ids', event(), 'X-Shop' => 's', 'X-Order' => 1)->{json}{id}, 's/1', 'webhook_id: template';
is_verdict send_event('/stripe', event(id => 'x' x 257)), 200, 'accepted', 'a long id is hashed';
is_verdict send_event('/stripe', event(id => 'x' x 256)), 200, 'accepted', 'longest id';
is_verdict send_event('/stripe', event(id => "a\nb")), 400, 'malformed', 'control character in the id';
is_verdict send_event('/stripe', event(type => 'x' x 257)), 200, 'accepted', 'a long type is cut';
is_verdict send_event('/stripe', event(), 'X-Tenant' => 'x' x 257), 400, 'malformed', 'tenant too long';
is decode_json(send_event('/stripe', event(id => "q\"\\\x{20ac}"))->{body})->{id}, "q\"\\\x{20ac}",
    'id escaped in the answer';
is send_event('/stripe', 'no json')->{json}{id}, sha256_hex('no json'), 'no id: SHA-256 of the body';
is send_event('/stripe', '')->{json}{id}, sha256_hex(''), 'empty body';

for my $method (qw(GET PUT DELETE OPTIONS HEAD PATCH)) {
    $answer = $t->request(method => $method, path => '/stripe', $method =~ /^P/ ? (body => 'x') : ());
    is $answer->{status}, 405, "$method: 405";
    is $answer->{headers}{allow}, 'POST', "$method: Allow";
}
is $t->get('/stripe')->{verdict}, 'method', 'verdict method';
$answer = $t->post('/stripe', 'x' x 2000);
is_verdict $answer, 413, 'too_large', 'too large';
is $answer->{headers}{'content-type'}, 'application/json', 'too large: as JSON';
is_verdict $t->request(method => 'POST', path => '/stripe', chunked => [ 'x' x 2000 ]), 413, 'too_large',
    'too large, chunked';
is $t->post('/static.txt', 'x' x 2000)->{body} =~ /<html>/, 1, 'too large elsewhere: the page of nginx';

# --- busy ---

is_verdict send_event('/full'), 200, 'accepted', "max_backlog: event $_" for 1, 2;
$answer = send_event('/full');
is_verdict $answer, 503, 'busy', 'max_backlog: one too many';
is $answer->{headers}{'retry-after'}, 1, 'busy: Retry-After';

# --- error_page ---

$answer = $t->post('/page', event());
is "$answer->{status} $answer->{body}", "418 unsigned no signature\n",
    'error_page: the location answers, variables live'
    or diag $answer->{body};
is $answer->{headers}{'www-authenticate'}, 'Webhook', 'error_page: header stays';
is $t->get('/page')->{body}, 'static', 'error_page: internal redirect';
is $t->post('/page', 'x' x 2000)->{body}, 'static', 'error_page: too large';
$answer = $t->post('/forged-page', 'x' x 2000);
is_verdict $answer, 413, 'too_large', 'error_page of another status: too large';
is $answer->{headers}{'content-type'}, 'application/json', 'error_page of another status: as JSON';
is_verdict $t->request(method => 'POST', path => '/forged-page', chunked => [ 'x' x 2000 ]), 413,
    'too_large', 'error_page of another status: too large, chunked';
is_verdict send_event('/page'), 200, 'accepted', 'error_page: accepted untouched';

# --- secrets of variables ---

sub tenant ($query, $key) {
    my $text = event();
    return $t->post("/tenants?$query", $text, sign_stripe($key, $text));
}
is_verdict tenant('key=k1&t=1', 'key-of-k1'), 200, 'accepted', 'variable secret';
is_verdict tenant('key=k1&old=k0&t=1', 'key-of-k0'), 200, 'accepted', 'variable secret: the old one';
is_verdict tenant('key=k1&t=1', 'key-of-k2'), 401, 'forged', 'variable secret: wrong';
is_verdict tenant('t=1', ''), 401, 'forged', 'variable secret: empty';
my ($last) = grep { ($_->{fields} // $_)->{source} eq 't-1' } $t->events('hooks');
ok $last, 'variable source';

# --- publish, partitions, nested locations ---

$answer = $t->post('/publish', 'x', sign_publish('s3cret', id => 'p1', type => 'made'));
is_verdict $answer, 200, 'accepted', 'publish';
is $answer->{json}{id}, 'p1', 'publish: id';
is_verdict $t->post('/publish', 'x', sign_publish('s3cret', id => 'p1', type => 'made')), 200, 'duplicate',
    'publish: again';
$answer = $t->post('/publish', 'y', sign_publish('s3cret', id => 'p1', type => 'made'));
is_verdict $answer, 409, 'conflict', 'publish: another body under a known key';
is $answer->{json}{id}, 'p1', 'publish: conflict: id';
is_verdict $t->post('/publish/own', 'z', sign_publish('s3cret', id => 'p1', type => 'made')), 202,
    'conflict', 'publish: another body, webhook_respond';
is_verdict send_event('/part', event(), 'X-Customer' => 'c7'), 200, 'accepted', "partition: event $_"
    for 1 .. 6;
is scalar(grep { $t->redis->xlen($_) } @{ $t->redis->keys('webhook:{parts:*}:events') }), 1,
    'partition: all in one';
is $t->get('/outer/open')->{status}, 204, 'webhook off in a nested location';
is_verdict send_event('/outer/deep'), 200, 'accepted', 'the outer one around it';
is_verdict send_event('/outer?go=1'), 200, 'accepted', 'inside a true if';
is send_event('/outer?stop=1')->{status}, 410, 'if with return';

# --- postbacks ---

$answer = $t->get('/token?goal_id=sale&transaction_id=t1&security_token=s3cret');
is_verdict $answer, 200, 'accepted', 'postback by GET';
is $answer->{json}{id}, 't1', 'postback: id';
($entry) = grep { ($_->{fields} // $_)->{id} eq 't1' } $t->events('hooks');
is +($entry->{fields} // $entry)->{query}, 'goal_id=sale&transaction_id=t1&security_token=***',
    'postback: secret masked in the entry';
is_verdict $t->get('/token?transaction_id=t2&security%5Ftoken=wrong-secret'), 401, 'forged',
    'postback: wrong token';
is $t->request(method => 'PUT', path => '/token', body => 'x')->{headers}{allow}, 'GET, POST',
    'postback: Allow';
sub signed_url ($path, $url) { return $t->get("$path&hash=" . hmac_sha256_hex($url, 's3cret')) }
is_verdict signed_url('/url?txid=u1', 'http://localhost/url?txid=u1'), 200, 'accepted',
    'URL from the request';
is_verdict signed_url('/url/origin?txid=u2', 'https://hooks.example.com/url/origin?txid=u2'), 200,
    'accepted', 'webhook_url with an origin';
is_verdict signed_url('/url/whole?txid=u3', 'https://x.example.com/in?txid=u3'), 200, 'accepted',
    'webhook_url with a whole URL';
is_verdict signed_url('/url/origin?txid=u4', 'http://localhost/url/origin?txid=u4'), 401, 'forged',
    'webhook_url and not the request counts';

# --- variables ---

$t->nginx->quit;
my @lines = split /\n/, do { local (@ARGV, $/) = $t->file('access.log'); <> };
like $lines[0],
    qr{^/stripe\?a=1\|200\|accepted\|evt_1\|charge\.paid\|stripe\|acme\|\d{10}\|\d+-\d\|\d+\.\d{3}\|-$},
    'access log: accepted';
like $lines[1], qr{^/stripe\|200\|duplicate\|evt_1\|charge\.paid\|stripe\|-\|\d{10}\|-\|\d+\.\d{3}\|-$},
    'access log: duplicate';
ok scalar(grep { m{^/stripe\|401\|forged\|-\|-\|-\|-\|\d{10}\|-\|-\|\S} } @lines), 'access log: forged';
is scalar(grep { m{^/stripe\|413\|too_large\|} } @lines), 2, 'access log: too_large';
is scalar(grep { m{^/forged-page\|413\|too_large\|.*\|the body is over client_max_body_size$} } @lines), 2,
    'access log: too_large beside an error_page';
ok scalar(grep { m{^/page\|418\|unsigned\|} } @lines), 'access log: after an error_page';
like +(grep { /^.token/ } @lines)[0], qr{^/token\?goal_id=sale&transaction_id=t1&security_token=\*\*\*\|},
    'access log: secret parameter masked';
ok !grep({ /s3cret|wrong-secret/ } @lines), 'no secret in the access log';
ok !grep({ /webhook.*s3cret/ && !/request:/ } $t->nginx->log), 'no secret in our log lines';

done_testing;
