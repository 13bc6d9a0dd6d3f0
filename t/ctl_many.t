#!/usr/bin/perl

# webhookctl with 100,000 waiting and 100,000 dead deliveries: lists are paged and complete, bulk work reaches
# everything once, and what blocks Redis for more than 5 ms is told (diag: it depends on the machine).

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::Webhook;
use Time::HiRes qw(time);

my $t = Test::Webhook->new;
$t->start_redis(options => [ 'save ""', 'appendonly no' ]);
my $redis = $t->redis;
my ($partitions, $per_partition) = (8, 12_500);

$t->apply(map { { id => "e$_", url => 'http://127.0.0.1:9/', paused => \1 } } 0 .. 9);

# As settling steps leave them: 12,500 dead and 12,500 waiting deliveries in each partition, of ten endpoints.
my $fill = <<'EOT';
local prefix, from, count, kind = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3]
for i = from, from + count - 1 do
  local entry, endpoint = string.format('%.0f-0', 1700000000000 + i), 'e' .. i % 10
  local id = entry .. '/' .. endpoint .. (kind == 'dead' and '' or string.format('/%d', i + 1))
  redis.call('HSET', prefix .. 'delivery', id, string.format('{"endpoint":"%s","entry":"%s","event":"evt_%d",' ..
    '"webhook_id":"msg_%032d","source":"shop","type":"%s","attempts":3,"bytes":10,"status":%d,"error":"x",' ..
    '"created":%.0f%s}', endpoint, entry, i, i, i % 100 == 0 and 'order.rare' or 'order.new', 500 + i % 4,
    1700000000000 + i, kind == 'dead' and ',"reason":"exhausted","died":1' or ''))
  if kind == 'dead' then
    redis.call('ZADD', prefix .. 'dead', 1700000000000 + math.floor(i / 100), id)
  else
    redis.call('ZADD', prefix .. 'waiting:' .. endpoint, 4000000000000 + math.floor(i / 100), id)
    redis.call('ZADD', prefix .. 'due', 'LT', 4000000000000 + math.floor(i / 100), endpoint)
    redis.call('HINCRBY', prefix .. 'waiting_bytes', endpoint, 10)
  end
  redis.call('HINCRBY', prefix .. 'refs', entry, 1)
  redis.call('HSET', prefix .. 'content', entry, '2:id,5:evt_x,')
end
redis.call('HINCRBY', prefix .. 'meta', kind == 'dead' and 'created' or 'replayed', count)
if kind == 'dead' then
  redis.call('HINCRBY', prefix .. 'meta', 'dead', count)
  redis.call('HINCRBY', prefix .. 'meta', 'dead_bytes', 10 * count)
end
EOT
for my $partition (0 .. $partitions - 1) {
    my $prefix = "webhook:{many:$partition}:";
    $redis->call('XADD', "${prefix}events", '1-0', id => 'first');
    $redis->call('HSET', "${prefix}meta", partitions => $partitions, routed => 1, floor => '1-0');
    $redis->call('SET', "${prefix}intake", pack 'd<d<', $partitions, 1);
    for my $kind (qw(dead waiting)) {
        for (my $from = 0; $from < $per_partition; $from += 2500) {
            $redis->call('EVAL', $fill, 1, $prefix, $from, 2500, $kind);
        }
    }
}
my $total = $partitions * $per_partition;
$redis->call('CONFIG', 'SET', 'slowlog-log-slower-than', 5000);
$redis->call('CONFIG', 'SET', 'slowlog-max-len', 1000);
$redis->call('SLOWLOG', 'RESET');

sub timed ($name, @words) {
    my $start = time;
    my $result = $t->ctl(@words);
    diag sprintf '%-60s %.2f s', $name, time - $start;
    is $result->{exit}, 0, "$name: exit 0" or diag $result->{err};
    return $result->{out};
}
sub rows ($name, @words) { return map { from_json($_) } split /\n/, timed($name, @words, '--json') }

# --- lists
for my $list ([qw(dead list)], [qw(deliveries)]) {
    my $name = "@$list";
    is scalar(rows("$name, the first page", @$list)), 50, "$name: a page";
    is scalar(rows("$name --type (one of 100)", @$list, qw(--type order.rare --limit 100))), 100, 'found';
    is scalar(rows("$name of one endpoint", @$list, qw(--endpoint e3 --limit 1000))), 1000, 'found';
    is scalar(rows("$name, nothing fits", @$list, qw(--type nothing))), 0, 'nothing';
    my ($pages, $cursor, %seen) = (0, '');
    my $start = time;
    while (my $page =
        $t->ctl(@$list, qw(--limit 20000 --json), $cursor ? ('--cursor', $cursor) : ())->{out})
    {
        $pages++;
        $seen{$_}++ for $page =~ /^\{"id":"([^"]+)"/mg;
        ($cursor) = $page =~ /"cursor":"([^"]+)"\}\n\z/;
    }
    diag sprintf '%-60s %.2f s', "$name, all pages of 20,000", time - $start;
    is scalar(keys %seen), $total, "$name: page by page everything";
    is scalar(grep { $_ > 1 } values %seen), 0, "$name: nothing twice";
    is $pages, 5, "$name: pages";
}
like timed('ledger', 'ledger'), qr/^total .* $total .* yes$/m, 'ledger';
my ($one) = grep { $_->{id} eq 'e3' } rows('endpoint list', qw(endpoint list));
is_deeply [ @$one{qw(waiting dead)} ], [ $total / 10, $total / 10 ], 'endpoint list: counts';
like timed('dead replay --all --dry-run', qw(dead replay --all --dry-run)), qr/$total would be replayed/,
    'dry run';

# --- bulk work
is timed('dead replay of a tenth', qw(dead replay --endpoint e3)), $total / 10 . " replayed, 0 not\n",
    'replay: a sum, not a line each';
is timed('dead drop of a tenth', qw(dead drop --endpoint e4)), $total / 10 . " dropped, 0 not\n", 'drop';
is timed('deliveries retry --all', qw(deliveries retry --all)), "$total due now\n",
    'retry: all that were not due';
my $ledger = $t->ledger;
is $ledger->{total}{replayed}, $total * 1.1, 'ledger: replayed';
is $ledger->{total}{waiting}, $total * 1.1, 'ledger: waiting';
ok $ledger->{balanced}, 'ledger: balanced' or diag explain $ledger->{total};
is scalar(rows('dead list of what was replayed', qw(dead list --endpoint e3))), 0, 'they are gone';

for (@{ $redis->call('SLOWLOG', 'GET', 1000) }) {
    my $words = join ' ', map { substr $_, 0, 40 } @{ $_->[3] }[ 0 .. 3 ];
    diag sprintf 'held Redis up for %.1f ms: %s', $_->[2] / 1000, $words =~ s/\s+/ /gr;
}

done_testing;
