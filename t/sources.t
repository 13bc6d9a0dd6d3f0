#!/usr/bin/perl

# Where id, type, tenant and partition may be read, through nginx: the path, variables, XML, claims of tokens;
# names that are too long; JSON behind a byte order mark; forms as other programs write them.

use v5.36;
use Digest::SHA qw(hmac_sha256 hmac_sha256_hex sha256_hex);
use FindBin;
use MIME::Base64 qw(encode_base64 encode_base64url);
use lib "$FindBin::Bin/lib";
use Test::Webhook;

my $t = Test::Webhook->new;
$t->start_redis;
my $conf = <<'EOT';
%%GLOBALS%%
events { }
http {
    %%HTTP%%
    webhook_redis %%REDIS%%;
    client_body_buffer_size 4k;
    map $http_x_plan $plan { default free; gold paid; }
    webhook_scheme bearer {
        algorithm jwt-hs256;
        signature header:Authorization "prefix=Bearer ";
        claims    exp;
        unsigned_body;
        id        claim:jti;
        type      claim:event;
        tenant    claim:https://example.com/tenant;
    }
    webhook_scheme signed-path {
        algorithm hmac-sha256;
        signature header:X-Sig encoding=hex;
        message   "{path}.{path:2}.{body}";
        id        path:2;
    }
    webhook_scheme field {
        algorithm hmac-sha256;
        signature form:sig encoding=hex;
        message   "{form:n}";
        unsigned_body;
        id        form:n;
    }
    server {
        listen 127.0.0.1:%%PORT%%;
        add_header X-Verdict $webhook_verdict always;
        add_header X-Event-Id $webhook_id always;
        add_header X-Event-Type $webhook_type always;
        add_header X-Event-Tenant $webhook_tenant always;
        location /conversion/ {
            webhook        postback-token;
            webhook_secret tok;
            webhook_id     path:2;
            webhook_type   path:3;
            webhook_stream clicks partitions=2;
        }
        location ~ ^/click/(?<click>[^/]+)/(\w+)$ {
            webhook           postback-token;
            webhook_secret    tok;
            webhook_id        $click;
            webhook_type      "$2.{query:goal}";
            webhook_tenant    "[${plan}:{query:shop}]";
            webhook_partition "$arg_shop-{path:1}";
            webhook_stream    captured partitions=8;
        }
        location /plain {
            webhook github; webhook_secret s3cret; webhook_stream plain partitions=1;
            webhook_id     header:X-Id xml:/n/id json:/id form:n;
            webhook_type   header:X-Type xml:/n/@kind json:/type;
            webhook_tenant header:X-Tenant xml:/n/account/name;
            webhook_accept_types good.*;
        }
        location /chain {
            webhook github; webhook_secret s3cret; webhook_stream chain partitions=1;
            webhook_id   form:p>base64>xml:/notification/id;
            webhook_type form:p>base64>xml:/notification/kind;
        }
        location /token {
            webhook bearer; webhook_secret 0123456789abcdef0123456789abcdef;
            webhook_stream token partitions=1; webhook_partition claim:jti;
        }
        location /path  { webhook signed-path; webhook_secret s3cret; webhook_stream path partitions=1; }
        location /gate/ {
            webhook postback-token; webhook_secret tok; webhook_id path:2; webhook_tenant $plan;
            proxy_pass http://127.0.0.1:%%PORT%%/application/$webhook_tenant/$webhook_id;
        }
        location /application/ { return 200 $uri; }
        location /field { webhook field; webhook_secret s3cret; webhook_stream field partitions=1; }
    }
}
EOT
$t->start_nginx($conf);

sub is_event ($answer, $wanted, $name) {
    my %is = (verdict => $answer->{verdict} // "$answer->{status} $answer->{body}",
        map { $_ => $answer->{headers}{"x-event-$_"} // '' } qw(id type tenant));
    is_deeply {
        map { $_ => $is{$_} } keys %$wanted
    }, $wanted, $name;
}
sub signed ($path, $body, @headers) {
    return $t->post($path, $body, 'X-Hub-Signature-256' => 'sha256=' . hmac_sha256_hex($body, 's3cret'),
        @headers);
}

# --- the path ---

for my $click (qw(c1 c2 c%2F3)) {
    my $answer = $t->get("/conversion/$click/sale?security_token=tok");
    is_event $answer, { verdict => 'accepted', id => $click =~ s/%2F/\//r, type => 'sale' },
        "conversion $click: only the path tells it";
}
is_event $t->get('/conversion/c1/sale?security_token=tok'), { verdict => 'duplicate', id => 'c1' },
    'the same again';
is scalar($t->events('clicks')), 3, 'three conversions are stored';
is_event $t->get('/conversion/?security_token=tok'), { verdict => 'accepted', type => 'webhook' },
    'beyond the last segment: no value';
is_event $t->get('/conversion/%0a?security_token=tok'), { verdict => 'malformed' },
    'a control character in a segment';
is_event $t->get('/x/../conversion/a/./b?security_token=tok'),
    { verdict => 'accepted', id => '..', type => 'conversion' }, 'the path as it was received';
for my $target ('http://127.0.0.1/conversion/c9/sale?security_token=tok',
    '/conversion/c10/sale?security_token=tok#/a/b/c')
{
    is_event $t->request(method => 'GET', path => $target),
        { verdict => 'accepted', id => $target =~ /(c\d+)/, type => 'sale' }, "target $target";
}

my $sign = sub ($path, $body, $signed = $path) {
    my $segment = (split m{/}, $signed)[2] // '';
    return $t->post("$path?x=1", $body, 'X-Sig' => hmac_sha256_hex("$signed.$segment.$body", 's3cret'));
};
is_event $sign->('/path/id-1', '{}'), { verdict => 'accepted', id => 'id-1' }, 'a signed path';
is_event $sign->('/path/id-2', '{}', '/path/id-1'), { verdict => 'forged' },
    'another path under that signature';

# --- variables ---

for my $click (qw(a b c)) {
    is_event $t->get("/click/$click/sale?security_token=tok&goal=g1&shop=s$click", 'X-Plan' => 'gold'),
        { verdict => 'accepted', id => $click, type => 'sale.g1', tenant => "paid:s$click" },
        "captures and a map: $click";
}
is_event $t->get('/click/a/sale?security_token=tok&goal=g1&shop=sa'),
    { verdict => 'duplicate', id => 'a', type => 'sale.g1' }, 'a copy';
is_event $t->get('/click/a/sale?security_token=no'), { verdict => 'forged' },
    'nothing of it is taken before verification';
is scalar($t->events('captured')), 3, 'three clicks are stored';
is $t->get('/gate/g1?security_token=tok', 'X-Plan' => 'gold')->{body}, '/application/paid/g1',
    'a gate hands them on';
is_event $t->get('/gate/g1?security_token=no'), { verdict => 'forged', id => '', tenant => '' },
    'and none of what it refuses';
my $mistake = sub ($id) { return $t->nginx_test($conf =~ s/webhook_id        \$click/webhook_id $id/r) };
for (
    [ '$nosuch', qr/unknown "nosuch" variable/ ], [ '"{query:a}$nosuch"', qr/unknown "nosuch" variable/ ],
    [ '"a$"', qr/invalid variable name in .*nginx\.conf:\d+/ ],
    [ '"${click"', qr/the closing bracket in "click" variable is missing in .*nginx\.conf:\d+/ ],
    [
        'claim:jti',
        qr/"claim:" is a source of schemes with tokens \(JWT\), which "webhook postback-token" is not in .*nginx\.conf:\d+/
    ],
    [ 'xml:/a/', qr/"xml:\/a\/" is not a path of local names/ ],
    [ 'path:0', qr/"path:0" is not a segment of the path/ ]
) {
    my ($exit, $output) = $mistake->($_->[0]);
    ok $exit == 1 && $output =~ $_->[1], "refused: webhook_id $_->[0]" or diag $output;
}
for ([ 'id $click', qr/variables of nginx are for webhook_id/ ], [ 'id claim:jti', qr/is of tokens only/ ]) {
    my ($exit, $output) = $t->nginx_test($conf =~ s/id        path:2/$_->[0]/r);
    ok $exit == 1 && $output =~ $_->[1], "refused in a scheme: $_->[0]" or diag $output;
}
my ($exit, $output) = $t->nginx_test($conf =~ s/id        claim:jti/id \$click/r);
ok $exit == 1 && $output =~ /"webhook_scheme bearer": "\$click": variables of nginx/, 'and of a token'
    or diag $output;

# --- XML ---

my $xml = sub ($id, $more = '') {
    return qq{<?xml version="1.0"?>\n<n:n xmlns:n="urn:n" kind=" good.one ">}
        . "<account><n:name>Acme &amp; Co</n:name></account><id>\n$id </id>$more</n:n>";
};
is_event signed('/plain', $xml->('x1')),
    { verdict => 'accepted', id => 'x1', type => 'good.one', tenant => 'Acme & Co' }, 'XML';
is_event signed('/plain', $xml->('x1')), { verdict => 'duplicate', id => 'x1' }, 'XML: again';
is_event signed('/plain', "\xef\xbb\xbf" . $xml->('x2')), { verdict => 'accepted', id => 'x2' },
    'XML: behind a byte order mark';
is_event signed('/plain', $xml->('x3', '<a/>' x 20_000)), { verdict => 'accepted', id => 'x3' },
    'XML: in several buffers';
for my $broken ($xml->('x4') . '<', $xml->('x5') =~ s/<n:n/<!DOCTYPE n><n:n/r,
    $xml->('x6', '<a>' x 100 . '</a>' x 100), $xml->('x7') =~ s/&amp;/&x;/r)
{
    is_event signed('/plain', $broken),
        { verdict => 'accepted', id => sha256_hex($broken), type => 'webhook', tenant => '' },
        'XML: broken, so the id is the hash of the body';
}
my $laughs =
      '<!DOCTYPE n [<!ENTITY a "ha">'
    . join('', map { sprintf '<!ENTITY %s "%s">', chr(97 + $_), '&' . chr(96 + $_) . ';' x 10 } 1 .. 20)
    . ']><n><id>&u;</id></n>';
is_event signed('/plain', $laughs), { verdict => 'accepted', id => sha256_hex($laughs) },
    'XML: entities are not expanded';

my $payload = encode_base64('<notification><id>n1</id><kind>check</kind></notification>') =~
    s/([^A-Za-z0-9])/sprintf '%%%02X', ord $1/ger;
is_event signed('/chain', "p=$payload", 'Content-Type' => 'application/x-www-form-urlencoded'),
    { verdict => 'accepted', id => 'n1', type => 'check' }, 'XML in base64 in a form';

# --- claims ---

my $token = sub ($claims, $key = '0123456789abcdef0123456789abcdef') {
    my $text = encode_base64url('{"alg":"HS256"}') . '.' . encode_base64url(to_json($claims));
    return Authorization => "Bearer $text." . encode_base64url(hmac_sha256($text, $key));
};
my %claims = (exp => time + 600, jti => 't1', event => 'good', 'https://example.com/tenant' => 'acme');
is_event $t->post('/token', '{"jti":"body"}', $token->(\%claims)),
    { verdict => 'accepted', id => 't1', type => 'good', tenant => 'acme' }, 'claims of a token';
is_event $t->post('/token', '{"jti":"body"}', $token->({ %claims, jti => 't2' }, 'x' x 32)),
    { verdict => 'forged', id => '', tenant => '' }, 'not of one that is forged';
is_event $t->post('/token', '{}', $token->({ %claims, exp => time - 600 })),
    { verdict => 'stale', id => '' }, 'nor of one that has expired';
is_event $t->post('/token', '{}'), { verdict => 'unsigned', id => '' }, 'nor of none';
is_event $t->post('/token', '{}', $token->({ exp => time + 600 })),
    { verdict => 'accepted', type => 'webhook', tenant => '' }, 'a token without those claims';

# --- long names ---

my $long = 'n' x 257;
my $post = sub ($body, @headers) { return signed('/plain', $body, @headers) };
is_event $post->('{"a":1}', 'X-Id' => 'n' x 256), { verdict => 'accepted', id => 'n' x 256 },
    'an id of 256 bytes';
is_event $post->('{"a":2}', 'X-Id' => $long), { verdict => 'accepted', id => 'sha256:' . sha256_hex($long) },
    'an id of 257 bytes';
is_event $post->('{"a":2}', 'X-Id' => $long), { verdict => 'duplicate' }, 'the same again';
is_event $post->('{"a":3}', 'X-Id' => "${long}x"), { verdict => 'accepted' }, 'another one that begins alike';
is_event $post->('{"id":"a\u0001"}'), { verdict => 'malformed' }, 'an id with a control character';
is_event $post->(to_json({ id => "\x01$long" })), { verdict => 'malformed' },
    'a long one with a control character';
is_event $post->('{"a":4}', 'X-Type' => 'good.' . 'x' x 250 . "\xc3\xa9"),
    { verdict => 'accepted', type => 'good.' . 'x' x 250 }, 'a type is cut, between characters';
is_event $post->('{"a":5}', 'X-Type' => 'bad.' . 'x' x 300),
    { verdict => 'ignored', type => 'bad.' . 'x' x 252 }, 'a long type that is not wanted';
is_event $post->(to_json({ a => 6, type => "good.\x01" . 'x' x 300 })), { verdict => 'malformed' },
    'a type with a control character';
is_event $post->('{"a":7}', 'X-Tenant' => $long), { verdict => 'malformed' }, 'a long tenant';
is_event $post->('{"a":8}', 'X-Type' => 'webhook'), { verdict => 'ignored', type => 'webhook' },
    'a type that is not wanted';
is_event $post->('{"a":9}'), { verdict => 'accepted', type => 'webhook' },
    'no type was found: it is not ignored';

# --- JSON and forms as other programs write them ---

is_event $post->(qq(\xef\xbb\xbf{"id":"bom","type":"good.bom"})),
    { verdict => 'accepted', id => 'bom', type => 'good.bom' },
    'JSON behind a byte order mark, which is signed';
my $utf16 = "\xff\xfe" . pack 'v*', map { ord } split //, '{"id":"u16"}';
is_event $post->($utf16), { verdict => 'accepted', id => sha256_hex($utf16) }, 'JSON in UTF-16: no value';

my $form =
    "preamble\r\n--b c \r\n\r\nno name\r\n--b c\r\nContent-Type: text/plain\r\ncontent-disposition:\r\n"
        . " form-data ; filename=\"a\\\"b\"; NAME = \"n\"\r\n\r\nf1\r\n"
    . "--b c\r\nContent-Disposition: form-data; name=sig\r\n\r\n"
    . hmac_sha256_hex('f1', 's3cret')
    . "\r\n--b c--\t\r\nepilogue";
my @type = ('Content-Type' => 'multipart/form-data; charset=utf-8; boundary="b c"');
is_event $t->post('/field', $form, @type), { verdict => 'accepted', id => 'f1' },
    'a form with all that RFC 2046 allows';
is_event $t->post('/field', $form =~ s/(?<=\r\n)f1/f2/r, @type), { verdict => 'forged' },
    'it is what is verified';
is_event $t->post('/field',
    $form =~ s/no name/no name\r\n--b c\r\nContent-Disposition: form-data; name=n\r\n\r\nf0/r, @type),
    { verdict => 'malformed' }, 'a doubled field';
is_event $t->post('/field', $form =~ s/form-data ;/form-data; name=m;/r, @type), { verdict => 'malformed' },
    'a part with two names';

done_testing;
