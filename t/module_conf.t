#!/usr/bin/perl

# nginx -t: what is right passes without Redis, every mistake is refused with nginx' wording and the line.

use v5.36;
use FindBin;
use POSIX qw(mkfifo);
use lib "$FindBin::Bin/lib";
use Test::Webhook;

my $t = Test::Webhook->new;
$t->write('secret', "s3cret\n");
$t->write('empty', "\n");
mkfifo($t->file("pipe"), 0600) or die "mkfifo: $!";

# Line 10 is the first of the location's content.
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

my %right = (
    'smallest' => config($good),
    'all words' =>
        config(<<'EOT', 'webhook_url https://hooks.example.com; webhook_headers X-One x-two;', <<'EOH'),
        webhook stripe;
        webhook_secret s1 file:%%DIR%%/secret;
        webhook_secret env:PATH;
        webhook_param name value;
        webhook_tolerance 10m;
        webhook_source shop;
        webhook_dedup 1h policy=reject by=id;
        webhook_stream hooks partitions=4 max_backlog=10k max_backlog_bytes=64m;
        webhook_partition header:x-customer;
        webhook_id header:x-id json:/id;
        webhook_type "{header:x-a}.{json:/type}";
        webhook_tenant header:x-tenant $arg_tenant "{path:2}-${http_x_shop}" xml:/a/@b form:x>base64>xml:/a;
        webhook_accept_types charge.* *;
EOT
        webhook_redis redis://127.0.0.1:1/3;
        webhook_redis_auth user pass;
        webhook_redis_timeout 1s;
        webhook_redis_connect_timeout 100ms;
        webhook_max_inflight 10;
        webhook_json_max 64k;
EOH
    'unix' => config("$good webhook_redis unix:/run/redis.sock:2;"),
    'IPv6' => config("$good webhook_redis redis://[::1]:6379/1;"),
    'secret of a variable' => config(
        'webhook stripe; webhook_secret $key; webhook_source shop-$arg_t; webhook_stream hooks;', '',
        'map $arg_t $key { a first-key-0123456789; }'
    ),
    'no secret for none' => config('webhook none; webhook_stream hooks;'),
    'off inside' => config("$good location /hooks/x { webhook off; return 204; }"),
    'return in an if' => config("$good if (\$request_method = GET) { return 204; }"),
    'inherited by if' => config("$good if (\$arg_x) { set \$y 1; }"),
    'dedup on' => config("$good webhook_dedup on by=body policy=reject;"),
    'tolerance off, dedup off' => config("$good webhook_tolerance off; webhook_dedup off;"),
    'one stream twice' => config($good, "location /other { $good }"),
);
for my $name (sort keys %right) {
    my ($exit, $output) = $t->nginx_test($right{$name});
    is $exit, 0, "right: $name" or diag $output;
}

my $listed = qr/"webhookctl schemes" lists the built-in ones/;
my @wrong = (
    [
        'webhook strype; webhook_secret s; webhook_stream hooks;',
        qr/unknown webhook scheme "strype", did you mean "stripe"\? $listed in .*nginx\.conf:\d+/
    ],
    [ 'webhook stripe; webhook_stream hooks;', qr/"webhook stripe" requires "webhook_secret"/ ],
    [ 'webhook_stream hooks;', qr/"webhook_stream" requires "webhook"/ ],
    [ "webhook stripe; webhook_secret ''; webhook_stream hooks;", qr/empty secret/ ],
    [ 'webhook standard; webhook_secret "whsec_"; webhook_stream hooks;', qr/"webhook standard": .*empty/ ],
    [
        'webhook stripe; webhook_secret file:/nonexistent/x; webhook_stream hooks;',
        qr/secret file "\/nonexistent\/x" cannot be read \(No such file/
    ],
    [
        'webhook stripe; webhook_secret file:%%DIR%%/empty; webhook_stream hooks;',
        qr/secret file ".*empty" is empty/
    ],
    [
        'webhook stripe; webhook_secret file:%%DIR%%/pipe; webhook_stream hooks;',
        qr/secret file ".*pipe" is not a regular file/
    ],
    [
        'webhook stripe; webhook_secret env:NOT_SET_AT_ALL; webhook_stream hooks;',
        qr/environment variable "NOT_SET_AT_ALL" is not set/
    ],
    [
        'webhook stripe; webhook_secret env:not-a-name; webhook_stream hooks;',
        qr/environment variable "\*\*\*" is not set/
    ],
    [
        'webhook stripe; webhook_secret $arg_s; webhook_stream hooks;',
        qr/with variables requires "webhook_source" with variables/
    ],
    [
        'webhook stripe; webhook_secret $arg_s; webhook_source x; webhook_stream hooks;',
        qr/with variables requires "webhook_source" with variables/
    ],
    [
        'webhook stripe; webhook_secret $nosuch; webhook_source $host; webhook_stream hooks;',
        qr/a "\$" in it begins a variable, and there is none of this name/
    ],
    [ "$good webhook_stream other;", qr/"webhook_stream" directive is duplicate/ ],
    [ "$good webhook github;", qr/"webhook" directive is duplicate/ ],
    [
        'webhook stripe; webhook_secret s; webhook_stream "a b";',
        qr/invalid stream name "a b", it must be 1 to 64 letters/
    ],
    [
        'webhook stripe; webhook_secret s; webhook_stream hooks partitions=0;',
        qr/invalid parameter "partitions=0"/
    ],
    [
        'webhook stripe; webhook_secret s; webhook_stream hooks max_backlog=x;',
        qr/invalid parameter "max_backlog=x"/
    ],
    [ 'webhook stripe; webhook_secret s; webhook_stream hooks max_backlog_bytes=-1;', qr/invalid parameter/ ],
    [ 'webhook stripe; webhook_secret s; webhook_stream hooks what=1;', qr/invalid parameter "what=1"/ ],
    [ "$good if (\$arg_x) { webhook_stream other; }", qr/"webhook_stream" directive is not allowed here/ ],
    [ "$good webhook_id json:type;", qr/json:type/ ],
    [ "$good webhook_type nowhere:x;", qr/"nowhere:x" is not a source such as header:NAME/ ],
    [
        "$good webhook_type 'x\${y';", qr/the closing bracket in "y" variable is missing in .*nginx\.conf:\d+/
    ],
    [ "$good webhook_partition \$-;", qr/invalid variable name in .*nginx\.conf:\d+/ ],
    [
        "$good webhook_id claim:jti;",
        qr/"claim:" is a source of schemes with tokens \(JWT\), which "webhook stripe" is not/
    ],
    [
        "$good webhook_id xml:id;",
        qr/"xml:id" is not a path of local names such as xml:\/a\/b or xml:\/a\/\@b/
    ],
    [ "$good webhook_id path:a;", qr/"path:a" is not a segment of the path, which are path:1 to path:99/ ],
    [ "$good webhook_tolerance soon;", qr/invalid value "soon", it must be a time such as "5m", or "off"/ ],
    [ "$good webhook_dedup 0;", qr/invalid value "0", it must be a time such as "4d", "on" or "off"/ ],
    [ "$good webhook_dedup 1h by=x;", qr/invalid parameter "by=x"/ ],
    [ "$good webhook_dedup off by=body;", qr/invalid parameter "by=body"/ ],
    [
        "$good webhook_dedup 1h by=body; webhook_partition header:x;",
        qr/"webhook_partition" is useless with "webhook_dedup" "by=body"/
    ],
    [
        "$good webhook_redis rediss://h;",
        qr/"rediss:\/\/" \(TLS\) is not supported by this build in "rediss:\/\/h"/
    ],
    [ "$good webhook_redis redis-cluster://a:1,b:2;", qr/"redis-cluster:\/\/" is not supported/ ],
    [ "$good webhook_redis redis-sentinel://a:1/m;", qr/"redis-sentinel:\/\/" is not supported/ ],
    [
        "$good webhook_redis redis://u:p\@h;",
        qr/belong into "webhook_redis_auth" in "redis:\/\/\*\*\*\@h" in /
    ],
    [ "$good webhook_redis rediss://u:p\@h;", qr/TLS.* in "rediss:\/\/\*\*\*\@h" in / ],
    [ "$good webhook_redis redis://127.0.0.1/x;", qr/invalid database number/ ],
    [ "$good webhook_redis http://127.0.0.1;", qr/"redis:\/\/" or "unix:" expected/ ],
    [ "$good webhook_redis unix:relative;", qr/absolute path expected/ ],
    [
        "$good webhook_redis unix:/" . 'x' x 107 . ';',
        qr/the path of the socket is longer than 107 bytes in "unix:\/x+" in /
    ],
    [ "$good webhook_redis redis://127.0.0.1:99999;", qr/invalid port/ ],
    [ "$good webhook_url ftp://x;", qr/invalid URL "ftp:\/\/x", it must begin with "https:/ ],
    [ "$good webhook_headers 'a b';", qr/invalid header name "a b"/ ],
    [ "$good webhook_source '';", qr/invalid parameter ""/ ],
    [ "$good webhook_json_max x;", qr/invalid value/ ],
    [ "$good webhook_redis_timeout 0;", qr/the time must not be 0/ ],
    [ "$good webhook_redis_connect_timeout 0s;", qr/the time must not be 0/ ],
    [ "$good webhook_id url;", qr/"url" is not a source such as header:NAME/ ],
    [ "$good webhook_partition '{url}';", qr/"url" is not a source such as header:NAME/ ],
    [ "$good return 200;", qr/"return" answers before "webhook" is asked, so nothing would be verified/ ],
    [ "$good location /hooks/x { return 204; }", qr/"return" answers before/ ],
    [ "$good webhook_param a 1; webhook_param a 2;", qr/duplicate webhook parameter "a"/ ],
    [ "$good proxy_pass http://127.0.0.1:1;", qr/another content handler/ ],
);
for (@wrong) {
    my ($content, $message) = @$_;
    my ($exit, $output) = $t->nginx_test(config($content));
    is $exit, 1, "refused: $content";
    like $output, $message, 'with its reason';
    like $output, qr/\[emerg\] .* in .+nginx\.conf:\d+/, "and its place";
}

my @warned = (
    [
        "$good webhook_param verify_token x;",
        qr/\[warn\] .*"webhook_param verify_token" is not used, "webhook stripe" does not ask for it in .*nginx\.conf:\d+/
    ],
    [
        'webhook meta; webhook_secret s; webhook_stream hooks; webhook_param verify_tokne x;',
        qr/"webhook_param verify_tokne" is not used/
    ],
    [
        'webhook pubsub; webhook_secret file:%%DIR%%/keys; webhook_stream hooks; '
            . 'webhook_param audience a; webhook_param email e;',
        undef
    ],
    [ 'webhook meta; webhook_secret s; webhook_stream hooks; webhook_param verify_token x;', undef ],
    [
        "webhook meta; webhook_secret s; webhook_stream hooks; webhook_param verify_token x; "
            . "location /hooks/x { webhook stripe; }",
        undef
    ],
);
my $modulus =
    $t->run([qw(openssl rsa -noout -modulus)], stdin => $t->run([qw(openssl genrsa 2048)])->{out})->{out} =~
    s/^Modulus=|\s+\z//gr;
$t->write('keys',
          '{"keys":[{"kty":"RSA","kid":"a","n":"'
        . (b64(pack 'H*', $modulus) =~ tr{+/=}{-_}dr)
        . '","e":"AQAB"}]}');
for (@warned) {
    my ($content, $message) = @$_;
    my ($exit, $output) = $t->nginx_test(config($content));
    is $exit, 0, "taken: $content" or diag $output;
    $message
        ? like($output, $message, 'with a warning')
        : unlike($output, qr/webhook_param/, 'without a warning');
}

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

# --- what was probably meant, and ranges
for my $case (
    [
        'webhook strippe; webhook_secret good-key-0123456789; webhook_stream hooks;',
        qr/unknown webhook scheme "strippe", did you mean "stripe"\?/
    ],
    [
        'webhook Stripe; webhook_secret good-key-0123456789; webhook_stream hooks;',
        qr/did you mean "stripe"\?/
    ],
    [ 'webhook owm; webhook_secret good-key-0123456789; webhook_stream hooks;', qr/did you mean "own"\?/ ],
    [
        'webhook nothinglikethis; webhook_secret good-key-0123456789; webhook_stream hooks;',
        qr/unknown webhook scheme "nothinglikethis", "webhookctl schemes"/
    ],
    [ "$good webhook_dedup 1h by=boddy;", qr/invalid parameter "by=boddy", did you mean "by=body"\?/ ],
    [ "$good webhook_dedup 1h policy=rejct;", qr/did you mean "policy=reject"\?/ ],
    [
        'webhook stripe; webhook_secret good-key-0123456789; webhook_stream hooks partition=4;',
        qr/invalid parameter "partition=4", did you mean "partitions"\?/
    ],
    [
        'webhook stripe; webhook_secret good-key-0123456789; webhook_stream hooks max_backlogs=4;',
        qr/did you mean "max_backlog"\?/
    ],
    [
        'webhook stripe; webhook_secret good-key-0123456789; webhook_stream hooks zzz=4;',
        qr/it must be partitions=, max_backlog= or max_backlog_bytes=/
    ],
    [
        'webhook stripe; webhook_secret good-key-0123456789; webhook_stream hooks partitions=4097;',
        qr/invalid parameter "partitions=4097", it must be from 1 to 4096/
    ],
    [
        'webhook stripe; webhook_secret good-key-0123456789; webhook_stream hooks max_backlog=0;',
        qr/it must be a number from 1 to 1000000m/
    ],
    [
        'webhook stripe; webhook_secret good-key-0123456789; webhook_stream hooks max_backlog_bytes=0;',
        qr/it must be a size of at least 1 byte/
    ],
    [
        "$good webhook_respond acepted 202;",
        qr/unknown verdict "acepted", did you mean "accepted"\? it must be one of accepted duplicate/
    ],
    [
        "$good } location /status { webhook_status prometeus;",
        qr/invalid parameter "prometeus", did you mean "prometheus"\?/
    ],
    [ "$good webhook_redis_timeout 0;", qr/the time must not be 0, it is at least 1ms/ ],
) {
    my ($content, $message) = @$case;
    my ($exit, $output) = $t->nginx_test(
        config(
            $content, '',
            'webhook_scheme own { algorithm hmac-sha256; signature header:x-s encoding=hex; '
                . 'message "{body}"; } webhook_zone z 1m;'
        )
    );
    is $exit, 1, "refused: $content";
    like $output, $message, 'with what was meant';
}
my ($guessed, $hint) = $t->nginx_test(
    config(
        "$good webhook_param verify_token x; location /hooks/m { webhook meta; webhook_param verify_tokne x; }"
    )
);
like $hint,
    qr/"webhook_param verify_tokne" is not used, "webhook meta" does not ask for it, did you mean "verify_token"\?/,
    'a parameter';

# --- the host of a URL that is signed
my %host = map {
    $_ => [ $t->nginx_test(config("webhook $_; webhook_secret good-key-0123456789; webhook_stream hooks;")) ]
} qw(square twilio stripe);
like $host{$_}[1],
    qr/\[warn\] .*"webhook $_" signs the URL, and without "webhook_url" its host is what the client's "Host" header says/,
    "$_ without webhook_url"
    for qw(square twilio);
unlike $host{stripe}[1], qr/\[warn\]/, 'stripe signs none';
my ($with, $none) = $t->nginx_test(
    config(
        'webhook square; webhook_secret good-key-0123456789; webhook_stream hooks;',
        'webhook_url https://hooks.example.com;'
    )
);
unlike $none, qr/\[warn\]/, 'square with an inherited webhook_url';

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

my @streams = (
    [ 'partitions=4', '', 'partitions=4' ],
    [ 'max_backlog=5', '', 'max_backlog=5' ],
    [ 'max_backlog_bytes=5m', '', 'max_backlog_bytes=5242880' ],
    [ '', 'webhook_dedup 1h;', 'a "webhook_dedup" window of 3600s' ],
);
for (@streams) {
    my ($word, $more, $earlier) = @$_;
    my ($exit, $output) = $t->nginx_test(
        config(
            $good, "location /other { webhook github; webhook_secret s; webhook_stream hooks $word; $more }"
        )
    );
    is $exit, 1, "refused: one stream with other $word$more";
    like $output,
        qr/stream "hooks" has \Q$earlier\E in .+nginx\.conf:\d+, all locations .* in .+nginx\.conf:\d+/,
        "what differs, and both places";
}

my $symbols = $t->run([ 'nm', '-D', '--defined-only', $t->build_dir . '/ngx_http_webhook_module.so' ])->{out};
is_deeply [ sort map { (split)[2] =~ s/@.*//r } grep { / [^A] / } split /\n/, $symbols ],
    [qw(ngx_http_webhook_module ngx_module_names ngx_module_order ngx_modules)],
    'exports only what nginx asks for';

done_testing;
