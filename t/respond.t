#!/usr/bin/perl

# webhook_respond: answers of one's own, inherited verdict by verdict; what a provider wants to read by
# itself.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Digest::MD5 qw(md5_hex);
use Test::Webhook;

my $t = Test::Webhook->new;
$t->start_redis;
$t->start_nginx(<<'EOT');
%%GLOBALS%%
events { }
http {
    %%HTTP%%
    webhook_redis %%REDIS%%;
    webhook_respond forged 404 text/plain "no such page\n";
    webhook_respond unsigned 404;
    log_format verdict '$status $webhook_verdict';
    server {
        access_log %%DIR%%/access.log verdict;
        listen 127.0.0.1:%%PORT%%;
        webhook_respond stale 400 text/plain "server: $webhook_verdict";
        webhook_secret s3cret;

        location /one {
            webhook stripe;
            webhook_stream hooks;
            webhook_respond accepted 202;
            webhook_respond duplicate 200 application/xml "<seen id='$webhook_id' type='$webhook_type'/>";
            webhook_respond unsigned 400 text/plain "";
        }
        location /two {
            webhook stripe; webhook_stream hooks; webhook_respond accepted 204; webhook_respond forged 444;
            webhook_source two;
        }
        location /pixel {
            webhook postback-token; webhook_stream hooks; webhook_respond accepted 200 gif;
            webhook_respond duplicate 200 gif;
        }
        location /reject { webhook stripe; webhook_stream hooks; webhook_source reject; webhook_dedup 4d policy=reject; }
        location /large {
            webhook stripe; webhook_stream hooks; client_max_body_size 1k;
            webhook_respond too_large 400 text/plain "at most 1k";
        }
        location /large-default { webhook stripe; webhook_stream hooks; client_max_body_size 1k; }
        location /page {
            webhook stripe; webhook_stream hooks;
            error_page 404 /missing;
            error_page 403 /forbidden;
            webhook_respond malformed 403;
        }
        location = /missing { internal; return 404 "the error page"; }
        location = /forbidden { internal; return 403 "the error page: $webhook_verdict"; }
        location /gate { webhook stripe; webhook_accept_types wanted; webhook_respond ignored 204; root %%DIR%%; }

        location /iron { webhook ironsource; webhook_stream iron; }
        location /iron-own {
            webhook ironsource; webhook_stream iron; webhook_source own;
            webhook_respond accepted 200 text/plain taken;
        }
        location /acme { webhook acme; webhook_stream acme; }
        location /acme-reject { webhook acme; webhook_stream acme; webhook_source reject; webhook_dedup 4d policy=reject; }
    }
    webhook_scheme acme { algorithm token; signature header:X-Token; id header:X-Id; ack 201 text/plain "[accepted]"; }
}
EOT

sub event ($id) { return qq({"id":"$id","type":"invoice.paid"}) }
sub signed ($path, $body) { return $t->post($path, $body, sign_stripe('s3cret', $body)) }

sub answers ($answer, $status, $type, $body, $what) {
    is $answer->{status}, $status, "$what: status $status";
    is $answer->{headers}{'content-type'} // '', $type, "$what: type" if defined $type;
    is $answer->{body}, $body, "$what: body" if defined $body;
}

answers(signed('/one', event('a')), 202, 'application/json', '{"verdict":"accepted","id":"a"}',
    'another status, the usual body');
answers(signed('/one', event('a')), 200, 'application/xml', q(<seen id='a' type='invoice.paid'/>),
    'a body with variables');
answers($t->post('/one', event('b'), 'Stripe-Signature' => 't=1,v1=' . '0' x 64), 404, 'text/plain',
    "no such page\n", 'inherited from http');
answers($t->post('/one', event('b')), 400, 'text/plain', '', 'an empty body');
answers($t->post('/two', event('b')), 404, 'application/json', '{"verdict":"unsigned"}',
    'inherited, where the location says nothing');
my $old = time - 1000;
answers($t->post('/one', event('c'), sign_stripe('s3cret', event('c'), clock => $old)), 400, 'text/plain',
    'server: stale', 'inherited from the server');

my $none = signed('/two', event('d'));
answers($none, 204, '', '', 'no content');
ok !defined $none->{headers}{'content-length'}, 'without a length';
is scalar(grep { $_->{id} eq 'd' } $t->events('hooks')), 1, 'and stored';
my $connection = $t->connect;
$connection->send(
    $t->build(
        method => 'POST', path => '/two', body => event('e'),
        headers => [ 'Stripe-Signature' => 't=1,v1=' . '0' x 64 ]
    )
);
ok $connection->closed && !length($connection->{buffer} // ''), '444 closes the connection without an answer';

my $pixel = $t->get('/pixel?security_token=s3cret&transaction_id=1&goal_id=lead');
answers($pixel, 200, 'image/gif', undef, 'a pixel');
is length $pixel->{body}, 43, 'of 43 bytes';
like $pixel->{body}, qr/^GIF89a\x01\0\x01\0.*;\z/s, 'a GIF of 1x1';
is $t->get('/pixel?security_token=s3cret&transaction_id=1&goal_id=lead')->{body}, $pixel->{body},
    'also for a copy';

is signed('/reject', event('r'))->{status}, 200, 'policy=reject: the first';
answers(signed('/reject', event('r')), 409, 'application/json', '{"verdict":"duplicate","id":"r"}',
    'policy=reject: the second');

my $large = '{"id":"' . 'x' x 3000 . '"}';
answers(signed('/large', $large), 400, 'text/plain', 'at most 1k', 'too large');
answers(signed('/large-default', $large), 413, 'application/json', '{"verdict":"too_large"}',
    'too large, the usual answer');
answers($t->request(method => 'POST', path => '/large', body => $large, chunked => [$large]), 400,
    'text/plain', 'at most 1k', 'too large, chunked');

answers($t->post('/page', event('p')), 404, undef, 'the error page', 'error_page goes before the usual body');
answers($t->post('/page', event('p'), 'Stripe-Signature' => 't=1,v1=' . '0' x 64), 404, 'text/plain',
    "no such page\n", 'a body of its own before error_page');
answers($t->post('/page', event('p'), 'Stripe-Signature' => 't=1,v1=00', 'Stripe-Signature' => 't=2,v1=00'),
    403, undef, 'the error page: malformed', 'by the new status');
answers(signed('/gate', event('g')), 204, '', '', 'a gate');

# --- what providers want to read
sub iron ($path, $id, $signature = undef) {
    $signature //= md5_hex("1600${id}user5s3cret");
    return $t->get("$path?timestamp=1600&eventId=$id&appUserId=user&rewards=5&signature=$signature");
}
answers(iron('/iron', 'e1'), 200, 'text/plain', 'e1:OK', 'ironSource');
answers(iron('/iron', 'e1'), 200, 'text/plain', 'e1:OK', 'ironSource, again');
answers(iron('/iron', 'e2', '0' x 32), 404, 'text/plain', "no such page\n", 'ironSource, forged');
answers(iron('/iron-own', 'e3'), 200, 'text/plain', 'taken', 'an answer of one\'s own goes before');
answers(iron('/iron-own', 'e3'), 200, 'text/plain', 'e3:OK', 'for its verdict only');
my @token = ('X-Token' => 's3cret', 'X-Id' => 'i1');
answers($t->post('/acme', 'x', @token), 201, 'text/plain', '[accepted]', 'ack of a scheme of one\'s own');
answers($t->post('/acme', 'y', @token), 201, 'text/plain', '[accepted]', 'conflict');
answers($t->post('/acme-reject', 'x', @token), 201, 'text/plain', '[accepted]', 'policy=reject: the first');
answers($t->post('/acme-reject', 'x', @token), 409, 'application/json', undef, 'policy=reject: the second');

wait_for('the access log', sub { slurp($t->file('access.log')) =~ /409 duplicate\n\z/ });
my $log = slurp($t->file('access.log'));
like $log, qr/^$_$/m, "log: $_"
    for '202 accepted', '404 forged', '204 accepted', '444 forged', '400 too_large', '413 too_large',
    '403 malformed';

# --- mistakes
my @wrong = (
    [
        'webhook_respond fine 200;', qr/unknown verdict "fine", it must be one of accepted .* in_progress in /
    ],
    [ 'webhook_respond challenge 200;', qr/"challenge" is answered as its provider asks/ ],
    [ 'webhook_respond accepted 302;', qr/invalid status "302", it must be 2xx, 4xx or 5xx/ ],
    [ 'webhook_respond accepted x;', qr/invalid status "x"/ ],
    [ 'webhook_respond accepted 0200;', qr/invalid status "0200"/ ],
    [ 'webhook_respond accepted 204 text/plain x;', qr/status 204 has no body/ ],
    [
        'webhook_respond accepted 200 png;',
        qr/invalid parameter "png", it must be "gif", or a media type and a body/
    ],
    [ 'webhook_respond accepted 200 text x;', qr/invalid type "text", it must be a media type/ ],
    [ 'webhook_respond accepted 200 text/plain $nosuch;', qr/unknown "nosuch" variable/ ],
    [ 'webhook_respond unavailable 200;', qr/status 200 for "unavailable" would lose the event/ ],
    [ 'webhook_respond busy 202;', qr/would lose the event/ ],
    [
        'webhook_respond accepted 200; webhook_respond accepted 201;',
        qr/"webhook_respond" directive is duplicate/
    ],
    [
        'webhook_scheme a { algorithm token; signature header:x; ack 302; }',
        qr/"webhook_scheme a": invalid status "302"/
    ],
    [
        'webhook_scheme a { algorithm token; signature header:x; ack 200 text/plain; }',
        qr/invalid number of arguments in "ack"/
    ],
    [
        'webhook_scheme a { algorithm token; signature header:x; ack 200 text/plain "{json:/id}"; }',
        qr/"json:\/id" in "ack" is not supported/
    ],
);
for (@wrong) {
    my ($words, $message) = @$_;
    my ($exit, $output) = $t->nginx_test("%%GLOBALS%%\nevents { }\nhttp { %%HTTP%%\n$words\n}\n");
    is $exit, 1, "refused: $words";
    like $output, $message, 'with its reason';
}

done_testing;
