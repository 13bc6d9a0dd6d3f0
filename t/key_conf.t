#!/usr/bin/perl

# nginx -t about keys: which public keys are refused, secrets that are no keys, short ones.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use MIME::Base64 qw(encode_base64 encode_base64url);
use Test::Webhook;
use Test::Webhook::Keys;

my $t = Test::Webhook->new;
$t->start_redis;
my $keys = Test::Webhook::Keys->new($t, (map { $_ => 'rsa' } qw(a b c old new)),
    ed => 'ed25519', p384 => 'p384', weak => 'weak');

$t->write("rotation/$_", $keys->public($_)) for qw(old new);

sub config ($words, $http = '') {
    return
        "%%GLOBALS%%\nevents { }\nhttp { %%HTTP%%\nwebhook_redis %%REDIS%%;\n$http\n"
            . "server { listen 127.0.0.1:%%PORT%%;\nlocation /x { $words "
            . "webhook_stream hooks partitions=1; }\n} }\n";
}
mkdir $t->file('empty') or die $!;
$t->write('five.pem', join '', map { $keys->public($_) } qw(a b c old new));
$t->write("five/$_", $keys->public($_)) for qw(a b c old new);
$t->write('five.json', $keys->jwks(qw(a b c old new)));
$t->write('p384.pem', $keys->public('p384'));
$t->write('weak.pem', $keys->public('weak'));
$t->write('ed.pem', $keys->public('ed'));
$t->write('broken.pem', substr $keys->public('a'), 0, 200);
$t->write('folder/good', $keys->public('a'));
$t->write('folder/odd', 'nonsense');
for my $case (
    [
        'webhook wise; webhook_secret "file:%%DIR%%/weak.pem";',
        qr/\[emerg\].*"webhook wise": RSA key of 1024 bits, only 2048 to 4096 are taken in /
    ],
    [
        'webhook sendgrid; webhook_secret "file:%%DIR%%/p384.pem";',
        qr/\[emerg\].*"webhook sendgrid": elliptic curve key that is not on P-256 in /
    ],
    [
        'webhook wise; webhook_secret "file:%%DIR%%/ed.pem";',
        qr/\[emerg\].*"webhook wise": key is of another kind than the scheme's algorithm takes in /
    ],
    [
        'webhook wise; webhook_secret "file:%%DIR%%/private/a.pem";',
        qr/\[emerg\].*"webhook wise": private key where the public one belongs in /
    ],
    [
        'webhook wise; webhook_secret "file:%%DIR%%/broken.pem";',
        qr/\[emerg\].*"webhook wise": PEM cannot be decoded in /
    ],
    [
        'webhook wise; webhook_secret "file:%%DIR%%/five.pem";',
        qr/\[emerg\].*"webhook wise": more than 4 keys without an id in /
    ],
    [
        'webhook wise; webhook_secret "file:%%DIR%%/five";',
        qr/\[emerg\].*"webhook wise": more than 4 keys, and requests do not name theirs in /
    ],
    [
        'webhook kick; webhook_secret "file:%%DIR%%/five.json";',
        qr/\[emerg\].*"webhook kick": more than 4 keys, and requests do not name theirs in /
    ],
    [
        'webhook wise; webhook_secret nonsense;',
        qr/\[emerg\].*"webhook wise": key is neither PEM nor JSON in /
    ],
    [ 'webhook discord; webhook_secret 00ff;', qr/\[emerg\].*"webhook discord": key cannot be decoded in / ],
    [
        'webhook wise; webhook_secret "file:%%DIR%%/nothing";',
        qr/\[emerg\].*secret file "[^"]+nothing" cannot be read/
    ],
    [
        'webhook wise; webhook_secret "file:%%DIR%%/empty";',
        qr/\[emerg\].*key file "[^"]+empty" is a directory without files in /
    ],
    [
        'webhook wise; webhook_secret "file:%%DIR%%/folder";',
        qr/\[emerg\].*"webhook wise": key is neither PEM nor JSON \("odd"\) in /
    ],
    [
        'webhook github; webhook_secret "file:%%DIR%%/rotation";',
        qr/\[emerg\].*secret file "[^"]+rotation" is a directory in /
    ],
    [
        'webhook wise; webhook_source $arg_a; webhook_secret $tenant_key "file:%%DIR%%/rotation";',
        qr/\[emerg\].*directory "[^"]+rotation" together with a secret with variables in /
    ],
    [
        'webhook discord; webhook_source $arg_a; webhook_secret $tenant_key;',
        qr/\[emerg\].*"webhook discord": a value of a variable of "webhook_secret": key cannot be decoded in /
    ],
    [
        'webhook netlify; webhook_secret "file:%%DIR%%/ed.pem";',
        qr/\[emerg\].*"webhook netlify": PEM or JWK where a shared secret belongs in /
    ],
    [
        'webhook pubsub; webhook_secret "file:%%DIR%%/rotation/new";',
        qr/\[emerg\].*"webhook pubsub": parameter "audience" is missing in /
    ],
) {
    my ($words, $message) = @$case;
    my ($exit, $output) = $t->nginx_test(config($words, 'map $arg_key $tenant_key { a 00ff; }'));
    isnt $exit, 0, "nginx -t refuses: $words";
    like $output, $message, 'and says why';
    unlike $output, qr/BEGIN|nonsense in/, 'without the key';
}
# Keys that are none, as text, as files and decoded; beside each the word of its reason.
my $der = $keys->der('a');
my $small = "\1" . "\0" x 31;
my @none = (
    (
        map {
            my $scheme = $_;
            map { [ $scheme, @$_ ] } (
                [ ' ', 'blanks' ], [ "\t \t", 'blanks' ], [ "\xc2\xa0\xe3\x80\x80", 'blanks' ],
                [ "secret\0secret", 'NUL' ], [ "\0" x 32, 'NUL' ],
                [ 'whsec_', 'empty' ], [ 'Bearer', 'empty' ], [ $keys->public('a'), 'PEM' ],
                [ encode_base64($der, ''), 'PEM' ], [ $der, 'NUL' ], [ unpack('H*', $der), 'PEM' ],
                [ $keys->jwks('a'), 'PEM' ], [ 'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQC7', 'PEM' ],
            )
        } qw(github stripe gitlab hubspot-v1 netlify contentful http-signature-hmac polar)
    ),
    [ 'postmark', ':', 'neither' ], [ 'postmark', ' : ', 'neither' ], [ 'postmark', 'user', 'USER:PASSWORD' ],
    (
        map {
            my ($scheme, $encode) = @$_;
            map { [ $scheme, $encode->($_->[0]), $_->[1] ] } (
                [ "\0" x 32, 'repeated' ], [ "\xff" x 24, 'repeated' ], [ 'abc', '3 bytes' ],
                [ "a" . "\0" x 20, '1 bytes' ], [ $der, 'public key|PEM' ],
            )
        } [ standard => sub { 'whsec_' . encode_base64($_[0], '') } ],
        [ 'ms-teams' => sub { encode_base64($_[0], '') } ],
        [ 'adyen-platform' => sub { unpack 'H*', $_[0] } ]
    ),
    (
        map {
            my $key = $_;
            (
                [ 'discord', unpack('H*', $key), 'small order' ],
                [ 'telnyx', encode_base64($key, ''), 'small order' ],
                [ 'standard-ed25519', 'whpk_' . encode_base64($key, ''), 'small order' ],
                [
                    'discord', to_json({ kty => 'OKP', crv => 'Ed25519', x => encode_base64url($key) }),
                    'small order'
                ]
            )
        } $small,
        "\0" x 32,
        "\xec" . "\xff" x 30 . "\x7f",
        "\xee" . "\xff" x 31,
        pack('H*', '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85')
    ),
);
my $tried = 0;
for my $number (0 .. $#none) {
    my ($scheme, $key, $why) = @{ $none[$number] };
    my $file = $t->write("none/$number", $key);
    my ($exit, $output) = $t->nginx_test(config(qq{webhook $scheme; webhook_secret "file:$file";}));
    my @options = ('--scheme', $scheme, '--secret', "file:$file", '--url', 'https://h.example/');
    # Of public keys sign wants the private one, and takes 32 bytes for its seed.
    my @commands = $why eq 'small order' ? 'verify' : $number % 3 ? 'sign' : qw(verify sign);
    my @ctl = map { $t->ctl({ stdin => '{}' }, $_, @options) } @commands;
    ok $exit != 0
        && $output =~ /\[emerg\].*(?:"webhook $scheme":|secret file ".*") .*(?:$why)/
        && !grep({ $_->{exit} != 2 || $_->{err} !~ /$why/ } @ctl), "$scheme: a key that is none, $why"
        or diag $output, map { $_->{err} } @ctl;
    $tried++;
}
diag "$tried keys that are none, at nginx -t and webhookctl";
for my $case ([ 'github', 'secret', 6 ], [ 'ms-teams', encode_base64('0123456789abcde', ''), 15 ],
    [ 'standard', 'whsec_' . encode_base64('abcd', ''), 4 ])
{
    my ($scheme, $key, $bytes) = @$case;
    my ($exit, $output) = $t->nginx_test(config("webhook $scheme; webhook_secret $key;"));
    is $exit, 0, "$scheme: a short key is possible";
    like $output, qr/\[warn\].*"webhook $scheme": secret of $bytes bytes can be guessed, use at least 16 in /,
        'nginx -t warns of it';
    for my $command (qw(verify sign)) {
        my $result = $t->ctl({ stdin => '{}' }, $command, '--scheme', $scheme, '--secret', $key);
        isnt $result->{exit}, 2, "$command takes it";
        is $result->{err}, "webhookctl: warning: secret of $bytes bytes can be guessed, use at least 16\n",
            'and warns';
    }
}
my ($random_exit, $random) = $t->nginx_test(
    config(
        'webhook ms-teams; webhook_secret '
            . encode_base64("\0\1\2\3\0\0\4\5\6\7\x08\x09\0\0\0\x10", '') . ';'
    )
);
is $random_exit, 0, 'a NUL in a decoded key is fine';
unlike $random, qr/\[warn\]/, 'and nothing to warn of';
for my $param ([ meta => "verify_token '  '" ], [ notion => "setup ' '" ], [ braintree => "public_key ' '" ])
{
    my ($exit, $output) = $t->nginx_test(
        config("webhook $param->[0]; webhook_secret 0123456789abcdef; webhook_param $param->[1];"));
    isnt $exit, 0, "$param->[0]: a blank $param->[1] is refused" or diag $output;
}

done_testing;
