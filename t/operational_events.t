#!/usr/bin/perl

# What happens to endpoints are events themselves, of the source `webhook`: an endpoint that asks for this
# source gets them once per transition. Deliveries of such events make no further ones.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::Webhook;
use Test::Webhook::Promise;

my $t = Test::Webhook->new;
$t->start_redis;
$t->start_receiver;
$t->start_nginx(<<'EOT');
%%GLOBALS%%
events { }
http {
    %%HTTP%%
    webhook_redis %%REDIS%%;
    webhook_secret s3cret;
    server {
        listen 127.0.0.1:%%PORT%%;
        location /in { webhook stripe; webhook_stream hooks partitions=2; }
    }
}
EOT
my ($r, $redis) = ($t->receiver, $t->redis);
my $once = { schedule => [], jitter => 0 };
my @documents = (
    { id => 'crm', url => $r->url('/crm'), retry => $once },
    { id => 'erp', url => $r->url('/erp'), match => { source => ['stripe'] } },
    { id => 'ops', url => $r->url('/ops'), match => { source => ['webhook'] }, retry => $once },
);
$t->apply(@documents);
my $worker = $t->start_worker(config => { parked => { events => 20, bytes => '1m' } });

sub told ($type) {
    return map { from_json($_->{body}) } grep { $_->{headers}{'ce-type'} eq $type } $r->requests('/ops');
}
sub wait_told ($type, $count) {
    wait_for("$count of $type", sub { my @events = told($type); @events >= $count });
    return told($type);
}
sub health ($id) { from_json($redis->call('HGET', 'webhook:{config}:health', $id) // '{}') }
sub wait_health ($id, $state) {
    wait_for("$id is $state", sub { (health($id)->{state} // '') eq $state });
    return health($id);
}
my $n = 0;
sub accept_events ($count) { is post_event($t, ++$n)->{verdict}, 'accepted', "event $n" for 1 .. $count }

# --- an endpoint works
accept_events(1);
my $ok = wait_health('crm', 'ok');
cmp_ok $ok->{last_success}, '>', 0, 'health: last success';
is $ok->{last_error_at}, 0, 'no error yet';
is $r->count('/ops'), 0, 'nothing to report';

# --- it fails, its deliveries die: one event for the transition, few for the dead
$r->script('/crm' => [ (500) x 12, 200 ]);
accept_events(12);
my ($failing) = wait_told('endpoint.failing', 1);
is $failing->{endpoint}, 'crm', 'endpoint.failing: which';
is $failing->{state}, 'failing', 'its state';
like $failing->{error}, qr/500|status/, 'its last error';
my $bad = wait_health('crm', 'failing');
cmp_ok $bad->{last_error_at}, '>=', $bad->{last_success}, 'health: last error';
wait_for('all dead letters are reported', sub {
    my $sum = 0;
    $sum += $_->{count} for told('delivery.dead');
    return $sum == 12;
});
my @dead = told('delivery.dead');
cmp_ok scalar(@dead), '<', 12, 'dead letters are reported together';
is $dead[0]{endpoint}, 'crm', 'delivery.dead: endpoint';
is $dead[0]{reason}, 'exhausted', 'reason';
is $dead[0]{status}, 500, 'status';
like $dead[0]{event}, qr/^evt_/, 'event';
my ($listed) = lines($t->ctl(qw(dead list --json --limit 1)));
ok $listed, 'and listed as usual';

# --- it works again
accept_events(1);
my ($recovered) = wait_told('endpoint.recovered', 1);
is $recovered->{endpoint}, 'crm', 'endpoint.recovered';
wait_health('crm', 'ok');

# --- disabled by its receiver
$r->script('/crm' => [ { status => 200, headers => [ 'webhook-delivery' => 'disable' ] } ]);
accept_events(1);
my ($disabled) = wait_told('endpoint.disabled', 1);
is $disabled->{endpoint}, 'crm', 'endpoint.disabled';
wait_health('crm', 'disabled');

# --- no loop: the endpoint that gets them fails itself
$r->script('/ops' => [ (500) x 100 ]);
my $before = $r->count('/ops');
$t->ctl(qw(endpoint resume crm));
$r->script('/crm' => [ (500) x 10 ]);
accept_events(10);
wait_for('reports that fail', sub { $r->count('/ops') > $before });
$t->wait_settled;
my @own = map { $_->{data} } grep { $_->{type} eq 'delivery.dead' && $_->{source} eq 'webhook' }
    $t->events('hooks');
is scalar(grep { from_json($_)->{endpoint} eq 'ops' } @own), 0,
    'no event about the death of an event about deaths';

# --- they are ordinary events: listed, counted; endpoints that do not ask for them get none
ok $t->ledger->{balanced}, 'the ledger counts them';
is scalar(grep { $_->{headers}{'ce-source'} eq 'webhook' } $r->requests('/crm'), $r->requests('/erp')), 0,
    'an endpoint without match.source gets none';

# --- a limit is near: once
$r->script('/ops' => [200]);
$t->ctl(qw(source pause stripe));
$worker->wait_log(qr/source stripe: paused/);
accept_events(18);
my ($near) = wait_told('limit.near', 1);
is $near->{limit}, 'parked', 'limit.near: which';
cmp_ok $near->{used}, '>=', 8, 'how much is used';
is $near->{of}, 10, 'of how much';
$t->ctl(qw(source resume stripe));
$t->wait_settled;

# --- nobody asks: none are made
$t->apply($documents[1], { %{ $documents[0] }, id => 'other', url => $r->url('/other') });
$worker->wait_log(qr/endpoint ops: deleted/);
my $accepted = $t->ledger->{total}{accepted};
$r->script('/other' => [ (500) x 6 ]);
accept_events(6);
wait_health('other', 'failing');
$t->wait_settled;
is $t->ledger->{total}{accepted}, $accepted + 6, 'without a subscriber no operational events are stored';
is health('crm')->{state}, undef, 'the health of a deleted endpoint is removed';

done_testing;
