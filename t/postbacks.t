#!/usr/bin/perl

# Postbacks in: the event is the query. Token, hash and HMAC schemes by GET and POST, ids made of parameters,
# the id when there is none, answers that networks want, lists of addresses, and secrets that stay out of
# every log.

use v5.36;
use Digest::MD5 qw(md5_hex);
use Digest::SHA qw(hmac_sha256_hex sha1_hex sha256_hex);
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::Webhook;

my $t = Test::Webhook->new;
$t->start_redis;
my $formats = $t->root . '/docs/log_format.conf';
$t->start_nginx(<<"EOT");
%%GLOBALS%%
events { }
http {
    %%HTTP%%
    include "$formats";
    log_format usual '\$remote_addr "\$request" \$status';
    webhook_redis %%REDIS%%;
    webhook_secret s3cret-t0ken;
    server {
        listen 127.0.0.1:%%PORT%%;
        access_log %%DIR%%/access.log webhook;
        access_log %%DIR%%/json.log webhook_json;
        access_log %%DIR%%/usual.log usual;
        location = /token { webhook postback-token; webhook_stream hooks partitions=1; client_max_body_size 100k; }
        location = /md5 { webhook postback-md5; webhook_stream hooks partitions=1; }
        location = /hmac {
            webhook postback-hmac-query; webhook_url https://hooks.example.com;
            webhook_stream hooks partitions=1;
        }
        location = /ironsource { webhook ironsource; webhook_stream hooks partitions=1; }
        location = /adjoe { webhook adjoe; webhook_stream hooks partitions=1; }
        location = /ayet { webhook ayet; webhook_stream hooks partitions=1; }
        location = /voluum {
            webhook postback-token;
            webhook_source voluum;
            webhook_id "{query:cid}:{query:txid}";
            webhook_type query:et;
            webhook_stream hooks partitions=1;
        }
        location = /listed {
            allow 127.0.0.1; deny all; webhook postback-token; webhook_source listed;
            webhook_stream hooks partitions=1;
        }
        location = /unlisted { allow 192.0.2.0/24; deny all; webhook postback-token; webhook_stream hooks partitions=1; }
        location = /paged {
            webhook postback-token; webhook_stream hooks partitions=1; client_max_body_size 1k;
            error_page 413 /page;
        }
        location = /paged_by_name {
            webhook postback-token; webhook_stream hooks partitions=1; client_max_body_size 1k;
            error_page 413 \@page;
        }
        location = /page { return 413 "page"; }
        location \@page { return 413 "page"; }
        location = /gate { webhook postback-token; proxy_pass http://127.0.0.1:%%PORT_back%%; }
    }
    server {
        listen 127.0.0.1:%%PORT_back%%;
        location / { return 200 "\$request_uri"; }
    }
}
EOT

my $number = 0;
sub is_verdict ($answer, $status, $verdict, $name) {
    is "$answer->{status} " . ($answer->{verdict} // $answer->{body}), "$status $verdict", $name;
}
sub fields ($id) {
    my ($entry) = grep { $_->{id} eq $id } map { $_->{fields} // $_ } $t->events('hooks');
    return $entry // {};
}

# --- token ---

my $answer = $t->get('/token?transaction_id=t1&goal_id=sale&security_token=s3cret-t0ken&amount=1.50');
is_verdict $answer, 200, 'accepted', 'token';
is fields('t1')->{query}, 'transaction_id=t1&goal_id=sale&security_token=***&amount=1.50',
    'token: masked in the entry';
is fields('t1')->{type}, 'sale', 'token: type';
is fields('t1')->{method}, 'GET', 'token: method';
is_verdict $t->get('/token?transaction_id=t1&goal_id=sale&security_token=s3cret-t0ken&amount=1.50'), 200,
    'duplicate', 'token: again';
is_verdict $t->get('/token?transaction_id=t2&security_token=wrong-t0ken'), 401, 'forged', 'token: wrong';
is_verdict $t->get('/token?transaction_id=t2&security_token='), 401, 'forged', 'token: empty';
is_verdict $t->get('/token?transaction_id=t2'), 401, 'unsigned', 'token: none';
is_verdict $t->get('/token?transaction_id=t2&security_token=s3cret-t0ken&security%5ftoken=x'), 400,
    'malformed', 'token: twice';
is_verdict $t->post('/token?transaction_id=t3&security_token=s3cret-t0ken', 'a=1',
    'Content-Type' => 'application/x-www-form-urlencoded'),
    200, 'accepted', 'token: by POST';
is fields('t3')->{data}, 'a=1', 'token: the body is kept';
is $t->request(method => 'HEAD', path => '/token?transaction_id=t4&security_token=s3cret-t0ken')->{status},
    405, 'token: HEAD is no postback';

# --- hashes ---

sub md5_path ($click, $tx, $payout, $key = 's3cret-t0ken') {
    return "/md5?click_id=$click&txid=$tx&payout=$payout&sig=" . md5_hex("$click$tx$payout$key");
}
$answer = $t->get(md5_path('c1', 'x1', '2.00'));
is_verdict $answer, 200, 'accepted', 'md5';
is $answer->{json}{id}, 'c1:x1', 'md5: id of two parameters';
is_verdict $t->get(md5_path('c1', 'x1', '2.00', 'wrong')), 401, 'forged', 'md5: wrong key';
is_verdict $t->get(md5_path('c1', 'x2', '2.00') =~ s/2\.00/9.00/r), 401, 'forged', 'md5: another payout';
is fields('c1:x1')->{query}, 'click_id=c1&txid=x1&payout=2.00&sig=***', 'md5: signature masked in the entry';

for my $case ([ 'md5: a body by POST', POST => md5_path('c9', 'x9', '2.00') ],
    [ 'md5: a body by GET', GET => md5_path('c9', 'x9', '2.00') ],
    [ 'md5: a body, forged', POST => md5_path('c9', 'x9', '2.00', 'wrong') ])
{
    my ($name, $method, $path) = @$case;
    my $sent = $t->request(method => $method, path => $path, body => 'payout=9.00',
        headers => [ 'Content-Type' => 'application/x-www-form-urlencoded' ]);
    is_verdict $sent, 400, 'malformed', "$name, which is not signed";
}
is_verdict $t->post(md5_path('c9', 'x9', '2.00'), ''), 200, 'accepted', 'md5: by POST without a body';

my $hash = md5_hex('1700000000e1u15s3cret-t0ken');
is_verdict $t->get("/ironsource?timestamp=1700000000&eventId=e1&appUserId=u1&rewards=5&signature=$hash"),
    200, $_, "ironsource: $_"
    for 'e1:OK';
my $sid = sha1_hex('tr1us1EUR9dev1com.appS' =~ s/S$/s3cret-t0ken/r);
is_verdict $t->get(
    "/adjoe?trans_uuid=tr1&user_uuid=us1&currency=EUR&coin_amount=9&device_id=dev1&sdk_app_id=com.app&sid=$sid"
), 200, 'accepted', 'adjoe';

# --- HMAC of the URL and of the sorted query ---

sub hmac_path ($query, $origin = 'https://hooks.example.com') {
    return "/hmac?$query&hash=" . hmac_sha256_hex("$origin/hmac?$query", 's3cret-t0ken');
}
is_verdict $t->get(hmac_path('txid=h1&sum=%E2%82%AC5')), 200, 'accepted', 'HMAC of the URL';
is_verdict $t->get(hmac_path('txid=h2&sum=5') =~ s/sum=5/sum=6/r), 401, 'forged', 'HMAC of the URL: changed';
is_verdict $t->get(hmac_path('txid=h2', 'http://localhost')), 401, 'forged', 'HMAC of the URL: another host';
my $sorted = 'amount=5&transaction_id=a1&user=x%20y';
is_verdict $t->get('/ayet?user=x%20y&amount=5&transaction_id=a1',
    'X-Ayetstudios-Security-Hash' => hmac_sha256_hex($sorted, 's3cret-t0ken')),
    200, 'accepted', 'HMAC of the sorted query';

# --- ids ---

sub voluum ($query) { return $t->get("/voluum?$query&security_token=s3cret-t0ken") }
is voluum('cid=w1&txid=1&et=lead')->{json}{id}, 'w1:1', 'id from a template';
is_verdict voluum('cid=w1&txid=2&et=lead'), 200, 'accepted', 'id: another transaction of the same click';
is_verdict voluum('txid=2&cid=w1&et=sale&payout=3'), 200, 'accepted',
    'id: other content under it is another event';
is voluum('cid=w%201&txid=%2b')->{json}{id}, 'w 1:+', 'id: decoded';
is voluum('cid=' . 'w' x 300)->{json}{id}, 'sha256:' . sha256_hex('w' x 300 . ':'),
    'id: a long one is hashed';
is_verdict voluum('cid=w%0a1&txid=1'), 400, 'malformed', 'id: control character';

my $fallback = sub ($method, $query, $body) { sha256_hex("$method\n/token\n$query\n$body") };
is $t->get('/token?b=2&security_token=s3cret-t0ken&a=1')->{json}{id}, $fallback->('GET', 'b=2&a=1&', ''),
    'no id: method, path, query without the token, body';
is $t->post('/token?b=2&security_token=s3cret-t0ken&a=1', 'x')->{json}{id},
    $fallback->('POST', 'b=2&a=1&', 'x'), 'no id, POST';
is_verdict $t->get('/token?b=2&a=1&security_token=s3cret-t0ken'), 200, 'duplicate',
    'no id: the place of the token does not count';
is_verdict $t->get('/token?b=3&a=1&security_token=s3cret-t0ken'), 200, 'accepted',
    'no id: another value does';

# --- addresses, and what an application behind a gate gets ---

is_verdict $t->get('/listed?transaction_id=l1&security_token=s3cret-t0ken'), 200, 'accepted', 'allow';
is $t->get('/unlisted?transaction_id=l2&security_token=s3cret-t0ken')->{status}, 403, 'deny';
is $t->post('/token?transaction_id=big&security_token=s3cret-t0ken', 'x' x 200_000)->{status}, 413,
    'a body that is too large';
for my $path (qw(/paged /paged_by_name)) {
    is $t->post("$path?transaction_id=big&security_token=s3cret-t0ken", 'x' x 2000)->{body}, 'page',
        "$path: an error_page for a body that is too large";
}
is $t->get('/gate?a=1&security_token=s3cret-t0ken')->{body}, '/gate?a=1&security_token=s3cret-t0ken',
    'gate: the request goes on as it came';

# --- logs ---

$t->nginx->quit;
for my $name (qw(access json usual)) {
    my $text = do { local (@ARGV, $/) = $t->file("$name.log"); <> };
    unlike $text, qr/t0ken|$hash|$sid/, "$name.log: no secret and no signature";
    like $text, qr/security_token=\*\*\*&amount=1\.50/, "$name.log: masked";
    like $text, qr{/$_\?transaction_id=big&security_token=\*\*\*}, "$name.log: masked beside $_"
        for qw(paged paged_by_name);
}
my ($line) = grep { /transaction_id=t1/ } split /\n/, do { local (@ARGV, $/) = $t->file('access.log'); <> };
my $uri = quotemeta '/token?transaction_id=t1&goal_id=sale&security_token=***&amount=1.50';
my $event = 'verdict=accepted source=postback-token type=sale id="t1"';
my $fields = qr/$event entry=\d+-\d redis=\d+\.\d{3} reason="-"/;
like $line, qr{^127\.0\.0\.1 \[[\dT:+-]+\] "GET $uri HTTP/1\.1" 200 \d+ \d+\.\d{3} $fields$},
    'the format of the shipped file';
my ($json) = map { from_json($_) } grep { /transaction_id=t1/ } split /\n/,
    do { local (@ARGV, $/) = $t->file('json.log'); <> };
is "$json->{verdict} $json->{id} $json->{uri}",
    'accepted t1 /token?transaction_id=t1&goal_id=sale&security_token=***&amount=1.50', 'as JSON';
my @telling = grep { /t0ken/ && !/client intended to send too large body/ }
    $t->nginx->log;    # nginx speaks before the location does
is_deeply \@telling, [], 'error.log: no secret';

done_testing;
