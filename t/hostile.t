#!/usr/bin/perl

# Hostile requests, genuine signature or not: what is in them may be refused or stored as it came, but nothing
# crashes, leaks, hangs or gets in that was not signed. (Every scheme with hostile values in its own headers:
# hostile_schemes.t.)

use v5.36;
use Digest::SHA qw(hmac_sha256_hex sha256_hex);
use FindBin;
use lib "$FindBin::Bin/lib";
use IO::Compress::Gzip qw(gzip);
use List::Util qw(max min);
use Test::Webhook;

my $t = Test::Webhook->new;
$t->start_redis;
my $nginx = $t->start_nginx(<<'EOT');
%%GLOBALS%%
worker_processes 2;
events { }
http {
    %%HTTP%%
    client_max_body_size 4m;
    client_header_timeout 5m;
    client_body_timeout 5m;
    large_client_header_buffers 8 128k;
    webhook_redis %%REDIS%%;
    webhook_tolerance 30m;
    webhook_secret s3cret;
    webhook_dedup off;
    server {
        listen 127.0.0.1:%%PORT%%;
        add_header X-Type $webhook_type always;
        location /stripe   { webhook stripe; webhook_stream hooks; }
        location /any-time { webhook stripe; webhook_tolerance off; webhook_stream hooks; }
        location /github   { webhook github; webhook_stream hooks; webhook_headers X-Note; }
        location /form {
            webhook github; webhook_id form:id json:/id; webhook_type form:type json:/type;
            webhook_tenant json:/tenant; webhook_stream hooks;
        }
        location /deep     { webhook github; webhook_id json:/a/0/0/0/0/0/0/0/0/0/0/b; webhook_stream hooks; }
        location /linear   { webhook linear; webhook_stream hooks; }
        location /postback { webhook postback-token; webhook_stream hooks; }
        location /publish  { webhook publish; webhook_stream hooks; }
        location /parsed   { webhook stripe; webhook_json_max 3m; client_body_buffer_size 4k; webhook_stream hooks; }
    }
    server {
        listen 127.0.0.1:%%PORT_hasty%%;
        client_header_timeout 2s;
        client_body_timeout 2s;
        location /stripe { webhook stripe; webhook_stream hooks; }
    }
}
EOT
my $stored = 0;
sub count_stored () { return scalar(my @entries = $t->events('hooks')) }
sub memory () {
    my $sum = 0;
    $sum += /^VmRSS:\s+(\d+)/m ? $1 : 0 for map { slurp("/proc/$_/status") } $nginx->workers;
    return $sum;
}

# Signed for /github, /form and /deep: any bytes.
sub github ($path, $body, @headers) {
    return $t->post($path, $body, 'X-Hub-Signature-256' => 'sha256=' . hmac_sha256_hex($body, 's3cret'),
        @headers);
}

sub is_refused ($answer, $name, @statuses) {
    @statuses = (400, 401) if !@statuses;
    my $status = $answer ? $answer->{status} : 0;
    ok scalar(grep { $status == $_ } @statuses), "$name: refused"
        or diag "$status " . ($answer ? $answer->{body} : '');
}

sub is_stored ($answer, $id, $name) {
    $stored++;
    is $answer->{status}, 200, "$name: taken" or diag $answer->{body};
    is $answer->{json}{id}, $id, "$name: its id" if defined $id;
}

# --- signed bodies whose JSON is an attack on the parser, or no JSON: stored as they came, under the SHA-256
my $deep = '[' x 200_000;
my %odd = (
    'deep arrays' => $deep, 'deep and closed' => $deep . ']' x 200_000, 'deep objects' => '{"a":' x 100_000,
    'deep under the id' => '{"a":' . $deep . ',"id":"x"}', 'a megabyte of blanks' => ' ' x 1_000_000,
    'NUL bytes' => "\0" x 1000, 'a NUL in JSON' => qq({"id":"a\0b"}),
    'a NUL before' => qq(\0{"id":"a"}), 'cut off' => '{"id":"evt',
    'two byte order marks' => "\xef\xbb\xbf\xef\xbb\xbf{\"id\":\"a\"}",
    'invalid UTF-8' => qq({"id":"\xff\xfe"}),
    'overlong UTF-8' => qq({"id":"\xc0\xaf"}), 'a surrogate in UTF-8' => qq({"id":"\xed\xa0\x80"}),
    'UTF-16' => join('', map { "$_\0" } split //, '{"id":"a"}'),
    'an object as id' => '{"id":{"id":1}}', 'an array as id' => '{"id":["a"]}',
    'null as id' => '{"id":null}', 'no id' => '{}', 'an empty id' => '{"id":""}', 'empty' => '',
    'two texts' => '{"x":1}{"id":"a"}', 'a comment' => '{/*"id":"a"*/}',
    'a number out of any range' => '{"x":1e999999999,"y":' . '9' x 100_000 . '}', 'just a quote' => '"',
);
for my $name (sort keys %odd) {
    is_stored(github('/form', $odd{$name}), sha256_hex($odd{$name}), $name);
}
is_stored(github('/form', "\xef\xbb\xbf{\"id\":\"a\"}"), 'a', 'a byte order mark');
is_stored(github('/deep', '{"a":' . '[' x 10 . '{"b":"in"}' . ']' x 10 . '}'), 'in', 'an id ten levels down');

# --- ids that are none: refused, although signed
my %bad_id = ('of a megabyte and NUL' => 'i' x 1_000_000 . '\u0000', 'with CR LF' => 'a\r\nSet-Cookie: x',
    'with NUL' => 'a\u0000b', 'with ESC' => 'a\u001b[2J', 'with DEL' => 'a\u007f');
for my $name (sort keys %bad_id) {
    is_refused(github('/form', qq({"id":"$bad_id{$name}"})), "an id $name", 400);
    is_refused(github('/form', qq({"id":"good","type":"$bad_id{$name}"})), "a type $name", 400);
}
is_refused(github('/form', 'id=a%0d%0ab&type=x', 'Content-Type' => 'application/x-www-form-urlencoded'),
    'a form id with CR LF', 400);
is_refused(github('/form', 'id=a%00b', 'Content-Type' => 'application/x-www-form-urlencoded'),
    'a form id with NUL', 400);
is_stored(github('/form', qq({"id":"@{[ 'i' x 256 ]}"})), 'i' x 256, 'an id of 256 bytes');
# --- longer ones: the id is their hash, the type their beginning
is_stored(github('/form', qq({"id":"@{[ 'i' x $_ ]}"})), 'sha256:' . sha256_hex('i' x $_),
    "an id of $_ bytes")
    for 257, 1_000_000;
is_stored(github('/form', qq({"id":"good","type":"@{[ 'i' x 1_000_000 ]}"})), 'good', 'a type of a megabyte');
for my $surrogate ('\ud800', '\udc00x', '\ud800\ud800', '\ud83d"') {
    my $answer = github('/form', qq({"id":"a$surrogate"}));
    ok $answer->{status} == 200 || $answer->{status} == 400,
        "a lone surrogate ($surrogate): no more than that"
        or diag $answer->{status};
    $stored++ if $answer->{status} == 200;
    ok utf8::decode(my $copy = $answer->{body}), "a lone surrogate ($surrogate): the answer is UTF-8";
}

# --- doubled keys and fields: the first counts, for what is logged and for what is stored
is_stored(github('/form', '{"id":"first","id":"second"}'), 'first', 'a doubled key');
is_stored(github('/form', '{"id":"first","i\u0064":"second"}'), 'first', 'a doubled key, one escaped');
is_stored(github('/form', 'id=first&id=second', 'Content-Type' => 'application/x-www-form-urlencoded'),
    'first', 'a doubled field');
is_stored(
    github(
        '/form', join('&', map { "f$_=$_" } 1 .. 50_000) . '&id=last',
        'Content-Type' => 'application/x-www-form-urlencoded'
    ),
    'last',
    '50,000 fields'
);
is_stored(github('/form', '%zz=%&=&&id=%41%4', 'Content-Type' => 'application/x-www-form-urlencoded'), undef,
    'a broken form');

# --- signatures by the thousand: sixteen are looked at, wherever the genuine one stands
my $body = '{"id":"evt_1","type":"a"}';
sub stripe ($path, $header, @more) { return $t->post($path, $body, 'Stripe-Signature' => $header, @more) }
my $now = time;
my $good = 'v1=' . hmac_sha256_hex("$now.$body", 's3cret');
my $bad = 'v1=' . '0' x 64;
is_stored(stripe('/stripe', join ',', "t=$now", ($bad) x 15, $good), 'evt_1',
    'the sixteenth of the signatures');
is_refused(stripe('/stripe', join ',', "t=$now", ($bad) x 16, $good), 'the seventeenth of the signatures',
    401);
is_refused(stripe('/stripe', substr join(',', "t=$now", ($bad) x 10_000, $good), 0, 120_000),
    '10,000 signatures');
is_refused(stripe('/stripe', "t=$now," . 'v1=,' x 10_000 . $good), '10,000 empty signatures');
is_refused(stripe('/stripe', ',' x 100_000), '100,000 commas');
is_refused(stripe('/stripe', 't=1,' x 10_000 . "t=$now,$good"),
    '10,000 timestamps before the one that is signed');
is_stored(stripe('/stripe', "t=$now,$good" . ',t=1' x 10_000), 'evt_1',
    '10,000 timestamps after it: the first is the one');
is_refused(stripe('/stripe', "t=$now,$good", 'Stripe-Signature' => "t=$now,$good,v1=00"),
    'the header twice, not the same', 400);
is_refused(stripe('/stripe', "t=$now,$good", 'stripe-signature' => ''), 'the header twice, once empty', 400);
is_refused(stripe('/stripe', "t=$now,$good", map { ('X-' . $_ => 'x') } 1 .. 20_000), '20,000 headers', 400,
    401, 431, 494, 0, 200);
$stored = count_stored();    # nginx may have taken the last: it is genuine

# --- times at the ends, each with its genuine signature
for my $time (
    '9223372036854775807', '-9223372036854775808', '9223372036854775808', '18446744073709551615',
    '18446744073709551616', '4294967296', '2147483648', '0', '-1',
    '00000000000000000000', "000000000$now", "+$now", "$now.0", "${now}e0", " $now", "0x7fffffff", '9' x 100,
    '', 'NaN', "\xd9\xa1"
    )
{
    my $header = "t=$time,v1=" . hmac_sha256_hex("$time.$body", 's3cret');
    is_refused(stripe('/stripe', $header), "signed at '$time'");
    my $answer = stripe('/any-time', $header);
    ok $answer->{status} =~ /^(?:200|400|401)$/, "signed at '$time', any time allowed: no more than an answer"
        or diag $answer->{status};
    is_refused($answer, "'$time' is no time, whatever is allowed") if $time !~ /^[0-9]{1,15}$/;
    $stored++ if $answer->{status} == 200;
}
for my $time ('9223372036854775807', '-9223372036854775808', '1e308', '"1"', 'null', '[]', 'true', '') {
    my $linear = qq({"webhookTimestamp":$time,"type":"Issue"});
    is_refused(
        $t->post(
            '/linear', $linear, 'Linear-Signature' => hmac_sha256_hex($linear, 's3cret'),
            'Linear-Delivery' => 'x'
        ),
        "a body of the time $time"
    );
}

# --- compressed bodies are signed as they come; where they would have to be read for the signature they are
# refused
gzip(\qq({"webhookTimestamp":${now}000}), \my $packed) or die;
is_refused(
    $t->post(
        '/linear', $packed, 'Linear-Signature' => hmac_sha256_hex($packed, 's3cret'),
        'Linear-Delivery' => 'x', 'Content-Encoding' => 'gzip'
    ),
    'a compressed body that must be read',
    400, 415
);
gzip(\('{"id":"' . 'x' x 3_000_000 . '"}'), \my $bomb) or die;
is_stored(github('/form', $bomb, 'Content-Encoding' => 'gzip'), sha256_hex($bomb),
    'a compressed body that need not be read');

# --- large and parsed
my $large = '{"id":"evt_large","x":"' . 'x' x 2_900_000 . '"}';
is_stored($t->post('/parsed', $large, sign_stripe('s3cret', $large)), 'evt_large',
    'three megabytes from a file');
is_refused($t->post('/parsed', 'x' x 5_000_000, sign_stripe('s3cret', 'x')), 'five megabytes', 413);

# --- queries
for my $query (
    'security_token=s3cret&security_token=s3cret', 'security_token=s3cret%00', 'security_token%3ds3cret',
    '%73ecurity_token=wrong', 'security_token=' . 's3cret' x 5000, '&' x 50_000, '=' x 1000,
    'security_token=%', 'security_token=%zz3cret', 'security_token[]=s3cret', 'security_token=s3cret+'
    )
{
    is_refused($t->get("/postback?transaction_id=1&$query"), 'query ' . substr($query, 0, 40), 400, 401, 414);
}
is_refused($t->get('/postback?security_token=s3cret&transaction_id=a%0d%0ab'), 'a query id with CR LF', 400);
is_stored($t->get('/postback?security_token=s3cret&transaction_id=' . 'x' x 100_000),
    'sha256:' . sha256_hex('x' x 100_000), 'a query id of 100 kB');

# --- headers that become attributes
is_stored($t->post('/publish', 'x', Authorization => 'Bearer s3cret', 'Idempotency-Key' => 'x' x 60_000),
    'sha256:' . sha256_hex('x' x 60_000), 'a header id of 60 kB');
is_refused($t->post('/publish', 'x', Authorization => 'Bearer s3cret', 'Idempotency-Key' => "a\x7fb"),
    'a header id with DEL', 400);
is_refused(
    $t->post(
        '/publish', 'x', Authorization => 'Bearer s3cret', 'Idempotency-Key' => 'a', 'Idempotency-Key' => 'b'
    ),
    'a header id twice',
    400
);
is_refused($t->post('/publish', 'x', Authorization => "Bearer s3cret$_"), "a token and more", 400, 401)
    for "\0", ' x', ',s3cret', "\t.";
is_stored(
    github(
        '/github', $body, 'X-GitHub-Delivery' => 'h1', 'X-GitHub-Event' => 'e',
        'X-Note' => "\xff\xfe\"\\\x01"
    ),
    'h1',
    'bytes that are no UTF-8 in a kept header'
);
my ($kept) = grep { $_->{id} eq 'h1' } $t->events('hooks');
ok eval { from_json($kept->{headers}) }, 'kept headers are JSON nevertheless';

# --- HTTP itself
sub raw ($text, %how) {
    my $client = $t->connect($how{port} // $t->port('hasty'));
    $client->send($text, %how);
    my $answer = $client->response;
    $client->close;
    return $answer;
}
my $head = "POST /stripe HTTP/1.1\r\nHost: x\r\nStripe-Signature: t=$now,$good\r\n";
my $length = length $body;
for my $case (
    [ 'a length too long: the client leaves', "${head}Content-Length: @{[ $length + 10 ]}\r\n\r\n$body" ],
    [ 'a length too short', "${head}Content-Length: @{[ $length - 1 ]}\r\nConnection: close\r\n\r\n$body" ],
    [ 'two lengths', "${head}Content-Length: $length\r\nContent-Length: 1\r\n\r\n$body" ],
    [ 'a negative length', "${head}Content-Length: -1\r\n\r\n$body" ],
    [ 'a length of 20 digits', "${head}Content-Length: 99999999999999999999\r\n\r\n$body" ],
    [ 'a length that is none', "${head}Content-Length: 1e2\r\n\r\n$body" ],
    [ 'a length with a sign', "${head}Content-Length: +$length\r\n\r\n$body" ],
    [
        'length and chunks',
        "${head}Content-Length: $length\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n"
    ],
    [
        'a chunk of 16 digits',
        "${head}Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n$body\r\n0\r\n\r\n"
    ],
    [ 'a chunk that is no number', "${head}Transfer-Encoding: chunked\r\n\r\nzz\r\n$body\r\n0\r\n\r\n" ],
    [
        'chunks without end',
        "${head}Transfer-Encoding: chunked\r\n\r\n" . sprintf("%x\r\n%s\r\n", $length, $body)
    ],
    [ 'another transfer encoding', "${head}Transfer-Encoding: gzip\r\n\r\n$body" ],
    [ 'no length', "${head}Connection: close\r\n\r\n$body" ],
    [
        'a NUL in a header',
        "POST /stripe HTTP/1.1\r\nHost: x\r\nStripe-Signature: t=$now,\0$good\r\nContent-Length: $length\r\n\r\n$body"
    ],
    [
        'a folded header',
        "POST /stripe HTTP/1.1\r\nHost: x\r\nStripe-Signature: t=$now,\r\n $good\r\nContent-Length: $length\r\n\r\n$body"
    ],
    [
        'a blank before the colon',
        "POST /stripe HTTP/1.1\r\nHost: x\r\nStripe-Signature : t=$now,$good\r\nContent-Length: $length\r\n\r\n$body"
    ],
    [ 'HTTP/0.9', "POST /stripe\r\n\r\n$body" ],
    [ 'a TLS hello', "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" . 'x' x 500 ],
    [ 'TRACE', "TRACE /stripe HTTP/1.1\r\nHost: x\r\nStripe-Signature: t=$now,$good\r\n\r\n" ],
) {
    my $answer = raw($case->[1]);
    ok !$answer || $answer->{status} !~ /^2/, "$case->[0]: not taken" or diag $answer->{status};
}
my $genuine = "${head}Content-Length: $length\r\nConnection: close\r\n\r\n$body";
is_stored(raw($genuine, every => 1, pause => 0.002, port => $t->port), undef, 'a byte at a time');
my $slow = raw("$head" . "Content-Length: $length\r\n\r\n" . substr $body, 0, 5);
ok !$slow || $slow->{status} == 408, 'a sender that stops in the body: given up';
my $silent = raw(substr $genuine, 0, 30);
ok !$silent || $silent->{status} == 408, 'a sender that stops in the head: given up';
my @aborted = map { my $client = $t->connect; $client->send(substr $genuine, 0, $_ * 7); $client }
    1 .. length($genuine) / 7 - 1;
$_->abort for @aborted;

# --- nothing that was not signed is stored, nobody died, nothing leaks
is count_stored(), $stored, 'only what was signed is stored';
my %before = map { $_ => 1 } my @workers = $nginx->workers;
sub round () {
    github('/form', $odd{$_}) for sort keys %odd;
    github('/form', qq({"id":"$bad_id{$_}"})) for sort keys %bad_id;
    stripe('/stripe', ',' x 100_000);
    stripe('/stripe', "t=$now," . 'v1=,' x 10_000 . $good);
    $t->post('/parsed', $large, sign_stripe('s3cret', $large));
}
if ($ENV{TEST_VALGRIND}) {
    round();
} else {
    # What malloc keeps for later comes and goes by megabytes, once each worker had its share; what leaks
    # stays.
    my @after = map { round(); memory() } 1 .. 75;
    my $growth = min(@after[ 60 .. 74 ]) - max(@after[ 30 .. 49 ]);
    cmp_ok $growth, '<', 4000, "memory after thirty rounds more: the same, to 4 MB ($growth kB)";
}
is_deeply [ sort $nginx->workers ], [ sort @workers ], 'no nginx worker died';

done_testing;
