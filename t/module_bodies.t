#!/usr/bin/perl

# However a body comes - one buffer, several, a file, chunks, HTTP/1.0, 1.1, 2 - it is verified and stored
# byte for byte.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::Webhook;

my $t = Test::Webhook->new;
$t->start_redis;
$t->start_nginx(<<'EOT');
%%GLOBALS%%
events { }
http {
    %%HTTP%%
    webhook_redis %%REDIS%%;
    webhook_redis_timeout 10s;
    webhook_secret s3cret;
    client_max_body_size 30m;
    webhook_json_max 30m;
    server {
        listen 127.0.0.1:%%PORT%%;
        location /memory { webhook stripe; webhook_stream hooks partitions=1; client_body_buffer_size 2m; }
        location /file { webhook stripe; webhook_stream hooks partitions=1; client_body_buffer_size 1k; }
        location /asks { auth_request /asked; proxy_pass http://127.0.0.1:%%PORT%%/done; }
        location = /done { return 204; }
        location /asked { webhook none; webhook_stream asked; }
        location /mirrored { mirror /copy; proxy_pass http://127.0.0.1:%%PORT%%/memory; }
        location = /copy { internal; webhook stripe; webhook_stream copies; }
        location /always { webhook stripe; webhook_stream hooks partitions=1; client_body_in_file_only clean; }
    }
    server {
        listen 127.0.0.1:%%PORT_h2%% http2;
        location / { webhook stripe; webhook_stream hooks partitions=1; }
    }
}
EOT

my $number = 0;
my %sent;
sub event ($size) {
    my $id = 'evt_' . ++$number;
    my $body = qq({"id":"$id","type":"a","data":");
    # Bytes that tell places apart, so that a swapped or lost piece cannot go unseen.
    $body .= sprintf '%09d ', length $body while length $body < $size - 12;
    $body .= '"}';
    $sent{$id} = $body;
    return $body;
}
sub is_accepted ($answer, $name) { is $answer->{verdict} // $answer->{status}, 'accepted', $name }
sub text ($path, $body, %more) {
    return $t->build(method => 'POST', path => $path, body => $body,
        headers => [ sign_stripe('s3cret', $body) ], %more);
}
sub verdict ($response) { return $response ? $response->{body} =~ s/.*"verdict":"(\w+)".*/$1/sr : 'nothing' }
sub pieces ($body, $size) { return [ unpack "(a$size)*", $body ] }

for my $path ('/memory', '/file', '/always') {
    for my $size (40, 600, 4000, 4096, 4097, 5000, 20_000, 300_000, 1_500_000) {
        my $body = event($size);
        is_accepted $t->post($path, $body, sign_stripe('s3cret', $body)), "$path: $size bytes";
    }
    my $body = event(50_000);
    is_accepted $t->request(method => 'POST', path => $path, headers => [ sign_stripe('s3cret', $body) ],
        chunked => pieces($body, 777)), "$path: chunked";
    $body = event(3_000);
    is_accepted $t->request(method => 'POST', path => $path, headers => [ sign_stripe('s3cret', $body) ],
        chunked => pieces($body, 1)), "$path: chunks of one byte";
    $body = event(30_000);
    is_accepted $t->request(method => 'POST', path => $path, version => '1.0',
        headers => [ sign_stripe('s3cret', $body) ], body => $body), "$path: HTTP/1.0";
    my $empty = $t->post($path, '', sign_stripe('s3cret', ''));
    like $empty->{verdict}, qr/accepted|duplicate/, "$path: empty";

    $body = event(9_000);
    my $connection = $t->connect;
    $connection->send(text($path, $body), every => 1500, pause => 0.01);
    is verdict($connection->response), 'accepted', "$path: in slow pieces";
    $body = event(2_000);
    $connection->send(text($path, $body));
    is verdict($connection->response), 'accepted', "$path: the same connection again";
    my @bodies = map { event($_) } 100, 5000, 200, 40_000, 300;
    $connection->send(join '', map { text($path, $_) } @bodies);
    is verdict($connection->response), 'accepted', "$path: pipelined, answer $_" for 1 .. @bodies;

    $body = event(9_000);
    $connection->send(
        text(
            $path, '',
            headers =>
                [ sign_stripe('s3cret', $body), 'Content-Length' => length $body, Expect => '100-continue' ]
        )
    );
    is $connection->response(interim => 1)->{status}, 100, "$path: 100 Continue";
    $connection->send($body);
    is verdict($connection->response), 'accepted', "$path: after 100 Continue";

    $connection->send($t->build(method => 'PUT', path => $path, body => 'x' x 5000));
    is $connection->response->{status}, 405, "$path: a refused body is discarded";
    $body = event(500);
    $connection->send(text($path, $body));
    is verdict($connection->response), 'accepted', "$path: and the connection goes on";
}

# 25 MB, several times: memory must not grow with each.
my ($worker) = $t->nginx->workers;
sub resident () { my ($kb) = slurp_file("/proc/$worker/status") =~ /VmRSS:\s+(\d+)/; return $kb }
sub slurp_file ($file) { local (@ARGV, $/) = $file; return scalar <> }
my @memory;
for (1 .. 6) {
    my $body = event(25_000_000);
    is_accepted $t->post('/file', $body, sign_stripe('s3cret', $body)), "25 MB, number $_";
    push @memory, resident();
}
cmp_ok $memory[-1], '<', $memory[1] + 30_000, 'memory does not grow' or diag "@memory";

SKIP: {
    skip 'curl is not installed', 3 if $t->run([qw(curl --version)])->{exit};
    for my $size (300, 20_000, 400_000) {
        my $body = event($size);
        my %header = sign_stripe('s3cret', $body);
        my $result = $t->run(
            [
                qw(curl -s --http2-prior-knowledge --data-binary @- -w %{http_version}),
                (map { ('-H', "$_: $header{$_}") } keys %header),
                'http://127.0.0.1:' . $t->port('h2') . '/'
            ],
            stdin => $body
        );
        like $result->{out}, qr/"accepted".*2$/, "HTTP/2: $size bytes" or diag $result->{err};
    }
}

# Subrequests: a mirror has the body; auth_request has not read it yet, so there is nothing to be stored.
my $mirrored = event(30_000);
is_accepted $t->post('/mirrored', $mirrored, sign_stripe('s3cret', $mirrored)), 'mirrored';
wait_for('the copy', sub { grep { $_->{data} eq $mirrored } $t->events('copies') });
is $t->post('/asks', 'a body')->{status}, 500, 'auth_request, with a body';
is $t->nginx->grep_log(qr/webhook unavailable: a subrequest before the body was read/), 1, 'its reason';
is_deeply [ $t->events('asked') ], [], 'nothing was stored';
is $t->post('/asks', '')->{status}, 204, 'auth_request, without a body';
wait_for('the event', sub { $t->events('asked') });

my %stored = map { my $f = $_->{fields} // $_; ($f->{id} => $f->{data}) } $t->events('hooks');
my @bad = grep { ($stored{$_} // '') ne $sent{$_} } sort keys %sent;
is scalar(@bad), 0, 'all are stored byte for byte'
    or diag map { "$_: " . length($sent{$_}) . ' sent, ' . length($stored{$_} // '') . " stored\n" } @bad;

done_testing;
