#!/usr/bin/perl

# The worker beside servers it must not work with, secrets that come later, and receivers that ask to be left
# alone.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::Webhook;
use Test::Webhook::Promise;
use Test::Webhook::Proxy;
use IO::Socket::INET;

my $t = Test::Webhook->new;
$t->start_redis;
$t->start_receiver(
    script => { '/leave' => { status => 200, headers => [ 'Webhook-Delivery' => 'disable' ] } });
$t->start_nginx(<<'EOT2');
%%GLOBALS%%
events { }
http {
    %%HTTP%%
    webhook_redis %%REDIS%%;
    webhook_secret s3cret;
    server {
        listen 127.0.0.1:%%PORT%%;
        location /in { webhook stripe; webhook_stream hooks partitions=1; }
    }
}
EOT2
my $redis = $t->redis;
my $receiver = $t->receiver;
sub log_count ($pattern) { return scalar(my @lines = grep { $_ =~ $pattern } split /\n/, $t->worker->output) }

# --- a server that may drop our keys: nothing is done there, one line a connection says so
$redis->call(qw(CONFIG SET maxmemory-policy allkeys-lru));
my $worker = $t->start_worker(wait => 0, config => { state_dir => $t->file('deep/er/state') });
$worker->wait_log(qr/redis: .*allkeys-lru.*noeviction/);
$worker->wait_log(qr/redis \(reading\): .*noeviction/);
is $redis->exists('webhook:{config}:workers'), 0, 'eviction policy: the worker does not take part';
$redis->call(qw(CONFIG SET maxmemory-policy noeviction));
wait_for('the worker to take part', sub { $redis->exists('webhook:{config}:workers') });
is log_count(qr/noeviction/), 2, 'eviction policy: one line a connection, however often it tried';

# --- while it works: a replica, an evicting server
for my $case (
    [ 'a replica', qr/no master/, [qw(REPLICAOF 127.0.0.1 1)], [qw(REPLICAOF NO ONE)] ],
    [
        'evicting', qr/allkeys-lru/, [qw(CONFIG SET maxmemory-policy allkeys-lru)],
        [qw(CONFIG SET maxmemory-policy noeviction)]
    ]
) {
    my ($name, $pattern, $make, $unmake) = @$case;
    my ($lines, $connected) = (log_count($pattern), log_count(qr/redis: connected/));
    $redis->call(@$make);
    wait_for("$name: the worker to notice", sub { log_count($pattern) >= $lines + 2 });
    $redis->call(@$unmake);
    wait_for("$name: the worker to work again", sub { log_count(qr/redis: connected/) > $connected });
    is log_count($pattern), $lines + 2, "$name: one line a connection";
    is log_count(qr/redis: connected/), $connected + 1, "$name: it did not count as connected meanwhile";
}

# --- state_dir is made
$t->apply({ id => 'signed', url => $receiver->url('/signed'), sign => [ { secrets => ['secret:later'] } ] });
wait_for('the copy', sub { -s $t->file('deep/er/state/endpoints.json') });
is sprintf('%o', (stat $t->file('deep/er/state'))[2] & 07777), '700', 'state_dir is made, for us alone';

# --- a secret that is not there yet: deliveries wait, one line; SIGHUP finds it
# nginx may have looked at the server while it was no good, too.
ok wait_for('nginx to use Redis', sub { post_event($t, "s$_")->{verdict} eq 'accepted' }), "event $_"
    for 1 .. 3;
wait_for('waiting deliveries', sub { $t->ledger->{total}{waiting} == 3 });
is log_count(qr/endpoint signed: .*later.*deliveries wait/), 1, 'missing secret: one line';
is $receiver->count('/signed'), 0, 'missing secret: nothing is sent';
is
    scalar(grep { /"error":"secret file \\"[^"]*\/later/ }
        @{ $redis->call('HVALS', 'webhook:{hooks:0}:delivery') }), 3, 'missing secret: the record says so';
$t->write('secrets/later', 'whsec_' . b64('the first key of them all') . "\n");
$worker->signal('HUP');
$worker->wait_log(qr/reloaded/);
$worker->wait_log(qr/endpoint signed: ready/);
$receiver->wait_requests(3, '/signed');
$t->wait_settled;

# --- SIGHUP reads a changed secret and a changed file; a bad file changes nothing
sub signed_with ($key, $request) {
    my %sent = @{ [
        sign_standard(
            $key, $request->{body}, id => $request->{headers}{'webhook-id'},
            clock => $request->{headers}{'webhook-timestamp'}
        )
    ] };
    my %lower = map { lc $_ => $sent{$_} } keys %sent;
    return ($request->{headers}{'webhook-signature'} // '') eq $lower{'webhook-signature'};
}
my $second = 'whsec_' . b64('the second key, after rotation');
$t->write('secrets/later', "$second\n");
$worker->signal('HUP');
$worker->wait_log(qr/reloaded/, count => 2);
post_event($t, 's4');
my @signed = $receiver->wait_requests(4, '/signed');
ok signed_with($second, $signed[3]), 'SIGHUP: the new secret signs';
my %config = %{ $worker->{config} };
$worker->configure({ %config, nonsense => 1 });
$worker->signal('HUP');
$worker->wait_log(qr/reload: .*nonsense.*stays in use/);
ok $worker->alive, 'SIGHUP: a bad file is refused and the worker goes on';
$worker->configure(\%config);

# --- 2xx with "webhook-delivery: disable": delivered, and the endpoint is disabled
$t->apply({ id => 'leave', url => $receiver->url('/leave') });
wait_for('the change', sub { log_count(qr/endpoint signed: deleted/) });
post_event($t, 'd1');
$receiver->wait_requests(1, '/leave');
wait_for('the endpoint to be disabled', sub { $redis->hexists('webhook:{config}:disabled', 'leave') });
my $total = $t->wait_settled->{total};
is $total->{delivered}, 5, 'disabled by a success: that delivery counts as delivered';
is $total->{dead}, 0, 'nothing is dead';
post_event($t, 'd2');
wait_for('the event to wait', sub { $t->ledger->{total}{waiting} == 1 });
is $receiver->count('/leave'), 1, 'disabled: no attempt is made';

# --- servers that are too old or not ready yet: as if this one said so once
my $proxy = Test::Webhook::Proxy->new(port => $t->port('proxy'), to => $t->redis_server->port)->start;
sub bulk ($text) { return '$' . length($text) . "\r\n$text\r\n" }
my %info = (redis_version => '7.0.15', loading => 0, role => 'master', maxmemory_policy => 'noeviction');
sub info (%change) {
    my %all = (%info, %change);
    return bulk(join '', map { "$_:$all{$_}\r\n" } sort keys %all);
}
$worker->stop;
$proxy->replace_text('# Server', info(redis_version => '6.2.13'));
$worker->configure({ %config, redis => 'redis://127.0.0.1:' . $t->port('proxy') });
my $connected = log_count(qr/redis: connected/);
$worker->start(wait => 0);
$worker->wait_log(qr/version 7\.0 or later is needed, it says "6\.2\.13"/);
wait_for('the worker to work', sub { log_count(qr/redis: connected/) > $connected });
for my $case (
    [ 'INFO: loading', replace_text => '# Server', info(loading => 1), qr/it is loading its data/ ],
    [
        'an answer of a server that loads', replace => 'webhook:{config}:meta',
        "-LOADING Redis is loading the dataset in memory\r\n", qr/LOADING Redis is loading/
    ]
) {
    my ($name, $order, $pattern, $bytes, $line) = @$case;
    my $lines = log_count(qr/connected to/);
    $proxy->$order($pattern, $bytes);
    $worker->wait_log($line);
    wait_for("$name: a new connection", sub { log_count(qr/connected to/) > $lines });
}
$proxy->stop;

$worker->stop;
$worker->configure(\%config);
$worker->start;

# --- a server that cannot write while a delivery is under way: what came of it is kept until it can
my $in_the_way = $redis->call(qw(CONFIG GET dir))->[1] . '/' . $redis->call(qw(CONFIG GET dbfilename))->[1];
my $saves = sub ($status) {
    $redis->call('BGSAVE');
    wait_for("BGSAVE: $status",
        sub { $redis->call(qw(INFO persistence)) =~ /bgsave_in_progress:0.*last_bgsave_status:$status\b/s });
};
$receiver->script('/full' => [ { status => 500, hold => 1 }, 200 ]);
$t->apply(
    { id => 'full', url => $receiver->url('/full'), timeout => '5m', retry => { schedule => ['100ms'] } });
wait_for('the endpoint to be known', sub { log_count(qr/endpoint leave: deleted/) });
post_event($t, 'full');
$receiver->wait_requests(1, '/full');
mkdir $in_the_way or die "$in_the_way: $!";
$redis->call('CONFIG', 'SET', 'save', '3600 1');
$saves->('err');
$receiver->release('/full');
$worker->wait_log(qr/partition hooks:0: cannot settle \(MISCONF /);
rmdir $in_the_way;
$saves->('ok');
$worker->wait_log(qr/partition hooks:0: settles again/);
$receiver->wait_requests(2, '/full');
$total = $t->wait_settled->{total};
is "$total->{delivered} $total->{dead}", '6 0', 'MISCONF: the delivery ended once there was room';
is log_count(qr/cannot settle/), 1, 'MISCONF: one line';

# --- a server that ends each connection when it is used: its limit is below what one event needs
$receiver->script('/leave' => 200);
$t->apply({ id => 'large', url => $receiver->url('/large') });
wait_for('the endpoint to be known', sub { log_count(qr/endpoint full: deleted/) });
$redis->call('CONFIG', 'SET', 'client-output-buffer-limit', 'normal 300kb 0 0');
my $lines = log_count(qr/redis \(reading\)/);
my $connections = sub { $redis->call('INFO') =~ /^total_connections_received:(\d+)/m ? $1 : die 'INFO' };
ok wait_for('nginx to use Redis',
    sub { post_event($t, 'large', body => event('large', text => 'x' x 800_000))->{status} == 200 }),
    'an event that Redis does not hand out';
$worker->wait_log(qr/redis \(reading\): each connection is lost soon after it was made/);
my $so_far = $connections->();
wait_for('further tries', sub { $connections->() >= $so_far + 3 });
cmp_ok log_count(qr/redis \(reading\)/) - $lines, '<=', 8, 'a few lines in the log, not one for each try';
my $end = length $worker->output;
$redis->call('CONFIG', 'SET', 'client-output-buffer-limit', 'normal 0 0 0');
$receiver->wait_requests(1, '/large');
wait_for('the line that all is well',
    sub { substr($worker->output, $end - 1) =~ /redis \(reading\): connected/ });

# --- a user without a password is that user all the same, not the default one
$redis->call(qw(ACL SETUSER poor on nopass +ping));
$worker->stop;
$worker->configure({ %config, redis => 'redis://poor@127.0.0.1:' . $t->redis_server->port });
$worker->start(wait => 0);
$worker->wait_log(qr/redis: INFO: NOPERM/);

# --- a server that does not answer at all: nobody accepts, and there is no room for more
my $deaf =
    IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $t->port('deaf'), Listen => 1,
    ReuseAddr => 1)
    or die $@;
my @filling =
    map { IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $t->port('deaf'), Blocking => 0) }
    1 .. 8;
$worker->stop;
$worker->configure({ %config, redis => 'redis://127.0.0.1:' . $t->port('deaf') });
$worker->start(wait => 0);
$worker->wait_log(qr/cannot connect: Connection timed out/);

done_testing;
