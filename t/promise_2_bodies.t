#!/usr/bin/perl

# Promise 2: what is accepted is stored and delivered whole, byte for byte, whatever its size and however it
# came; what did not come whole is not stored, and a client that leaves takes nothing with it.

use v5.36;
use Digest::SHA qw(sha256_hex);
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::Webhook;
use Test::Webhook::Promise;

my $t = Test::Webhook->new;
my $server = $t->start_redis;
$t->start_receiver;
my $nginx = $t->start_nginx(<<'EOT');
%%GLOBALS%%
events { }
http {
    %%HTTP%%
    client_max_body_size 26m;
    client_body_buffer_size 16k;
    webhook_redis %%REDIS%%;
    webhook_redis_timeout 60s;
    webhook_secret s3cret;
    server {
        listen 127.0.0.1:%%PORT%%;
        location /in    { webhook github; webhook_stream hooks; }
        location /whole { webhook github; webhook_stream hooks; client_body_buffer_size 1m; }
        location /small { webhook github; webhook_stream hooks; client_max_body_size 1k; }
    }
}
EOT
$t->apply({ id => 'crm', url => $t->receiver->url('/crm'), timeout => '120s' });
$t->start_worker;

my %sent;
sub bytes_of ($size) {
    my $piece = join '', map { chr } 0 .. 255;
    my $text = "\r\n\0$size" . $piece x ($size / 256 + 1);
    return substr $text, 0, $size;
}

sub headers ($id, $body) {
    return [ sign_github('s3cret', $body, id => $id), 'Content-Type' => 'application/octet-stream' ];
}

sub send_whole ($id, $body, %how) {
    $sent{$id} = $body;
    my @body = $how{pieces} ? (chunked => [ unpack "(a$how{pieces})*", $body ]) : (body => $body);
    my $answer =
        $t->request(method => 'POST', path => $how{path} // '/in', headers => headers($id, $body), @body,
        version => $how{version} // '1.1');
    is_deeply $answer->{json}, { verdict => 'accepted', id => $id }, "$id: accepted"
        or diag "$answer->{status} $answer->{body}";
}

my $mega = 1 << 20;
send_whole("size$_", bytes_of($_)) for 0, 1, 4095, 4096, 4097, 16_384, 16_385, 65_536, 25 * $mega;
send_whole("buffer$_", bytes_of($_), path => '/whole') for 65_536, $mega - 1;
send_whole('chunked', bytes_of(70_001), pieces => 999);
send_whole('chunked_small', bytes_of(100), pieces => 7);
send_whole('http10', bytes_of(5000), version => '1.0');
is $t->post('/small', bytes_of(2000), @{ headers('toolarge', bytes_of(2000)) })->{status}, 413,
    'over client_max_body_size: 413';

# --- at the receiver
my %received =
    map { $_->{headers}{'ce-id'} => $_ } $t->receiver->wait_requests(scalar keys %sent, '/crm', 120);
for my $id (sort keys %sent) {
    my $body = $received{$id}{body} // 'nothing';
    is length $body, length $sent{$id}, "$id: delivered, length";
    is sha256_hex($body), sha256_hex($sent{$id}), "$id: delivered byte for byte";
    is $received{$id}{headers}{'content-type'}, 'application/octet-stream', "$id: type";
}

# --- a client that leaves in the middle of its body
my $before = scalar(my @entries = $t->events('hooks'));
my $text = $t->build(method => 'POST', path => '/in', body => bytes_of(50_000),
    headers => headers('half', bytes_of(50_000)));
for my $how (qw(close abort)) {
    my $client = $t->connect;
    $client->send(substr $text, 0, 30_000);
    $client->$how;
}
$nginx->wait_log(qr/client prematurely closed connection|recv\(\) failed|reset by peer/);
send_whole('after_half', 'x');
is scalar(@entries = $t->events('hooks')), $before + 1, 'half a body is not stored';

# --- a client that leaves while Redis is asked
$server->freeze;
my @gone = map {
    my $client = $t->connect;
    $client->send(
        $t->build(method => 'POST', path => '/in', body => "gone$_", headers => headers("gone$_", "gone$_")));
    $client
} 1 .. 6;
my $stays = $t->connect;
$stays->send(
    $t->build(method => 'POST', path => '/in', body => 'stays', headers => headers('stays', 'stays')));
$_ % 2 ? $gone[$_]->abort : $gone[$_]->close for 0 .. $#gone;
$nginx->wait_log(qr/client prematurely closed connection/, count => 3);
$server->thaw;
is $stays->response->{status}, 200, 'one that waits gets its answer';
send_whole('after_gone', 'y');
my %stored;
$stored{ $_->{id} }++ for $t->events('hooks');
is $stored{"gone$_"}, 1, "what a client that left had sent whole is stored (gone$_)" for 1 .. 6;
for (1 .. 6) {
    is $t->post('/in', "gone$_", @{ headers("gone$_", "gone$_") })->{verdict}, 'duplicate',
        "its retry gets a success (gone$_)";
}
my $ledger = $t->wait_settled;
is $ledger->{total}{delivered}, keys(%sent) + 7, 'all of them are delivered';

done_testing;
