#!/usr/bin/perl

# nginx -t about secrets: texts that are no secrets, passwords in URLs and one key for two schemes are refused
# and shown nowhere.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::Webhook;

my $t = Test::Webhook->new;

sub config ($content, $server = '', $http = '') {
    return <<"EOT";
%%GLOBALS%%
events { }
http { %%HTTP%%
$http
server { listen 127.0.0.1:%%PORT%%;
$server
location /hooks {
$content
}
}
}
EOT
}

my $good = 'webhook stripe; webhook_secret s; webhook_stream hooks;';

# --- secrets that are none: refused wherever one is taken, and not shown
my @mistakes = (
    [
        'looks like a path', '/etc/nginx/secrets/hidden', './hidden', '../hidden', '~/hidden',
        'FILE:/hidden', 'file//hidden', 'file=/hidden', '"file /hidden"', 'fiel:/hidden'
    ],
    [
        'looks like the name of a variable', 'ENV:HIDDEN', '"env HIDDEN"', 'env=HIDDEN', '%HIDDEN%',
        '"{{HIDDEN}}"', 'getenv(HIDDEN)'
    ],
    [
        'is a placeholder, which everybody knows', 'whsec_...', '...', 'PASSWORD', 'SECRET', 'changeme',
        'change-me', '<hidden>', 'YOUR_SECRET_HERE', 'xxxx'
    ],
    [ 'names a secret of the worker', 'secret:hidden' ],
);
my %taken_by = (
    webhook_secret => sub ($text) {
        "webhook stripe; webhook_secret $text; webhook_source t-\$arg_t; webhook_stream hooks;";
    },
    'the second webhook_secret' => sub ($text) {
        "webhook stripe; webhook_secret good-key-0123456789 $text; webhook_source t-\$arg_t; webhook_stream hooks;";
    },
    webhook_redis_auth => sub ($text) {
        "webhook stripe; webhook_secret good-key-0123456789; webhook_stream hooks; webhook_redis_auth user $text;";
    },
    webhook_param => sub ($text) {
        "webhook meta; webhook_secret good-key-0123456789; webhook_stream hooks; webhook_param verify_token $text;";
    },
);
my $advice = qr{write "file:/path" or "env:NAME", and put a secret that only looks so into a file};
for my $case (@mistakes) {
    my ($what, @texts) = @$case;
    for my $by (sort keys %taken_by) {
        for my $text (@texts) {
            my ($exit, $output) = $t->nginx_test(config($taken_by{$by}->($text)));
            is $exit, 1, "$by refuses $text";
            like $output,
                qr{\[emerg\] .*the secret \Q$what\E: $advice in .+nginx\.conf:\d+},
                'and says why';
            unlike $output, qr/hidden/i, 'without the text';
        }
    }
}
for my $text ('$HIDDEN', '"${HIDDEN}"', '"$ENV{HIDDEN}"') {
    for my $by (sort keys %taken_by) {
        my ($exit, $output) = $t->nginx_test(config($taken_by{$by}->($text)));
        is $exit, 1, "$by refuses $text";
        like $output,
            qr/looks like the name of a variable|there is none of this name|has no name or no "\}"|\$env is no variable/,
            'and says why';
        unlike $output, qr/hidden/i, 'without the name';
    }
}
$t->write('slash', "/etc/hidden\n");
is +($t->nginx_test(config('webhook stripe; webhook_secret file:%%DIR%%/slash; webhook_stream hooks;')))[0],
    0, 'a file may hold such a secret';
my $mistaken = 'is the text of a "file:" or "env:", which is not read there|looks like a path'
    . '|is a placeholder|names a secret';
for my $value ('file:/etc/hidden', 'env:HIDDEN', '/etc/hidden', './hidden', 'SECRET', 'whsec_...',
    'secret:hidden')
{
    for my $http ("map \$arg_t \$key { default ''; a $value; }", "geo \$key { default $value; }",
        "map \$arg_t \$one { a $value; } map \$arg_u \$key { b \$one; }")
    {
        my ($exit, $output) = $t->nginx_test(
            config(
                'webhook stripe; webhook_secret $key; webhook_source t-$arg_t; webhook_stream hooks;', '',
                $http
            )
        );
        is $exit, 1, "a secret of $http";
        like $output, qr/a value of a variable of "webhook_secret" (?:$mistaken)/, 'is refused';
        unlike $output, qr/hidden/i, 'without the value';
    }
}

# --- passwords in URLs that are refused
for my $url (
    'redis://u:hidden@h', 'rediss://u:hidden@h', 'redis://:hidden@h', 'redis:u:hidden@h', 'u:hidden@h',
    'http://u:hidden@h', 'redis://127.0.0.1/x?password=hidden',
    'redis://u:hidden', 'redis-cluster://u:hidden@a:1', 'redis-sentinel://u:hidden@a:1/m',
    'redis://127.0.0.1/x#hidden', 'unix:x?auth=hidden', 'redis://u:hid/hidden@h'
) {
    my ($exit, $output) = $t->nginx_test(config("$good webhook_redis \"$url\";"));
    is $exit, 1, "refused: webhook_redis $url";
    like $output, qr/ in ".*\*\*\*/, 'shown masked';
    unlike $output, qr/hidden/, 'without the password';
}
for my $url ('ftp://u:hidden@h/', 'ftp://h/?token=hidden', 'u:hidden@h', 'h/x?token=hidden',
    'https:/u:hidden@h', 'HTTPS//u:hidden@h')
{
    my ($exit, $output) = $t->nginx_test(config("$good webhook_url \"$url\";"));
    is $exit, 1, "refused: webhook_url $url";
    unlike $output, qr/hidden/, 'without the password';
}

# --- one key, two schemes
my $two_keys = sub ($first, $second, $http = '') {
    return $t->nginx_test(
        config("$first webhook_stream hooks;", "location /second { $second webhook_stream other; }", $http));
};
my $place = qr/in .+nginx\.conf:\d+/;
my $oracle = qr/challenges of one of them are answered with HMACs/;
my $reused = qr/\[emerg\] .*"webhook \S+" has the same key as "webhook \S+" $place: $oracle.* $place/;
my $same = '0123456789abcdef';
for my $case (
    [ "webhook x; webhook_secret $same;", "webhook github; webhook_secret $same;" ],
    [ "webhook github; webhook_secret $same;", "webhook x; webhook_secret $same;" ],
    [ "webhook zoom; webhook_secret $same;", "webhook x; webhook_secret $same;" ],
    [
        "webhook x; webhook_secret one-key-0123456789 $same;",
        "webhook github; webhook_secret $same two-key-0123456789;"
    ],
    [
        "webhook x; webhook_secret $same;", 'webhook standard; webhook_secret whsec_MDEyMzQ1Njc4OWFiY2RlZg==;'
    ],
    [ "webhook x; webhook_secret $same;", 'webhook hexed; webhook_secret 30313233343536373839616263646566;' ],
    [
        "webhook x; webhook_secret $same;",
        'webhook hexed; webhook_secret 3031323334353637383961626364656600;'
    ],
    [ "webhook x; webhook_secret file:%%DIR%%/same;", "webhook github; webhook_secret $same;" ],
    [ "webhook x; webhook_secret $same;", 'webhook github; webhook_source t-$arg_t; webhook_secret $key;' ],
    [ 'webhook x; webhook_source t-$arg_t; webhook_secret $key;', "webhook github; webhook_secret $same;" ],
    [ "webhook x; webhook_secret $same;", "webhook postback-token; webhook_secret $same;" ],
) {
    $t->write('same', "$same\n");
    my ($exit, $output) =
        $two_keys->(@$case,
        "webhook_scheme hexed { algorithm hmac-sha256; key hex; signature header:x-s encoding=hex; "
            . "message '{body}'; } map \$arg_t \$key { a $same; }"
        );
    is $exit, 1, "refused: @$case";
    like $output, $reused, 'with both places';
    unlike $output, qr/$same/, 'without the key';
}
for my $case (
    [ "webhook x; webhook_secret $same;", 'webhook github; webhook_secret another-key-0123456789;' ],
    [ "webhook x; webhook_secret $same;", "webhook x; webhook_secret $same;" ],
    [ "webhook stripe; webhook_secret $same;", "webhook github; webhook_secret $same;" ],
    [
        "webhook x; webhook_secret $same;",
        'return 204; } location /third { webhook github; webhook_secret other-key-0123456789;'
    ],
) {
    my ($exit, $output) = $two_keys->(@$case);
    is $exit, 0, "taken: @$case" or diag $output;
}

done_testing;
