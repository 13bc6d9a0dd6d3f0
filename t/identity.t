#!/usr/bin/perl

# What tells events apart: ids of events and of things, content, scope; nothing genuine is lost, nothing
# captured stored twice.

use v5.36;
use Digest::MD5 qw(md5_hex);
use Digest::SHA
    qw(hmac_sha1_base64 hmac_sha256 hmac_sha256_base64 hmac_sha256_hex hmac_sha512_hex sha256_hex);
use FindBin;
use MIME::Base64 qw(encode_base64);
use lib "$FindBin::Bin/lib";
use Test::Webhook;

my $t = Test::Webhook->new;
$t->start_redis;
my $secret = 'a-s3cret-of-this-test';
my $adyen_key = '0123456789abcdef' x 4;

my $conf = <<"EOT";
%%GLOBALS%%
events { }
http {
    %%HTTP%%
    log_format keys '\$webhook_verdict \$webhook_key \$webhook_id';
    webhook_redis %%REDIS%%;
    webhook_secret $secret;
    webhook_zone counters 1m;
    map \$arg_tenant \$tenant_key { a key-of-a-which-is-long; b key-of-b-which-is-long; default ""; }
    map \$arg_tenant \$tenant_old { a old-key-of-a-which-is-long; default ""; }
    webhook_scheme notes {
        algorithm hmac-sha256; signature header:X-Sig encoding=hex; id json:/id; identity event;
        volatile json:/attempt json:/sent/at;
    }
    server {
        listen 127.0.0.1:%%PORT%%;
        access_log %%DIR%%/keys.log keys;
        webhook_respond accepted 200 application/json '{"verdict":"accepted"}';
        webhook_respond duplicate 200 application/json '{"verdict":"duplicate"}';
        location /stripe   { webhook stripe;   webhook_stream stripe partitions=1; }
        location /github   { webhook github;   webhook_stream github partitions=1; }
        location /body     { webhook github;   webhook_stream body partitions=1; webhook_dedup 4d by=body; }
        location /paystack { webhook paystack; webhook_stream paystack partitions=1; }
        location /adyen    { webhook adyen;    webhook_stream adyen partitions=4; webhook_secret $adyen_key; }
        location /square   { webhook square;   webhook_stream square partitions=4; webhook_url https://hooks.example.com; }
        location /twilio   { webhook twilio;   webhook_stream twilio partitions=4; webhook_url https://hooks.example.com; }
        location /md5      { webhook postback-md5; webhook_stream md5 partitions=4; }
        location /hmac {
            webhook postback-hmac-query; webhook_stream hmac partitions=4;
            webhook_url https://hooks.example.com;
        }
        location /token    { webhook postback-token; webhook_stream token partitions=1; }
        location /graph    { webhook ms-graph; webhook_stream mixed partitions=1; }
        location /graph-on { webhook ms-graph; webhook_stream graph partitions=1; webhook_dedup 4d by=body; }
        location /mixed    { webhook stripe;   webhook_stream mixed partitions=1; }
        location /off      { webhook stripe;   webhook_stream mixed partitions=1; webhook_dedup off; }
        location /source   { webhook stripe;   webhook_stream source partitions=4; webhook_source s-\$arg_s; }
        location /tenants {
            webhook stripe; webhook_stream tenants partitions=1; webhook_source \$arg_tenant;
            webhook_secret \$tenant_key \$tenant_old;
        }
        location /own      { webhook stripe;   webhook_stream own partitions=1; webhook_id json:/order; }
        location /notes    { webhook notes;    webhook_stream notes partitions=1; }
        location /publish  { webhook publish;  webhook_stream publish partitions=1; }
        location /none     { webhook none;     webhook_stream none partitions=1; }
        location /status   { webhook_status; }
    }
}
EOT
my $nginx = $t->start_nginx($conf);

sub verdict ($path, $body, @headers) {
    return $t->request(method => 'POST', path => $path, body => $body, headers => \@headers)->{verdict};
}
sub stored ($stream) { return scalar(my @entries = $t->events($stream)) }
sub last_event ($stream) { return ($t->events($stream))[-1] }
sub is_verdict ($wanted, $what, @request) { is verdict(@request), $wanted, $what }

# --- an id of the event: other content under it is a conflict
sub stripe ($path, $body, $key = $secret) { return ($path, $body, sign_stripe($key, $body)) }
is_verdict 'accepted', 'stripe: an event', stripe('/stripe', '{"id":"evt_1","n":1}');
is_verdict 'duplicate', 'stripe: a copy, elsewhere in the location',
    stripe('/stripe/more?x=1', '{"id":"evt_1","n":1}');
is_verdict 'conflict', 'stripe: other content', stripe('/stripe', '{"id":"evt_1","n":2}');
my $event = last_event('stripe');
like $event->{key}, qr/^[0-9a-f]{32}$/, 'the entry has a key';
is $event->{path}, '/stripe', 'and the path';
ok !exists $event->{idnames}, 'its id is of no other event';
is [ split ' ', (split /\n/, slurp($t->file('keys.log')))[0] ]->[1], $event->{key},
    '$webhook_key is the entry\'s';

# --- an id that nobody signed: nobody can claim it in advance
sub github ($path, $id, $body) { return ($path, $body, sign_github($secret, $body, id => $id)) }
is_verdict 'accepted', 'github: a captured body under the next event\'s id',
    github('/github', 'next', '{"old":1}');
is_verdict 'accepted', 'github: the genuine next event is stored', github('/github', 'next', '{"new":1}');
is_verdict 'duplicate', 'github: its retry is a duplicate', github('/github', 'next', '{"new":1}');
is_verdict 'accepted', 'by=body: an event', github('/body', 'a', '{"n":1}');
is_verdict 'duplicate', 'by=body: its body under another id', github('/body', 'b', '{"n":1}');

# --- an id of a thing: its events are stored, one by one
sub paystack ($body) {
    return ('/paystack', $body, 'X-Paystack-Signature' => hmac_sha512_hex($body, $secret));
}
is_verdict 'accepted', "paystack: event $_ of a transaction",
    paystack(qq({"event":"charge.success","data":{"id":7,"n":$_}}))
    for 1 .. 3;
is_verdict 'duplicate', 'paystack: a retry', paystack('{"event":"charge.success","data":{"id":7,"n":2}}');
is stored('paystack'), 3, 'paystack: three are stored';
is last_event('paystack')->{idnames}, 'thing', 'their id is of several events';
isnt [ $t->events('paystack') ]->[0]{key}, last_event('paystack')->{key}, 'their keys differ';

# --- one's own id names what one says
is_verdict 'accepted', "webhook_id: event $_ of an order", stripe('/own', qq({"id":"evt_$_","order":"o1"}))
    for 1 .. 2;

# --- what only parts are signed of: additions make no new event
my @fields = ('psp1', '', 'Shop', 'order-1', 1130, 'EUR', 'AUTHORISATION', 'true');
sub adyen ($path, %more) {
    my $signature = hmac_sha256_base64(join(':', @fields), pack 'H*', $adyen_key);
    $signature .= '=' while length($signature) % 4;
    my %item = (
        pspReference => $fields[0], merchantAccountCode => $fields[2], merchantReference => $fields[3],
        amount => { value => $fields[4], currency => $fields[5] },
        eventCode => $fields[6], success => $fields[7], additionalData => { hmacSignature => $signature },
        %more
    );
    return ($path, to_json { notificationItems => [ { NotificationRequestItem => \%item } ] });
}
is_verdict 'accepted', 'adyen: an item', adyen('/adyen');
is_verdict 'duplicate', "adyen: the same with $_->[0]", adyen($_->[1], @$_[ 2 .. $#$_ ])
    for [ 'an addition', '/adyen', reason => 'more' ], [ 'another path', '/adyen/x' ],
    [ 'a query', '/adyen?x=1' ], [ 'an event date', '/adyen', eventDate => '2026' ];
is stored('adyen'), 1, 'adyen: one is stored';

# --- URL and body without anything between them: where they meet is not signed
sub square ($path, $body) {
    my $signature = hmac_sha256_base64("https://hooks.example.com$path$body", $secret);
    return ($path, $body, 'X-Square-HmacSha256-Signature' => "$signature=");
}
is_verdict 'accepted', 'square: an event', square('/square?a=', '{"event_id":"e1"}');
is_verdict 'duplicate', 'square: a byte of the body moved into the URL',
    square('/square?a={', '"event_id":"e1"}');
is_verdict 'accepted', 'square: another event', square('/square?a=', '{"event_id":"e2"}');

# --- fields of a form: other spellings of what is signed
sub twilio ($body, $signed) {
    return ('/twilio', $body, 'Content-Type' => 'application/x-www-form-urlencoded',
        'X-Twilio-Signature' => hmac_sha1_base64("https://hooks.example.com/twilio$signed", $secret) . '=');
}
is_verdict 'accepted', 'twilio: a message is sent',
    twilio('MessageSid=SM1&MessageStatus=sent', 'MessageSidSM1MessageStatussent');
is_verdict 'accepted', 'twilio: it is delivered',
    twilio('MessageSid=SM1&MessageStatus=delivered', 'MessageSidSM1MessageStatusdelivered');
is_verdict 'duplicate', "twilio: $_", twilio($_, 'MessageSidSM1MessageStatussent')
    for 'MessageStatus=sent&MessageSid=SM1', 'MessageSid=%53M1&MessageStatus=sent',
    'MessageSid=SM1&MessageStatu=ssent';
is stored('twilio'), 2, 'twilio: two are stored';

# --- postbacks: their query is the event
sub get ($path) { return $t->get($path)->{verdict} }
sub md5 ($click, $sale, $more = '') {
    return "/md5?click_id=$click&txid=$sale&payout=1&et=sale&sig=" . md5_hex("$click${sale}1$secret") . $more;
}
is get(md5('c1', "t$_")), 'accepted', "postback-md5: conversion $_" for 1 .. 3;
is get(md5('c1', 't1', $_)), 'duplicate', "postback-md5: with $_" for '&x=1', '&sub1=2', '&cb=3';
sub hmac ($query, $more = '') {
    return "/hmac?$query&hash=" . hmac_sha256_hex("https://hooks.example.com/hmac?$query", $secret) . $more;
}
is get(hmac("txid=$_")), 'accepted', "postback-hmac-query: conversion $_" for 1 .. 3;
is get("/token?security_token=$secret&transaction_id=t$_&goal_id=g"), 'accepted',
    "postback-token: conversion $_"
    for 1 .. 3;
is get("/token?security_token=$secret&transaction_id=t1&goal_id=h"), 'accepted',
    'postback-token: another goal of a transaction';
is get("/token?security_token=$secret&transaction_id=t1&goal_id=g"), 'duplicate', 'postback-token: a repeat';

# --- honest repeats are stored, also beside a location that looks for copies
my $change = qq({"value":[{"clientState":"$secret","changeType":"updated"}]});
is_verdict 'accepted', "ms-graph: change $_", '/graph', $change for 1 .. 2;
is_verdict 'accepted', 'beside it: an event', stripe('/mixed', '{"id":"evt_m"}');
is_verdict 'duplicate', 'beside it: its copy', stripe('/mixed', '{"id":"evt_m"}');
is_verdict 'accepted', "webhook_dedup off, same stream: time $_", stripe('/off', '{"id":"evt_m"}') for 1 .. 2;
is stored('mixed'), 5, 'all are stored';
ok !exists last_event('mixed')->{key}, 'without looking for copies there is no key';
is_verdict 'accepted', 'ms-graph, webhook_dedup 4d by=body: a change', '/graph-on', $change;
is_verdict 'duplicate', 'ms-graph, webhook_dedup 4d by=body: a copy', '/graph-on', $change;

# --- what a retry changes
my @notes = map { [ $_, hmac_sha256_hex($_, $secret) ] } '{"id":"n1","attempt":1,"sent":{"at":"x"},"v":1}',
    '{"id":"n1","attempt":2,"sent":{"at":"yy"},"v":1}', '{"id":"n1","attempt":1,"sent":{"at":"x"},"v":2}';
is_deeply [ map { verdict('/notes', $_->[0], 'X-Sig' => $_->[1]) } @notes ],
    [qw(accepted duplicate conflict)], 'volatile: counters do not count, the rest does';

# --- publish: the token vouches for the id
sub publish ($id, $body) {
    return ('/publish', $body, Authorization => "Bearer $secret", 'Idempotency-Key' => $id);
}
is verdict(publish('k1', '{"n":1}')), 'accepted', 'publish: an event';
is $t->request(method => 'POST', path => '/publish', body => '{"n":2}',
    headers => [ Authorization => "Bearer $secret", 'Idempotency-Key' => 'k1' ])->{status}, 409,
    'publish: another body is 409';

# --- nothing that could tell it from others
is_verdict 'accepted', "no id, query and body: time $_", '/none', '' for 1 .. 2;
my ($none) = grep { $_->{source} eq 'none' } @{ $t->get('/status')->{json}{sources} };
is $none->{nameless}, 2, 'and counted';
like $t->get('/status', Accept => 'text/plain')->{body}, qr/^webhook_nameless_total\{source="none"\} 2$/m,
    'in both formats';

# --- the scope: what a client can vary is no part of it
is_verdict 'accepted', 'source s-a: an event', stripe('/source?s=a', '{"id":"evt_s"}');
is_verdict 'duplicate', "source s-$_: the captured request", stripe("/source?s=$_", '{"id":"evt_s"}')
    for qw(b c A), '';
# Of keys that depend on the request, the first counts; what was stored under another of them is found.
is_verdict 'accepted', 'tenant a, old key',
    stripe('/tenants?tenant=a', '{"id":"evt_t"}', 'old-key-of-a-which-is-long');
is_verdict 'duplicate', 'tenant a, new key: a copy',
    stripe('/tenants?tenant=a', '{"id":"evt_t"}', 'key-of-a-which-is-long');
is_verdict 'accepted', 'tenant b: its own event of that id and content',
    stripe('/tenants?tenant=b', '{"id":"evt_t"}', 'key-of-b-which-is-long');
is_verdict 'accepted', 'tenant b: other content under that id',
    stripe('/tenants?tenant=b', '{"id":"evt_t","n":2}', 'key-of-b-which-is-long');
$t->reload_nginx($conf =~ s/ \$tenant_old;/;/r);
is_verdict 'duplicate', 'tenant a after the old key has gone: a copy',
    stripe('/tenants?tenant=a', '{"id":"evt_t"}', 'key-of-a-which-is-long');

# --- nginx -t
sub conf ($http) {
    my ($exit, $output) = $t->nginx_test(
        "%%GLOBALS%%\nevents { }\nhttp { %%HTTP%% webhook_redis %%REDIS%%; "
            . "webhook_secret a-secret-of-this-test; server { listen 127.0.0.1:%%PORT_t%%; $http } }\n"
    );
    return $output;
}
like conf('location /a { webhook github; webhook_stream s; webhook_dedup 4d by=id; }'),
    qr/\[warn\].*by=id", but the id is not signed.*by=both/s, 'by=id of an unsigned id: a warning';
unlike conf('location /a { webhook stripe; webhook_stream s; webhook_dedup 4d by=id; }'), qr/\[warn\]/,
    'by=id of a signed id: none';
like conf('location /a { webhook stripe; webhook_stream s; webhook_source $arg_x; webhook_dedup 4d by=id; }'),
    qr/\[warn\].*by=both" is used/s, 'by=id beside a source with variables: a warning';
like conf('location /a { webhook stripe; webhook_stream s; webhook_partition query:x; }'),
    qr/\[warn\].*webhook_partition" names a value that is not signed/s, 'an unsigned partition: a warning';
unlike conf('location /a { webhook stripe; webhook_stream s; webhook_partition json:/data/customer; }'),
    qr/\[warn\]/, 'a signed one: none';
like conf(
    'location /a { webhook stripe; webhook_stream s; webhook_partition json:/c; webhook_dedup 4d by=body; }'),
    qr/\[emerg\].*useless with/s, 'a partition beside by=body is refused';
like conf(
    'location /a { webhook stripe; webhook_stream s; } '
        . 'location /b { webhook stripe; webhook_stream s; webhook_secret an-other-secret; }'
    ), qr/\[emerg\].*source "stripe" of stream "s" has other secrets in .*webhook_source/s,
    'two senders of one source by=id: refused';
unlike conf(
    'location /a { webhook stripe; webhook_stream s; } '
        . 'location /b { webhook stripe; webhook_stream s; webhook_source two; webhook_secret an-other-secret; }'
), qr/\[emerg\]/, 'with sources of their own: taken';
unlike conf(
    'location /a { webhook github; webhook_stream s; } '
        . 'location /b { webhook github; webhook_stream s; webhook_secret an-other-secret; }'
), qr/\[emerg\]/, 'by=both: taken';
like conf(
    'location /a { webhook stripe; webhook_stream s; webhook_dedup 4d; } '
        . 'location /b { webhook stripe; webhook_stream s; webhook_dedup 2d; }'
), qr/\[emerg\].*must agree/s, 'two windows of a stream are refused';
unlike conf(
    'location /a { webhook stripe; webhook_stream s; webhook_dedup off; } '
        . 'location /b { webhook stripe; webhook_stream s; webhook_dedup 2d; } '
        . 'location /c { webhook ms-graph; webhook_stream s; }'
), qr/\[emerg\]/, 'off and repeats agree with any';
like conf('location /a { webhook stripe; webhook_stream s; webhook_dedup 4d by=bothh; }'),
    qr/\[emerg\].*by=both/s, 'a slip is told';

done_testing;
