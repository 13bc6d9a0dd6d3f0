#!/usr/bin/perl

# nginx -t about gates: what may stand in their location, and what would let requests past them.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::Webhook;

my $t = Test::Webhook->new;

sub config ($content, $http = '') {
    return <<"EOT";
%%GLOBALS%%
events { }
http { %%HTTP%% $http
server { listen 127.0.0.1:%%PORT%%;
location /hooks { $content }
}
}
EOT
}

my $genuine = qr/genuine requests get a file or 404; give it "webhook_stream", "proxy_pass"/;
my $gate = 'webhook stripe; webhook_secret s3cret-key-0123456789;';
my $pass = 'proxy_pass http://127.0.0.1:1;';
my %right = (
    'proxy_pass' => "$gate $pass",
    'fastcgi_pass' => "$gate fastcgi_pass 127.0.0.1:1;",
    'a file' => "$gate root %%DIR%%;",
    'an alias' => "$gate alias %%DIR%%/;",
    'locations inside' => "$gate location /hooks/x { $pass }",
    'an exact one alone' => "$pass } location = /exact { $gate root %%DIR%%;",
    'try_files' => "$gate try_files /x =404;",
    'dry run' => "$gate $pass webhook_dry_run on;",
    'accept types' => "$gate $pass webhook_accept_types a.*; webhook_source x; webhook_id header:x-id;",
    'return in an if' => "$gate if (\$request_method = GET) { return 405; } $pass",
    'return in an if after a set' =>
        "$gate set \$x 'http://\$host/\$uri'; if (\$x ~ a) { set \$y b; return 301 /elsewhere; } $pass",
    'return where it is off' => "$gate location /hooks/x { webhook off; return 204; }",
    'return outside' => "$gate $pass } location /other { return 204;",
    'rewrite with break' => "$gate rewrite ^/a /b break; $pass",
    'redirect' => "$gate rewrite ^/a http://example.com/ redirect; $pass",
    'nested' => "$gate $pass location /hooks/x { $pass }",
    'limit_except' => "$gate $pass limit_except POST { deny all; }",
);
for my $name (sort keys %right) {
    my ($exit, $output) = $t->nginx_test(config($right{$name}));
    is $exit, 0, "right: $name" or diag $output;
    unlike $output, qr/\[warn\]/, "without a warning: $name";
}

my @warned = (
    "$gate rewrite ^/a /b last; $pass",
    "$gate rewrite ^/a /b; $pass",
    "$gate if (\$arg_x) { rewrite ^/a /b last; } $pass",
);
for my $content (@warned) {
    my ($exit, $output) = $t->nginx_test(config($content));
    is $exit, 0, "right: $content";
    like $output,
        qr/\[warn\] .*"rewrite" without "break" leaves the location before "webhook" is asked in .*nginx\.conf:\d+/,
        'with a warning';
}

my @wrong = (
    [ "$gate return 204;", qr/"return" answers before "webhook" is asked, so nothing would be verified/ ],
    [ "return 200 'text \$host'; $gate", qr/"return" answers before/ ],
    [ "$gate set \$x 1; if (\$x) { set \$y 2; } return 204;", qr/"return" answers before/ ],
    [ "$gate rewrite ^/a /b break; return 204;", qr/"return" answers before/ ],
    [ "$gate location /hooks/x { return 204; }", qr/"return" answers before/ ],
    [ "$gate $pass webhook_partition header:x;", qr/"webhook_partition" requires "webhook_stream"/ ],
    [ "$gate $pass webhook_headers x-a;", qr/"webhook_headers" requires "webhook_stream"/ ],
    [
        "$gate webhook_stream hooks; webhook_dry_run on;",
        qr/"webhook_dry_run" is for gates, it cannot be on together with "webhook_stream"/
    ],
    [ "webhook stripe; $pass", qr/"webhook stripe" requires "webhook_secret"/ ],
    [ "$gate webhook_dry_run perhaps; $pass", qr/invalid value "perhaps" in "webhook_dry_run"/ ],
);
for (@wrong) {
    my ($content, $message) = @$_;
    my ($exit, $output) = $t->nginx_test(config($content));
    is $exit, 1, "refused: $content";
    like $output, $message, 'with its reason';
    like $output, qr/\[emerg\] .* in .+nginx\.conf:\d+/, 'and its place';
}

# --- ways by which requests come to an application unjudged, or nowhere
my $port = 'proxy_pass http://127.0.0.1:1;';
my $error = sub ($page, $target) {
    "$gate error_page $page = $target; $pass } location \@app { $port } "
        . "location \@guarded { $gate $port } location \@page { return 418 x;";
};
my @ways = (
    [
        "} location = /x { $gate $pass } location / { $port",
        qr/"location = \/x" has "webhook", but "\/x\/" comes to "location \/" unjudged: .*write "location \/x"/
    ],
    [ "} location = /x/ { $gate $pass } location / { $port", qr/but "\/x" comes to "location \/" unjudged/ ],
    [
        "} location = /x { $gate $pass } location ~ ^/x { $port",
        qr/but "\/x\/" comes to "location \^\/x" unjudged/
    ],
    [
        "} location = /a/x { $gate $pass } location /a/ { location ~ /x { $port }",
        qr/but "\/a\/x\/" comes to "location \/x" unjudged/
    ],
    [
        "} location = /x { $gate $pass } location /x/ { webhook off; $port",
        qr/but "\/x\/" comes to "location \/x\/" unjudged/
    ],
    [
        "} merge_slashes off; location /x { $gate $pass } location / { $port",
        qr/with "merge_slashes off" the path of "location \/x" written with more slashes comes to "location \/" unjudged/
    ],
    [
        $error->('401', '@app'),
        qr/"error_page 401" hands requests that were refused on to "\@app", which has a handler and no "webhook"/
    ],
    [ $error->('503 400', '@app'), qr/"error_page 503" hands/ ],
    map({ [ $error->($_, '@app'), qr/"error_page $_" hands/ ] } 400, 403, 405, 408, 411, 413, 414, 415, 429,
        494, 497, 500, 503),
    [
        $error->('401', '$arg_page'), qr/"error_page 401" hands requests that were refused on to "\$arg_page"/
    ],
    [ "webhook_respond forged 404; " . $error->('404', '@app'), qr/"error_page 404" hands/ ],
    [ "webhook_dedup 1h policy=reject; " . $error->('409', '@app'), qr/"error_page 409" hands/ ],
    [
        "$gate webhook_stream hooks; error_page 401 = \@app; } location \@app { $port",
        qr/"error_page 401" hands/
    ],
    [
        $gate,
        qr/"webhook" in "location \/hooks" has no handler after it: $genuine/
    ],
    [ "$gate if (\$request_method = GET) { return 405; }", qr/has no handler after it/ ],
    [ "$gate error_page 404 /x;", qr/has no handler after it/ ],
    [ "} root %%DIR%%; location /x { $gate", qr/"webhook" in "location \/x" has no handler after it/ ],
);
for my $case (@ways) {
    my ($content, $message) = @$case;
    my ($exit, $output) = $t->nginx_test(config($content));
    is $exit, 0, "taken: $content" or diag $output;
    like $output, qr/\[warn\] .*$message.* in .+nginx\.conf:\d+/, 'with a warning';
}
for my $content (
    "} location /x { $gate $pass } location / { $port",
    "} location = /x { $gate $pass } location = /x/ { $gate $pass } location / { $port",
    "} location = /x { $gate $pass } location /x/ { $gate $pass } location / { $port",
    "} location = /x { $gate $pass } location ^~ /x/ { $gate $pass } location ~ ^/x { $port",
    "} location = /x { $gate $pass } location / { root %%DIR%%;",
    "} location = /x { $gate webhook_stream hooks; } location / { $port",
    "} location = /x { $gate $pass } location ~* ^/x(?:/|\$) { $gate $pass } location / { $port",
    "} merge_slashes off; location / { $gate $pass",
    "} stub_status; location = /x { $gate stub_status;",
    $error->('401', '@guarded'), $error->('401', '@page'), $error->('404', '@app'),
    $error->('502 504 410', '@app'), $error->('401', '/elsewhere'),
) {
    my ($exit, $output) = $t->nginx_test(config($content));
    is $exit, 0, "taken: $content" or diag $output;
    unlike $output, qr/\[warn\]/, 'without a warning';
}
my $refused =
    qr/is carried out for requests that "webhook" refused, too: it cannot be used in the same location/;
for my $content ("$gate $pass post_action /x;", "$gate $pass post_action \@app; } location \@app { $port",
    "$gate webhook_stream hooks; post_action /x;", "} post_action /x; location /x { $gate $pass",
    "$gate $pass if (\$arg_x) { post_action /x; }")
{
    my ($exit, $output) = $t->nginx_test(config($content));
    is $exit, 1, "refused: $content";
    like $output, qr/"post_action" (?:$refused|directive is not allowed here).* in .+nginx\.conf:\d+/,
        'with its reason';
}
is +($t->nginx_test(config("$gate $pass } location /other { post_action /x; $port")))[0], 0,
    'post_action elsewhere';

my ($exit, $output) = $t->nginx_test(config("$gate webhook_stream hooks;", 'webhook_dry_run on;'));
like $output, qr/"webhook_dry_run" is for gates/, 'refused: a stream that inherits it';
($exit, $output) =
    $t->nginx_test(config("$gate webhook_stream hooks; webhook_dry_run off;", 'webhook_dry_run on;'));
is $exit, 0, 'right: a stream that does not';
($exit, $output) = $t->nginx_test(config("$gate $pass", 'webhook_headers x-a;'));
is $exit, 0, 'right: what streams need, at http level';

done_testing;
