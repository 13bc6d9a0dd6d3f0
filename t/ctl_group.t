#!/usr/bin/perl

# Registered consumer groups: events stay in the stream, and count against its limits, until every registered
# group has acknowledged them; other groups hold nothing back.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use JSON::PP ();
use Test::Webhook;

my $t = Test::Webhook->new;
$t->start_redis;
my $redis = $t->redis;
$t->start_nginx(<<'EOT');
%%GLOBALS%%
events { }
http {
    %%HTTP%%
    webhook_redis %%REDIS%%;
    webhook_secret s3cret;
    server {
        listen 127.0.0.1:%%PORT%%;
        location /held { webhook publish; webhook_stream held partitions=1 max_backlog=10; }
        location /free { webhook publish; webhook_stream free partitions=1 max_backlog=10; }
    }
}
EOT

sub lines (@words) { return map { from_json($_) } split /\n/, $t->ctl(@words, '--json')->{out} }
my $n = 0;
sub publish ($path) {
    my $id = 'e' . ++$n;
    return $t->post($path, qq({"id":"$id"}), sign_publish('s3cret', id => $id, type => 'a'))->{verdict};
}
sub length_of ($stream) { return $redis->call('XLEN', "webhook:{$stream:0}:events") }
sub settled ($stream) {
    my $total = from_json($t->ctl('ledger', '--json', '--stream', $stream)->{out})->{total};
    return $total->{accepted} && !$total->{unrouted};
}

is publish($_), 'accepted', "first event of $_" for qw(/held /free);
for (
    [ 2, [qw(group add nosuch wh)],        qr/there is no stream "nosuch"/ ],
    [ 2, [qw(group add held deliver)],     qr/a group of nginx-webhook itself/ ],
    [ 2, [qw(group add held webhook-x)],   qr/a group of nginx-webhook itself/ ],
    [ 2, [ qw(group add held), 'a b' ],    qr/the name of a group/ ],
    [ 2, [qw(group add held wh --from x)], qr/--from wants/ ],
    [ 1, [qw(group remove held wh)],       qr/"wh" is not registered/ ],
    )
{
    my ($exit, $words, $why) = @$_;
    my $result = $t->ctl(@$words);
    is $result->{exit}, $exit, "@$words: exit $exit";
    like $result->{err}, $why, '... says why';
}
like $t->ctl(qw(group add held wh --from start))->{out}, qr/^held: wh is registered/, 'group add';
like $t->ctl(qw(group add held wh))->{out}, qr/was registered already/, 'again';
$redis->call('XGROUP', 'CREATE', 'webhook:{free:0}:events', 'other', '0');

$t->apply();
my $worker = $t->start_worker(config => { retention => { age => '1s', bytes => '256m' } });
wait_for('the first events to be settled', sub { settled('held') && settled('free') });
wait_for('what nobody holds to be trimmed', sub { length_of('free') == 0 });
is length_of('held'), 1, 'a registered group holds its event';
my %group = map { ("$_->{stream} $_->{group}" => $_) } lines(qw(group list));
is_deeply [ map { $group{'held wh'}{$_} } qw(registered pending lag missing) ],
    [ JSON::PP::true(), 0, 1, JSON::PP::false() ], 'group list: the registered one';
is $group{'free other'}{registered}, JSON::PP::false(), 'group list: another one';
my $groups = $t->ctl(qw(group list))->{out};
like $groups, qr/^free +other .* not registered: holds nothing back$/m,
    'group list: one that is not registered';
like $groups, qr/^held +deliver .* the worker's\nheld +wh +0 +0 +1 +\S+ +registered\n/m,
    'group list: the table';

# Events that are settled count against the limit until they are acknowledged.
is publish('/held'), 'accepted', "event $_ of ten" for 2 .. 10;
wait_for('all to be settled', sub { settled('held') });
is publish('/held'), 'busy', 'the limit counts what the group has not acknowledged';
is publish('/free'), 'accepted', "event $_ of the other stream" for 1 .. 15;
my $read = $redis->call(qw(XREADGROUP GROUP wh c COUNT 100 STREAMS webhook:{held:0}:events >));
my @entries = map { $_->[0] } @{ $read->[0][1] };
is scalar(@entries), 10, 'the group reads them';
is publish('/held'), 'busy', 'read is not acknowledged';
like $t->ctl(qw(group list --stream held))->{out}, qr/^held +wh +1 +10 /m, 'group list: pending';
is $redis->call(qw(XACK webhook:{held:0}:events wh), @entries), 10, 'acknowledged';
wait_for('room', sub { publish('/held') eq 'accepted' });
wait_for('what is acknowledged to be trimmed', sub { length_of('held') <= 5 });
ok $t->ctl('ledger')->{exit} == 0, 'the ledger balances';

# A group that was destroyed by hand holds everything, and the list says so; removed, nothing holds.
$redis->call(qw(XGROUP DESTROY webhook:{held:0}:events wh));
like $t->ctl(qw(group list))->{out}, qr/^held +wh .* registered, but missing: holds everything$/m,
    'group list: missing';
is $t->ctl(qw(group remove held wh --destroy))->{exit}, 0, 'group remove';
is $redis->call('HGET', 'webhook:{held:0}:meta', 'acked'), undef, 'nothing counts acknowledgements';
wait_for('all to be trimmed', sub { settled('held') && length_of('held') == 0 });
is publish('/held'), 'accepted', 'the limit counts what is not settled' for 1 .. 3;

# Without retention the settling step trims: it must not, either.
$worker->stop;
$t->start_worker(name => 'second', config => { retention => { age => '0s', bytes => '0' } });
is $t->ctl(qw(group add held late))->{exit}, 0, 'a group from now on';
is publish($_), 'accepted', "event of $_" for qw(/held /free);
wait_for('settled', sub { settled('held') && settled('free') });
wait_for('the other stream to be trimmed', sub { length_of('free') == 0 });
cmp_ok length_of('held'), '>=', 1, 'held without retention, too';
$redis->call(qw(XREADGROUP GROUP late c COUNT 100 NOACK STREAMS webhook:{held:0}:events >));
wait_for('the rest to be trimmed', sub { length_of('held') == 0 });
ok $t->ctl('ledger')->{exit} == 0, 'the ledger balances';

done_testing;
