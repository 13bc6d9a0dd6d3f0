#!/usr/bin/perl

# webhookctl apply, export, endpoint: what stands in Redis is what the file says, and no secret is ever shown.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::Webhook;
use Digest::SHA qw(sha256_hex);

my $t = Test::Webhook->new;
$t->start_redis;
my $redis = $t->redis;

my $key = 'whsec_' . b64('0123456789abcdef0123456789abcdef');
my @documents = (
    { id => 'books', url => 'https://books.example.com/in', match => { source => ['stripe'] } },
    { id => 'crm', url => 'https://crm.example.com/{source}', sign => [ { secrets => [$key] } ] },
);

sub apply ($documents, @words) {
    $t->ctl({ stdin => ref $documents ? to_json($documents) : $documents }, 'apply', '-', @words);
}
sub epoch { $redis->call('HGET', 'webhook:{config}:meta', 'epoch') }
sub version { $redis->call('HGET', 'webhook:{config}:meta', 'version') }

# A dry run changes nothing.
my $result = apply(\@documents, '--dry-run');
is $result->{exit}, 1, 'dry run with differences: exit 1';
like $result->{out}, qr/^\+ books .*^\+ crm /ms, 'dry run: shows what would be added';
is epoch(), undef, 'dry run: nothing is stored';

# An empty list makes the epoch, when it is meant.
for my $empty ('[]', '{"endpoints":[]}', '/* none */ []') {
    my $refused = apply($empty);
    is $refused->{exit}, 2, "$empty: exit 2";
    like $refused->{err}, qr/nothing was changed: .*would remove 0 endpoint.*--allow-empty/,
        "$empty: wants --allow-empty";
}
is epoch(), undef, 'nothing is stored';
is apply([], '--allow-empty')->{exit}, 0, 'an empty list is applied';
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
is_deeply [ map { "$_->{change} $_->{id}" } grep { $_->{change} } @lines ],
    [ 'changed books', 'removed crm' ], 'json: the difference';
is $lines[0]{fields}[0]{name}, 'timeout', 'json: the field';
is $lines[0]{fields}[0]{after}, '3s', 'json: its new value';
like apply([ $documents[0] ], '-n')->{out}, qr/^~ books\n    timeout: default -> "3s"\n- crm$/m,
    'the difference for people';

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

# Secrets in URLs and in headers of any name are shown nowhere, and come back.
my @hidden = ({
    id => 'hidden',
    url => 'https://h.example.com/T00000000/Xq5canary0000000000000?sig=canary1&page=2;t=canary2',
    headers => { 'X-Stage' => 'canary3', 'User-Agent' => 'plain' }
});
my $with_hidden = to_json({ endpoints => [ @{ from_json($file)->{endpoints} }, @hidden ] });
my $hash = qr/redacted:[0-9a-f]{8}/;
my $redacted_url = qr{https://h\.example\.com/T00000000/$hash\?sig=$hash&page=$hash;t=$hash};
my %shown = (dry => apply($with_hidden, '-n'), apply => apply($with_hidden));
$shown{"@$_"} = $t->ctl(@$_)
    for ['export'], [qw(endpoint list)], [qw(endpoint list --json)], [qw(endpoint show hidden)],
    [qw(endpoint show hidden --json)];
unlike $shown{$_}{out} . $shown{$_}{err}, qr/canary/, "$_: no secret of a URL or a header"
    for sort keys %shown;
like $shown{$_}{out}, $redacted_url, "$_: the URL is redacted"
    for sort grep { $_ ne 'endpoint list' } keys %shown;
like $shown{export}{out}, qr/"User-Agent": "plain"/, 'export: what is plainly public is shown';
my $changed = to_json(
    {
        endpoints => [
            @{ from_json($file)->{endpoints} },
            { %{ $hidden[0] }, url => 'https://h.example.com/?sig=canary4' }
        ]
    }
);
unlike $_->{out} . $_->{err}, qr/canary/, 'difference: no secret'
    for apply($changed, '-n'), apply($changed, '-n', '--json');
version() and my $same = version();
is apply($shown{export}{out})->{exit}, 0, 'the export is applied';
is version(), $same, 'and changes nothing';
(my $foreign = $shown{export}{out}) =~ s/sig=redacted:[0-9a-f]{8}/sig=redacted:00000000/;
$result = apply($foreign);
is $result->{exit}, 2, 'a foreign hash in a URL: exit 2';
like $result->{err}, qr/^hidden\.url: .*not stored in this field/m, 'the field is named';
like $redis->call(qw(HGET webhook:{config}:meta key)), qr/^[0-9a-f]{64}$/,
    'the key of the hashes is in Redis';
my ($shown_hash) = $shown{export}{out} =~ /sig=redacted:([0-9a-f]{8})/;
isnt $shown_hash, substr(sha256_hex("hidden\0canary1"), 0, 8), 'the hash is keyed';

# A backup with secrets.
my $backup = $t->file('backup.json');
is $t->ctl('export', '--secrets', $backup)->{exit}, 0, 'export --secrets';
is sprintf('%o', (stat $backup)[2] & 07777), '600', 'only its owner may read it';
like slurp($backup), qr/canary1.*canary2.*canary3|canary3.*canary1.*canary2/s, 'the secrets are in it';
for ([ 'a file that exists', sub { } ],
    [ 'a link', sub { unlink $backup; symlink $t->file('elsewhere'), $backup } ],
    [ 'a folder that is not there', sub { $backup = $t->file('no/backup.json') } ])
{
    my ($what, $prepare) = @$_;
    $prepare->();
    my $result = $t->ctl('export', '--secrets', $backup);
    is $result->{exit}, 2, "export --secrets, $what: exit 2";
    like $result->{err}, qr/^webhookctl: cannot write \Q$backup\E: /, "$what: says so";
}
ok !-e $t->file('elsewhere'), 'a link is not followed';

# What a removal cancels is said before and after.
$redis->call('XADD', 'webhook:{s:0}:events', '1-0', 'id', 'e');
$redis->call('HSET', 'webhook:{s:0}:meta', 'partitions', 1);
for ([ crm => 3 ], [ hidden => 1 ]) {
    my ($id, $count) = @$_;
    $redis->call('ZADD', 'webhook:{s:0}:due', 5, $id);
    $redis->call('ZADD', "webhook:{s:0}:waiting:$id", 5, "$_-0/$id") for 1 .. $count;
}
my $books = to_json([ $documents[0] ]);
$result = apply($books, '-n');
like $result->{out},
    qr/^- crm, 3 waiting deliveries are cancelled\n- hidden, 1 waiting delivery is cancelled$/m,
    'dry run: what each removal cancels';
like $result->{out}, qr/2 removed, 4 waiting deliveries are cancelled;/, 'dry run: the sum';
@lines = map { from_json($_) } split /\n/, apply($books, '-n', '--json')->{out};
is_deeply {
    map { ($_->{id} // 'sum' => $_->{cancels}) } grep { exists $_->{cancels} } @lines
}, { crm => 3, hidden => 1, sum => 4 }, 'json: the same';
like apply('[]')->{err}, qr/would remove 3 endpoint\(s\), 4 waiting deliveries are cancelled; --allow-empty/,
    'an empty file: says what it would do';
is $t->ctl(qw(endpoint delete hidden hidden))->{out}, "hidden: deleted, 1 waiting delivery is cancelled\n",
    'delete says it, too';
like apply($books)->{out}, qr/^- crm, 3 waiting.*1 removed, 3 waiting deliveries are cancelled;/ms,
    'applied: said again';
$redis->call('DEL', map { "webhook:{s:0}:$_" } qw(events meta due waiting:crm waiting:hidden));
is apply($file)->{exit}, 2, 'what was removed cannot be restored from its hash';
is apply(\@documents)->{exit}, 0, 'the documents again';

# Errors of JSON say where, and what was expected, and never quote the file.
for (
    [
        "[{\"id\": \"canary\"\n \"url\": 1}]",
        qr/line 2, column 6: expected "," and a name in quotes, or "\}"/
    ],
    [ 'canary', qr/line 1, column 1: expected a value/ ],
    [ '["canary', qr/a string must end with a quote/ ],
    [ '[{"id":"canary","id":1}]', qr/line 1, column 17: field "id" is given twice/ ],
    [
        "[{\"id\":\"a\",\"url\":\"http://h/\", // \"url\":\n \"headers\":{\"x\":\"canary:\", \"\\u0078\" :1}}]",
        qr/line 2, column 28: field "x" is given twice/
    ],
    [ '[' x 100_000, qr/line 1, column 65: more than 64 arrays and objects/ ],
    [ '[{"id":"a","url":"http://user:canary"}]', qr/the port is not a number/ ],
    [
        '[{"id":"a","url":"http://h","headers":{"a\u001b[2J\u202e":1}}]',
        qr/headers\.a\\x1b\[2J\\xe2\\x80\\xae: /
    ]
) {
    my ($text, $why) = @$_;
    $result = apply($text);
    is $result->{exit}, 2, substr($text, 0, 60) . ': exit 2';
    like $result->{err}, $why, 'says where and why';
    unlike $result->{err}, qr/canary|\e/, 'and quotes nothing';
}
$result = $t->ctl('--schemes', $t->write('key.pem', "canary {\n"), 'schemes');
like $result->{err}, qr/key\.pem:1: expected "webhook_scheme NAME \{"/, 'no file of schemes: says so';
unlike $result->{err}, qr/canary/, 'and quotes nothing';

# endpoint list, show, pause, resume, delete
my %list = map { my $line = from_json($_); ($line->{id} => $line) } split /\n/,
    $t->ctl('endpoint', 'list', '--json')->{out};
is_deeply [ sort keys %list ], [ 'books', 'crm' ], 'list';
is $list{crm}{state}, 'active', 'list: state';
like $t->ctl('endpoint', 'list')->{out}, qr/^books +active +- +0 +0 +- +- +https:/m, 'list: table';
$result = $t->ctl('endpoint', 'show', 'crm');
like $result->{out}, qr/"url": "https:\/\/crm/, 'show';
unlike $result->{out}, qr/\Q$key\E/, 'show prints no secret';
is from_json($t->ctl('endpoint', 'show', 'crm', '--json')->{out})->{id}, 'crm', 'show --json';

is $t->ctl('endpoint', 'pause', 'crm')->{exit}, 0, 'pause';
ok from_json($redis->call('HGET', 'webhook:{config}:endpoints', 'crm'))->{paused}, 'paused: stored';
my $paused = version();
is $t->ctl('endpoint', 'pause', 'crm')->{exit}, 0, 'pause again';
is version(), $paused, 'pause again: no change';
$redis->call('HSET', 'webhook:{config}:disabled', 'crm', '{"reason":"410","at":1700000000000}');
like $t->ctl('endpoint', 'list')->{out}, qr/^crm +disabled .*410 since 2023-11-14/m,
    'disabled: list says since when and why';
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
for (
    [ [qw(nosuch --help)], qr/no command "nosuch"/ ],
    [ [qw(endpoint nosuch --help)], qr/no command "endpoint nosuch"/ ],
    [ ['evnts'], qr/no command "evnts", did you mean "events"\?/ ],
    [ [qw(endpoint lst)], qr/no command "endpoint lst", did you mean "list"\?/ ],
    [ [qw(events --limt 5)], qr/no option "--limt", did you mean "--limit"\?/ ],
    [ [qw(sign --secrt=canary --scheme github)], qr/no option "--secrt", did you mean "--secret"\?/ ],
    [ [qw(apply - canary)], qr/an argument too many/ ],
    [ [qw(ledger --jsn --help)], qr/no option "--jsn", did you mean "--json"\?/ ],
    [ ["a\e[2J\xe2\x80\xae"], qr/no command "a\\x1b\[2J\\xe2\\x80\\xae"/ ],
    [ [qw(schemes strpe)], qr/no scheme "strpe".*did you mean "stripe"\?/ ],
    [
        [qw(send --count 0 --scheme github --secret x http://127.0.0.1:1/)],
        qr/--count: .*not in range \[?1 (?:to|-) 1000000000/
    ],
    [ [qw(listen --status 99)], qr/--status: .*not in range \[?100 (?:to|-) 599/ ]
) {
    my ($words, $why) = @$_;
    my $result = $t->ctl(@$words);
    isnt $result->{exit}, 0, join(' ', map { s/[^ -~]/?/gr } @$words) . ': refused';
    like $result->{err}, $why, 'says why';
    unlike $result->{out} . $result->{err}, qr/canary|\e|Usage/, 'and no value, no help';
}
is $t->ctl(qw(nosuch --help))->{exit}, 2, 'an unknown command with --help: exit 2';
like $t->ctl('events', '--limit', 'x')->{err},
    qr/^webhookctl: --limit: .*not in range \[?0 (?:to|-) 1000000000/, 'a number: its range';
like $t->ctl('listen', '--port', '99999')->{err},
    qr/^webhookctl: --port: .*not in range \[?0 (?:to|-) 65535/, 'a port: its range';
my $worker = $t->run([ $t->build_dir . '/webhook-worker', '--nonsense' ]);
like $worker->{err}, qr/^webhook-worker: .*--nonsense/, 'webhook-worker: says who and what';
for ([ [qw(--confg canary)], qr/no option "--confg", did you mean "--config"\?/ ],
    [ [qw(canary --help)], qr/an argument too many/ ])
{
    my $result = $t->run([ $t->build_dir . '/webhook-worker', @{ $_->[0] } ]);
    is $result->{exit}, 2, "webhook-worker @{$_->[0]}: exit 2";
    like $result->{err}, $_->[1], 'says why';
    unlike $result->{out} . $result->{err}, qr/canary|Signals/, 'and no value, no help';
}
for my $command (
    qw(apply export endpoint events event deliveries attempts dead replay ledger stats group send verify
    sign schemes listen completion)
) {
    my $help = $t->ctl($command, '--help');
    is $help->{exit}, 0, "$command --help";
    like $help->{out}, qr/Examples?:/, "$command --help: examples";
}

# Output that is lost is told.
for my $words (['export'], ['schemes'], ['--help'], ['--version']) {
    my @ctl = ($t->build_dir . '/webhookctl', '--redis', $t->redis_server->url, @$words);
    my $result = $t->run([ 'sh', '-c', 'exec "$0" "$@" > /dev/full', @ctl ]);
    is $result->{exit}, 2, "@$words, the disk is full: exit 2";
    is $result->{err}, "webhookctl: cannot write the output: No space left on device\n",
        "@$words, the disk is full: says so";
}
$result = $t->ctl('--redis', 'unix:/' . 'x' x 107, 'ledger');
is $result->{exit}, 2, 'a socket whose path is too long: exit 2';
like $result->{err}, qr/the path of the socket is longer than 107 bytes in the Redis URL/, '... and says so';
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
is $t->ctl({ env => { WEBHOOK_REDIS_PASSWORD => 'hush' } }, 'ledger')->{exit}, 0,
    'password from the environment';
$redis->call('CONFIG', 'SET', 'requirepass', '');

done_testing;
