#!/usr/bin/perl

# The files that the worker writes and believes: state_dir's copy of the endpoints, the log. A link or a file
# that somebody else put there is neither followed, overwritten nor believed, and a line says what to do.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::Webhook;

my $t = Test::Webhook->new;
$t->start_redis;
my $redis = $t->redis;
my $folder = $t->file('state');
my $copy = "$folder/endpoints.json";
my $victim = $t->write('victim', 'untouched');
mkdir $folder, 0700 or die "$folder: $!";
sub endpoint ($id) { $t->apply({ id => $id, url => 'http://127.0.0.1:1/' }) }
sub key { $redis->call(qw(HGET webhook:{config}:meta key)) }
sub lines ($pattern) { scalar(my @found = grep { $_ =~ $pattern } split /\n/, $t->worker->output) }

# --- a link where the copy belongs
symlink $victim, $copy or die $!;
endpoint('first');
my $worker = $t->start_worker(config => { state_dir => $folder });
$worker->wait_log(
    qr/cannot keep a copy of the endpoints: \Q$copy\E: is a symbolic link or something else.*remove it/);
is slurp($victim), 'untouched', 'a link in state_dir is not followed';
endpoint('second');
$worker->wait_log(qr/configuration version 2/);
is lines(qr/cannot keep a copy/), 1, 'said once';
unlink $copy;
endpoint('third');
wait_for('the copy', sub { -f $copy && slurp($copy) =~ /third/ });
is sprintf('%o', (lstat $copy)[2] & 07777), '600', 'without it there is a copy, for us alone';

# --- a link where the new file is made, a file that a killed worker left
my $fresh = "$copy." . $worker->pid;
symlink $victim, $fresh or die $!;
endpoint('fourth');
wait_for('the second line', sub { lines(qr/cannot keep a copy/) == 2 });
is slurp($victim), 'untouched', 'a link with the name of the new file is not followed';
unlink $fresh;
$t->write("state/endpoints.json." . $worker->pid, 'left behind');
endpoint('fifth');
wait_for('the copy', sub { slurp($copy) =~ /fifth/ });
ok !-e $fresh, 'what a killed worker left is replaced';

# --- a folder for everybody
chmod 0777, $folder or die $!;
endpoint('sixth');
wait_for('the copy', sub { slurp($copy) =~ /sixth/ });
$worker->wait_log(qr/state_dir \Q$folder\E: every user can write in it/);
chmod 0700, $folder or die $!;

# --- what is read: a link, a file that others can write, no copy; then the real one, with the key of the
# hashes
my $key = key();
like $key, qr/^[0-9a-f]{64}$/, 'there is a key';
my $good = slurp($copy);
my $n = 0;
for (
    [
        'a link', qr/is a symbolic link: remove it/,
        sub { rename $copy, "$copy.real"; symlink "$copy.real", $copy }
    ],
    [
        'writable by others', qr/can be written by others/,
        sub { unlink $copy; rename "$copy.real", $copy; chmod 0666, $copy }
    ],
    [ 'a pipe', qr/is not a regular file/, sub { unlink $copy; require POSIX; POSIX::mkfifo($copy, 0600) } ],
    [
        'no copy', qr/is not a copy of the endpoints/,
        sub { unlink $copy; $t->write('state/endpoints.json', '{"endpoints":{}'); chmod 0600, $copy }
    ],
    [
        'nested 100,000 levels', qr/is not a copy of the endpoints/,
        sub { $t->write('state/endpoints.json', '[' x 100_000); chmod 0600, $copy }
    ]
) {
    my ($what, $pattern, $prepare) = @$_;
    $worker->stop;
    $prepare->();
    $redis->call('FLUSHALL');
    $worker = $t->start_worker(name => "reads" . ++$n, wait => 0, config => { state_dir => $folder });
    $worker->wait_log(qr/the copy of the endpoints is not used: \Q$copy\E: $pattern/);
    is $redis->call(qw(HEXISTS webhook:{config}:meta epoch)), 0, "$what: nothing is restored from it";
}
$t->write('state/endpoints.json', $good);
chmod 0600, $copy or die $!;
$worker->wait_log(qr/endpoints written back/);
is key(), $key, 'the real one is written back, with the key';
ok $redis->call(qw(HEXISTS webhook:{config}:endpoints sixth)), 'and the endpoints';

# --- the log
SKIP: {
    skip 'only root can make a link of another user', 4 if $> != 0;
    my $log = $t->file('worker.log');
    symlink $victim, $log or die $!;
    my $config = $t->write('log.json', to_json({ log => $log }));
    is $t->run([ 'chown', '-h', 'nobody', $log ])->{exit}, 0, 'the link is of another user';
    my $result = $t->run([ $t->build_dir . '/webhook-worker', '--config', $config, '-t' ]);
    is $result->{exit}, 2, 'a log that is a link of another user: exit 2';
    like $result->{err}, qr/the log \Q$log\E is a symbolic link of another user: remove it/, 'says so';
    is slurp($victim), 'untouched', 'and is not followed';
}

done_testing;
