#!/usr/bin/perl

# webhookctl sign, verify, schemes, send and listen.

use v5.36;
use Digest::SHA qw(hmac_sha256 hmac_sha256_hex);
use FindBin;
use MIME::Base64 qw(encode_base64url);
use lib "$FindBin::Bin/lib";
use Test::Webhook;

my $t = Test::Webhook->new;
my $clock = 1760000000;
my $body = '{"id":"evt_1","type":"invoice.paid"}';

# What sign prints, verify accepts.
sub sign ($scheme, @words) {
    $t->ctl({ stdin => $body }, 'sign', '--scheme', $scheme, '--clock', $clock, @words);
}
sub verify (@words) { $t->ctl({ stdin => $body }, 'verify', @words) }
sub headers ($text) { map { ('-H', $_) } grep { /: / } split /\n/, $text }

my $signed = sign('stripe', '--secret', 'whsec_x');
like $signed->{out}, qr/^Stripe-Signature: t=1760000000,v1=[0-9a-f]{64}\n$/, 'sign: header lines';
my @stripe = ('--scheme', 'stripe', headers($signed->{out}));
my $result = verify(@stripe, '--secret', 'whsec_x', '--clock', $clock);
is $result->{exit}, 0, 'genuine: exit 0';
like $result->{out}, qr/^accepted\nid: evt_1\ntype: invoice\.paid\n/, 'genuine: verdict, id and type';
is verify(@stripe, '--secret', 'whsec_y', '--secret', 'whsec_x', '--clock', $clock)->{exit}, 0,
    'any of several secrets';

# Its library writes no blank behind the comma, but reads one.
my $sanity = sign('sanity', '--secret', 's')->{out};
is verify('--scheme', 'sanity', headers($_), '--secret', 's', '--clock', $clock)->{exit}, 0,
    'sanity: ' . s/\n.*//sr
    for $sanity, $sanity =~ s/,(?=v1=)/, /r;

for my $case (
    [ 'forged', '--secret', 'whsec_y', '--clock', $clock ],
    [ 'stale', '--secret', 'whsec_x' ],
    [ 'stale', '--secret', 'whsec_x', '--clock', $clock + 301 ],
    [
        'malformed', '--secret', 'whsec_x', '--clock', $clock,
        map { s/,v1=/,v1=00,v1=/r } headers($signed->{out})
    ],
    [ 'method', '--secret', 'whsec_x', '--clock', $clock, '--method', 'PUT' ]
    )
{
    my ($verdict, @words) = @$case;
    my $result = verify(@stripe, @words);
    is $result->{exit}, 1, "$verdict: exit 1";
    like $result->{out}, qr/^$verdict$/m, "$verdict: verdict";
}

# Methods that challenges come by, as nginx judges them.
my @meta = ('--scheme', 'meta', '--secret', 's', '--param', 'verify_token=v',
    headers(sign('meta', '--secret', 's', '--param', 'verify_token=v')->{out}));
my @hub = ('--method', 'GET', '--url',
    'https://h.example/in?hub.mode=subscribe&hub.challenge=1158&hub.verify_token');
for my $case (
    [ 'accepted', @meta ], [ 'method', @meta, '--method', 'GET' ],
    [ 'challenge', @meta, @hub[ 0 .. 2 ], "$hub[3]=v" ], [ 'forged', @meta, @hub[ 0 .. 2 ], "$hub[3]=x" ],
    [ 'challenge', '--scheme', 'trello', '--secret', 's', '--method', 'HEAD' ]
    )
{
    my ($verdict, @words) = @$case;
    my $result = verify(@words);
    like $result->{out}, qr/^$verdict$/m, "challenges: @words[1, -2, -1]: $verdict";
    is $result->{exit}, $verdict eq 'accepted' ? 0 : 1, "challenges: $verdict: exit";
}

is verify(@stripe, '--secret', 'whsec_x', '--clock', $clock + 100, '--tolerance', '50s')->{exit}, 1,
    'a narrower window';
is verify(@stripe, '--secret', 'whsec_x', '--tolerance', 'off')->{exit}, 0, 'no window';
like verify('--scheme', 'stripe', '--secret', 'x')->{out}, qr/^unsigned$/m, 'unsigned';
is from_json(verify(@stripe, '--secret', 'whsec_x', '--clock', $clock, '--json')->{out})->{verdict},
    'accepted', 'json';
is verify('--scheme', 'nonsense', '--secret', 'x')->{exit}, 2, 'unknown scheme: exit 2';
like verify('--scheme', 'strpe', '--secret', 'x')->{err},
    qr/there is no scheme "strpe", did you mean "stripe"\?/, 'a scheme that is nearly one';
like $t->ctl('schemes', 'githb')->{err}, qr/there is no scheme "githb", did you mean "github"\?/,
    'schemes: too';
$result = $t->ctl({ stdin => "a\0b" }, 'sign', '--scheme', 'hubspot-v1', '--secret', '0123456789abcdef');
is $result->{exit}, 2, 'sign: a NUL behind the secret of a plain hash';
like $result->{err}, qr/control characters or broken UTF-8 follow the secret/, 'and says why';
is verify('--scheme', 'stripe')->{exit}, 2, 'no secret: exit 2';
my $advice = qr{write "file:/path" or "env:NAME", and put a secret that only looks so into a file};
for my $text ('/etc/nginx/secrets/hidden', './hidden', 'FILE:/hidden', 'ENV:HIDDEN', '$HIDDEN', 'whsec_...',
    'secret:hidden')
{
    for my $run (verify('--scheme', 'stripe', '--secret', $text), sign('stripe', '--secret', $text)) {
        is $run->{exit}, 2, "a secret that is none: $text";
        like $run->{err}, qr{the secret (?:looks like|is a placeholder|names a secret).*: $advice}, 'and why';
        unlike $run->{err}, qr/hidden/i, 'without the text';
    }
}
is verify('--scheme', 'stripe', '--secret', '')->{exit}, 2, 'empty secret: exit 2';
is verify('--scheme', 'stripe', '--secret', 'file:/does/not/exist')->{exit}, 2, 'unreadable secret: exit 2';

my $file = "$t->{dir}/secret";
open my $out, '>', $file or die "$file: $!";
print $out "whsec_x\n";
close $out;
is verify(@stripe, '--secret', "file:$file", '--clock', $clock)->{exit}, 0, 'secret of a file';
is $t->ctl({ stdin => $body, env => { HOOK => 'whsec_x' } }, 'verify', @stripe, '--secret', 'env:HOOK',
    '--clock', $clock)->{exit},
    0, 'secret of the environment';

# A signature in the query.
my $url = $t->ctl({ stdin => '' }, 'sign', '--scheme', 'postback-md5', '--secret', 's', '--url',
    'https://h.example/p?click_id=c&payout=1')->{out};
chomp $url;
like $url, qr{^https://h\.example/p\?click_id=c&payout=1&}, 'sign: a URL';
is $t->ctl({ stdin => '' }, 'verify', '--scheme', 'postback-md5', '--secret', 's', '--url', $url)->{exit}, 0,
    'verify: a URL';
is $t->ctl({ stdin => '' }, 'verify', '--scheme', 'postback-md5', '--secret', 's', '--url',
    $url =~ s/payout=1/payout=2/r)->{exit}, 1,
    'verify: a changed URL';

# schemes
like $t->ctl('schemes')->{out}, qr/^stripe +POST +json:\/id/m, 'schemes: list';
like $t->ctl('schemes', 'github')->{out}, qr/algorithm hmac-sha256;/, 'schemes: one';
is $t->ctl('schemes', 'nonsense')->{exit}, 1, 'schemes: unknown: exit 1';
my @schemes = map { from_json($_) } split /\n/, $t->ctl('schemes', '--json')->{out};
cmp_ok scalar @schemes, '>', 50, 'schemes: json';
my $own =
    $t->write('own.conf',
    'webhook_scheme mine { algorithm hmac-sha256; signature header:X-Mine encoding=hex; message "{body}"; id header:x-id; }'
    );
like $t->ctl('--schemes', $own, 'schemes')->{out}, qr/^mine +POST +header:x-id.*^stripe /ms,
    'schemes: own ones are listed';
is $t->ctl('--schemes', $own, 'schemes', 'mine')->{out},
    qq(algorithm hmac-sha256;\nsignature header:X-Mine encoding=hex;\nmessage "{body}";\nid header:x-id;\n),
    'schemes: one of them';

# what verify reads of a request beside its body
my $named =
    $t->write('named.conf',
    'webhook_scheme named { algorithm hmac-sha256; signature header:X-Mine encoding=hex; '
        . 'message "{path}.{body}"; id path:2; type xml:/a/b; }'
        . ' webhook_scheme bearer { algorithm jwt-hs256; '
        . 'signature header:Authorization "prefix=Bearer "; claims exp; unsigned_body; id claim:jti; '
        . 'type claim:event; }'
    );
my $xml = '<a><b>made</b></a>';
sub verify_as ($scheme, $url, $secret, @headers) {
    return from_json(
        $t->ctl(
            { stdin => $xml }, '--schemes', $named, 'verify', '--scheme', $scheme, '--url', $url, '--secret',
            $secret, '--clock', $clock, '--json',
            map { ('-H', $_) } @headers
        )->{out}
    );
}
my $mine = hmac_sha256_hex("/in/c%201.$xml", 's3cret');
my $verified = verify_as('named', 'https://h.example/in/c%201?x=/y', 's3cret', "X-Mine: $mine");
is_deeply [ @$verified{qw(verdict id type)} ], [ 'accepted', 'c 1', 'made' ],
    'verify: a signed path, its segment, and XML';
is verify_as('named', 'https://h.example/in/c%202', 's3cret', "X-Mine: $mine")->{verdict}, 'forged',
    'verify: another path';
my $jws = join '.', map { encode_base64url($_) } '{"alg":"HS256"}',
    to_json({ exp => $clock + 60, jti => 'j1', event => 'made' });
my $long_key = '0123456789abcdef0123456789abcdef';
$verified = verify_as('bearer', 'https://h.example/', $long_key,
    "Authorization: Bearer $jws." . encode_base64url(hmac_sha256($jws, $long_key)));
is_deeply [ @$verified{qw(verdict id type)} ], [ 'accepted', 'j1', 'made' ], 'verify: claims';
$verified = verify_as('bearer', 'https://h.example/', scalar reverse($long_key),
    "Authorization: Bearer $jws." . encode_base64url(hmac_sha256($jws, $long_key)));
is_deeply [ @$verified{qw(verdict id)} ], [ 'forged', undef ], 'verify: no claims of a forged token';

# send and listen
my $key = 'whsec_' . b64('0123456789abcdef0123456789abcdef');
my $port = $t->port('listen');
my $listen = $t->start_process(
    listen => [ "$t->{build}/webhookctl", 'listen', '--port', $port, '--secret', $key, '--json' ]);
wait_for('the listener', sub { $listen->output =~ /"listening"/ });
my @send = ('send', '--secret', $key, "http://127.0.0.1:$port/crm?x=1");
$result = $t->ctl(@send, '--scheme', 'standard', '--id', 'msg_1', '-d', $body, '-H', 'X-Extra: yes');
is $result->{exit}, 0, 'send: exit 0';
like $result->{out}, qr/^200  ok  [\d.]+ ms$/, 'send: status, answer, time';
is $t->ctl(@send, '--scheme', 'standard', '--clock', $clock)->{exit}, 0, 'send: stale';
is $t->ctl(@send, '--scheme', 'github')->{exit}, 0, 'send: another scheme';
$result = $t->ctl(@send, '--scheme', 'standard', '--count', 50, '--concurrency', 5, '--json');
is scalar(split /\n/, $result->{out}), 50, 'send: many';
my @arrived;
wait_for('all deliveries', sub {
    @arrived = grep { $_->{method} } map { from_json($_) } split /\n/, $listen->output;
    return @arrived == 53;
});
is $arrived[0]{signature}, 'accepted', 'listen: genuine';
is $arrived[0]{body}, $body, 'listen: body';
is $arrived[0]{path}, '/crm?x=1', 'listen: path';
is $arrived[0]{webhook_id}, 'msg_1', 'listen: webhook-id';
is $arrived[0]{headers}{'x-extra'}, 'yes', 'listen: headers';
is $arrived[0]{type}, 'invoice.paid', 'listen: type';
is $arrived[1]{signature}, 'stale', 'listen: stale';
is $arrived[2]{signature}, 'unsigned', 'listen: unsigned';
is scalar(grep { $_->{signature} eq 'accepted' } @arrived), 51, 'listen: all of many are genuine';
my %ids = map { ($_->{webhook_id} => 1) } @arrived[ 3 .. 52 ];
is scalar keys %ids, 50, 'send: every request has an id of its own';
is $t->ctl(@send, '--scheme', 'standard', '--id', 'msg_1')->{exit}, 0, 'send: a repeat';
wait_for('the repeat', sub { $listen->output =~ /"repeat":true/ });

# A form, where the scheme signs one; a body that is signed already, where the signature stands in it.
my $url_to = "http://127.0.0.1:$port/twilio";
is $t->ctl('send', '--secret', 'token', '--scheme', 'twilio', '--id', 'SM1', '--type', 'sent', $url_to)
    ->{exit}, 0, 'send: a form';
my $form;
wait_for(
    'the form',
    sub {
        ($form) = grep { ($_->{path} // '') eq '/twilio' } map { from_json($_) } split /\n/, $listen->output;
    }
);
like $form->{body}, qr/^MessageSid=SM1&MessageStatus=sent&/, 'send: the fields of the scheme';
$result = $t->ctl(
    { stdin => $form->{body} }, 'verify', '--scheme', 'twilio', '--secret', 'token', '--url', $url_to,
    map { ('-H', "$_: $form->{headers}{$_}") } qw(content-type x-twilio-signature i-twilio-idempotency-token)
);
like $result->{out}, qr/^accepted\nid: SM1\ntype: sent\n/, 'send: it is genuine';
$result = $t->ctl(@send, '--scheme', 'adyen');
is $result->{exit}, 2, 'send: a signature in the body: needs one';
like $result->{err}, qr/scheme adyen: the signature is a part of the body: .*-d \@FILE/, 'and says so';
is $t->ctl('send', '--scheme', 'adyen', '-d', '{}', $url_to)->{exit}, 0,
    'send: with a body it is sent as it is';
$listen->stop;

my $refusing = $t->start_process(
    refusing => [ "$t->{build}/webhookctl", 'listen', '--port', $port, '--status', 503, '--count', 1 ]);
wait_for('the listener', sub { $refusing->output =~ /listening on/ });
is $t->ctl(@send, '--scheme', 'standard')->{exit}, 1, 'send: refused: exit 1';
wait_for('the end after --count', sub { $refusing->output =~ /^1 deliveries$/m });
$refusing->stop;
is $t->ctl(@send, '--scheme', 'standard')->{exit}, 2, 'send: nobody there: exit 2';
is $t->ctl('send', '--scheme', 'standard', '--secret', $key, 'ftp://x/')->{exit}, 2, 'send: no HTTP: exit 2';
my $receiver = $t->start_receiver;
$receiver->script(
    '/hints' => {
        raw =>
            "HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\nHTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"
    }
);
like $t->ctl('send', '--scheme', 'github', '--secret', 'x', $receiver->url('/hints'))->{out}, qr/^202 /,
    'send: hints are not the answer';
for (
    [ qr/the port in the URL is not a number from 1 to 65535/,       'http://127.0.0.1:65616/' ],
    [ qr/"\[" without "\]"/,           'http://[::1/' ],
    [ qr/percent-encode/,              'http://127.0.0.1/a b' ],
    [ qr/Idempotency-Key has a line/i, 'http://127.0.0.1/', '--id', "a\nX: b" ],
) {
    my ($why, @words) = @$_;
    $result = $t->ctl('send', '--scheme', 'publish', '--secret', 'x', @words);
    is $result->{exit}, 2, "send: @words: exit 2";
    like $result->{err}, $why, 'and says why';
}

done_testing;
