#!/usr/bin/perl

# Redis under a name: one that is not known yet keeps nginx from nothing, a changed address is followed, and a
# slow resolver holds up no request.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::Webhook;

my $t = Test::Webhook->new;
is $t->run(
    [
        split(' ', $ENV{CC} // 'cc'), '-O1', '-shared', '-fPIC', '-o', $t->file('names.so'),
        "$FindBin::Bin/lib/names.c", '-ldl'
    ]
)->{exit}, 0, 'the library';
my $names = $t->write('names', '');
my $later = $t->write('later', pack 'q', 0);
sub name_is ($addresses) {
    $t->write('names.new', $addresses);
    rename $t->file('names.new'), $names or die $!;
}

my $seconds = 0;
sub go_on () { open my $file, '+<:raw', $later or die $!; syswrite $file, pack 'q', $seconds += 31 }

# A relative name, from the folder that the program starts in: LD_PRELOAD takes no name with a space.
sub preloaded ($library, $code) {
    local @ENV{qw(LD_PRELOAD TEST_NAMES TEST_LATER)} = ($library, $names, $later);
    return $code->();
}

my $first = $t->start_redis;
my $second = $t->start_redis(name => 'second', host => '127.0.0.2', port => $first->port);
my $conf = <<'EOT';
%%GLOBALS%%
worker_processes 1;
events { }
http {
    %%HTTP%%
    webhook_zone webhook 256k;
    webhook_redis redis://redis.test:%%PORT_redis%%;
    webhook_redis_timeout 120s;
    webhook_secret s3cret;
    server {
        listen 127.0.0.1:%%PORT%%;
        webhook_redis_connect_timeout 1s;
        location /in { webhook stripe; webhook_stream hooks partitions=1; }
        location = /status { webhook_status json; }
    }
}
EOT

my $number = 0;
sub event () {
    my $body = '{"id":"evt_' . $number++ . '","type":"a"}';
    return $t->post('/in', $body, sign_stripe('s3cret', $body));
}
sub becomes ($verdict, $name) {
    ok eval {
        wait_for($name, sub { (event()->{verdict} // '') eq $verdict });
    }, $name or diag $@;
}
sub stored ($server) { return $server->client->xlen('webhook:{hooks:0}:events') }

# --- configuration ---

sub nginx_test () { return preloaded('./names.so', sub { $t->nginx_test($conf) }) }

my ($exit, $out) = nginx_test();
is $exit, 0, 'nginx -t: a name that is not known is no error';
my $until = qr/until it has one events are answered 503/;
like $out,
    qr/\[warn\] .*the host "redis\.test" of "webhook_redis" has no address now \(.+\): $until in .+:\d+/,
    'but a warning';
name_is('127.0.0.1');
($exit, $out) = nginx_test();
unlike $out, qr/has no address/, 'nginx -t: no warning for a name that is known';
for my $bad ('re dis', 're*dis', 'user@redis.test', 'redis.test:0x', '[::1') {
    ($exit, $out) = $t->nginx_test($conf =~ s{redis://redis\.test:%%PORT_redis%%}{"redis://$bad"}r);
    isnt $exit, 0, "nginx -t: refuses the host $bad";
}
name_is('');

# --- not known yet ---

my $nginx = preloaded('../names.so', sub { $t->start_nginx($conf, ready => 0) });
becomes('unavailable', 'started with a name that is not known: 503');
$nginx->wait_log(qr{webhook: redis redis://redis\.test:\d+ is unavailable: \w+});
name_is('127.0.0.1');
becomes('accepted', 'known now: accepted without a reload');
cmp_ok stored($first), '>', 0, 'and stored there';
cmp_ok scalar(() = $nginx->grep_log(qr/is unavailable/)), '<=', 4, 'a line for each change, not for each try';

# --- another address, while events come; the old server still answers ---

my $before = stored($first);
my $load = $t->start_load(
    senders => 2,
    pause => 0.01,
    request => sub ($n) {
        my $body = qq({"id":"load_$n","type":"a"});
        return $t->build(method => 'POST', path => '/in', body => $body,
            headers => [ sign_stripe('s3cret', $body) ]);
    }
);
wait_for('events', sub { $load->done > 20 });
name_is('127.0.0.2');
go_on();
$nginx->wait_log(qr/has another address now/);
wait_for('events at the new address', sub { stored($second) > 20 });
my $result = $load->stop;
is_deeply $result->{troubles}, {}, 'another address: no event is refused on the way';
is stored($first) + stored($second) - $before, scalar @{ $result->{accepted} }, 'each is stored once';
is scalar(grep { /name=|addr=/ && !/cmd=client/ } split /\n/, $first->client->call(qw(CLIENT LIST))), 0,
    'nothing is left connected to the old one';

# --- an address more, and the name is not known for a while: the connection stays ---

my @ready = $nginx->grep_log(qr/is ready/);
for my $answer ('127.0.0.3 127.0.0.2', '') {
    name_is($answer);
    go_on();
    becomes('accepted', "the answer \"$answer\" 31 s later");
}
is scalar(() = $nginx->grep_log(qr/is ready/)), @ready,
    'the connection stays while its address may still be right';

# --- lost, and the name is not known: the last known address serves ---

$second->client->call(qw(CLIENT KILL TYPE normal SKIPME yes));
becomes('accepted', 'connected again by the last known addresses');

# --- lost, and the name has another address: asked at once ---

name_is('127.0.0.1');
$second->kill9;
becomes('accepted', 'the server is gone: the new address is asked for at once');
$before = stored($first);
is event()->{verdict}, 'accepted', 'another event';
is stored($first), $before + 1, 'is stored at the new address';

# --- the resolver hangs ---

name_is('hang');
$first->client->call(qw(CLIENT KILL TYPE normal SKIPME yes));
is $t->post('/in', '{}')->{status}, 401, 'the resolver hangs: requests are judged meanwhile';
becomes('accepted', 'and the last known address serves');
name_is('127.0.0.1');

done_testing;
