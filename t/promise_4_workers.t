#!/usr/bin/perl

# Promise 4 with several workers: they share the partitions, each event is delivered once, the partitions of a
# killed worker are taken over, and one that stops hands over at once.

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
        location /in { webhook stripe; webhook_stream hooks partitions=6; }
        location /other { webhook stripe; webhook_stream other partitions=1; }
    }
}
EOT
my $redis = $t->redis;
$t->apply({ id => 'crm', url => $t->receiver->url('/crm') });
my $n = 0;
my %sent;
sub send_events ($count) {
    my @texts = map { $sent{"evt_$_"} = 1; event_request($t, $_) } map { 'e' . ++$n } 1 .. $count;
    is scalar(grep { $_->{status} == 200 } $t->parallel(@texts)), $count, "$count events";
}

# worker id => number of partitions
sub owners () {
    my %owners;
    for (0 .. 5) {
        my $holder = $redis->hget("webhook:{hooks:$_}:meta", 'holder') or next;
        $owners{ $holder =~ s/:[^:]*$//r }++;
    }
    return \%owners;
}
sub shared_by ($what, @shares) {
    my $owners;
    my $shared = sub {
        $owners = owners();
        return join(',', sort values %$owners) eq join ',', sort @shares;
    };
    eval { wait_for($what, $shared) };
    is_deeply [ sort values %$owners ], [ sort @shares ], $what;
}
sub all_came ($what) {
    $t->wait_settled;
    my $received = received($t, '/crm');
    is_deeply [ sort grep { !$received->{$_} } keys %sent ], [], "$what: all are delivered";
    return [ grep { $received->{$_} > 1 } keys %$received ];
}

# --- three workers share; each event comes once
my $first = $t->start_worker(name => 'first');
send_events(20);
shared_by('one worker owns all', 6);
my $second = $t->start_worker(name => 'second');
send_events(60);
my $third = $t->start_worker(name => 'third');
send_events(60);
shared_by('a new worker gets its even share', 2, 2, 2);
send_events(100);
is_deeply all_came('three workers'), [], 'each event was delivered once';

# --- SIGTERM hands over at once: nobody has to be found dead first
my $before = owners();
$third->stop;
my $after = owners();
is scalar(grep { !$after->{$_} } keys %$before), 1, 'SIGTERM: what has ended owns nothing any more';
shared_by('SIGTERM: the others have its partitions', 3, 3);
send_events(50);
is_deeply all_came('after SIGTERM'), [], 'still each once';

# --- a killed one's are taken over
$second->kill9;
send_events(50);
shared_by('kill -9: its partitions are taken over', 6);
all_came('after kill -9');
ok wait_for('the list of workers', sub { $redis->call('ZCARD', 'webhook:{config}:workers') == 1 }),
    'kill -9: it is forgotten';

# --- one that stalls for so long that it is taken for dead is fenced when it goes on, and gets its share
# again
my $fourth = $t->start_worker(name => 'fourth');
shared_by('another one', 3, 3);
$fourth->signal('STOP');
send_events(50);
shared_by('stalled: its partitions are taken over', 6);
$t->wait_settled;
$fourth->signal('CONT');
$fourth->wait_log(qr/partition hooks:\d: another worker owns it now/, count => 3);
shared_by('stalled: it takes part again', 3, 3);
send_events(50);
my %twice = map { $_ => 1 } @{ all_came('after the stall') };
is_deeply [ grep { /^evt_e(\d+)$/ && $1 > $n - 50 } keys %twice ], [], 'after the stall: each came once';
$fourth->stop;
shared_by('one is left', 6);

# --- workers of different streams: each stream is shared by those that serve it, and by them only
$first->stop;
$t->start_worker(name => "only-$_", config => { streams => [$_] }) for qw(hooks other);
send_events(20);
is post_event($t, 'other', path => '/other')->{verdict}, 'accepted', 'an event of another stream';
$sent{evt_other} = 1;
shared_by('all of a stream, beside a worker of another one', 6);
all_came('workers of different streams');
my $total = $t->ledger->{total};
is $total->{$_}, keys %sent, "ledger: $_" for qw(accepted routed created delivered);

done_testing;
