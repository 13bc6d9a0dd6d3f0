#!/usr/bin/perl

# A gate before what nginx users put behind it: the body arrives as it came however it came, refusals never
# reach the other side, and nothing of nginx' own (satisfy, try_files, error_page, mirror, subrequests) is a
# way around it.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use IO::Socket::INET;
use Test::Webhook;

my $t = Test::Webhook->new;
my $receiver = $t->start_receiver(
    script => {
        '/accel' => { status => 200, headers => [ 'X-Accel-Redirect' => '/inner/file' ] },
        '/fails' => 500,
        '/hangs' => 'hang',
        '/upgrade' => {
            raw => "HTTP/1.1 101 Switching Protocols\r\nUpgrade: talk\r\nConnection: Upgrade\r\n\r\nhello",
            close => 1
        },
    }
);
$t->write('www/static/page', "a page\n");
$t->write('www/inner/file', "an inner file\n");
$t->write('www/ssi.html', '[<!--# include virtual="/gated/ssi" -->]');
$t->write('www/tail', "the end\n");
$t->write('www/oops', "our own page\n");
start_fastcgi();

my $conf = <<'EOT';
%%GLOBALS%%
worker_processes 1;
events { }
http {
    %%HTTP%%
    log_format webhook '$request_method $request_uri $status $webhook_verdict $webhook_id $webhook_type $webhook_source';
    limit_req_zone $binary_remote_addr zone=limit:1m rate=1r/m;
    webhook_secret s3cret;
    client_max_body_size 30m;
    webhook_json_max 30m;
    root "%%DIR%%/www";
    server {
        listen 127.0.0.1:%%PORT%%;
        listen 127.0.0.1:%%PORT_h2%% http2;
        proxy_set_header X-Webhook-Id $webhook_id;
        proxy_set_header X-Webhook-Type $webhook_type;
        proxy_set_header X-Webhook-Verdict $webhook_verdict;

        location /memory { webhook stripe; client_body_buffer_size 2m; proxy_pass %%RECEIVER%%; }
        location /file { webhook stripe; client_body_buffer_size 1k; proxy_pass %%RECEIVER%%; }
        location /always { webhook stripe; client_body_in_file_only clean; proxy_pass %%RECEIVER%%; }
        location /unbuffered { webhook stripe; proxy_request_buffering off; proxy_http_version 1.1; proxy_pass %%RECEIVER%%; }
        location /fastcgi {
            webhook stripe;
            fastcgi_param REQUEST_METHOD $request_method;
            fastcgi_param CONTENT_LENGTH $content_length;
            fastcgi_param WEBHOOK_ID $webhook_id;
            fastcgi_pass 127.0.0.1:%%PORT_fastcgi%%;
        }
        location /static/ { webhook publish; error_page 405 =200 $uri; }
        location /any { satisfy any; allow all; webhook stripe; proxy_pass %%RECEIVER%%; }
        location /limited { limit_req zone=limit; webhook stripe; proxy_pass %%RECEIVER%%; }
        location /authed { auth_request /yes; webhook stripe; proxy_pass %%RECEIVER%%; }
        location /denied { auth_request /no; webhook stripe; proxy_pass %%RECEIVER%%; }
        location = /yes { internal; return 204; }
        location = /no { internal; return 403; }
        location /asks-gate { auth_request /gated/auth; proxy_pass %%RECEIVER%%; }
        location /gated/ { webhook stripe; proxy_pass %%RECEIVER%%; }
        location = /ssi.html { ssi on; }
        location /added { webhook stripe; addition_types *; add_after_body /tail; proxy_pass %%RECEIVER%%; }
        location /mirrored { webhook stripe; mirror /copy; proxy_pass %%RECEIVER%%; }
        location = /copy { internal; webhook stripe; proxy_pass %%RECEIVER%%/copied; }
        location /accel { webhook stripe; proxy_pass %%RECEIVER%%; }
        location /inner/ { internal; }
        location /try { webhook stripe; try_files /nothing @application; }
        location @application { proxy_pass %%RECEIVER%%; }
        location /try-gate { try_files /nothing /gated/tried; }
        location /page { webhook stripe; error_page 401 =402 /oops; proxy_pass %%RECEIVER%%; }
        location /named { webhook stripe; error_page 401 = @application; proxy_pass %%RECEIVER%%; }
        location /fails {
            webhook stripe;
            proxy_intercept_errors on;
            error_page 500 =200 /fails/fallback;
            proxy_pass %%RECEIVER%%;
            location /fails/fallback { proxy_pass %%RECEIVER%%/fallback; }
        }
        location /next { webhook stripe; proxy_next_upstream error non_idempotent; proxy_pass http://several; }
        location /off/ { webhook stripe; proxy_pass %%RECEIVER%%; location /off/open { webhook off; proxy_pass %%RECEIVER%%; } }
        location /if { webhook stripe; if ($arg_other) { proxy_pass %%RECEIVER_other%%; } proxy_pass %%RECEIVER%%; }
        location /get-only { webhook stripe; if ($request_method = GET) { return 204; } proxy_pass %%RECEIVER%%; }
        location /break { webhook stripe; rewrite ^ /broken break; proxy_pass %%RECEIVER%%; }
        location /types { webhook stripe; webhook_accept_types wanted.*; proxy_pass %%RECEIVER%%; }
        location /postback {
            webhook postback-token; webhook_id query:id; proxy_pass %%RECEIVER%%;
            access_log "%%DIR%%/masked.log" webhook;
        }
        location /away { webhook postback-token; proxy_pass http://127.0.0.1:%%PORT_closed%%; }
        location /away-named { webhook postback-token; try_files /nothing @away; }
        location @away { proxy_pass http://127.0.0.1:%%PORT_closed%%; }
        location /upgrade {
            webhook postback-token;
            proxy_http_version 1.1;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection upgrade;
            proxy_pass %%RECEIVER%%;
        }
        location /dry { webhook stripe; webhook_dry_run on; proxy_pass %%RECEIVER%%; access_log "%%DIR%%/access.log" webhook; }
        location /logged { webhook stripe; proxy_pass %%RECEIVER%%; access_log "%%DIR%%/access.log" webhook; }
        location /slow { webhook stripe; proxy_read_timeout 1s; proxy_pass %%RECEIVER%%/hangs; }
    }
    upstream several { server 127.0.0.1:%%PORT_closed%% max_fails=0; server 127.0.0.1:%%PORT_receiver%%; }
}
EOT
$t->start_receiver(name => 'other');
$t->start_nginx($conf);

my $number = 0;
sub event ($size = 60, $type = 'a.b') {
    my $body = '{"id":"evt_' . ++$number . qq(","type":"$type","data":");
    $body .= sprintf '%09d ', length $body while length $body < $size - 12;
    return $body . '"}';
}
sub signed ($path, $body, %more) {
    return $t->build(method => 'POST', path => $path, body => $body,
        headers => [ sign_stripe('s3cret', $body) ], %more);
}
sub send_signed ($path, $body = event(), @more) {
    return $t->post($path, $body, sign_stripe('s3cret', $body), @more);
}
sub send_forged ($path, $body = event()) { return $t->post($path, $body, sign_stripe('wrong', $body)) }
sub last_request ($path) { return ($receiver->requests($path))[-1] // {} }
sub is_passed ($answer, $path, $body, $name, $at = $path) {
    is $answer ? $answer->{status} : 0, 200, "$name: passed on" or diag $answer && $answer->{body};
    my $request = last_request($at);
    ok(($request->{body} // '') eq $body, "$name: the body as it came")
        or diag length($request->{body} // '') . ' of ' . length($body) . ' bytes';
    return $request;
}
sub is_refused ($answer, $status, $verdict, $path, $name) {
    my $before = $receiver->count($path);
    is $answer->{status}, $status, "$name: status $status";
    is $answer->{verdict}, $verdict, "$name: $verdict" if $verdict;
    is $receiver->count($path), $before, "$name: not passed on";
}

# --- bodies
for my $path (qw(/memory /file /always /unbuffered)) {
    for my $size (60, 4096, 20_000, 1_500_000) {
        my $body = event($size);
        is_passed(send_signed($path, $body), $path, $body, "$path, $size bytes");
    }
    my $body = event(30_000);
    is_passed(
        $t->request(
            method => 'POST', path => $path, headers => [ sign_stripe('s3cret', $body) ],
            chunked => [ unpack '(a777)*', $body ]
        ),
        $path, $body,
        "$path, chunked"
    );
    is last_request($path)->{headers}{'content-length'}, length $body,
        "$path, chunked: goes on with its length";
    $body = event(9_000);
    my $connection = $t->connect;
    $connection->send(signed($path, $body), every => 1500, pause => 0.01);
    is_passed($connection->response, $path, $body, "$path, in slow pieces");
    $connection->send(
        $t->build(method => 'POST', path => $path, body => $body, headers => [ sign_stripe('wrong', $body) ])
    );
    is $connection->response->{status}, 401, "$path: a forged one on the same connection";
    $connection->send($t->build(method => 'PUT', path => $path, body => $body));
    my $refused = $connection->response;
    is_deeply [ $refused->{status}, $refused->{headers}{allow} ], [ 405, 'POST' ], "$path: another method";
    $connection->send(join '', map { signed($path, event($_)) } 100, 40_000, 300);
    is $connection->response->{status}, 200, "$path: the connection goes on, request $_" for 1 .. 3;
    $body = event(25_000_000);
    is_passed(send_signed($path, $body), $path, $body, "$path, 25 MB");
}
SKIP: {
    skip 'curl is not installed', 8 if $t->run([qw(curl --version)])->{exit};
    for my $size (300, 20_000, 400_000) {
        my $body = event($size);
        my %header = sign_stripe('s3cret', $body);
        my @curl = (
            qw(curl -s --http2-prior-knowledge --data-binary @- -o /dev/null -w %{http_version}:%{http_code}),
            (map { ('-H', "$_: $header{$_}") } keys %header)
        );
        my $url = 'http://127.0.0.1:' . $t->port('h2') . '/file';
        is $t->run([ @curl, $url ], stdin => $body)->{out}, '2:200', "HTTP/2: $size bytes";
        ok last_request('/file')->{body} eq $body, "HTTP/2: $size bytes, the body as it came";
        is $t->run([ @curl, $url ], stdin => "$body ")->{out}, '2:401', 'HTTP/2: forged';
        is $t->run([ @curl, $url =~ s/file/authed/r ], stdin => $body)->{out}, '2:200',
            'HTTP/2 behind auth_request';
    }
}

# --- verdicts
my $body = event();
my $request = is_passed(send_signed('/memory', $body), '/memory', $body, 'a genuine one');
is_deeply [ @{ $request->{headers} }{qw(x-webhook-id x-webhook-type x-webhook-verdict)} ],
    [ "evt_$number", 'a.b', 'accepted' ], 'variables reach the upstream';
my $refused = send_forged('/memory');
is_refused($refused, 401, 'forged', '/memory', 'forged');
is $refused->{headers}{'www-authenticate'}, 'Webhook', 'forged: WWW-Authenticate';
is_refused($t->post('/memory', event()), 401, 'unsigned', '/memory', 'unsigned');
is_refused($t->post('/memory', $body, sign_stripe('s3cret', $body, clock => time - 1000)), 401, 'stale',
    '/memory', 'stale');
is_refused($t->post('/memory', 'x' x 32_000_000), 413, 'too_large', '/memory', 'too large');
is_refused(send_signed('/types', event()), 200, 'ignored', '/types', 'another type');
$body = event(60, 'wanted.one');
is_passed(send_signed('/types', $body), '/types', $body, 'a wanted type');

# --- other handlers behind it
for my $size (60, 50_000) {
    $body = event($size);
    my $answer = send_signed('/fastcgi', $body);
    is $answer->{body}, join("\n", 'POST', "evt_$number", length $body, unpack('%32C*', $body)),
        "fastcgi_pass: $size bytes";
}
is send_forged('/fastcgi')->{verdict}, 'forged', 'fastcgi_pass: forged';
my $page = $t->post('/static/page', 'x', 'Authorization' => 'Bearer s3cret', 'Idempotency-Key' => 'k1',
    'ce-type' => 'a');
is $page->{body}, "a page\n", 'a static file';
is $t->post('/static/page', 'x', 'Authorization' => 'Bearer wrong', 'Idempotency-Key' => 'k1',
    'ce-type' => 'a')->{verdict}, 'forged', 'a static file: forged';

# --- nginx' other phases
is_refused(send_forged('/any'), 401, 'forged', '/any', 'satisfy any does not skip it');
is_passed(send_signed('/any', $body = event()), '/any', $body, 'satisfy any');
is_passed(send_signed('/limited', $body = event()), '/limited', $body, 'limit_req');
is_refused(send_signed('/limited'), 503, undef, '/limited', 'over limit_req');
for my $size (60, 50_000) {
    is_passed(send_signed('/authed', $body = event($size)), '/authed', $body, "auth_request: $size bytes");
}
is_refused(send_forged('/authed'), 401, 'forged', '/authed', 'auth_request says yes, the gate no');
is_refused(send_signed('/denied'), 403, undef, '/denied', 'auth_request says no');
is_refused(send_signed('/asks-gate'), 500, undef, '/asks-gate',
    'a gate asked by auth_request, where nobody has read the body');
is $t->nginx->grep_log(qr/webhook unavailable: a subrequest before the body was read/), 1, 'its reason';
is $t->get('/ssi.html')->{body} =~ s/\s+//gr, '[{"verdict":"method"}]',
    'a subrequest is judged as the client asked';
is $receiver->count('/gated/ssi'), 0, 'and not passed on';
is send_signed('/added')->{body}, "the end\n", 'addition';
is send_forged('/added')->{verdict}, 'forged', 'addition: forged';
is_passed(send_signed('/mirrored', $body = event(30_000)), '/mirrored', $body, 'mirror');
my ($copy) = $receiver->wait_requests(1, '/copied');
ok $copy->{body} eq $body, 'mirror: the copy passed its own gate';
is $copy->{headers}{'x-webhook-id'}, "evt_$number", 'mirror: variables';
is_refused(send_forged('/mirrored'), 401, 'forged', '/mirrored', 'mirror: forged');
is $receiver->count('/copied'), 1, 'nor is a forged one mirrored';
is send_signed('/accel')->{body}, "an inner file\n", 'X-Accel-Redirect';
is_passed(send_signed('/try', $body = event(30_000)), '/try', $body, 'try_files');
is last_request('/try')->{headers}{'x-webhook-id'}, "evt_$number",
    'try_files: variables behind a named location';
is_refused(send_forged('/try'), 401, 'forged', '/try', 'try_files: forged');
is_passed(send_signed('/try-gate', $body = event(30_000)), '/try-gate', $body, 'try_files into a gate',
    '/gated/tried');
is_refused(send_forged('/try-gate'), 401, 'forged', '/gated/tried', 'try_files into a gate: forged');
is_deeply [ @{ send_forged('/page') }{qw(status body)} ], [ 402, "our own page\n" ], 'error_page';
is_passed(send_signed('/page', $body = event()), '/page', $body, 'error_page');
is send_forged('/named')->{status}, 200, 'error_page with a named location';
is last_request('/named')->{headers}{'x-webhook-verdict'}, 'forged', 'which is told the verdict';
is_passed(send_signed('/fails', $body = event(30_000)), '/fails', $body,
    'an error of the upstream, judged again at the page', '/fallback');
is last_request('/fallback')->{headers}{'x-webhook-verdict'}, 'accepted', 'as the client sent it';
is_refused(send_forged('/fails'), 401, 'forged', '/fails', 'an upstream with error_page: forged');
is_passed(send_signed('/next', $body = event(30_000)), '/next', $body, 'proxy_next_upstream');
is $t->post('/off/open', 'x')->{status}, 200, 'webhook off inside';
is $t->post('/off/shut', 'x')->{verdict}, 'unsigned', 'and its neighbour';
is send_signed('/if?other=1')->{status}, 200, 'if';
is $t->receiver('other')->count, 1, 'goes where it says';
is send_forged('/if?other=1')->{verdict}, 'forged', 'if: forged';
is $t->get('/get-only')->{status}, 204, 'return in an if';
is_passed(send_signed('/break', $body = event()), '/break', $body, 'rewrite ... break', '/broken');
is send_signed('/slow')->{status}, 504, 'an upstream that does not answer';

my $upgraded =
    $t->get('/upgrade?transaction_id=1&security_token=s3cret', Upgrade => 'talk', Connection => 'upgrade');
is_deeply [ @{$upgraded}{qw(status body)} ], [ 101, 'hello' ], 'an upgraded connection';
is $t->get('/upgrade?transaction_id=1&security_token=wrong', Upgrade => 'talk', Connection => 'upgrade')
    ->{verdict}, 'forged', 'not for everybody';

# --- without refusing, and the log
is_passed(send_signed('/dry', $body = event()), '/dry', $body, 'dry run');
is last_request('/dry')->{headers}{'x-webhook-verdict'}, 'accepted', 'dry run: accepted';
for (
    [ 'forged', sub { send_forged('/dry', $body = event(30_000)) } ],
    [ 'unsigned', sub { $t->post('/dry', $body = event()) } ],
    [ 'method', sub { $t->request(method => 'PUT', path => '/dry', body => ($body = event(30_000))) } ],
) {
    my ($verdict, $send) = @$_;
    is_passed($send->(), '/dry', $body, "dry run: $verdict");
    is last_request('/dry')->{headers}{'x-webhook-verdict'}, $verdict,
        "dry run: the upstream is told $verdict";
}
is scalar(my @lines = $t->nginx->grep_log(qr/webhook forged: .*, scheme "stripe".*, dry run/)), 1,
    'dry run: logged';
send_signed('/logged');
my $log = wait_for('the access log',
    sub { my $text = slurp($t->file('access.log')); $text =~ m{/logged} && $text });
like $log, qr{^POST /logged 200 accepted evt_$number a\.b stripe$}m, 'access_log';
like $log, qr{^POST /dry 200 forged }m, 'access_log: dry run';

is $t->get('/postback?id=1&security_token=s3cret')->{status}, 200, 'a postback';
is last_request('/postback')->{query}, 'id=1&security_token=s3cret', 'passed on unmasked';
is $t->get('/postback?id=1&security_token=wrong')->{verdict}, 'forged', 'a forged postback';
unlike $t->nginx->log, qr/security_token=wrong/, 'whose parameter is masked in the log';
for my $path ('/away', '/away-named') {
    is $t->get("$path?security_token=s3cret&seen=$path")->{status}, 502, "$path: an upstream that is away";
    like $t->nginx->wait_log(qr/connect\(\) failed.*seen=$path /),
        qr{upstream: "http://127\.0\.0\.1:\d+$path", host}, "$path: its line in the log";
}
unlike $t->nginx->log, qr/security_token=s3cret/, 'nor does the line on an upstream tell it';

done_testing;

# The least of FastCGI: answers method, id, size and sum of the body.
sub start_fastcgi () {
    my $listen =
        IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $t->port('fastcgi'), Listen => 16,
        ReuseAddr => 1)
        or die $@;
    my $pid = fork() // die $!;
    if ($pid) { close $listen; eval "END { kill 'KILL', $pid }"; return }
    Test::Webhook::Process::die_with_parent();
    while (my $socket = $listen->accept) {
        my ($params, $body, $done) = ('', '', 0);
        while (!$done) {
            read($socket, my $head, 8) == 8 or last;
            my (undef, $type, undef, $length, $padding) = unpack 'CCnnC', $head;
            read $socket, my $content, $length + $padding;
            $params .= substr $content, 0, $length if $type == 4;
            $body .= substr $content, 0, $length if $type == 5;
            $done = $type == 5 && !$length;
        }
        my %param;
        while (length $params) {
            my ($name, $value) = map {
                my $n = unpack 'C', $params;
                $n & 128 ? unpack('N', substr $params, 0, 4, '') & 0x7fffffff : unpack 'C', substr $params,
                    0, 1, ''
            } 1, 2;
            my $key = substr $params, 0, $name, '';
            $param{$key} = substr $params, 0, $value, '';
        }
        my $answer = "Content-Type: text/plain\r\n\r\n" . join "\n", $param{REQUEST_METHOD},
            $param{WEBHOOK_ID}, length $body, unpack '%32C*', $body;
        print $socket pack('CCnnCC', 1, 6, 1, length $answer, 0, 0), $answer,
            pack('CCnnCC', 1, 3, 1, 8, 0, 0), pack 'NCx3', 0, 0;
        close $socket;
    }
    POSIX::_exit(0);
}
