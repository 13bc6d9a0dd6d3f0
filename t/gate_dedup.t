#!/usr/bin/perl

# webhook_dedup in a gate: an event is reserved while its upstream works, remembered when that has answered
# 2xx, free again when it answered otherwise, and left to run out when nobody knows.

use v5.36;
use FindBin;
use Time::HiRes qw(sleep);
use lib "$FindBin::Bin/lib";
use Test::Webhook;
use Test::Webhook::Proxy;

my $t = Test::Webhook->new;
my $redis = $t->start_redis;
my $receiver = $t->start_receiver(script => {
    '/fails'  => [ 500, 200 ],
    '/slow'   => [ { status => 200, hold => 1 } ],
    '/slow-fail' => [ { status => 500, hold => 1 }, 200 ],
    '/mute'   => ['hang'],
    '/drops'  => ['close'],
    '/accel'  => { status => 200, headers => [ 'X-Accel-Redirect' => '/inner/none' ] },
    '/front'  => { status => 200, headers => [ 'X-Accel-Redirect' => '/behind' ] },
    '/behind' => [ 500, 200 ],
    '/odd'    => { raw => "\x15\x03\x01\0\2\2\x46", close => 1 },
    '/long'   => [ { status => 200, hold => 1 } ],
    '/patient' => [ { status => 200, hold => 1 } ],
});
$t->write('www/static/page', "a page\n");
$t->write('www/after', "after\n");
my $proxy = Test::Webhook::Proxy->new(port => $t->port('proxy'), to => $redis->port)->start;

my $conf = <<'EOT';
%%GLOBALS%%
worker_processes 1;
events { }
http {
    %%HTTP%%
    webhook_redis %%REDIS%%;
    webhook_secret s3cret;
    webhook_dedup 1h;
    root "%%DIR%%/www";
    server {
        listen 127.0.0.1:%%PORT%%;
        listen 127.0.0.1:%%PORT_h2%% http2;
        server_name hooks.example;
        proxy_set_header X-Webhook-Id $webhook_id;
        location / { webhook stripe; proxy_pass %%RECEIVER%%; add_header X-Redis $webhook_redis_time; }
        location /other { webhook stripe; proxy_pass %%RECEIVER%%; }
        location /reject {
            webhook stripe; webhook_dedup 1h policy=reject; error_page 409 = /reject/page;
            proxy_pass %%RECEIVER%%;
        }
        location /rejects { webhook stripe; webhook_dedup 1h policy=reject; proxy_pass %%RECEIVER%%; }
        location /by-body { webhook github; webhook_dedup 1h by=body; proxy_pass %%RECEIVER%%; }
        location /off { webhook stripe; webhook_dedup off; proxy_pass %%RECEIVER%%; }
        location /dry { webhook stripe; webhook_dry_run on; proxy_pass %%RECEIVER%%; }
        location /mute { webhook stripe; proxy_read_timeout 500ms; proxy_pass %%RECEIVER%%; }
        location /refused { webhook stripe; proxy_pass http://127.0.0.1:%%PORT_closed%%; }
        location /next {
            webhook stripe; proxy_next_upstream error timeout http_500 non_idempotent;
            proxy_read_timeout 500ms; proxy_pass http://several;
        }
        location /next-mute {
            webhook stripe; proxy_next_upstream timeout error non_idempotent; proxy_read_timeout 500ms;
            proxy_pass http://mute;
        }
        location /static/ { webhook publish; error_page 405 =200 $uri; }
        location /nothing/ { webhook publish; error_page 405 =404 /nowhere; }
        location /try { webhook stripe; try_files /none /tried; }
        location /tried { webhook stripe; proxy_pass %%RECEIVER%%; }
        location /mirrored { webhook stripe; mirror /mirror-copy; proxy_pass %%RECEIVER%%; }
        location /mirror-copy { internal; webhook stripe; proxy_pass %%RECEIVER%%/copied; }
        location /same { webhook stripe; proxy_intercept_errors on; error_page 500 = /same/again; proxy_pass %%RECEIVER%%; }
        location /accel { webhook stripe; proxy_pass %%RECEIVER%%; }
        location /inner/ { internal; }
        location /front { webhook off; proxy_pass %%RECEIVER%%; }
        location /behind { internal; webhook stripe; proxy_method POST; proxy_pass %%RECEIVER%%; }
        location = /named { webhook stripe; if ($arg_other) { proxy_pass %%RECEIVER%%; } proxy_pass %%RECEIVER%%; }
        location ~ ^/named/r { webhook stripe; proxy_pass %%RECEIVER%%; }
        location /named { webhook stripe; proxy_pass %%RECEIVER%%; }
        location /patient { webhook stripe; proxy_ignore_client_abort on; proxy_pass %%RECEIVER%%; }
        location /cut { webhook stripe; webhook_redis redis://127.0.0.1:%%PORT_proxy%%; proxy_pass %%RECEIVER%%; }
        location /parked { webhook stripe; webhook_redis_timeout 20s; proxy_pass %%RECEIVER%%; }
        location /long { webhook stripe; proxy_pass %%RECEIVER%%; }
    }
    upstream several { server 127.0.0.1:%%PORT_mute%% max_fails=0; server 127.0.0.1:%%PORT_receiver%%; }
    upstream mute { server 127.0.0.1:%%PORT_mute%% max_fails=0; server 127.0.0.1:%%PORT_closed%% max_fails=0; }
}
EOT
$t->start_receiver(name => 'mute', script => { '*' => 'hang' });
$t->start_nginx($conf);

my $number = 0;
sub event ($more = 0) { return '{"id":"evt_' . ++$number . '","type":"a.b","data":"' . 'x' x $more . '"}' }
sub headers ($body) { return sign_stripe('s3cret', $body) }
sub text ($path, $body) {
    return $t->build(method => 'POST', path => $path, body => $body, headers => [ headers($body) ]);
}
sub send_event ($path, $body) { return $t->post($path, $body, headers($body)) }
sub held () { return scalar @{ $t->redis->keys('webhook:{gate:*}:held:*') } }
sub none_held ($name) { ok wait_for($name, sub { !held() }), "$name: nothing is held any more" }
sub free_held () { $t->redis->call('DEL', $_) for @{ $t->redis->keys('webhook:{gate:*}:held:*') } }
# After the answer has come the outcome is on its way to Redis.
sub is_duplicate ($path, $body, $name) {
    my $answer;
    wait_for("$name: the outcome",
        sub { $answer = send_event($path, $body); ($answer->{verdict} // '') ne 'in_progress' });
    is $answer->{verdict}, 'duplicate', $name;
    return $answer;
}

# --- the way of a good one
my $body = event();
my $first = send_event('/a', $body);
is $first->{status}, 200, 'passed on';
like $first->{headers}{'x-redis'}, qr/^\d+\.\d{3}$/, 'redis was asked';
my $copy = is_duplicate('/a', $body, 'a copy');
is_deeply [ @{$copy}{qw(status body)} ], [ 200, qq({"verdict":"duplicate","id":"evt_$number"}) ],
    'a copy is acknowledged';
is $receiver->count('/a'), 1, 'and not passed on';
(my $changed = $body) =~ s/a\.b/a.c/;
is_deeply [ @{ send_event('/a', $changed) }{qw(status verdict)} ], [ 200, 'conflict' ],
    'the same id with another body';
is $receiver->count('/a'), 1, 'is not passed on';
is send_event('/other', $body)->{status}, 200, 'another gate';
is $receiver->count('/other'), 1, 'has its own ids';
$body = event();
is send_event($_, $body)->{verdict}, undef, "$_: another gate" for qw(/named /named/a /named/r);
is_duplicate('/named?other=1', $body, 'an if block belongs to the location around it');
$t->nginx->wait_log(qr/\[warn\] .*webhook conflict: the id was seen with other content/);
for my $size (5_000, 300_000) {
    $body = event($size);
    send_event('/a', $body);
    ok(($receiver->requests('/a'))[-1]{body} eq $body, "$size bytes: as they came");
    is_duplicate('/a', $body, "$size bytes: a copy");
}
none_held('good ones');

# --- while it is under way
$body = event();
my $connection = $t->connect;
$connection->send(text('/slow', $body));
$receiver->wait_requests(1, '/slow');
$copy = send_event('/slow', $body);
is_deeply [ @{$copy}{qw(status verdict)}, $copy->{headers}{'retry-after'} ], [ 503, 'in_progress', 1 ],
    'a copy while the first is under way';
is send_event('/slow', $body =~ s/a\.b/a.c/r)->{verdict}, 'in_progress', 'also with another body';
$receiver->release('/slow');
is $connection->response->{status}, 200, 'the first';
is_duplicate('/slow', $body, 'and afterwards');
$body = event();
my @copies = map { my $copy = $t->connect; $copy->send(text('/slow', $body)); $copy } 1 .. 20;
my %refused = map { $_ => $_->response } $t->answered(19, @copies);
is scalar(grep { $_->{body} =~ /in_progress/ } values %refused), 19, 'of twenty at once nineteen do not pass';
$receiver->wait_requests(2, '/slow');
$receiver->release('/slow');
is_deeply [ map { $_->response->{status} } grep { !$refused{$_} } @copies ], [200], 'one does';
is $receiver->count('/slow'), 2, 'and no other';
$body = event();
$connection->send(text('/slow-fail', $body));
$receiver->wait_requests(1, '/slow-fail');
is send_event('/slow-fail', $body)->{verdict}, 'in_progress', 'a copy while the first is under way';
$receiver->release('/slow-fail');
is $connection->response->{status}, 500, 'which fails';
none_held('a failure');
is send_event('/slow-fail', $body)->{status}, 200, 'the next copy passes';

# --- outcomes
$body = event();
is send_event('/fails', $body)->{status}, 500, 'the upstream says 500';
none_held('500');
is send_event('/fails', $body)->{status}, 200, 'then a copy passes';
is_duplicate('/fails', $body, 'once');
is send_event('/refused', event())->{status}, 502, 'no upstream';
none_held('no upstream was reached');
for ([ '/mute', 504 ], [ '/drops', 502 ]) {
    my ($path, $status) = @$_;
    $body = event();
    is send_event($path, $body)->{status}, $status, "$path: no answer";
    is send_event($path, $body)->{verdict}, 'in_progress', "$path: nobody knows";
    cmp_ok $t->redis->call('PTTL', $t->redis->keys('webhook:{gate:*}:held:*')->[0]), '<=', 30_000,
        "$path: until it runs out";
    free_held();
    is send_event($path, $body)->{status}, $status, "$path: then a copy passes";
    free_held();
}
$body = event();
is send_event('/next', $body)->{status}, 200, 'proxy_next_upstream, the second answers';
is_duplicate('/next', $body, 'proxy_next_upstream');
$body = event();
is send_event('/next-mute', $body)->{status}, 502,
    'proxy_next_upstream, one did not answer, the other was not reached';
is send_event('/next-mute', $body)->{verdict}, 'in_progress', 'nobody knows';
free_held();
$body = event();
is send_event('/accel', $body)->{status}, 404, 'X-Accel-Redirect to nothing';
is_duplicate('/accel', $body, 'the upstream has it all the same');
$body = event();
is send_event('/odd', $body)->{status}, 0, 'an upstream that does not speak HTTP';
is send_event('/odd', $body)->{verdict}, 'in_progress', 'has not answered';
free_held();
$body = event();
is send_event('/front', $body)->{status}, 500, 'X-Accel-Redirect into a gate whose upstream fails';
none_held('X-Accel-Redirect into a gate');
is send_event('/front', $body)->{verdict}, undef, 'the success of the one in front does not count';
is $receiver->count('/behind'), 2, 'a copy passes';
is_duplicate('/front', $body, 'until the one behind the gate has it');
my @publish = ('Authorization' => 'Bearer s3cret', 'ce-type' => 'a');
is $t->post('/static/page', 'x', @publish, 'Idempotency-Key' => 'k1')->{body}, "a page\n", 'a static file';
none_held('a static file');
is $t->post('/static/page', 'x', @publish, 'Idempotency-Key' => 'k1')->{verdict}, 'duplicate',
    'a static file: once';
is_deeply [ @{ $t->post('/static/page', 'y', @publish, 'Idempotency-Key' => 'k1') }{qw(status verdict)} ],
    [ 409, 'conflict' ], 'publish: another body under a known key';
is $t->post('/nothing/page', 'x', @publish, 'Idempotency-Key' => 'k2')->{status}, 404,
    'a static file that is not there';
none_held('not there');

# --- one request that meets the gate twice
for my $path (qw(/try /mirrored)) {
    $body = event();
    is send_event($path, $body)->{status}, 200, "$path: passed on";
    is_duplicate($path, $body, "$path: once");
}
ok wait_for('the copy', sub { $receiver->count('/copied') == 1 }),
    '/mirrored: the copy too';    # nginx does not wait for it
$receiver->script('/same' => 500);
$body = event();
is send_event('/same', $body)->{status}, 200, 'an error_page into the same gate';
is $receiver->count('/same/again'), 1, 'which the request holds already';
is_duplicate('/same', $body, 'an error_page into the same gate');

# --- policies
$body = event();
is send_event('/rejects', $body)->{status}, 200, 'policy=reject';
is is_duplicate('/rejects', $body, 'policy=reject, a copy')->{status}, 409, 'is refused';
$body = event();
send_event('/reject', $body);
none_held('policy=reject with an error_page');
is send_event('/reject', $body)->{verdict}, 'duplicate', 'an error_page into a gate does not let a copy pass';
is $receiver->count('/reject/page'), 0, 'it does not';
for my $id (1, 2) {
    $t->post('/by-body', '{"a":1}', sign_github('s3cret', '{"a":1}', id => "id-$id"));
    none_held("by=body $id");
}
is $receiver->count('/by-body'), 1, 'by=body: the same body under another id';
$body = event();
send_event('/off', $body) for 1, 2;
is $receiver->count('/off'), 2, 'off';
send_event('/dry', $body) for 1, 2;
is $receiver->count('/dry'), 2, 'dry run: reserves nothing';

SKIP: {
    skip 'curl is not installed', 2 if $t->run([qw(curl --version)])->{exit};
    $body = event(50_000);
    my %header = headers($body);
    for my $verdict ('', 'duplicate') {
        my $result = $t->run(
            [
                qw(curl -s --http2-prior-knowledge --data-binary @- -w :%{http_version}:%{http_code}),
                (map { ('-H', "$_: $header{$_}") } keys %header),
                'http://127.0.0.1:' . $t->port('h2') . '/h2'
            ],
            stdin => $body
        );
        like $result->{out}, qr/^(?:\{"verdict":"$verdict".*)?:2:200$/, "HTTP/2: $verdict";
        none_held('HTTP/2');
    }
}

# --- a client that leaves
$body = event();
$connection = $t->connect;
$connection->send(text('/slow', $body));
$receiver->wait_requests(3, '/slow');
$connection->abort;
$t->nginx->wait_log(
    qr/client prematurely closed connection|recv\(\) failed .*sending request|reset by peer.*upstream/i);
is send_event('/slow', $body)->{verdict}, 'in_progress', 'the client left: nobody knows';
free_held();
wait_for('the gate that is patient with Redis', sub { send_event('/parked', event())->{status} == 200 });
my $passed = $receiver->count('/parked');
$redis->freeze;
$connection = $t->connect;
$connection->send(text('/parked', event()));
sleep 0.2;    # so that it is parked, most of the time: the outcome is the same either way
$connection->abort;
$t->nginx->wait_log(
    qr/client (?:prematurely )?closed connection.*\/parked|reset by peer.*\/parked|\/parked.*reset by peer/);
$redis->thaw;
none_held('the client left while Redis was asked');
is $receiver->count('/parked'), $passed, 'its event is not passed on';
$body = event();
$connection = $t->connect;
$connection->send(text('/patient', $body));
$receiver->wait_requests(1, '/patient');
$connection->abort;
$receiver->release('/patient');
none_held('proxy_ignore_client_abort');
is send_event('/patient', $body)->{verdict}, 'duplicate', 'the upstream has finished without the client';

# --- reload, quit and kill with requests under way
$body = event();
$connection = $t->connect;
$connection->send(text('/slow', $body));
$receiver->wait_requests(4, '/slow');
my @old = $t->nginx->workers;
$t->nginx->reload;
$t->wait_redis_ready($t->nginx);
is send_event('/slow', $body)->{verdict}, 'in_progress', 'reload: the new worker knows of the old one';
$receiver->release('/slow');
is $connection->response->{status}, 200, 'reload: the old one ends its request';
is_duplicate('/slow', $body, 'reload');
$t->nginx->wait_gone(@old);
@old = $t->nginx->workers;
$redis->freeze;
$t->nginx->reload;
$t->nginx->wait_gone(@old);
$body = event();
$connection = $t->connect;
$connection->send(text('/parked', $body));
is send_event('/off', event())->{status}, 200, 'the new worker works, but Redis has not answered it yet';
$redis->thaw;
is $connection->response->{status}, 200, 'reload: what comes before Redis is ready waits for it';
is_duplicate('/parked', $body, 'at the start');
$t->wait_redis_ready($t->nginx);
$body = event();
$connection = $t->connect;
$connection->send(text('/slow', $body));
$receiver->wait_requests(5, '/slow');
$t->nginx->kill_worker;
$t->wait_redis_ready($t->nginx);
is send_event('/slow', $body)->{verdict}, 'in_progress', 'kill -9: the reservation stands';
free_held();
$copy = $t->connect;
$copy->send(text('/slow', $body));
$receiver->wait_requests(6, '/slow');
$receiver->release('/slow');
is $copy->response->{status}, 200, 'when it has run out a copy passes';
none_held('kill -9');

# --- longer than a reservation holds without renewal
$body = event();
$connection = $t->connect;
$connection->send(text('/long', $body));
$receiver->wait_requests(1, '/long');
my ($key) = @{ $t->redis->keys('webhook:{gate:*}:held:*') };
$t->redis->call('PEXPIRE', $key, 25_000);
ok wait_for('a renewal', sub { $t->redis->call('PTTL', $key) > 26_000 }),
    'a reservation is renewed while its upstream works';
$receiver->release('/long');
is $connection->response->{status}, 200, 'which may take its time';

# --- replies that are lost, Redis that is away
$proxy->cut('EVAL');
$body = event();
is send_event('/cut', $body)->{verdict}, 'unavailable', 'the reply to the reservation is lost';
is $receiver->count('/cut'), 0, 'not passed on';
none_held('a lost reply: released as soon as Redis is back');
$t->nginx->wait_log(qr/proxy.*is ready|127\.0\.0\.1:@{[$t->port('proxy')]} is ready/);
wait_for('the gate behind the proxy', sub { send_event('/cut', $body)->{status} == 200 });
is_duplicate('/cut', $body, 'a lost reply');
$receiver->script('/cut' => { status => 200, hold => 1 });
$body = event();
$connection = $t->connect;
$connection->send(text('/cut', $body));
$receiver->wait_requests(2, '/cut');
$proxy->cut('EVAL');
$receiver->release('/cut');
is $connection->response->{status}, 200, 'the reply to the confirmation is lost';
none_held('a lost confirmation');
wait_for('the gate behind the proxy', sub { (send_event('/cut', $body)->{verdict} // '') eq 'duplicate' });
is $receiver->count('/cut'), 2, 'a lost confirmation: the event passed once';

$body = event();
$connection = $t->connect;
$connection->send(text('/slow', $body));
$receiver->wait_requests(7, '/slow');
$redis->stop;
$receiver->release('/slow');
is $connection->response->{status}, 200, 'Redis goes while a request is under way';
is send_event('/a', event())->{verdict}, 'unavailable', 'Redis is away: not passed on';
is send_event('/off', event())->{status}, 200, 'a gate that does not need it';
@old = $t->nginx->workers;
$t->nginx->reload;
$redis->start;
$t->nginx->wait_gone(@old);
wait_for('the outcome', sub { (send_event('/slow', $body)->{verdict} // '') eq 'duplicate' });
is $receiver->count('/slow'), 7, 'what it was not told is told when it is back, also by a worker that exits';

$t->redis->call('CONFIG', 'SET', 'maxmemory', 1);
is send_event('/a', event())->{verdict}, 'unavailable', 'out of memory: not passed on';
$t->redis->call('CONFIG', 'SET', 'maxmemory', 0);
wait_for('memory again', sub { send_event('/a', event())->{status} == 200 });

my @names = map { $t->redis->call('GET', $_) } @{ $t->redis->keys('webhook:{gate:*}:name') };
ok scalar(grep { $_ eq 'hooks.example /' } @names), 'keys tell whose they are' or diag join '|', @names;
$proxy->stop;

done_testing;
