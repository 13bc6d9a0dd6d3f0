#!/usr/bin/perl

# Challenges of senders in the families operations, communication, media and trade: the good one, a wrong
# token, hostile text, and that events come after it.

use v5.36;
use Digest::SHA qw(hmac_sha256_hex hmac_sha512_hex);
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::Webhook;

my $t = Test::Webhook->new;
$t->start_redis;

my $hex_key = 'a2b3c4d5e6f70819' x 4;
my %location = (
    lark       => 'webhook lark; webhook_secret s3cret-key-lark;',
    nylas      => 'webhook nylas; webhook_secret s3cret-key-nylas;',
    onfleet    => "webhook onfleet; webhook_secret $hex_key;",
    smartcar   => 'webhook smartcar; webhook_secret s3cret-key-smartcar;',
    smartsheet => 'webhook smartsheet; webhook_secret s3cret-key-smartsheet;',
    strava     => 'webhook strava; webhook_secret s3cret-key-strava; webhook_param verify_token STRAVA-1;',
);
my $locations = join "\n",
    map { "        location = /$_ { $location{$_} webhook_stream hooks partitions=1; }" } sort keys %location;
$t->start_nginx(<<"EOT");
%%GLOBALS%%
events { }
http {
    %%HTTP%%
    webhook_redis %%REDIS%%;
    server {
        listen 127.0.0.1:%%PORT%%;
$locations
    }
}
EOT

sub stored { return scalar $t->events('hooks') }
sub is_challenge ($name, $answer, $body, $type = 'text/plain') {
    is $answer->{status}, 200, "$name: status" or diag $answer->{body};
    is $answer->{body}, $body, "$name: answer";
    is $answer->{headers}{'content-type'}, $type, "$name: content type";
    is $answer->{headers}{'x-content-type-options'}, 'nosniff', "$name: not to be sniffed";
}
sub is_refused ($name, $answer, $status, $verdict) {
    is $answer->{status}, $status, "$name: status" or diag $answer->{body};
    is $answer->{verdict}, $verdict, "$name: $verdict";
}
sub is_event ($name, $answer) {
    is $answer->{status}, 200, "$name: status" or diag $answer->{body};
    is $answer->{verdict}, 'accepted', "$name: accepted";
}

# --- what is asked comes back: Nylas, Onfleet
is_challenge 'nylas', $t->get('/nylas?challenge=f0b1c2d3-aa_1'), 'f0b1c2d3-aa_1';
is_refused 'nylas, hostile text', $t->get('/nylas?challenge=%3Cscript%3E'), 400, 'malformed';
is_refused 'nylas, an event of a stranger', $t->post('/nylas', '{"id":"1"}'), 401, 'unsigned';
my $body = '{"id":"mock-id","type":"message.created"}';
is_event 'nylas, then events come',
    $t->post('/nylas', $body, 'X-Nylas-Signature' => hmac_sha256_hex($body, 's3cret-key-nylas'));

is_challenge 'onfleet', $t->get('/onfleet?check=example'), 'example';
is_refused 'onfleet, hostile text', $t->get('/onfleet?check=a%0d%0ab'), 400, 'malformed';
is_refused 'onfleet, nothing asked', $t->get('/onfleet?check='), 405, 'method';
$body = '{"taskId":"PUY1z","triggerName":"taskCompleted","time":1760000000000}';
is_event 'onfleet, then events come',
    $t->post('/onfleet', $body, 'X-Onfleet-Signature' => hmac_sha512_hex($body, pack 'H*', $hex_key));
is_refused 'onfleet, signed with the text of the key',
    $t->post('/onfleet', $body, 'X-Onfleet-Signature' => hmac_sha512_hex($body, $hex_key)), 401, 'forged';

$body = '{"challenge":"9f1ab1c4-4d1e","webhookId":4503604829677444}';
my $answer = $t->post('/smartsheet', $body, 'Smartsheet-Hook-Challenge' => '9f1ab1c4-4d1e');
is_challenge 'smartsheet', $answer, '{"smartsheetHookResponse":"9f1ab1c4-4d1e"}', 'application/json';
is $answer->{headers}{'smartsheet-hook-response'}, '9f1ab1c4-4d1e', 'smartsheet: in the header, too';
is_refused 'smartsheet, hostile text', $t->post('/smartsheet', $body, 'Smartsheet-Hook-Challenge' => 'a b<'),
    400, 'malformed';
$body = '{"nonce":"4b2ed20d","events":[{"objectType":"sheet","eventType":"updated"}]}';
is_event 'smartsheet, then events come',
    $t->post('/smartsheet', $body,
    'Smartsheet-Hmac-SHA256' => hmac_sha256_hex($body, 's3cret-key-smartsheet'));

# --- a token that we chose: Strava
my $strava =
    '/strava?token=s3cret-key-strava&hub.mode=subscribe&hub.challenge=15f7d1a91c1f40a748fd134752feb3&hub.verify_token=';
is_challenge 'strava', $t->get($strava . 'STRAVA-1'), '{"hub.challenge":"15f7d1a91c1f40a748fd134752feb3"}',
    'application/json';
is_refused 'strava, wrong token', $t->get($strava . 'STRAVA-2'), 401, 'forged';
is_refused 'strava, no token', $t->get($strava =~ s/&hub.verify_token=//r), 401, 'forged';
$body = '{"aspect_type":"update","event_time":1516126040,"object_id":1360128428,"object_type":"activity"}';
is_event 'strava, then events come', $t->post('/strava?token=s3cret-key-strava', $body);
is_refused 'strava, an event of a stranger', $t->post('/strava?token=guess', $body), 401, 'forged';

# --- the token in the body: Lark
$body = '{"challenge":"ajls384kdjx98XX","token":"s3cret-key-lark","type":"url_verification"}';
is_challenge 'lark', $t->post('/lark', $body), '{"challenge":"ajls384kdjx98XX"}', 'application/json';
is_refused 'lark, wrong token', $t->post('/lark', $body =~ s/s3cret/S3cret/r), 401, 'forged';
$body =
    '{"schema":"2.0","header":{"event_id":"e1","event_type":"im.message.receive_v1","token":"s3cret-key-lark"},"event":{}}';
is_event 'lark, then events come', $t->post('/lark', $body);

# --- an HMAC of what the caller chose: Smartcar
$body = '{"eventId":"e1","eventType":"VERIFY","data":{"challenge":"3a5c8f72-e6d9-4b1a-9f2e-8c7d6a5b4e3f"}}';
my $digest = hmac_sha256_hex('3a5c8f72-e6d9-4b1a-9f2e-8c7d6a5b4e3f', 's3cret-key-smartcar');
is_challenge 'smartcar', $t->post('/smartcar', $body), qq({"challenge":"$digest"}), 'application/json';
my $forged = '{\"eventId\":\"1\",\"eventType\":\"VEHICLE_STATE\"}';
is_refused 'smartcar, an event to be signed',
    $t->post('/smartcar', qq({"eventType":"VERIFY","data":{"challenge":"$forged"}})), 400, 'malformed';
is_refused 'smartcar, too long',
    $t->post('/smartcar', qq({"eventType":"VERIFY","data":{"challenge":"@{['a' x 129]}"}})), 400, 'malformed';
is_refused 'smartcar, what was computed comes back as an event',
    $t->post('/smartcar', '3a5c8f72-e6d9-4b1a-9f2e-8c7d6a5b4e3f', 'SC-Signature' => $digest),
    401, 'forged';
$body = '{"eventId":"e2","eventType":"VEHICLE_STATE","data":{}}';
is_event 'smartcar, then events come',
    $t->post('/smartcar', $body, 'SC-Signature' => hmac_sha256_hex($body, 's3cret-key-smartcar'));

is stored(), 6, 'events are stored, challenges are not';
done_testing;
