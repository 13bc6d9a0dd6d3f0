#!/usr/bin/perl

# The worker's configuration: what -t tries, and a password of Redis that changes while it runs.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::Webhook;

my $t = Test::Webhook->new;
$t->start_redis;
my $redis = $t->redis;
$redis->call('XADD', 'webhook:{hooks:0}:events', '*', 'data', 'x');
$redis->call('HSET', 'webhook:{hooks:0}:meta', 'partitions', 1);
$t->apply({ id => 'crm', url => 'http://127.0.0.1:9/', paused => JSON::PP::true });
my $worker = $t->start_worker;
my %config = %{ $worker->{config} };
sub log_count ($pattern) { return scalar(my @lines = grep { $_ =~ $pattern } split /\n/, $worker->output) }

# --- -t tries what is only used later, and makes nothing
my $list = 0;
$t->write('a file', 'x');
my sub tested ($change, @as) {
    my $file = $t->write('test-' . ++$list . '.json', to_json({ %config, %$change }));
    return $t->run([ @as, $t->build_dir . '/webhook-worker', '--config', $file, '-t' ]);
}
for my $case (
    [
        'no folder of secrets', { secrets_dir => $t->file('nowhere') },
        qr/"secrets_dir": .*nowhere.*: No such file/
    ],
    [ 'a log that is a folder', { log => $t->file('nowhere/at/all.log') . '/' }, qr/"log": .*all\.log/ ],
    [ 'a log below a file', { log => $t->file('a file/below.log') }, qr/"log": .*a file: Not a directory/ ],
    [
        'a state_dir that is a file', { state_dir => $t->file('a file') },
        qr/"state_dir": .*a file: Not a directory/
    ],
    [
        'a state_dir below a file', { state_dir => $t->file('a file/at/all') },
        qr/"state_dir": .*a file: Not a directory/
    ],
    [
        'a socket whose path is too long', { redis => 'unix:/' . 'x' x 107 },
        qr/redis: .*longer than 107 bytes/
    ],
    [
        'a password file that is missing', { redis_auth => { password => 'file:' . $t->file('nowhere') } },
        qr/redis_auth\.password: secret file ".*nowhere" cannot be read \(No such file/
    ]
) {
    my ($name, $change, $pattern) = @$case;
    my $tested = tested($change);
    is $tested->{exit}, 2, "-t: $name";
    like $tested->{err}, $pattern, "-t: $name is named";
}
my $good = tested(
    {
        state_dir => $t->file('not/there/yet'), log => $t->file('not/there/worker.log'),
        redis => 'unix:/' . 'x' x 106
    }
);
is $good->{exit}, 0, '-t: what is not there yet can be made' or diag $good->{err};
ok !-e $t->file('not'), '-t: nothing was made';
is tested({ log => $t->file('a file') })->{exit}, 0, '-t: a log that is there';
is slurp($t->file('a file')), 'x', '-t: it was not touched';
my $both = tested({ state_dir => $t->file('a file'), secrets_dir => $t->file('nowhere') });
is scalar(() = $both->{err} =~ /^webhook-worker: "/mg), 2, '-t: everything that is missing is said at once';
SKIP: {
    my @nobody = qw(setpriv --reuid=65534 --regid=65534 --clear-groups);
    skip 'not root, or the folder is closed to others', 6
        if $> != 0
        || $t->run(
        [ @nobody, 'test', '-r', $t->file('a file'), '-a', '-x', $t->build_dir . '/webhook-worker' ])->{exit};
    mkdir $t->file("closed-$_"), 0700 or die $! for qw(state secrets);
    for my $case ([ 'state_dir', 'closed-state' ], [ 'secrets_dir', 'closed-secrets' ],
        [ 'log', 'closed-state/worker.log' ])
    {
        my ($key, $path) = @$case;
        my $tested = tested({ secrets_dir => undef, state_dir => undef, $key => $t->file($path) }, @nobody);
        is $tested->{exit}, 2, "-t: $key that belongs to somebody else";
        like $tested->{err}, qr/"$key": .*\(user nobody\): Permission denied/, "-t: $key: which user";
    }
}

# --- SIGHUP takes up another password of Redis, in the file it is read from; partitions stay where they are
$redis->call(qw(ACL SETUSER turning on >first ~webhook:* +@all));
$t->write('password', "first\n");
$worker->stop;
$worker->configure(
    { %config, redis_auth => { user => 'turning', password => 'file:' . $t->file('password') } });
$worker->start;
my $holder = sub { $redis->hget('webhook:{hooks:0}:meta', 'holder') // '' };
wait_for('the partition to be taken', $holder);
my $held = $holder->();
$t->write('password', "second\n");
$worker->signal('HUP');
$worker->wait_log(qr/redis: AUTH with the new user or password: WRONGPASS.*the old one stays in use/);
$worker->wait_log(qr/redis \(reading\): AUTH with the new user or password: WRONGPASS/);
$redis->call(qw(ACL SETUSER turning >second));
$t->write('password', "third\n");
$redis->call(qw(ACL SETUSER turning >third));
$worker->signal('HUP');
$worker->wait_log(qr/redis: logged in with the new user or password/);
$worker->wait_log(qr/redis \(reading\): logged in with the new user or password/);
is $holder->(), $held, 'another password: the partition was not lost';
my $links = log_count(qr/redis: connected/);
$redis->call(qw(ACL SETUSER turning <first <second));
$redis->call(qw(CLIENT KILL USER turning));
wait_for('a new connection', sub { log_count(qr/redis: connected/) > $links });
is $holder->(), $held, 'another password: new connections use it';
$t->write('password', "not known yet\n");
$worker->signal('HUP');
$worker->wait_log(qr/WRONGPASS.*the old one stays in use/, count => 4);
$links = log_count(qr/redis: connected/);
$redis->call(qw(CLIENT KILL USER turning));
wait_for('a new connection by the old password', sub { log_count(qr/redis: connected/) > $links });
$redis->call('ACL', 'SETUSER', 'turning', 'resetpass', '>not known yet');
$redis->call(qw(CLIENT KILL USER turning));
$links = log_count(qr/redis: connected/);
wait_for('a new connection by the new password', sub { log_count(qr/redis: connected/) > $links });
# --- a server without an append-only file: one warning, and then a line when it is there again is not needed
is log_count(qr/append-only/), 0, 'with an append-only file: no warning';
$redis->call(qw(CONFIG SET appendonly no));
$worker->wait_log(qr/redis keeps no append-only file: .*appendonly yes/);
$worker->restart;
wait_for('the line of the new process', sub { log_count(qr/redis keeps no append-only file/) >= 1 });

done_testing;
