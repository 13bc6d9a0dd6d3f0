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

# --- one stream, two locations
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

done_testing;
