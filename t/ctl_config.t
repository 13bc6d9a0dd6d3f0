#!/usr/bin/perl

# webhookctl apply, export, endpoint: what stands in Redis is what the file says, and no secret is ever shown.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::Webhook;

my $t = Test::Webhook->new;
$t->start_redis;
my $redis = $t->redis;

my $key = 'whsec_' . b64('0123456789abcdef0123456789abcdef');
my @documents = (
    { id => 'books', url => 'https://books.example.com/in', match => { source => ['stripe'] } },
    { id => 'crm', url => 'https://crm.example.com/{source}', sign => [ { secrets => [$key] } ] },
);

sub apply ($documents, @words) { $t->ctl({ stdin => ref $documents ? to_json($documents) : $documents }, 'apply', '-', @words) }
sub epoch { $redis->call('HGET', 'webhook:{config}:meta', 'epoch') }
sub version { $redis->call('HGET', 'webhook:{config}:meta', 'version') }

# A dry run changes nothing.
my $result = apply(\@documents, '--dry-run');
is $result->{exit}, 1, 'dry run with differences: exit 1';
like $result->{out}, qr/^\+ books .*^\+ crm /ms, 'dry run: shows what would be added';
is epoch(), undef, 'dry run: nothing is stored';

# An empty list makes the epoch.
is apply([])->{exit}, 0, 'an empty list is applied';
my $epoch = epoch();
like $epoch, qr/^[0-9a-f]{32}$/, 'the first apply makes the epoch';

$result = apply(\@documents);
is $result->{exit}, 0, 'applied: exit 0';
unlike $result->{out} . $result->{err}, qr/\Q$key\E/, 'apply prints no secret';
my $version = version();
is apply(\@documents)->{exit}, 0, 'equal: exit 0';
is version(), $version, 'equal: the version stays';
is apply(\@documents, '-n')->{exit}, 0, 'dry run without differences: exit 0';
is epoch(), $epoch, 'the epoch stays';

# Changes are named, also for machines.
$documents[0]{timeout} = '3s';
$result = apply([ $documents[0] ], '--dry-run', '--json');
my @lines = map { from_json($_) } split /\n/, $result->{out};
is_deeply [ map { "$_->{change} $_->{id}" } grep { $_->{change} } @lines ], [ 'changed books', 'removed crm' ], 'json: the difference';
is $lines[0]{fields}[0]{name}, 'timeout', 'json: the field';
is $lines[0]{fields}[0]{after}, '3s', 'json: its new value';
like apply([ $documents[0] ], '-n')->{out}, qr/^~ books\n    timeout: default -> "3s"\n- crm$/m, 'the difference for people';

# One bad document: nothing is changed, and the error says where.
$result = apply([ { id => 'new', url => 'https://n.example/' }, { id => 'bad', url => 'ftp://x/' } ]);
is $result->{exit}, 2, 'a bad document: exit 2';
like $result->{err}, qr/endpoints\[1\]\.url: /, 'a bad document: the error says where';
is version(), $version, 'a bad document: nothing is changed';
is apply('[{"id":')->{exit}, 2, 'no JSON: exit 2';
is $t->ctl('apply', '/does/not/exist')->{exit}, 2, 'no file: exit 2';

# Export is a file for apply; secrets are kept.
$result = $t->ctl('export');
is $result->{exit}, 0, 'export';
unlike $result->{out}, qr/\Q$key\E/, 'export prints no secret';
like $result->{out}, qr/"redacted:[0-9a-f]{8}"/, 'export: redacted';
my $file = $result->{out};
is apply($file)->{exit}, 0, 'apply of an export';
is version(), $version, 'apply of an export changes nothing';
$file =~ s/crm\.example/crm2.example/;
is apply($file)->{exit}, 0, 'an edited export';
like $redis->call('HGET', 'webhook:{config}:endpoints', 'crm'), qr/crm2\.example.*|\Q$key\E/, 'stored';
like $redis->call('HGET', 'webhook:{config}:endpoints', 'crm'), qr/\Q$key\E/, 'the stored secret is kept';
(my $forged = $file) =~ s/redacted:[0-9a-f]{8}/redacted:00000000/;
is apply($forged)->{exit}, 2, 'redacted:HASH8 of another value is refused';

# endpoint list, show, pause, resume, delete
my %list = map { my $line = from_json($_); ($line->{id} => $line) } split /\n/, $t->ctl('endpoint', 'list', '--json')->{out};
is_deeply [ sort keys %list ], [ 'books', 'crm' ], 'list';
is $list{crm}{state}, 'active', 'list: state';
like $t->ctl('endpoint', 'list')->{out}, qr/^books +active +0 +https:/m, 'list: table';
$result = $t->ctl('endpoint', 'show', 'crm');
like $result->{out}, qr/"url": "https:\/\/crm2/, 'show';
unlike $result->{out}, qr/\Q$key\E/, 'show prints no secret';
is from_json($t->ctl('endpoint', 'show', 'crm', '--json')->{out})->{id}, 'crm', 'show --json';

is $t->ctl('endpoint', 'pause', 'crm')->{exit}, 0, 'pause';
ok from_json($redis->call('HGET', 'webhook:{config}:endpoints', 'crm'))->{paused}, 'paused: stored';
my $paused = version();
is $t->ctl('endpoint', 'pause', 'crm')->{exit}, 0, 'pause again';
is version(), $paused, 'pause again: no change';
$redis->call('HSET', 'webhook:{config}:disabled', 'crm', '{"reason":"410","at":1700000000000}');
like $t->ctl('endpoint', 'list')->{out}, qr/^crm +disabled .*410 since 2023-11-14/m, 'disabled: list says since when and why';
is $t->ctl('endpoint', 'resume', 'crm')->{exit}, 0, 'resume';
ok !from_json($redis->call('HGET', 'webhook:{config}:endpoints', 'crm'))->{paused}, 'resumed: stored';
is $redis->call('HEXISTS', 'webhook:{config}:disabled', 'crm'), 0, 'resumed: no longer disabled';
cmp_ok version(), '>', $paused, 'resumed: workers will see it';

for my $command (qw(show pause resume delete)) {
    my $result = $t->ctl('endpoint', $command, 'nobody');
    is $result->{exit}, 1, "$command of nobody: exit 1";
    like $result->{err}, qr/no endpoint "nobody"/, "$command of nobody: says so";
}
is $t->ctl('endpoint', 'delete', 'books', 'nobody')->{exit}, 1, 'delete of several, one unknown';
is $redis->call('HEXISTS', 'webhook:{config}:endpoints', 'books'), 1, 'then none is deleted';
is $t->ctl('endpoint', 'delete', 'books', 'crm')->{exit}, 0, 'delete';
is $redis->call('HLEN', 'webhook:{config}:endpoints'), 0, 'deleted';

# After FLUSHALL an apply begins a new epoch.
$redis->call('FLUSHALL');
is apply(\@documents)->{exit}, 0, 'apply after FLUSHALL';
isnt epoch(), $epoch, 'another epoch';

# Errors: usage and Redis.
is $t->ctl('nonsense')->{exit}, 2, 'unknown command: exit 2';
like $t->ctl('nonsense')->{err}, qr/no command "nonsense"/, 'unknown command: named';
is $t->ctl()->{exit}, 2, 'no command: exit 2';
like $t->ctl('events', '--limit', 'x')->{err}, qr/^webhookctl: --limit: .*not in range 0 to 1000000000/, 'a number: its range';
like $t->ctl('listen', '--port', '99999')->{err}, qr/^webhookctl: --port: .*not in range 0 to 65535/, 'a port: its range';
my $worker = $t->run([ $t->build_dir . '/webhook-worker', '--nonsense' ]);
like $worker->{err}, qr/^webhook-worker: .*--nonsense/, 'webhook-worker: says who and what';
is $t->ctl($_, '--help')->{exit}, 0, "$_ --help" for qw(apply export endpoint events event deliveries attempts dead ledger send verify sign schemes listen);
like $t->ctl($_, '--help')->{out}, qr/Examples?:/, "$_ --help: examples" for qw(apply export endpoint events event deliveries attempts dead ledger send verify sign schemes listen);

# Output that is lost is told.
for my $words (['export'], ['schemes'], ['--help'], ['--version']) {
    my @ctl = ($t->build_dir . '/webhookctl', '--redis', $t->redis_server->url, @$words);
    my $result = $t->run([ 'sh', '-c', 'exec "$0" "$@" > /dev/full', @ctl ]);
    is $result->{exit}, 2, "@$words, the disk is full: exit 2";
    is $result->{err}, "webhookctl: cannot write the output: No space left on device\n", "@$words, the disk is full: says so";
}
$result = $t->ctl('--redis', 'redis://user:s3cret@127.0.0.1:1', 'ledger');
is $result->{exit}, 2, 'Redis away: exit 2';
like $result->{err}, qr/127\.0\.0\.1:1: Connection refused/, 'Redis away: says where and why';
unlike $result->{err}, qr/s3cret/, 'Redis away: no password in the message';
$redis->call(qw(ACL SETUSER poor on nopass +ping));
$result = $t->ctl('--redis', 'redis://poor@127.0.0.1:' . $t->redis_server->port, 'ledger');
is $result->{exit}, 2, 'a user without a password is not the default user';
like $result->{err}, qr/NOPERM.*the rights that are needed/, '... and is told what he may not do';
$redis->call('CONFIG', 'SET', 'requirepass', 'hush');
like $t->ctl('ledger')->{err}, qr/NOAUTH.*WEBHOOK_REDIS_PASSWORD/, 'password missing: says what to do';
is $t->ctl({ env => { WEBHOOK_REDIS_PASSWORD => 'hush' } }, 'ledger')->{exit}, 0, 'password from the environment';
$redis->call('CONFIG', 'SET', 'requirepass', '');

done_testing;
