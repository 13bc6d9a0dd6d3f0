#!/usr/bin/perl

# What definitions can say, in nginx: more algorithms, several prefixes, messages and key rules, HTTP dates,
# decoded URLs, fields that are sorted or sized, hashes in answers, tokens in the body. All signatures are
# made here, by perl and openssl.

use v5.36;
use Digest::SHA qw(hmac_sha256_base64 hmac_sha256_hex hmac_sha256 hmac_sha384_hex sha256_hex);
use FindBin;
use lib "$FindBin::Bin/lib";
use MIME::Base64 qw(encode_base64 encode_base64url);
use POSIX qw(strftime setlocale LC_TIME);
use Test::Webhook;

my $t = Test::Webhook->new;
setlocale(LC_TIME, 'C');
my $secret = '0123456789abcdef0123456789abcdef';

# --- keys and signatures of openssl
sub openssl (@words) {
    my $result = $t->run([ 'openssl', @words ]);
    die "openssl @words: $result->{err}" if $result->{exit};
}
my $dir = $t->dir;
openssl(qw(genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out), "$dir/rsa.key");
openssl(qw(pkey -pubout -in), "$dir/rsa.key", '-out', "$dir/rsa.pem");
openssl(qw(genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out), "$dir/ec.key");
openssl(qw(pkey -pubout -in), "$dir/ec.key", '-out', "$dir/ec.pem");
sub signed_by ($key, $text, @options) {
    $t->write('text', $text);
    openssl('dgst', @options, '-sign', "$dir/$key.key", '-out', "$dir/signature", "$dir/text");
    return encode_base64(slurp("$dir/signature"), '');
}
sub token ($claims, $key = $secret) {
    my $text = encode_base64url('{"alg":"HS256","typ":"JWT"}') . '.' . encode_base64url($claims);
    return $text . '.' . encode_base64url(hmac_sha256($text, $key));
}

# --- the definitions
my $hmac = 'algorithm hmac-sha256; signature header:X-Sig encoding=hex;';
my %scheme = (
    sha384    => 'algorithm hmac-sha384; signature header:X-Sig encoding=hex;',
    'rsa-512' => 'algorithm rsa-sha512; signature header:X-Sig encoding=base64;',
    'rsa-pss' => 'algorithm rsa-pss-sha256; signature header:X-Sig encoding=base64;',
    'ec-sha1' => 'algorithm ecdsa-p256-sha1; signature header:X-Sig encoding=base64; id json:/id;
        challenge method=GET has=query:challenge_code "match=query:challenge_code=[A-Za-z0-9_-]{1,128}"
            type=application/json
            \'body={"challengeResponse":"{query:challenge_code|sha256:verification_token,endpoint}"}\';',
    prefixes =>
        'algorithm hmac-sha256; signature header:X-Sig split=, prefix=sha256= prefix=v1= encoding=hex;',
    base64   => 'algorithm hmac-sha256; signature header:X-Sig encoding=base64;',
    messages => "$hmac message \"id:{query:id|lower};{body}\"; message \"id:{query:id};{body}\";",
    document => "$hmac message \"{body}\"; message \"{form:payload}\"; unsigned_body; id form:payload;",
    keys     => 'algorithm hmac-sha256; key whsec utf8; signature header:X-Sig encoding=hex;',
    date     => "$hmac timestamp header:X-Date unit=http-date; message \"{body}{ts}\";",
    decoded  => "$hmac message \"{method}{url|decoded:\@:}{body}\";",
    query    =>
        'algorithm hmac-sha256; signature query:hmac encoding=hex; message "{query|without:hmac|sorted:=:,}";
        id query:oid; postback;',
    raw =>
        'algorithm hmac-sha256; signature header:X-Sig encoding=hex; message "{query|sorted:=:&:raw}";
        id query:oid; postback;',
    form =>
        'algorithm hmac-sha256; signature form:sign encoding=hex; message "{form|without:sign|sorted:=:&}";
        id form:id;',
    sized =>
        'algorithm hmac-sha256; signature form:HASH encoding=hex; message "{form|without:HASH|sized}";
        unsigned_body; unsigned_id; id form:REFNO;',
    fields  => "$hmac message \"{form:a|sized}{form:b|sized}\"; unsigned_body; id form:a;",
    jws     => 'algorithm jwt-hs256; signature body; timestamp claim:/data/signedDate unit=ms; id claim:jti;
        type claim:/data/type; identity event;',
    payload => 'algorithm jwt-hs256; signature json:/signedPayload; claims iss=https://example.com;',
);
my %secret = ('rsa-512' => 'file:rsa.pem', 'rsa-pss' => 'file:rsa.pem', 'ec-sha1' => 'file:ec.pem',
    keys => 'whsec_MDEyMzQ1Njc4OWFiY2RlZmdoaWo=');
my $verification = '71745723-d031-455c-bfa5-f90d11b4f20a';
my $blocks = join '', map { "webhook_scheme own-$_ { $scheme{$_} }\n" } sort keys %scheme;
my $places = join '', map {
    my $key = ($secret{$_} // $secret) =~ s{^file:(.*)}{"file:$dir/$1"}r;
    my $more =
        $_ eq 'ec-sha1'
        ? "webhook_param verification_token $verification; webhook_param endpoint https://ebay.example/in;"
        : '';
    qq(location /$_ { webhook own-$_; webhook_secret $key; $more add_header X-Names "\$webhook_id \$webhook_type";\n)
        . "proxy_pass http://127.0.0.1:%%PORT_back%%; }\n"
} sort keys %scheme;
$t->start_nginx(<<"EOT", ready => 0);
%%GLOBALS%%
events { }
http {
    %%HTTP%%
    $blocks
    server {
        listen 127.0.0.1:%%PORT%%;
        webhook_url https://h.example;
        $places
    }
    server { listen 127.0.0.1:%%PORT_back%%; location / { return 200 taken; } }
}
EOT

sub status ($path, $body, @headers) { return $t->post($path, $body, @headers)->{status} }
sub hex_of ($text) { return hmac_sha256_hex($text, $secret) }
my @form = ('Content-Type' => 'application/x-www-form-urlencoded');
my $body = '{"id":"evt_1"}';

# --- algorithms
is status('/sha384', $body, 'X-Sig' => hmac_sha384_hex($body, $secret)), 200, 'HMAC-SHA-384';
is status('/sha384', "$body ", 'X-Sig' => hmac_sha384_hex($body, $secret)), 401, 'of another body';
my @pss = qw(-sha256 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest);
is status('/rsa-512', $body, 'X-Sig' => signed_by('rsa', $body, '-sha512')), 200, 'RSA with SHA-512';
is status('/rsa-512', $body, 'X-Sig' => signed_by('rsa', $body, '-sha256')), 401, 'with SHA-256';
is status('/rsa-pss', $body, 'X-Sig' => signed_by('rsa', $body, @pss)), 200, 'RSA-PSS';
is status('/rsa-pss', $body, 'X-Sig' => signed_by('rsa', $body, '-sha256')), 401, 'PKCS#1';
is status('/ec-sha1', $body, 'X-Sig' => signed_by('ec', $body, '-sha1')), 200, 'ECDSA with SHA-1';
is status('/ec-sha1', $body, 'X-Sig' => signed_by('ec', $body, '-sha256')), 401, 'with SHA-256';

# --- the challenge of eBay: SHA-256 of code, verification token and endpoint
my $code = 'a8628072-3d33-45ee-9004-bee86830a22d';
my $answer = $t->get("/ec-sha1?challenge_code=$code");
is $answer->{body},
    '{"challengeResponse":"' . sha256_hex("$code${verification}https://ebay.example/in") . '"}',
    'the hash that is asked for';
is $t->get('/ec-sha1?challenge_code=a%20b')->{status}, 400, 'not of every text';
is $t->get('/ec-sha1?challenge_code=' . 'a' x 129)->{status}, 400, 'nor of a long one';

# --- how signatures are written
my $good = hex_of($body);
is status('/prefixes', $body, 'X-Sig' => $_), 200, "taken: $_"
    for "sha256=$good", "SHA256=$good", "v0=1, V1=$good", "v1=$good ,x=y";
is status('/prefixes', $body, 'X-Sig' => $_), 401, "refused: $_" for $good, "sha512=$good", "v1=,$good";
is status('/prefixes', $body, 'X-Sig' => "v1=$good", 'X-Sig' => "v1=$good"), 200, 'the same header twice';
is status('/prefixes', $body, 'X-Sig' => "v1=$good", 'X-Sig' => "sha256=$good"), 400, 'another one';
my $unpadded = hmac_sha256_base64($body, $secret);
is length $unpadded, 43, 'perl leaves the padding out';
is status('/base64', $body, 'X-Sig' => $_), 200, "taken: $_" for $unpadded, "$unpadded=";
is status('/base64', $body, 'X-Sig' => $_), 401, "refused: $_" for "$unpadded==", substr($unpadded, 0, 42);
my %now = map { $_ => strftime($_, gmtime) } '%a, %d %b %Y %H:%M:%S GMT', '%A, %d-%b-%y %H:%M:%S GMT',
    '%a %b %e %H:%M:%S %Y';
is status('/date', $body, 'X-Date' => $_, 'X-Sig' => hex_of("$body$_")), 200, "a date: $_"
    for sort values %now;
my $old = strftime('%a, %d %b %Y %H:%M:%S GMT', gmtime(time - 3600));
is status('/date', $body, 'X-Date' => $old, 'X-Sig' => hex_of("$body$old")), 401, 'an old one';
my $digits = time;
is status('/date', $body, 'X-Date' => $digits, 'X-Sig' => hex_of("$body$digits")), 200, 'in seconds';
is status('/date', $body, 'X-Date' => 'today', 'X-Sig' => hex_of("${body}today")), 400, 'no date';

# --- one of several
is status('/messages?id=Ab1', $body, 'X-Sig' => hex_of("id:ab1;$body")), 200, 'the first message';
is status('/messages?id=Ab1', $body, 'X-Sig' => hex_of("id:Ab1;$body")), 200, 'the second';
is status('/messages?id=Ab1', $body, 'X-Sig' => hex_of("id:AB1;$body")), 401, 'none of them';
is status('/messages?id=Ab1', "$body ", 'X-Sig' => hex_of("id:Ab1;$body")), 401, 'another body';
is status('/document', $body, 'X-Sig' => $good, 'Content-Type' => 'application/json'), 200, 'a body';
is status('/document', 'payload=%7B%22id%22%3A%22evt_1%22%7D', 'X-Sig' => $good, @form), 200, 'or a field';
is status('/document', 'payload=%7B%22id%22%3A%22evt_2%22%7D', 'X-Sig' => $good, @form), 401, 'another field';
is status('/document', '{"id":"evt_2"}', 'X-Sig' => $good, 'Content-Type' => 'application/json'), 401,
    'another body';
is status('/keys', $body, 'X-Sig' => hmac_sha256_hex($body, '0123456789abcdefghij')), 200, 'a decoded key';
is status('/keys', $body, 'X-Sig' => hmac_sha256_hex($body, 'whsec_MDEyMzQ1Njc4OWFiY2RlZmdoaWo=')), 200,
    'the text of it';
is status('/keys', $body, 'X-Sig' => hmac_sha256_hex($body, 'MDEyMzQ1Njc4OWFiY2RlZmdoaWo=')), 401,
    'something between';

# --- URLs and fields
is status('/decoded?a=x%40y%2Fz', $body, 'X-Sig' => hex_of("POSThttps://h.example/decoded?a=x\@y%2Fz$body")),
    200,
    'decoded where it is said';
is status('/decoded?a=x%40y%2Fz', $body, 'X-Sig' => hex_of("POSThttps://h.example/decoded?a=x\@y/z$body")),
    401, 'and only there';
sub query ($query) { return $t->get("/query?$query")->{status} }
my $sorted = hex_of('oid=7,productid=a b,sid=1');
is query("sid=1&productid=a%20b&oid=7&hmac=$sorted"), 200, 'a sorted query';
is query("hmac=$sorted&oid=7&productid=a+b&sid=1"), 200, 'in another order';
is query("sid=1&productid=a%20b&oid=8&hmac=$sorted"), 401, 'with another value';
is query("sid=1&productid=a%20b&oid=7&x=1&hmac=$sorted"), 401, 'with one more';
is query("oid=7%2Cproductid%3Da+b%2Csid%3D1&hmac=$sorted"), 400, 'all in one';
is query('oid=7&oid=8&hmac=' . hex_of('oid=7,oid=8')), 400, 'a name twice';
is query('oid=a%2Cb&hmac=' . hex_of('oid=a,b')), 200, 'what stands between fields, where it can be no field';
is $t->get('/raw?b=x%2Fy&oid=1', 'X-Sig' => hex_of('b=x%2Fy&oid=1'))->{status}, 200, 'not decoded';
is $t->get('/raw?oid=1&b=x%2fy', 'X-Sig' => hex_of('b=x%2Fy&oid=1'))->{status}, 401, 'other escapes';
is status('/form', 'id=1&b=x%26y&sign=' . hex_of('b=x&y&id=1'), @form), 200, 'a sorted form';
is status('/form', 'b=x%26y%26id%3D1&sign=' . hex_of('b=x&y&id=1'), @form), 400, 'with fields within a field';
is status('/form', 'id=1&b=x%26z&sign=' . hex_of('b=x&y&id=1'), @form), 401, 'changed';
my $sized = hex_of("6REFNO15" . '3a b' . '0' . "2\xc3\xa9");
is status('/sized', "A=REFNO1&B=a+b&C=&D=%C3%A9&HASH=" . hex_of("6REFNO1" . '3a b' . '0' . "2\xc3\xa9"),
    @form), 200,
    'values behind their lengths';
is status('/sized', "A=REFNO1&B=a+b&C=&D=%C3%A9&HASH=$sized", @form), 401, 'other lengths';
is status('/fields', 'a=1&b=x+y', 'X-Sig' => hex_of('113x y'), @form), 200, 'two fields behind their lengths';
is status('/fields', 'a=11&b=3x+y', 'X-Sig' => hex_of('113x y'), @form), 401,
    'bytes moved from one to the other';

# --- tokens in the body
my $ms = time * 1000;
my $claims = qq({"jti":"e1","iss":"https://example.com","data":{"signedDate":$ms,"type":"paid"}});
my $jws = token($claims);
my $taken = $t->post('/jws', $jws);
is "$taken->{status} $taken->{headers}{'x-names'}", '200 e1 paid',
    'a token is the body, and its claims the names of the event';
is status('/jws', " $jws\r\n"), 200, 'with a line end';
is status('/jws', $jws =~ s/\.[^.]+\./'.' . encode_base64url('{"data":{"signedDate":' . $ms . '}}') . '.'/er),
    401, 'with other claims';
is status('/jws', token('{"data":{"signedDate":' . ($ms - 3_600_000) . '}}')), 401, 'an old one';
is status('/jws', token('{"data":[1]}')), 401, 'one without a time';
is status('/jws', token($claims, 'another key of thirty-two bytes!')), 401, 'with another key';
is status('/jws', ''), 401, 'none';
is status('/jws', $jws, 'Content-Encoding' => 'gzip'), 415, 'a compressed body';
is status('/payload', qq({"signedPayload":"$jws"})), 200, 'a token is a value of the body';
is status('/payload', '{"signedPayload":"' . token('{"iss":"https://example.org"}') . '"}'), 401,
    'of another sender';
is status('/payload', qq({"signedPayload":"$jws","signedPayload":"$jws"})), 400, 'there twice';
is status('/payload', '{}'), 401, 'not there';

# --- headers that nginx drops
sub warnings ($server = '', $location = '') {
    my ($exit, $said) = $t->nginx_test(<<"EOT");
%%GLOBALS%%
events { }
http {
    %%HTTP%%
    webhook_redis redis://127.0.0.1:1;
    webhook_scheme own-names { algorithm hmac-sha256; signature header:X_Sig encoding=hex; }
    server {
        $server listen 127.0.0.1:%%PORT%%;
        location / { webhook own-names; webhook_secret $secret; webhook_stream s; $location }
    }
}
EOT
    is $exit, 0, 'a configuration that is taken';
    return $said =~ /^(.*nginx drops.*)$/m ? $1 : '';
}
like warnings(),
    qr{\[warn\].*the header "x_sig", which this location reads: write "underscores_in_headers on;"},
    'nginx -t says so';
is warnings('underscores_in_headers on;'), '', 'not where it comes through';
is warnings('ignore_invalid_headers off;'), '', 'nor here';
like warnings('underscores_in_headers on;', 'webhook_id header:X.Id;'),
    qr{"x\.id".*"ignore_invalid_headers off;"}, 'of a dot';
like warnings('', 'webhook_headers x_trace;'), qr{x_trace|x_sig}, 'of headers that are kept';

done_testing;
