#!/usr/bin/perl

# How receivers are reached and how they know the worker: `tls` with files of secrets_dir, `auth`, and the
# worker's egress_proxy. nginx is the receiver that speaks TLS.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use IO::Select;
use IO::Socket::INET;
use POSIX ();
use Test::Webhook;

my $t = Test::Webhook->new;

# --- an authority, the server's certificate and the worker's
sub openssl (@words) {
    my $result = $t->run([ 'openssl', @words ]);
    is $result->{exit}, 0, "openssl $words[0]" or diag $result->{err};
}
mkdir $t->file('pki') or die $!;
my ($ca, $ca_key) = ($t->file('pki/ca.pem'), $t->file('pki/ca.key'));
openssl(qw(req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=ours -keyout),
    $ca_key, '-out', $ca);
for my $name (qw(server worker)) {
    my $file = $t->file("pki/$name");
    my $names = $t->write("pki/$name.ext", "subjectAltName=IP:127.0.0.1\n");
    openssl(qw(req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj),
        "/CN=$name", '-keyout', "$file.key", '-out', "$file.csr");
    openssl(qw(x509 -req -days 2 -CAcreateserial -in),
        "$file.csr", '-CA', $ca, '-CAkey', $ca_key, '-extfile', $names, '-out', "$file.pem");
}

$t->start_redis;
$t->start_receiver(
    script => {
        '/token' => {
            status => 200, body => '{"access_token":"t0ken","token_type":"Bearer","expires_in":3600}'
        }
    }
);
$t->start_nginx(<<'EOC');
%%GLOBALS%%
events { }
http {
    %%HTTP%%
    webhook_redis %%REDIS%%;
    log_format seen '$ssl_client_s_dn $ssl_session_reused $http_authorization';
    server {
        listen 127.0.0.1:%%PORT%%;
        location / { webhook stripe; webhook_secret s3cret; webhook_stream hooks; }
    }
    server {
        listen 127.0.0.1:%%PORT_tls%% ssl;
        ssl_certificate %%DIR%%/pki/server.pem;
        ssl_certificate_key %%DIR%%/pki/server.key;
        ssl_client_certificate %%DIR%%/pki/ca.pem;
        ssl_verify_client on;
        ssl_session_cache shared:tls:1m;
        keepalive_timeout 0;
        access_log %%DIR%%/seen.log seen;
        location / { return 200; }
    }
}
EOC
my $url = 'https://127.0.0.1:' . $t->port('tls') . '/in';
my %retry = (retry => { schedule => [ ('200ms') x 50 ], jitter => 0 });

sub send_event ($id) {
    my $body = qq({"id":"$id","type":"invoice.paid"});
    is $t->post('/', $body, sign_stripe('s3cret', $body))->{verdict}, 'accepted', "event $id";
}

sub seen () { return grep { !/^- / } split /\n/, slurp($t->file('seen.log')) }

# --- deliveries wait until the files of the certificate are there and good; then connections resume sessions
$t->apply(
    {
        id => 'mutual', url => $url, %retry,
        tls => { ca => 'secret:ca', cert => 'secret:cert', key => 'secret:key' },
        auth => { oauth2 => { token_url => $t->receiver->url('/token'), client_id => 'worker',
            client_secret => 's3cret-of-client' } }
    }
);
my $worker = $t->start_worker;
$worker->wait_log(qr/endpoint mutual: secret file ".*" cannot be read .*; its deliveries wait/);
send_event('evt_1');
$t->write('secrets/ca', slurp($ca));
$t->write('secrets/cert', slurp($t->file('pki/worker.pem')));
$t->write('secrets/key', slurp($ca_key));
$worker->signal('HUP');
$worker->wait_log(
    qr/endpoint mutual: tls\.key: does not fit the first certificate of "cert".*; its deliveries wait/);
is scalar(seen()), 0, 'nothing was sent with a bad key';
$t->write('secrets/key', slurp($t->file('pki/worker.key')));
$worker->signal('HUP');
$t->wait_settled;
is_deeply [seen()], ['CN=worker . Bearer t0ken'], 'the worker showed its certificate and a token';
send_event('evt_2');
$t->wait_settled;
is((seen())[1], 'CN=worker r Bearer t0ken', 'the next connection resumed the session');
is $t->receiver->count('/token'), 1, 'one token for both';
unlike $worker->output, qr/s3cret-of-client|t0ken|BEGIN/, 'no secret in the log';

# --- what is shown of it
my $shown = $t->ctl('export')->{out};
like $shown, qr/"client_secret":\s*"redacted:/, 'export: the secret is redacted';
unlike $shown, qr/s3cret-of-client/, 'export: and not there';
my $document = from_json($shown);
is $t->ctl('apply', $t->write('again.json', $shown))->{exit}, 0, 'what was exported is applied';
is $t->ctl('apply', '--dry-run', $t->write('again.json', $shown))->{exit}, 0, 'and changes nothing';

# --- no verification: once a line in the log
my %blind = (tls => { verify => JSON::PP::false });
$t->apply({ id => 'blind', url => $url, %retry, %blind, paused => JSON::PP::true });
$worker->wait_log(
    qr/warn.* endpoint blind: tls\.verify is false: the receiver's certificate is not verified/i);

# --- a proxy: with a password from a file; settings are tested by -t
sub tested ($proxy) {
    my $config =
        $t->write('tested.json', to_json({ egress_proxy => $proxy, secrets_dir => $t->file('secrets') }));
    return $t->run([ $t->build_dir . '/webhook-worker', '--config', $config, '-t' ]);
}
is tested('http://proxy.example:3128')->{exit}, 0, '-t: a proxy';
my $none = tested('http://worker:secret:proxy-password@proxy.example:3128');
is $none->{exit}, 2, '-t: a password that is missing';
like $none->{err}, qr/egress_proxy: secret file ".*proxy-password" cannot be read/, '-t: and says which';
$t->write('secrets/proxy-password', "p\@ss\n");
is tested('http://worker:secret:proxy-password@proxy.example:3128')->{exit}, 0, '-t: a password in a file';
like tested('socks5://h:1')->{err}, qr{egress_proxy: must be http://\[user:password@\]host:port},
    '-t: the form';

# It refuses one host and connects to the other.
my $listen = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 16) or die $@;
my $allowed = '127.0.0.1:' . $t->receiver->port;
my $asked = $t->file('asked');
my $pid = fork // die "fork: $!";
if ($pid == 0) {
    Test::Webhook::Process::die_with_parent();
    while (my $client = $listen->accept) {
        next if fork;
        my $head = '';
        sysread $client, $head, 4096, length $head while $head !~ /\r\n\r\n/;
        open my $log, '>>', $asked or die $!;
        print {$log} $head;
        close $log;
        my $server = $head =~ /^CONNECT \Q$allowed\E / && IO::Socket::INET->new($allowed);
        syswrite $client, $server ? "HTTP/1.1 200 OK\r\n\r\n" : "HTTP/1.1 403 Forbidden\r\n\r\n";
        my %to = $server ? ($client => $server, $server => $client) : ();
        my $select = IO::Select->new($server ? ($client, $server) : ());
        while (my @ready = $select->can_read) {
            for my $one (@ready) {
                sysread($one, my $bytes, 65536) or POSIX::_exit(0);
                syswrite $to{$one}, $bytes;
            }
        }
        POSIX::_exit(0);
    }
    POSIX::_exit(0);
}
$t->apply(
    { id => 'near', url => $t->receiver->url('/near'), %retry },
    { id => 'far', url => $url, tls => { verify => JSON::PP::false }, retry => { schedule => [] } }
);
my $proxy = '127.0.0.1:' . $listen->sockport;
$worker->configure({ %{ $worker->{config} }, egress_proxy => "http://worker:secret:proxy-password\@$proxy" });
$worker->signal('HUP');
$worker->wait_log(qr/endpoint far: tls\.verify is false/);    # the worker knows both endpoints
$worker->wait_log(qr/: reloaded/, count => 3);
send_event('evt_3');
$t->receiver->wait_requests(1, '/near');
my $dead = wait_for('the dead letter', sub { $t->ctl('dead', 'list', '--json')->{out} });
my $refused = '127.0.0.1:' . $t->port('tls');
is from_json($dead)->{error}, "proxy $proxy: status 403: it refuses CONNECT to $refused",
    'the proxy refused';
my $heads = slurp($asked);
like $heads, qr/^CONNECT \Q$allowed\E HTTP/m, 'CONNECT to the address';
like $heads, qr/^proxy-authorization: Basic d29ya2VyOnBAc3M=\r$/m, 'with user and password';
kill 'KILL', $pid;
waitpid $pid, 0;
done_testing;
