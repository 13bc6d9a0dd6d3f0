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

my $gate = 'webhook stripe; webhook_secret s;';
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
    'return in an if after a set' => "$gate set \$x 'http://\$host/\$uri'; if (\$x ~ a) { set \$y b; return 301 /elsewhere; } $pass",
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
    like $output, qr/\[warn\] .*"rewrite" without "break" leaves the location before "webhook" is asked in .*nginx\.conf:\d+/, 'with a warning';
}

my @wrong = (
    [ "$gate return 204;", qr/"return" answers before "webhook" is asked, so nothing would be verified/ ],
    [ "return 200 'text \$host'; $gate", qr/"return" answers before/ ],
    [ "$gate set \$x 1; if (\$x) { set \$y 2; } return 204;", qr/"return" answers before/ ],
    [ "$gate rewrite ^/a /b break; return 204;", qr/"return" answers before/ ],
    [ "$gate location /hooks/x { return 204; }", qr/"return" answers before/ ],
    [ "$gate $pass webhook_partition header:x;", qr/"webhook_partition" requires "webhook_stream"/ ],
    [ "$gate $pass webhook_headers x-a;", qr/"webhook_headers" requires "webhook_stream"/ ],
    [ "$gate webhook_stream hooks; webhook_dry_run on;", qr/"webhook_dry_run" is for gates, it cannot be on beside "webhook_stream"/ ],
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

my ($exit, $output) = $t->nginx_test(config("$gate webhook_stream hooks;", 'webhook_dry_run on;'));
like $output, qr/"webhook_dry_run" is for gates/, 'refused: a stream that inherits it';
($exit, $output) = $t->nginx_test(config("$gate webhook_stream hooks; webhook_dry_run off;", 'webhook_dry_run on;'));
is $exit, 0, 'right: a stream that does not';
($exit, $output) = $t->nginx_test(config("$gate $pass", 'webhook_headers x-a;'));
is $exit, 0, 'right: what streams need, at http level';

done_testing;
