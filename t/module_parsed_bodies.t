#!/usr/bin/perl

# Schemes that parse the body, through nginx: limits, encodings, files, batches, and that one reader cannot
# see another value than the one that was verified.

use v5.36;
use Digest::SHA qw(hmac_sha1_base64 hmac_sha256_base64 hmac_sha256_hex sha256_hex);
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::Webhook;

my $t = Test::Webhook->new;
$t->start_redis;
$t->start_nginx(<<'EOT');
%%GLOBALS%%
events { }
http {
    %%HTTP%%
    webhook_redis %%REDIS%%;
    client_body_buffer_size 4k;
    server {
        listen 127.0.0.1:%%PORT%%;
        webhook_url https://hooks.example.com;
        add_header X-Verdict $webhook_verdict always;
        add_header X-Event-Id $webhook_id always;
        location /adyen  { webhook adyen;        webhook_secret 44782DEF547AAA06;  webhook_stream adyen partitions=1; }
        location /twilio { webhook twilio;       webhook_secret 12345;             webhook_stream twilio; webhook_json_max 16k; }
        location /graph  { webhook ms-graph;     webhook_secret state;             webhook_stream graph; }
        location /sign   { webhook dropbox-sign; webhook_secret key;               webhook_stream sign partitions=1; }
        location /monday { webhook monday;       webhook_secret s3cret;            webhook_stream monday partitions=1; }
        location /gitea  { webhook gitea;        webhook_secret forge-secret-0123; webhook_stream gitea; webhook_json_max 16k; }
        location /file {
            webhook twilio; webhook_secret 12345; webhook_stream file; client_body_in_file_only clean;
        }
    }
}
EOT
$t->nginx->wait_log(qr/webhook: redis .* is ready/);

sub is_verdict ($answer, $status, $verdict, $name) {
    is "$answer->{status} " . ($answer->{verdict} // $answer->{body}), "$status $verdict", $name;
}

# --- Gitea: the body is signed, or the payload of a form; only the latter must be parsed ---

sub gitea ($id, $body, $signed, $type = 'application/json') {
    return $t->post(
        '/gitea', $body, 'Content-Type' => $type, 'X-Gitea-Delivery' => $id, 'X-Gitea-Event' => 'push',
        'X-Gitea-Signature' => hmac_sha256_hex($signed, 'forge-secret-0123')
    );
}
my $push = '{"ref":"refs/heads/a&b"}';
my $form = 'payload=%7B%22ref%22%3A%22refs%2Fheads%2Fa%26b%22%7D';
my $urlencoded = 'application/x-www-form-urlencoded';
is_verdict gitea('g1', $push, $push), 200, 'accepted', 'gitea: JSON';
is_verdict gitea('g2', $form, $push, $urlencoded), 200, 'accepted', 'gitea: a form';
is_verdict gitea('g2', $form, $push, $urlencoded), 200, 'duplicate', 'gitea: the form again';
is_verdict gitea('g2', "$form&x=1", $push, $urlencoded), 200, 'duplicate',
    'gitea: the form again with a field that nobody signed';
is_verdict gitea('g3', $form, "$push ", $urlencoded), 401, 'forged', 'gitea: a form with another payload';
is_verdict gitea('g4', $form, $push), 401, 'forged', 'gitea: a form that says it is JSON';
is_verdict gitea('g5', "$form&payload=x", $push, $urlencoded), 401, 'forged', 'gitea: two payloads';
is_verdict gitea('g6', 'x' x 20_000, 'x' x 20_000), 200, 'accepted',
    'gitea: JSON over webhook_json_max, which nobody parses';

# --- Adyen ---

sub base64 ($text) { return $text . '=' x (-length($text) % 4) }

sub item ($psp, $signed = $psp) {
    my $signature =
        base64(hmac_sha256_base64("$signed\:\:\:\:5:EUR:REFUND:true", pack 'H*', '44782DEF547AAA06'));
    return {
        NotificationRequestItem => {
            pspReference => $psp, eventCode => 'REFUND', success => 'true',
            amount => { value => 5, currency => 'EUR' }, additionalData => { hmacSignature => $signature }
        }
    };
}
sub batch (@items) { return to_json({ live => 'false', notificationItems => \@items }) }

my $answer = $t->post('/adyen', batch(item('1')));
is_verdict $answer, 200, 'accepted', 'adyen: one item';
is $answer->{json}{id}, '1:REFUND', 'adyen: its id';
is_verdict $t->post('/adyen', batch(item('1'))), 200, 'duplicate', 'adyen: the same again';
is_verdict $t->post('/adyen', batch(item('1'), item('2'))), 200, 'accepted',
    'adyen: a batch that begins with the same item is no copy';
is_verdict $t->post('/adyen', batch(item('1'), item('2'))), 200, 'duplicate', 'adyen: the batch again';
is_verdict $t->post('/adyen', batch(item('1'), item('3', '2'))), 401, 'forged',
    'adyen: one forged item of two';
is_verdict $t->post('/adyen', batch(item('1'), {})), 401, 'unsigned', 'adyen: an unsigned item';
is_verdict $t->post('/adyen', batch()), 401, 'unsigned', 'adyen: no item';
is_verdict $t->post('/adyen', 'x'), 400, 'malformed', 'adyen: no JSON';
my $twice = batch(item('4')) =~ s/"pspReference":"4"/"pspReference":"evil","pspReference":"4"/r;
is_verdict $t->post('/adyen', $twice), 400, 'malformed', 'adyen: a signed key twice';
is_verdict $t->post('/adyen', batch(item('5')), 'Content-Encoding' => 'gzip'), 415, 'encoded',
    'adyen: compressed';
is scalar($t->events('adyen')), 2, 'adyen: what was stored';

# --- Twilio ---

sub twilio ($path, $body, $text, @more) {
    my $signature = base64(hmac_sha1_base64("https://hooks.example.com$path$text", '12345'));
    return $t->post($path, $body, 'Content-Type' => 'application/x-www-form-urlencoded',
        'X-Twilio-Signature' => $signature, @more);
}
$answer = twilio('/twilio?a=b', 'MessageSid=SM1&MessageStatus=sent&Body=%C3%A9+x',
    "Body\xc3\xa9 xMessageSidSM1MessageStatussent");
is_verdict $answer, 200, 'accepted', 'twilio: a form';
is $answer->{json}{id}, 'SM1', 'twilio: its id';
is_verdict twilio('/twilio?a=b', 'MessageSid=SM2&MessageStatus=sent', 'MessageSidSM1MessageStatussent'), 401,
    'forged', 'twilio: another id';
my $long = 'x' x 16_000;
is_verdict twilio('/twilio', "MessageSid=SM3&a=$long", "MessageSidSM3a$long"), 200, 'accepted',
    'twilio: a body in several buffers';
$long = 'x' x 20_000;
is_verdict twilio('/twilio', "MessageSid=SM4&a=$long", "MessageSidSM4a$long"), 413, 'too_large',
    'twilio: over webhook_json_max';
is_verdict twilio('/file', "MessageSid=SM5&a=$long", "MessageSidSM5a$long"), 200, 'accepted',
    'twilio: a body in a file';
is_verdict $t->post(
    '/twilio', '{}', 'Content-Type' => 'application/json',
    'X-Twilio-Signature' => base64(hmac_sha1_base64('https://hooks.example.com/twilio', '12345'))
    ),
    400, 'malformed',
    'twilio: what is no form is not taken for an empty one';
is_verdict $t->post('/twilio', 'a=1'), 401, 'unsigned', 'twilio: no signature';

# --- tokens in the body and in the query ---

is_verdict $t->post('/graph',
    to_json({ value => [ { clientState => 'state' }, { clientState => 'state' } ] })), 202, 'accepted',
    'ms-graph';
is_verdict $t->post('/graph', to_json({ value => [ { clientState => 'state' }, { clientState => 'x' } ] })),
    401, 'forged', 'ms-graph: one of two';
my $monday = to_json({ event => { triggerUuid => 'u1', type => 'create_pulse' } });
$answer = $t->post('/monday?token=s3cret', $monday);
is_verdict $answer, 200, 'accepted', 'monday';
is $answer->{json}{id}, 'u1', 'monday: its id';
unlike to_json([ $t->events('monday') ]), qr/s3cret/, 'monday: the token is masked';
is_verdict $t->post('/monday?token=other', $monday), 401, 'forged', 'monday: wrong token';
is_verdict $t->post('/monday', $monday), 401, 'unsigned', 'monday: no token';

# --- a document in a form, URL-encoded and multipart ---

my $hash = hmac_sha256_hex('1760000000sent', 'key');
my $json = qq({"event":{"event_time":"1760000000","event_type":"sent","event_hash":"$hash"}});
my $multipart = qq(--b\r\nContent-Disposition: form-data; name="json"\r\n\r\n$json\r\n--b--\r\n);
$answer = $t->post('/sign', $multipart, 'Content-Type' => 'multipart/form-data; boundary=b');
is_verdict $answer, 200, 'accepted', 'dropbox-sign: multipart';
is $answer->{json}{id}, $hash, 'dropbox-sign: its id';
my $encoded = 'json=' . $json =~ s/([^A-Za-z0-9])/sprintf '%%%02X', ord $1/ger;
is_verdict $t->post('/sign', $encoded, 'Content-Type' => 'application/x-www-form-urlencoded'), 200,
    'accepted',
    'dropbox-sign: encoded otherwise, of which nothing is signed: another event';
is_verdict $t->post('/sign', "$encoded&json=x", 'Content-Type' => 'application/x-www-form-urlencoded'), 400,
    'malformed',
    'dropbox-sign: the field twice';

done_testing;
