#!/usr/bin/perl

# One file, one key: the same odd files to nginx -t, webhookctl, the worker's configuration and the secrets of
# endpoints. All of them must take or refuse a file alike, in the same words, and use the same bytes as the
# key.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Digest::SHA qw(hmac_sha256_hex);
use POSIX ();
use Test::Webhook;

my $t = Test::Webhook->new;
my $server = $t->start_redis;
my $redis = $t->redis;
my $key = 'k3y-of-this-test-0123456789';

sub wide ($order, $text) { return join '', map { pack $order, ord } split //, $text }

# name, content, refused with, warned of, what is the key when it is taken
my @cases = (
    [ 'plain', $key, undef, undef, $key ],
    [ 'lf', "$key\n", undef, undef, $key ],
    [ 'crlf', "$key\r\n", undef, undef, $key ],
    [ 'inner-lines', "$key\n$key\n", undef, undef, "$key\n$key" ],
    [ 'two-lf', "$key\n\n", undef, 'has blanks or line ends around the secret', "$key\n" ],
    [ 'two-crlf', "$key\r\n\r\n", undef, 'has blanks or line ends around the secret', "$key\r\n" ],
    [ 'cr', "$key\r", undef, 'has blanks or line ends around the secret', "$key\r" ],
    [ 'blank-before', " $key\n", undef, 'has blanks or line ends around the secret', " $key" ],
    [ 'tab-behind', "$key\t\n", undef, 'has blanks or line ends around the secret', "$key\t" ],
    [
        'no-break-space', "$key\xc2\xa0\n", undef, 'has blanks or line ends around the secret', "$key\xc2\xa0"
    ],
    [ 'quotes', "\"$key\"\n", undef, 'has quotes around the secret', "\"$key\"" ],
    [ 'apostrophes', "'$key'\n", undef, 'has quotes around the secret', "'$key'" ],
    [ 'empty', '', 'is empty: write the secret into it' ],
    [ 'only-lf', "\n", 'is empty: write the secret into it' ],
    [ 'only-crlf', "\r\n", 'is empty: write the secret into it' ],
    [ 'only-blanks', " \t \n", 'holds nothing but blanks: write the secret into it' ],
    [ 'only-lines', "\n\n\n", 'holds nothing but blanks: write the secret into it' ],
    [ 'only-invisible', "\xe2\x80\x8b\n", 'holds nothing but blanks: write the secret into it' ],
    [ 'bom', "\xef\xbb\xbf$key\n", 'begins with a byte order mark: save it as UTF-8 without BOM' ],
    [ 'only-bom', "\xef\xbb\xbf", 'begins with a byte order mark: save it as UTF-8 without BOM' ],
    [ 'utf16-le-bom', wide('v', "\x{feff}$key\r\n"), 'is UTF-16: save it as UTF-8 without BOM' ],
    [ 'utf16-be-bom', wide('n', "\x{feff}$key\n"), 'is UTF-16: save it as UTF-8 without BOM' ],
    [ 'utf16-le', wide('v', "$key\n"), 'is UTF-16: save it as UTF-8 without BOM' ],
    [ 'utf16-be', wide('n', $key), 'is UTF-16: save it as UTF-8 without BOM' ],
    [ 'nul-inside', substr($key, 0, 9) . "\0$key\n", 'holds a NUL byte: give binary keys as base64 or hex' ],
    [ 'nul-behind', "$key\0\n", 'holds a NUL byte: give binary keys as base64 or hex' ],
    [ 'only-nul', "\0\0\0\0", 'holds a NUL byte: give binary keys as base64 or hex' ],
    [ 'too-large', 'k' x (256 * 1024 + 1), 'is too large: at most 256 KiB are read' ],
    [ 'missing', undef, 'cannot be read (No such file or directory)' ],
    [ 'pipe', undef, 'is not a regular file' ],
    [ 'device', undef, 'is not a regular file' ],
);
for my $case (@cases) {
    my ($name, $content) = @$case;
    $t->write("secrets/$name", $content) if defined $content;
}
POSIX::mkfifo($t->file('secrets/pipe'), 0600) or die $!;
symlink '/dev/zero', $t->file('secrets/device') or die $!;
sub path ($name) { return $t->file("secrets/$name") }

# What a program said of the file: [ taken, problem or warning ]
sub said ($taken, $output, $name) {
    my ($what) = $output =~
        m{secret file "\Q@{[ path($name) ]}\E" (.*?)(?: in .*?nginx\.conf:\d+|; its deliveries wait)?$}m;
    return [ $taken ? 1 : 0, ($what // '') =~ s/: remove them, unless they belong to it$//r ];
}

# --- nginx -t
sub by_nginx ($name, $scheme = 'github') {
    my ($exit, $output) = $t->nginx_test(<<"EOT");
%%GLOBALS%%
events { }
http {
    %%HTTP%%
    webhook_redis %%REDIS%%;
    server {
        listen 127.0.0.1:%%PORT%%;
        location /hooks { webhook $scheme; webhook_secret "file:@{[ path($name) ]}"; webhook_stream hooks; }
    }
}
EOT
    return said($exit == 0, $output, $name);
}

# --- the worker's own password, by -t
sub by_worker_test ($name) {
    my $config = $t->write("config-$name.json",
        to_json({ redis => $server->url, redis_auth => { password => 'file:' . path($name) } }));
    my $tested = $t->run([ $t->build_dir . '/webhook-worker', '--config', $config, '-t' ]);
    return said($tested->{exit} == 0, $tested->{err}, $name);
}

# --- webhookctl, which shows by its signature what the key is
my $body = '{"id":1}';
sub by_ctl ($name) {
    my $signed = $t->ctl({ stdin => $body }, 'sign', '--scheme', 'github', '--secret', 'file:' . path($name));
    my ($hex) = $signed->{out} =~ /sha256=([0-9a-f]{64})/;
    return said($signed->{exit} == 0, $signed->{err}, $name), $hex;
}

# --- the secret of an endpoint
$t->start_receiver(script => { map { ("/$_->[0]" => [200]) } @cases });
$t->apply(
    map { { id => $_->[0], url => $t->receiver->url("/$_->[0]"),
        sign => [ { scheme => 'github', secrets => ["secret:$_->[0]"] } ] } } @cases
);
$redis->call('HSET', 'webhook:{hooks:0}:meta', 'partitions', 1);
my $worker = $t->start_worker(config => { secrets_dir => $t->file('secrets') });
$redis->call('XADD', 'webhook:{hooks:0}:events', '*', 'data', $body, 'source', 'x', 'type', 'y', 'id', '1');
for my $case (grep { $_->[2] } @cases) {
    $worker->wait_log(qr/endpoint $case->[0]: secret file/);
}
sub by_endpoint ($name) {
    my ($line) = grep { /endpoint \Q$name\E: secret file/ } split /\n/, $worker->output;
    return said(($line // '') !~ /its deliveries wait/, $line // '', $name);
}

for my $case (@cases) {
    my ($name, $content, $refused, $warned, $used) = @$case;
    my $right = [ $refused ? 0 : 1, $refused // $warned // '' ];
    my ($ctl, $hex) = by_ctl($name);
    is_deeply by_nginx($name), $right, "$name: nginx -t";
    is_deeply by_worker_test($name), $right, "$name: webhook-worker -t";
    is_deeply $ctl, $right, "$name: webhookctl";
    is_deeply by_endpoint($name), $right, "$name: the secret of an endpoint";
    next if $refused;
    is $hex, hmac_sha256_hex($body, $used), "$name: webhookctl's key";
    my ($request) = $t->receiver->wait_requests(1, "/$name");
    is $request->{headers}{'x-hub-signature-256'}, 'sha256=' . hmac_sha256_hex($body, $used),
        "$name: the endpoint's key";
}

# --- what a running nginx takes for the key
my $locations = join '', map {
    my ($name) = @$_;
    my $key = path($name);
    qq(        location = /$name { webhook github; webhook_secret "file:$key"; webhook_stream taken-$name; }\n)
} grep { !$_->[2] } @cases;
$t->start_nginx(<<"EOT");
%%GLOBALS%%
events { }
http {
    %%HTTP%%
    webhook_redis %%REDIS%%;
    server {
        listen 127.0.0.1:%%PORT%%;
$locations
    }
}
EOT
for my $case (grep { !$_->[2] } @cases) {
    my ($name, $used) = @{$case}[ 0, 4 ];
    my $answer =
        $t->post("/$name", $body, 'X-Hub-Signature-256' => 'sha256=' . hmac_sha256_hex($body, $used));
    is $answer->{verdict}, 'accepted', "$name: nginx' key";
}

# --- the same for variables of the environment and standard input; public keys keep their blanks
local $ENV{ODD_SECRET} = "\"$key\"";
my $quoted = $t->ctl({ stdin => $body }, 'sign', '--scheme', 'github', '--secret', 'env:ODD_SECRET');
like $quoted->{err}, qr/warning: environment variable "ODD_SECRET" has quotes around the secret/,
    'a variable with quotes';
$ENV{ODD_SECRET} = "\xef\xbb\xbf$key";
my $marked = $t->ctl({ stdin => $body }, 'sign', '--scheme', 'github', '--secret', 'env:ODD_SECRET');
isnt $marked->{exit}, 0, 'a variable with a BOM';
like $marked->{err}, qr/environment variable "ODD_SECRET" begins with a byte order mark/,
    'a variable with a BOM is named';

$t->run([ qw(openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out), $t->file('private.pem') ]);
my $pem = $t->run([ qw(openssl pkey -pubout -in), $t->file('private.pem') ])->{out};
$t->write('secrets/public.pem', "\n$pem\n\n");
is_deeply by_nginx('public.pem', 'wise'), [ 1, '' ], 'a public key between empty lines';
$t->write('secrets/public.pem', "\xef\xbb\xbf$pem");
is_deeply by_nginx('public.pem', 'wise'),
    [ 0, 'begins with a byte order mark: save it as UTF-8 without BOM' ], 'a public key behind a BOM';

done_testing;
