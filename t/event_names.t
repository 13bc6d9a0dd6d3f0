#!/usr/bin/perl

# What names an event: ids that several events carry, keys, webhook-ids; in deliveries and in webhookctl.

use v5.36;
use Digest::SHA qw(sha256_hex);
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::Webhook;
use Test::Webhook::Promise;

my $t = Test::Webhook->new;
my $redis_server = $t->start_redis;
my $redis = $t->redis;
$t->start_receiver(script => { '/bad' => [ (500) x 100 ] });
$t->start_nginx(<<'EOT');
%%GLOBALS%%
events { }
http {
    %%HTTP%%
    webhook_redis %%REDIS%%;
    webhook_secret s3cret;
    server {
        listen 127.0.0.1:%%PORT%%;
        location /free { webhook stripe; webhook_dedup off; webhook_stream free partitions=2; }
    }
}
EOT

sub all (@words) { lines($t->ctl(@words, '--json')) }
sub post_free ($id) {
    my $body = qq({"id":"$id","type":"page.changed"});
    return $t->post('/free', $body, sign_stripe('s3cret', $body))->{verdict};
}
sub ce_id ($event) {
    return $event->{id} if ($event->{idnames} // '') ne 'thing';
    return "$event->{id}~" . substr($event->{webhook_id}, 4, 8);
}
sub place_id (@place) {
    'msg_' . substr sha256_hex(join '', map { length($_) . ":$_," } @place), 0, 32;
}

# --- without dedup: equal but distinct events
is post_free('page_7'), 'accepted', 'an event' for 1 .. 2;
is post_free('page_8'), 'accepted', 'another id';
my @pages = all('event', 'page_7');
is scalar @pages, 2, 'event: a list where several have the id';
is_deeply [ map { $_->{webhook_id} } @pages ],
    [ map { place_id('free', $_->{partition}, $_->{entry}) } @pages ], 'webhook-id: follows from the place';
isnt $pages[0]{webhook_id}, $pages[1]{webhook_id}, 'equal but distinct events have distinct webhook-ids';
ok !exists $pages[0]{key}, 'no key without dedup';
my $shown = $t->ctl('event', 'page_7');
is $shown->{exit}, 0, 'event: several: exit 0';
like $shown->{out},
    qr/^ACCEPTED +ENTRY .*\n\S+ +free:\d\/\S+ +stripe .*page_7 .*\n\S+ +free:\d\/\S+ +stripe .*page_7 /m,
    'event: several: a table';
like $shown->{out}, qr/webhookctl event free:\d\/\d+-\d+$/m, 'event: several: and how to see one';
like $t->ctl('event', 'page_7', '--limit', 1)->{out}, qr/^\.\.\. and more: --limit 10$/m,
    'event: several: more than the limit';
my $one = $t->ctl('event', $pages[1]{webhook_id});
like $one->{out}, qr/^webhook-id +\Q$pages[1]{webhook_id}\E$/m, 'event: by webhook-id';
like $one->{out}, qr/^entry +free:\d\/\Q$pages[1]{entry}\E$/m, 'event: by webhook-id: that one';
is scalar(all('event', "free:$pages[0]{partition}/$pages[0]{entry}")), 1, 'event: by its place';
is scalar(all('events', '--id', 'page_7')), 2, 'events: by id';
is +(all('events', '--id', $pages[0]{webhook_id}))[0]{entry}, $pages[0]{entry}, 'events: by webhook-id';
is $t->ctl('event', 'msg_' . '0' x 32)->{exit}, 1, 'event: a webhook-id of none';

# --- with a key: put there as nginx does
my %keys = map { $_ => sha256_hex($_) =~ s/.{32}\K.*//r } qw(first second third);
sub put ($key, %fields) {
    my $id = delete $fields{id} // 'order_1';
    my @fields = (
        specversion => '1.0', id => $id, source => 'shop', type => 'order.paid',
        time => '2026-01-02T03:04:05.000Z',
        received => 1767323045000, method => 'POST', remote => '127.0.0.1', path => '/shop/a%20b',
        key => $keys{$key}, (map { exists $fields{$_} ? ($_ => $fields{$_}) : () } qw(partitionkey idnames)),
        data => $key
    );
    return $redis->call('XADD', 'webhook:{shop:0}:events', '*', @fields);
}
$redis->call('HSET', 'webhook:{shop:0}:meta', 'partitions', 1);
put($_, partitionkey => 'customer 7', idnames => 'thing') for qw(first second);
put('third', id => 'order_2');
my ($found) = all('event', $keys{second});
is $found->{data}, 'second', 'event: by key';
is $found->{webhook_id}, "msg_$keys{second}", 'webhook-id: the key';
is_deeply [ @$found{qw(path partitionkey idnames)} ], [ '/shop/a%20b', 'customer 7', 'thing' ],
    'event --json: path, partitionkey';
is +(all('event', "msg_$keys{second}"))[0]{data}, 'second', 'event: by webhook-id';
like $t->ctl('event', $keys{first})->{out},
    qr/^path +\/shop\/a%20b\nkey +$keys{first}\npartitionkey +customer 7$/m, 'event: for people';
is scalar(all('event', 'order_1')), 2, 'event: two with the id';
like $t->ctl('events', '--id', $keys{first})->{out},
    qr/^ACCEPTED .* KEY +SIZE\n\S+ +shop:0\/\S+ +shop +order\.paid +order_1 +$keys{first} +5$/m,
    'events: table';

# --- deliveries
$t->apply(
    { id => 'good', url => $t->receiver->url('/good?from={path}') },
    { id => 'bad', url => $t->receiver->url('/bad'), retry => { schedule => [] } },
    {
        id => 'late', url => $t->receiver->url('/bad'), retry => { schedule => ['30m'], jitter => 0 },
        match => { source => ['shop'] }
    }
);
$t->start_worker;
my @good = $t->receiver->wait_requests(6, '/good');
my %sent = map { $_->{body} => $_ } grep { $_->{headers}{'ce-source'} eq 'shop' } @good;
is $sent{$_}{headers}{'webhook-id'}, "msg_$keys{$_}", "delivered: webhook-id of the $_" for sort keys %keys;
is $sent{$_}{headers}{'ce-id'}, 'order_1~' . substr($keys{$_}, 0, 8), "delivered: ce-id of the $_, a thing's"
    for qw(first second);
is $sent{third}{headers}{'ce-id'}, 'order_2', "delivered: ce-id of an event's own id";
is $sent{first}{query}, 'from=%2Fshop%2Fa%2520b', 'delivered: {path}, encoded';
my %free =
    map { $_->{headers}{'webhook-id'} => $_->{headers}{'ce-id'} } grep { $_->{body} =~ /page_7/ } @good;
is_deeply \%free, { map { $_->{webhook_id} => ce_id($_) } @pages },
    'delivered: equal but distinct events under distinct ids';

wait_for('all to be dead or to wait', sub { my @log = all('attempts', '--limit', 100); @log == 6 + 6 + 3 });
is scalar(all('attempts', '--endpoint', 'bad', '--event', 'page_7')), 2, 'attempts: by id: of both events';
is scalar(all('attempts', '--endpoint', 'bad', '--event', $_)), 1, "attempts: by $_"
    for $pages[0]{webhook_id}, $keys{first}, "msg_$keys{first}", $pages[0]{entry};
is scalar(all('deliveries', '--event', 'order_1')), 2, 'deliveries: by id: of both events';
is_deeply [ map { $_->{webhook_id} } all('deliveries', '--event', $_) ], ["msg_$keys{second}"],
    "deliveries: by $_"
    for $keys{second}, "msg_$keys{second}";
is scalar(all('deliveries', '--event', 'nobody')), 0, 'deliveries: of no event';
like $t->ctl('deliveries', '--event', 'order_2')->{out},
    qr/^\S+Z +\S+ +shop:0\/\S+\/late +order_2 +order\.paid +shop +1 +500 /m, 'deliveries: table';
is scalar(all('dead', 'list', '--event', 'order_1')), 2, 'dead list: by id: of both events';
is scalar(all('dead', 'list', '--event', $keys{first})), 1, 'dead list: by key';
like $t->ctl('dead', 'list', '--event', "msg_$keys{third}")->{out},
    qr/^\S+Z +shop:0\/\S+\/bad +order_2 +order\.paid +shop +exhausted +1 +500 /m, 'dead list: table';

# --- what was copied keeps its names, also after the entry is gone
$t->receiver->script('/bad' => [ (200) x 100 ]);
my $ambiguous = $t->ctl('dead', 'replay', 'order_1');
is $ambiguous->{exit}, 2, 'replay: an id of two events is refused';
like $ambiguous->{err},
    qr/2 events with dead letters are called "order_1": name one of them by its entry: shop:0\/\S+ shop:0\/\S+$/m,
    'replay: and they are named';
my ($first, $second) = $ambiguous->{err} =~ /(shop:0\/\d+-\d+)/g;
my $bad = $t->receiver->count('/bad');
$redis->call('XTRIM', 'webhook:{shop:0}:events', 'MAXLEN', 0);
is +(all('event', $keys{third}))[0]{data}, 'third', 'event: from the copy of a delivery';
is scalar(all('event', 'order_1')), 2, 'event: two copies with the id';
is +(all('dead', 'replay', $first))[0]{replayed}, JSON::PP::true, 'replay: by entry';
is +(all('dead', 'replay', $keys{second}))[0]{replayed}, JSON::PP::true, 'replay: by key';
is +(all('dead', 'replay', 'order_2', '--endpoint', 'bad'))[0]{replayed}, JSON::PP::true, 'replay: by id';
is $t->ctl('dead', 'replay', 'order_2')->{exit}, 1, 'replay: there is none left';
is $t->ctl('dead', 'replay', $pages[0]{webhook_id})->{exit}, 0, 'replay: by webhook-id, without a key';
my @again = ($t->receiver->wait_requests($bad + 4, '/bad'))[ $bad .. $bad + 3 ];
is_deeply [ sort map { $_->{headers}{'webhook-id'} } @again ],
    [ sort +(map { "msg_$_" } values %keys), $pages[0]{webhook_id} ], 'replayed: the same webhook-ids';
is_deeply [ sort map { $_->{headers}{'ce-id'} } @again ],
    [ sort { $a cmp $b } ce_id($pages[0]), 'order_2',
    map { 'order_1~' . substr $keys{$_}, 0, 8 } qw(first second) ], 'replayed: the same ce-ids';

done_testing;
