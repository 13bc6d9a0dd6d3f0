#!/usr/bin/perl

# What others wrote reaches no terminal as it is, and breaks neither webhookctl nor the worker: hidden
# characters in every text that is stored, and JSON nested 100,000 levels deep wherever JSON is read.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::Webhook;
use Encode qw(encode_utf8 decode);
use JSON::PP ();

my $t = Test::Webhook->new;
# C0, DEL, C1 as characters, bidirectional controls, separators, zero-width, byte order mark, selectors, tags.
my @hidden = map { chr } 0x07, 0x1b, 0x7f, 0x80, 0x85, 0x9b, 0x9f, 0xad, 0x61c, 0x200b .. 0x200f,
    0x2028 .. 0x202e, 0x2060, 0x2066 .. 0x2069, 0xfe0f, 0xfeff, 0xe0001, 0xe007f;
my $text = 'a' . join('b', @hidden) . 'z';
my $bytes = encode_utf8($text);
my $broken = "broken \x9b31m\xff\xc0\x80 end";    # C1 as a raw byte, no UTF-8
my $deep = '[' x 100_000 . ']' x 100_000;
my $deep_object = '{"a":' x 100_000 . '1' . '}' x 100_000;
my $forbidden = join '', map { sprintf '\x{%x}', ord } @hidden;

# nginx' error log: an id that its sender chose, while Redis is away.
$t->start_nginx(<<'EOT');
%%GLOBALS%%
events { }
http {
    %%HTTP%%
    webhook_redis redis://127.0.0.1:%%PORT_closed%%;
    server {
        listen 127.0.0.1:%%PORT%%;
        error_log "%%DIR%%/nginx/info.log" info;
        location /in { webhook publish; webhook_secret s3cret; webhook_stream hooks; }
    }
}
EOT
my $id = join '', map { chr } 0x80, 0x9b, 0x61c, 0x200b, 0x2028, 0x202e, 0x2066, 0xfeff, 0xe0041;
is $t->post('/in', '{}', sign_publish('s3cret', id => encode_utf8("evt${id}end"), type => 'a'))->{status},
    503, 'refused';
my ($line) = grep { /webhook unavailable/ } split /\n/, slurp($t->file('nginx/info.log'));
like $line, qr/, id evt(?:\\x[0-9a-f]{2})+end/, 'the id is escaped in the error log of nginx';
unlike decode('UTF-8', $line), qr/[$forbidden]/, 'nothing hidden in that line';

$t->start_redis;
my $redis = $t->redis;
$t->start_receiver;

sub json ($value) { encode_utf8(JSON::PP->new->encode($value)) }    # hidden characters as they are

$redis->call('XADD', 'webhook:{s:0}:events', "$_->[0]-0", id => "$_->[1]", source => $_->[2],
    type => $_->[2], tenant => $_->[2], headers => $_->[3], data => $_->[4])
    for [ 1, $bytes, $bytes, json({ 'x-a' => [$text] }), $bytes ], [ 2, $broken, $broken, '{}', "$broken" ],
    [ 3, 'deep', 's', $deep, $deep ],
    [ 4, 'deeper', 's', $deep_object, $deep_object ],
    [ 5, 'member', 's', qq({"x-a":["v"],"x-b":$deep}), '{"a":1}' ];
$redis->call('HSET', 'webhook:{s:0}:meta', partitions => 1, attempts_gen => 1);
$redis->call('SET', 'webhook:{s:0}:intake', pack 'd<d<', 1, 5);
$t->apply({ id => 'crm', url => $t->receiver->url('/{header.x-a?}/{type?}') });
$redis->call('HSET', 'webhook:{config}:disabled', crm => json({ reason => $text, at => 5 }));

sub records (@records) {
    my $n = 10;
    for my $record (@records) {
        my $id = $n++ . '-0/crm';
        $redis->call('HSET', 'webhook:{s:0}:delivery', $id => $record);
        $redis->call('ZADD', 'webhook:{s:0}:dead', 5, $id);
        $redis->call('ZADD', 'webhook:{s:0}:waiting:crm', 5, $id);
    }
    $redis->call('ZADD', 'webhook:{s:0}:due', 5, 'crm');
    $redis->call('XADD', 'webhook:{s:0}:attempts:1', '*', a => $_) for @records;
}
records(
    json({ map({ $_ => $text } qw(endpoint event error reason result response)), attempts => 1, at => 5 }),
    qq({"error":"$broken"}), $deep, $deep_object, qq({"error":$deep}),
    qq({"error":"e","attempts":1e300,"at":-1e300})
);

my @commands = map { ($_, [ @$_, '--json' ]) } [qw(events)], [qw(events --data)], [qw(event 1-0)],
    [qw(event 2-0)], [qw(event 3-0)], [qw(event 4-0)], [qw(event 5-0)],
    [qw(deliveries)], [qw(attempts)], [qw(dead list)], [qw(endpoint list)], [qw(endpoint show crm)],
    [qw(ledger)], [qw(export)],
    [ 'event', $bytes ], [ 'event', $broken ], [ 'events', '--stream', $bytes ],
    [ 'endpoint', 'show', $bytes ], [ 'endpoint', 'delete', $bytes ], [ 'schemes', $bytes ],
    [ 'dead', 'replay', $bytes ], [ 'apply', "/no/$bytes" ], ["--$bytes"], [$bytes],
    [ 'events', '--limit', $bytes ], [ 'listen', '--address', $bytes ];
for my $words (@commands) {
    my $result = $t->ctl(@$words);
    my $name = join ' ', map { s/[^ -~]+/?/gr } @$words;
    cmp_ok $result->{exit}, '<=', 2, "$name: ends by itself";
    my $said = eval { decode('UTF-8', "$result->{out}$result->{err}", Encode::FB_CROAK) };
    ok defined $said, "$name: UTF-8";
    cmp_ok length $said // '', '>', 0, "$name: says something";
    unlike $said // '', qr/[$forbidden]/, "$name: nothing hidden is printed";
    next if $words->[-1] ne '--json' || $result->{exit};
    ok eval { from_json($_); 1 }, "$name: JSON" for split /\n/, $result->{out};
}
my ($event) = grep { $_->{entry} eq '1-0' } map { from_json($_) } split /\n/,
    $t->ctl(qw(events --json --data))->{out};
is $event->{type}, $text, 'json: the escapes mean what was stored';
is $event->{headers}{'x-a'}[0], $text, 'in headers, too';
like $t->ctl(qw(event 2-0))->{out}, qr/^type +broken \\x9b31m\\xff\\xc0\\x80 end$/m,
    'bytes that are no UTF-8 are shown';

# The worker: the same events and records, with a macro that reads the headers.
$redis->call('DEL', map { "webhook:{s:0}:$_" } qw(delivery dead waiting:crm due));
is $t->ctl(qw(endpoint resume crm))->{exit}, 0, 'the endpoint is enabled';
my $worker = $t->start_worker;
$t->receiver->wait_requests(5);
is_deeply [ sort map { $_->{path} =~ m{^(/[^/]*)} ? $1 =~ /^\/a/ ? 'text' : $1 : '?' }
        $t->receiver->requests ], [ '/', '/', '/', '/', 'text' ],
    'all events are delivered; headers too deep are none';
my $log = $worker->output;
unlike decode('UTF-8', $log), qr/[$forbidden]/, 'nothing hidden in the log of the worker';

done_testing;
