#!/usr/bin/perl

# Keys and signed URLs must not be chosen by the client: nginx -t takes constants and variables whose values
# are constants (map, geo, set), and refuses everything else, with the place and what to do.

use v5.36;
use Cwd qw(realpath);
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::Webhook;

my $t = Test::Webhook->new;
$t->write('values.map', "default '';\na first-key-0123456789;\nb \$arg_key;\n");
$t->write('constants.map', "default '';\na first-key-0123456789;\n");

sub config ($http, $server, $content, $location = 'location /hooks') {
    return <<"EOT";
%%GLOBALS%%
events { }
http { %%HTTP%%
$http
server { listen 127.0.0.1:%%PORT%%; server_name hooks.test ~^(?<tenant>[a-z]+)\\.test\$;
$server
$location {
$content
}
}
}
EOT
}
sub secret ($value) {
    return "webhook stripe; webhook_secret $value; webhook_source t-\$host; webhook_stream hooks;";
}
sub url ($value) {
    return "webhook square; webhook_secret s3cret-key-0123456789; webhook_url $value; webhook_stream hooks;";
}

my $map =
    'map $arg_t $key { default ""; a first-key-0123456789; ~^b "second-key-0123456789"; *.c third-key-0123456789; }';
my $geo = 'geo $key { default first-key-0123456789; 10.0.0.0/8 second-key-0123456789; }';
my $hosts = 'map $host $public { default https://a.example.com; b.test https://b.example.com/hooks?a=1; }';
my %right = (
    'a map' => [ $map, '', secret('$key') ],
    'a map in braces, beside text' => [ $map, '', secret('"pre-${key}-0123456789"') ],
    'a name in another case' => [ $map, '', secret('$KEY') ],
    'a map that stands later' => [ '', '', secret('$key'), 'location /hooks', $map ],
    'a map with hostnames and volatile' => [
        'map $host $key { hostnames; volatile; default first-key-0123456789; .b.test second-key-0123456789; }',
        '', secret('$key')
    ],
    'a map with an include' => [ 'map $arg_t $key { include %%DIR%%/constants.map; }', '', secret('$key') ],
    'a map of a map' =>
        [ "$map map \$arg_u \$outer { default \$key; x third-key-0123456789; }", '', secret('$outer') ],
    'a geo' => [ $geo, '', secret('$key') ],
    'a geo of an address, with ranges' => [
        'geo $http_x_real_ip $key { ranges; default first-key-0123456789; 10.0.0.0-10.0.0.9 second-key-0123456789; }',
        '', secret('$key')
    ],
    'a geo with proxies' => [
        'geo $key { default 00112233445566778899; proxy 10.0.0.0/8; delete 10.1.0.0/16; '
            . '10.1.0.0/16 aabbccddeeff00112233; } webhook_scheme hexed { algorithm hmac-sha256; key hex; '
            . 'signature header:x-s encoding=hex; message "{body}"; }',
        '',
        secret('$key') =~ s/stripe/hexed/r
    ],
    'a map whose keys are words of geo' => [
        'map $arg_t $key { proxy first-key-0123456789; delete second-key-0123456789; }', '', secret('$key')
    ],
    'a set of a constant' => [ '', 'set $key first-key-0123456789;', secret('$key') ],
    'a set of a map' => [ $map, 'set $other $key;', secret('$other') ],
    'constants in an if' => [
        '', 'set $key first-key-0123456789; if ($arg_x) { set $key second-key-0123456789; }', secret('$key')
    ],
    'a map of a capture' => [ 'map $tenant $key { a first-key-0123456789; }', '', secret('$key') ],
    'text without variables' => [ '', '', secret('first-key-0123456789') ],
    'unused dynamic maps' =>
        [ 'map $host $free { default $arg_x; }', 'set $y $arg_z;', secret('first-key-0123456789') ],
    'a URL of a map' => [ $hosts, '', url('$public') ],
    'a URL with the name of the server' => [ '', '', url('https://$server_name') ],
    'a URL with its host name and port' => [ '', '', url('https://$hostname:$server_port') ],
    'a URL' => [ '', '', url('https://hooks.example.com') ],
);
for my $name (sort keys %right) {
    my ($http, $server, $content, $location, $late) = @{ $right{$name} };
    my $text = config($http, $server, $content, $location // 'location /hooks');
    $text =~ s/\}\n$/$late\n}\n/ if $late;
    my ($exit, $output) = $t->nginx_test($text);
    is $exit, 0, "right: $name" or diag $output;
}

my @from_request =
    qw(arg_key http_x_key cookie_key http_host host uri request_uri document_uri args query_string request
       request_body request_body_file request_method content_type content_length remote_addr remote_port
       remote_user http_user_agent sent_http_x_key sent_trailer_x upstream_http_x_key upstream_cookie_key
       scheme proxy_add_x_forwarded_for binary_remote_addr request_id time_iso8601 msec request_filename
       document_root is_args status webhook_id webhook_source http_authorization http_cookie);
my $advice = qr/put a "map" whose values are constants between/;
my $chosen = qr/must not be chosen by the client/;
my @wrong = (
    map({
            my $name = $_;
            (
                [
                    '', '', secret("\$$name"),
                    qr/"webhook_secret" $chosen, and \$\Q$name\E is no variable of "map" or "geo": $advice/
                ],
                [
                    '', '', url("https://x.example.com/\$$name"),
                    qr/"webhook_url" $chosen, and \$\Q$name\E is no variable/
                ]
            )
    } @from_request),
    [ '', '', secret('first-key-$arg_none'), qr/\$arg_none is no variable/ ],
    [ '', '', secret('$server_name'), qr/\$server_name is no variable/ ],
    [ $map, '', secret('$key$arg_more'), qr/\$arg_more is no variable/ ],
    [ $map, '', secret('first-key-0123456789 $key $arg_more'), qr/\$arg_more is no variable/ ],
    [ '', '', secret('$1'), qr/\$1 is a capture/, 'location ~ ^/(.*)' ],
    [ '', '', url('https://$1.example.com'), qr/\$1 is a capture/, 'location ~ ^/(.*)' ],
    [ '', '', secret('$tenant'), qr/\$tenant is no variable/ ],
    [ '', '', url('https://$tenant.example.com'), qr/\$tenant is no variable/ ],
    [ '', '', secret('$name'), qr/\$name is no variable/, 'location ~ ^/(?<name>.*)' ],
    [
        '', 'set $key $arg_key;', secret('$key'),
        qr/a value of \$key has a variable: \$arg_key is no variable/
    ],
    [ '', 'set $key "a$http_x_key";', secret('$key'), qr/\$http_x_key is no variable/ ],
    [
        '', 'set $one $arg_key; set $two $one;', secret('$two'),
        qr/a value of \$two has a variable: a value of \$one has a variable: \$arg_key/
    ],
    [
        '', 'set $key first-key-0123456789; if ($arg_x) { set $key $arg_x; }', secret('$key'),
        qr/\$arg_x is no variable/
    ],
    [ '', 'if ($uri ~ ^/(?<key>.*)) { set $x 1; }', secret('$key'), qr/\$key is no variable/ ],
    [ '', 'rewrite ^/(?<key>[^/]*)/x /y break;', secret('$key'), qr/\$key is no variable/ ],
    [ $map, 'set $key $arg_key;', secret('$key'), qr/\$arg_key is no variable/ ],
    [ $map, 'set $KEY $arg_key;', secret('$key'), qr/\$arg_key is no variable/ ],
    [ $map, '', secret('$key') . ' set $key $arg_key;', qr/\$arg_key is no variable/ ],
    [
        $map, 'location ~ ^/other/(?<key>.*) { return 204; }', secret('$key'),
        qr/\$key is assigned by a capture, too/
    ],
    [
        'server { listen 127.0.0.1:%%PORT%%; server_name ~^(?<key>.*)$; }' . $map, '', secret('$key'),
        qr/\$key is assigned by a capture or another module/
    ],
    [
        'map $host $key { default $arg_key; }', '', secret('$key'),
        qr/a value of \$key has a variable: \$arg_key/
    ],
    [
        'map $arg_key $key { ~^(.*)$ $1; }', '', secret('$key'),
        qr/a value of \$key has a variable: \$1 is a capture/
    ],
    [
        'map $arg_key $key { "~^(?<all>.*)$" $all; }', '', secret('$key'),
        qr/a value of \$key has a variable: \$all is no variable/
    ],
    [
        'map $arg_key $key { "~^(?<all>.*)$" "x-${all}-y"; }', '', secret('$key'),
        qr/a value of \$key has a variable: \$all/
    ],
    [
        'map $arg_t $key { include %%DIR%%/values.map; }', '', secret('$key'),
        qr/a value of \$key has a variable: \$arg_key/
    ],
    [
        'map $a $key { default $outer; } map $arg_x $outer { default $arg_y; } map $host $a { default x; }',
        '', secret('$key'), qr/a value of \$outer has a variable: \$arg_y/
    ],
    [
        'map $host $public { default https://$host; }', '', url('$public'),
        qr/a value of \$public has a variable: \$host/
    ],
    [
        '', 'auth_request_set $key $upstream_http_x_key;', secret('$key'),
        qr/\$key is assigned by "auth_request_set"/
    ],
    [
        $map, 'auth_request_set $key $upstream_http_x_key;', secret('$key'),
        qr/\$key is assigned by "auth_request_set"/
    ],
    [
        'split_clients $arg_x $key { 50% first-key-0123456789; * second-key-0123456789; }', '',
        secret('$key'), qr/\$key is no variable/
    ],
    [ 'map $arg_t $key { proxy $arg_x; }', '', secret('$key'), qr/a value of \$key has a variable: \$arg_x/ ],
    [ '', '', url('$host'), qr/\$host is no variable/ ],
    [ '', '', url('https://$http_host$request_uri'), qr/\$http_host is no variable/ ],
    [ '', '', url('https://$nosuch'), qr/there is none of this name/ ],
);
for (@wrong) {
    my ($http, $server, $content, $message, $location) = @$_;
    my ($exit, $output) = $t->nginx_test(config($http, $server, $content, $location // 'location /hooks'));
    is $exit, 1, "refused: $http $server $content";
    like $output, $message, 'with its reason';
    like $output, qr/\[emerg\] .*$chosen.* in .+nginx\.conf:\d+/, 'and its place';
}

# --- nginx would print a part of a secret that holds "$"
my $nameless = qr/begins a variable, and here it has no name or no "\}"/;
my $unknown = qr/in it begins a variable, and there is none of this name/;
for my $text ('hidden${closed', 'hidden$Closed', 'hidden${clo-sed}', 'hiddenclosed$', 'hiddenclosed$$') {
    my ($exit, $output) = $t->nginx_test(config('', '', secret("'$text'")));
    is $exit, 1, "refused: $text";
    unlike $output, qr/hidden|closed/i, 'and not shown';
    like $output, qr/a "\$" (?:$nameless|$unknown)/, 'with what is wrong';
}

# --- mistakes in what is read along are nginx' to name: once, at their place
for (
    [ 'map $arg_t $key { a b c; }', qr/invalid number of the map parameters/ ],
    [ 'map $arg_t $key { a { b c; } }', qr/unexpected "\{"/ ],
    [ 'map $arg_t $key { include %%DIR%%/none.map; }', qr/open\(\) .*none\.map" failed/ ],
    [ 'map $arg_t $key { a "b"c; }', qr/unexpected "c"/ ],
    [ 'geo $key { default a b; }', qr/invalid number of the geo parameters/ ],
    [ 'geo key { default a; }', qr/invalid variable name "key"/ ]
) {
    my ($mistake, $message) = @$_;
    my ($exit, $output) = $t->nginx_test(config($mistake, '', ''));
    is $exit, 1, "refused: $mistake";
    like $output, qr/\[emerg\] .*$message.* in .+nginx\.conf:\d+/, "by nginx' own message";
    is scalar(() = $output =~ /\[emerg\]/g), 1, 'which is said once';
}

# --- the modules that are read along work as ever, also over reloads
# A sanitized build has no module of its own: the link leads to the folder that has the headers.
my $of_module = realpath("$t->{build}/ngx_http_webhook_module.so") =~ s{/[^/]+$}{}r;
my @headers = map { "-I$of_module/nginx/$_" } qw(objs src/core src/event src/event/modules src/event/quic),
    qw(src/os/unix src/http src/http/modules src/http/v2 src/http/v3);
my $built = $t->run(
    [
        split(' ', $ENV{CC} // 'cc'), '-O1', '-shared', '-fPIC', @headers, '-o', $t->file('own_place.so'),
        "$FindBin::Bin/lib/own_place.c"
    ]
);
is $built->{exit}, 0, 'a module of somebody else' or diag $built->{err};
my $conf =
    'load_module %%DIR%%/own_place.so; '
    . config('set_own_place key; ' . $map . ' map $arg_n $number { default 0; 1 one; ~^2(.*) two-$1; }',
    'location = /number { set $copy $number; return 200 "$copy"; }', secret('$key'));
my $redis = $t->start_redis;
my $nginx = $t->start_nginx($conf =~ s/%%HTTP%%/%%HTTP%% webhook_redis %%REDIS%%;/r);
for my $round (1 .. 3) {
    is $t->get('/number?n=2x')->{body}, 'two-x', 'map and set';
    my $body = qq({"id":"evt_$round","type":"a"});
    is $t->post('/hooks?t=a', $body, sign_stripe('first-key-0123456789', $body))->{verdict}, 'accepted',
        'a key of the map';
    is $t->post('/hooks?t=bx', $body, sign_stripe('second-key-0123456789', $body), Host => "t$round")
        ->{verdict}, 'accepted', 'another';
    is $t->post('/hooks?t=bx', $body, sign_stripe('first-key-0123456789', $body))->{verdict}, 'forged',
        "somebody else's";
    is $t->post('/hooks?t=none', $body, sign_stripe('', $body))->{verdict}, 'forged', 'none at all';
    $nginx->wait_log(qr/own place: kept/, count => $round);
    $nginx->reload(gone => 1);
}
is scalar(() = $nginx->grep_log(qr/own place: lost/)), 0, 'other modules stand where they stood';

done_testing;
