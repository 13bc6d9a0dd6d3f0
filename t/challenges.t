#!/usr/bin/perl

# Challenges as each provider does them: the good one, a wrong token, another method, hostile text, and the
# attempt to have a forgery signed.

use v5.36;
use Digest::SHA qw(hmac_sha1_hex hmac_sha256 hmac_sha256_hex sha1);
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::Webhook;

my $t = Test::Webhook->new;
$t->start_redis;

my %known = map { (split ' ')[0] => 1 } split /\n/, $t->ctl('schemes')->{out};
my %location = (
    slack       => 'webhook slack;',
    meta        => 'webhook meta; webhook_param verify_token "meaty hamhock";',
    zoom        => 'webhook zoom; webhook_secret s3cret-key-zoom;',
    twitch      => 'webhook twitch;',
    x           => 'webhook x; webhook_secret s3cret-key-x;',
    linkedin    => 'webhook linkedin; webhook_secret s3cret-key-linkedin;',
    dropbox     => 'webhook dropbox;',
    asana       => 'webhook asana;',
    okta        => 'webhook okta;',
    trello      => 'webhook trello;',
    intercom    => 'webhook intercom;',
    notion      => 'webhook notion;',
    setup       => 'webhook notion; webhook_source notion-docs; webhook_param setup s3tup-t0ken;',
    stripe      => 'webhook stripe;',
    braintree   => 'webhook braintree; webhook_secret s3cret-key-braintree; webhook_param public_key pk1;',
    graph       => 'webhook ms-graph;',
    monday      => 'webhook monday;',
    mandrill    => 'webhook mandrill;',
    grid        => 'webhook event-grid;',
    cloudevents =>
        'webhook cloudevents; webhook_param allowed_origin "events.example.com eventgrid.azure.net";',
    closed      => 'webhook cloudevents;',
    xero        => 'webhook xero;',
    woocommerce => 'webhook woocommerce;',
    own         => 'webhook own; webhook_param verify_token t0ken;',
    tenant      =>
        'webhook meta; webhook_param verify_token t0ken; webhook_secret $tenant_key; webhook_source t-$arg_t;',
);
my $locations = join "\n",
    map { "        location = /$_ { $location{$_} webhook_stream hooks partitions=1; }" } sort keys %location;

$t->start_nginx(<<"EOT");
%%GLOBALS%%
events { }
http {
    %%HTTP%%
    log_format line '\$webhook_request_uri|\$status|\$webhook_verdict|\$webhook_reason|\$webhook_stream_id';
    webhook_redis %%REDIS%%;
    map \$arg_key \$tenant_key { k1 k1-of-a-tenant; }
    webhook_secret s3cret-key;
    webhook_scheme own {
        algorithm token;
        signature header:X-Own;
        challenge method=GET has=query:echo "require=query:token={config:verify_token}"
                  "match=query:echo=[A-Za-z0-9]{1,32}" status=202 'header=X-Echo={query:echo}' "body=<{query:echo}>";
    }
    server {
        listen 127.0.0.1:%%PORT%%;
        access_log %%DIR%%/access.log line;
$locations
    }
}
EOT

sub stored { return scalar $t->events('hooks') }
sub is_challenge ($name, $answer, $body, $type = 'text/plain', $status = 200) {
    is $answer->{status}, $status, "$name: status" or diag $answer->{body};
    is $answer->{body}, $body, "$name: answer";
    is $answer->{headers}{'content-type'}, $type, "$name: content type" if length $body;
    is $answer->{headers}{'x-content-type-options'}, 'nosniff', "$name: not to be sniffed" if length $body;
}
sub is_refused ($name, $answer, $status, $verdict) {
    is $answer->{status}, $status, "$name: status" or diag $answer->{body};
    is $answer->{verdict}, $verdict, "$name: $verdict";
}
sub is_method ($name, $answer, $allow) {
    is_refused($name, $answer, 405, 'method');
    is $answer->{headers}{allow}, $allow, "$name: Allow";
}
sub sign_zoom ($body, $time = time) {
    return ('X-Zm-Request-Timestamp' => $time,
        'X-Zm-Signature' => 'v0=' . hmac_sha256_hex("v0:$time:$body", 's3cret-key-zoom'));
}
sub sign_twitch ($id, $body, %more) {
    my $time = do {
        my @t = gmtime;
        sprintf '%04d-%02d-%02dT%02d:%02d:%02d.123456789Z', $t[5] + 1900, $t[4] + 1, @t[ 3, 2, 1, 0 ];
    };
    return (
        'Twitch-Eventsub-Message-Id' => $id, 'Twitch-Eventsub-Message-Timestamp' => $time,
        'Twitch-Eventsub-Message-Signature' => 'sha256=' . hmac_sha256_hex("$id$time$body", 's3cret-key'),
        %more
    );
}

# --- signed challenges: Slack, Twitch, Zoom ---

my $body =
    '{"token":"Jhj5","challenge":"3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P","type":"url_verification"}';
is_challenge 'slack', $t->post('/slack', $body, sign_slack('s3cret-key', $body)),
    '3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P';
is_refused 'slack, forged', $t->post('/slack', $body, sign_slack('wrong', $body)), 401, 'forged';
is_refused 'slack, unsigned', $t->post('/slack', $body), 401, 'unsigned';
$body = '{"challenge":"<script>alert(1)</script>","type":"url_verification"}';
is_challenge 'slack, text that looks like a page',
    $t->post('/slack', $body, sign_slack('s3cret-key', $body)), '<script>alert(1)</script>';
for my $text ('a\r\nSet-Cookie: x', 'a\u0000b', 'x' x 1025, '') {
    $body = qq({"challenge":"$text","type":"url_verification"});
    is_refused 'slack, ' . substr($text, 0, 8), $t->post('/slack', $body, sign_slack('s3cret-key', $body)),
        400, 'malformed';
}
is_challenge 'slack, a check of the certificate',
    $t->post('/slack', 'token=Jhj5&ssl_check=1', 'Content-Type' => 'application/x-www-form-urlencoded'), '';
is_challenge 'slack, a check of the certificate by GET', $t->get('/slack?token=Jhj5&ssl_check=1'), '';
for my $command ('ssl_check=0&command=%2Fweather', 'command=%2Fweather', 'ssl_check=11', 'ssl_check=') {
    is_refused "slack, $command",
        $t->post('/slack', $command, 'Content-Type' => 'application/x-www-form-urlencoded'), 401, 'unsigned';
}
is_refused 'slack, a check that is no form',
    $t->post('/slack', 'ssl_check=1', 'Content-Type' => 'application/json'), 401, 'unsigned';
is_method 'slack', $t->get('/slack'), 'GET, POST';
is_method 'slack, another check', $t->get('/slack?ssl_check=0'), 'GET, POST';

# The ping of a new webhook of WooCommerce is not signed, and without a 200 the webhook is not saved.
is_challenge 'woocommerce, ping',
    $t->post('/woocommerce', 'webhook_id=7', 'Content-Type' => 'application/x-www-form-urlencoded'), '';
is_refused 'woocommerce, an event without signature',
    $t->post('/woocommerce', '{"id":1}', 'X-WC-Webhook-Topic' => 'order.created'), 401, 'unsigned';
is_refused 'woocommerce, a ping that says it is signed', $t->post(
    '/woocommerce', 'webhook_id=7', 'Content-Type' => 'application/x-www-form-urlencoded',
    'X-WC-Webhook-Signature' => 'bm90aGluZw=='
    ),
    401, 'forged';

$body = '{"challenge":"pogchamp-kappa-360noscope","subscription":{"id":"f1c2"}}';
is_challenge 'twitch',
    $t->post('/twitch', $body,
    sign_twitch('m1', $body, 'Twitch-Eventsub-Message-Type' => 'webhook_callback_verification')),
    'pogchamp-kappa-360noscope';
is_refused 'twitch, forged',
    $t->post('/twitch', "$body ",
    sign_twitch('m1', $body, 'Twitch-Eventsub-Message-Type' => 'webhook_callback_verification')),
    401, 'forged';

$body =
    '{"payload":{"plainToken":"qgg8vlvZRS6UYooatFL8Aw"},"event_ts":1654503849680,"event":"endpoint.url_validation"}';
is_challenge 'zoom', $t->post('/zoom', $body, sign_zoom($body)),
      '{"plainToken":"qgg8vlvZRS6UYooatFL8Aw","encryptedToken":"'
    . hmac_sha256_hex('qgg8vlvZRS6UYooatFL8Aw', 's3cret-key-zoom')
    . '"}', 'application/json';
is_refused 'zoom, unsigned', $t->post('/zoom', $body), 401, 'unsigned';
my $forged = '{"event":"meeting.ended"}';
my $message = 'v0:' . time . ":$forged";
$body = to_json({ event => 'endpoint.url_validation', payload => { plainToken => $message } });
is_refused 'zoom, a message to be signed', $t->post('/zoom', $body, sign_zoom($body)), 400, 'malformed';

# --- tokens that we chose: Meta, an own scheme ---

my $meta = '/meta?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=';
is_challenge 'meta', $t->get($meta . 'meaty%20hamhock'), '1158201444';
is_refused 'meta, wrong token', $t->get($meta . 'meaty'), 401, 'forged';
is_refused 'meta, no token', $t->get('/meta?hub.mode=subscribe&hub.challenge=1158201444'), 401, 'forged';
is_refused 'meta, two tokens', $t->get($meta . 'meaty+hamhock&hub.verify_token=x'), 400, 'malformed';
is_refused 'meta, hostile text',
    $t->get('/meta?hub.mode=subscribe&hub.verify_token=meaty+hamhock&hub.challenge=' . $_), 400, 'malformed'
    for '%3Cscript%3E', 'a%0d%0aX:1', '%E4%BD%A0', 'x' x 257;
is_method 'meta, no challenge', $t->get('/meta'), 'GET, POST';
is $t->request(method => 'HEAD', path => '/meta')->{status}, 405, 'meta, HEAD';
is_challenge 'meta, key of a variable',
    $t->get('/tenant?key=k1&t=1&hub.mode=subscribe&hub.challenge=77&hub.verify_token=t0ken'), '77';
is_refused 'meta, without a key',
    $t->get('/tenant?t=1&hub.mode=subscribe&hub.challenge=77&hub.verify_token=t0ken'), 401, 'forged';

my $answer = $t->get('/own?token=t0ken&echo=abc');
is_challenge 'own', $answer, '<abc>', 'text/plain', 202;
is $answer->{headers}{'x-echo'}, 'abc', 'own: header';
is_refused 'own, wrong token', $t->get('/own?token=x&echo=abc'), 401, 'forged';

# --- nothing to prove: what is echoed is harmless ---

is_challenge 'dropbox', $t->get('/dropbox?challenge=abc-123_X'), 'abc-123_X';
is_refused 'dropbox, hostile text', $t->get('/dropbox?challenge=%3Cb%3E'), 400, 'malformed';
is_method 'dropbox, no challenge', $t->get('/dropbox?challenge='), 'GET, POST';
is_challenge 'okta', $t->get('/okta', 'X-Okta-Verification-Challenge' => 'O9"A1\\'),
    '{"verification":"O9\\"A1\\\\"}', 'application/json';
$answer = $t->post('/asana', '',
    'X-Hook-Secret' => 'b537207f20cbfa02357cf448134da559e8bd39d61597dcd5631b8012eae53e81');
is_challenge 'asana', $answer, '';
is $answer->{headers}{'x-hook-secret'}, 'b537207f20cbfa02357cf448134da559e8bd39d61597dcd5631b8012eae53e81',
    'asana: the secret comes back';
is_refused 'asana, hostile text', $t->post('/asana', '', 'X-Hook-Secret' => 'a b<'), 400, 'malformed';
$body = '{"events":[]}';
is $t->post('/asana', $body, 'X-Hook-Signature' => hmac_sha256_hex($body, 's3cret-key'))->{verdict},
    'accepted', 'asana: then events come';
for my $name (qw(trello intercom mandrill)) {
    my $head = $t->request(method => 'HEAD', path => "/$name");
    is $head->{status}, 200, "$name: HEAD";
    is_method "$name, GET", $t->get("/$name"), 'HEAD, POST';
}

# --- HMAC of what the caller chose: X, LinkedIn ---

my $crc = '/x?crc_token=';
is_challenge 'x', $t->get($crc . 'Y3JjX3Rva2Vu-_1'),
    '{"response_token":"sha256=' . b64(hmac_sha256('Y3JjX3Rva2Vu-_1', 's3cret-key-x')) . '"}',
    'application/json';
is_challenge 'linkedin', $t->get('/linkedin?challengeCode=890e4665-4dfe-4ab1-b689-ed553bceeed0'),
    '{"challengeCode":"890e4665-4dfe-4ab1-b689-ed553bceeed0","challengeResponse":"'
    . hmac_sha256_hex('890e4665-4dfe-4ab1-b689-ed553bceeed0', 's3cret-key-linkedin')
    . '"}', 'application/json';
is_refused 'x, an event to be signed', $t->get($crc . '%7B%22id%22%3A1%7D'), 400, 'malformed';
is_refused 'x, too long', $t->get($crc . 'a' x 129), 400, 'malformed';
is_refused 'x, twice', $t->get($crc . 'a&crc_token=b'), 400, 'malformed';
is_refused 'linkedin, an event to be signed', $t->get('/linkedin?challengeCode=hmacsha256=abc'), 400,
    'malformed';
my $before = stored();
for my $text ('a', 'abc', '12345', 'a' x 128) {
    my ($digest) = $t->get("$crc$text")->{body} =~ /(sha256=[^"]+)/;
    ok $digest, 'x: computes';
    is_refused "x, the computed comes back as an event of @{[length $text]} bytes",
        $t->post('/x', $text, 'X-Twitter-Webhooks-Signature' => $digest),
        401, 'forged';
}
is stored(), $before, 'x: nothing got in';
$body = '{"tweet":1}';
is $t->post('/x', $body,
    'X-Twitter-Webhooks-Signature' => 'sha256=' . b64(hmac_sha256($body, 's3cret-key-x')))->{verdict},
    'accepted', 'x: a true event';

# --- Braintree ---

is_challenge 'braintree', $t->get('/braintree?bt_challenge=20f9f8ed05f77439fe955c977e4c8a53'),
    'pk1|' . hmac_sha1_hex('20f9f8ed05f77439fe955c977e4c8a53', sha1('s3cret-key-braintree'));
is_refused "braintree, $_", $t->get("/braintree?bt_challenge=$_"), 400, 'malformed'
    for 'PHNvbWU%2BeG1sPC9zb21lPg%3D%3D', '20f9f8ed05f77439fe9', '0' x 33,
    '20F9F8ED05F77439FE955C977E4C8A53', 'PD94bWwgdmVyc2lvbj0iMS4w';
my @form = ('Content-Type' => 'application/x-www-form-urlencoded');
$before = stored();
my $fake = 'deadbeefdeadbeefdeadbeef';
my ($fake_hash) = $t->get("/braintree?bt_challenge=$fake")->{body} =~ /pk1\|(\w+)/;
is_refused 'braintree, the computed comes back as an event',
    $t->post('/braintree', "bt_signature=pk1%7C$fake_hash&bt_payload=$fake", @form),
    401, 'forged';
is stored(), $before, 'braintree: nothing got in';
my $payload = b64('<notification><kind>check</kind></notification>') . "\n";
my $payload_hash = hmac_sha1_hex($payload, sha1('s3cret-key-braintree'));
is $t->post('/braintree', "bt_signature=pk1%7C$payload_hash&bt_payload=" . $payload =~
        s/([^A-Za-z0-9])/sprintf '%%%02X', ord $1/ger, @form)->{verdict},
    'accepted', 'braintree: a true event';

# --- Microsoft: Graph, Event Grid, CloudEvents; monday ---

is_challenge 'graph',
    $t->post('/graph?validationToken=Validation%3A+Testing+client+application%3Cb%3E+Request-Id%3A+522a8e7e',
    '', 'Content-Type' => 'text/plain'),
    'Validation: Testing client application<b> Request-Id: 522a8e7e';
is_refused 'graph, hostile text', $t->post('/graph?validationToken=a%0d%0aX-Y%3A1', ''), 400, 'malformed';
is_method 'graph, GET', $t->get('/graph?validationToken=a'), 'POST';
is_challenge 'monday', $t->post('/monday', '{"challenge":"3eZbrw1a\"B"}'), '{"challenge":"3eZbrw1a\"B"}',
    'application/json';

$body =
    '[{"id":"2d1781af","topic":"/t","data":{"validationCode":"512d38b6-c7b8",'
        . '"validationUrl":"https://rp.example.net/validate?id=5"},'
    . '"eventType":"Microsoft.EventGrid.SubscriptionValidationEvent"}]';
is_challenge 'event-grid', $t->post('/grid?token=s3cret-key', $body),
    '{"validationResponse":"512d38b6-c7b8"}', 'application/json';
is_refused 'event-grid, wrong token', $t->post('/grid?token=x', $body), 401, 'forged';
is_refused 'event-grid, no token', $t->post('/grid', $body), 401, 'unsigned';
my @origin = ('WebHook-Request-Origin' => 'eventgrid.azure.net', 'WebHook-Request-Rate' => 120);
for my $case ([ 'event-grid', '/grid?token=s3cret-key' ], [ 'cloudevents', '/cloudevents' ]) {
    my ($name, $path) = @$case;
    my $options = $t->request(method => 'OPTIONS', path => $path, headers => \@origin);
    is_challenge "$name, OPTIONS", $options, '';
    is $options->{headers}{'webhook-allowed-origin'}, 'eventgrid.azure.net', "$name, OPTIONS: the origin";
    is $options->{headers}{'webhook-allowed-rate'}, '*', "$name, OPTIONS: the rate";
    is $options->{headers}{allow}, 'OPTIONS, POST', "$name, OPTIONS: Allow";
}
is_refused 'event-grid, OPTIONS with a wrong token',
    $t->request(method => 'OPTIONS', path => '/grid?token=x', headers => \@origin), 401, 'forged';
is_refused 'cloudevents, another origin',
    $t->request(method => 'OPTIONS', path => '/cloudevents',
    headers => { 'WebHook-Request-Origin' => 'evil.example' }),
    401, 'forged';
is_method 'cloudevents, OPTIONS without origin', $t->request(method => 'OPTIONS', path => '/cloudevents'),
    'OPTIONS, POST';
is_method 'cloudevents, nobody may register',
    $t->request(method => 'OPTIONS', path => '/closed', headers => \@origin), 'OPTIONS, POST';
$answer = $t->post('/cloudevents', '{}', Authorization => 'Bearer s3cret-key', 'ce-id' => 'A1',
    'ce-source' => '/shop', 'ce-type' => 'order.paid');
is $answer->{json}{id}, '/shop A1', 'cloudevents: an event is source and id';

# --- what the operator has to be told ---

$body = '{"verification_token":"secret_tMrlL1qK5vuQAh1b6cZGhFChZTSYJlce98V0pYn7yBl"}';
is_refused 'notion, closed', $t->post('/notion', $body), 401, 'unsigned';
is_refused 'notion, closed to any setup', $t->post('/notion?setup=', $body), 401, 'unsigned';
is_refused 'notion, wrong setup', $t->post('/setup?setup=guess', $body), 401, 'forged';
is_refused 'notion, no setup', $t->post('/setup', $body), 401, 'forged';
$before = stored();
is_challenge "notion, time $_", $t->post('/setup?setup=s3tup-t0ken', $body), '' for 1, 2;
is stored(), $before + 1, 'notion: one event for the operator';
my ($event) = grep { $_->{source} eq 'webhook' } map { $_->{fields} // $_ } $t->events('hooks');
is $event->{type}, 'challenge', 'notion: its type';
is $event->{datacontenttype}, 'application/json', 'notion: JSON';
is $event->{query}, 'setup=***', 'notion: the setup token is masked';
is_deeply from_json($event->{data}), { scheme => 'notion', source => 'notion-docs',
    verification_token => 'secret_tMrlL1qK5vuQAh1b6cZGhFChZTSYJlce98V0pYn7yBl' }, 'notion: what he needs';

# --- senders that probe with bad signatures ---

$body = '{"events":[],"firstEventSequence":1,"lastEventSequence":1,"entropy":"S0m3r4Nd0mt3xt"}';
$answer = $t->post('/xero', $body, 'X-Xero-Signature' => b64(hmac_sha256($body, 'wrong')));
is "$answer->{status} [$answer->{body}]", '401 []', 'xero: a bad signature is 401 without a body';
ok !$answer->{headers}{'set-cookie'}, 'xero: no cookie';
$answer = $t->post('/xero', $body, 'X-Xero-Signature' => b64(hmac_sha256($body, 's3cret-key')));
is "$answer->{status} [$answer->{body}]", '200 []', 'xero: a good one is 200 without a body';

# --- schemes without a challenge ---

for my $method (qw(GET HEAD OPTIONS)) {
    is $t->request(method => $method, path => '/stripe?hub.challenge=1&crc_token=a')->{status}, 405,
        "stripe: $method";
}

# --- the configuration ---

for my $case (
    [
        'webhook meta;', 0,
        qr/\[warn\].*"webhook meta" without "webhook_param verify_token" refuses challenges in/
    ],
    [ 'webhook meta; webhook_param verify_token "";', 1, qr/empty secret/ ]
) {
    my ($exit, $output) = $t->nginx_test(<<"EOT");
%%GLOBALS%%
events { }
http { %%HTTP%% server { listen 127.0.0.1:%%PORT%%; location / { $case->[0] webhook_secret x; webhook_stream hooks; } } }
EOT
    is $exit ? 1 : 0, $case->[1], $case->[0];
    like $output, $case->[2], "$case->[0] why";
}

# --- logs ---

$t->nginx->quit;
my @lines = split /\n/, do { local (@ARGV, $/) = $t->file('access.log'); <> };
ok scalar(
    grep {
        m{^/meta\?hub\.mode=subscribe&hub\.challenge=1158201444&hub\.verify_token=\*\*\*\|200\|challenge\|answered\|-$}
    } @lines
    ),
    'access log: the challenge, its token masked';
ok scalar(grep { m{^/setup\?setup=\*\*\*\|200\|challenge\|reported to the operator\|\d+-\d} } @lines),
    'access log: reported to the operator';
my $secrets = qr/hamhock|s3tup-t0ken|t0ken|s3cret-key|secret_tMrl|guess(?!ed)/;
ok !grep({ /$secrets/ } @lines), 'access log: no secret';
ok !grep({ /$secrets/ } $t->nginx->log), 'error log: no secret'
    or diag join "\n", grep { /$secrets/ } $t->nginx->log;
ok scalar($t->nginx->grep_log(qr/\[info\].*webhook challenge: answered, scheme "meta"/)),
    'error log: the challenge';

done_testing;
