#!/usr/bin/perl

# Promise 4 with several workers: they share the partitions, each event is delivered once, the partitions of a killed
# worker are taken over, and one that stops hands over at once.

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
        my $owner = $redis->get("webhook:{hooks:$_}:owner") or next;
        $owners{ $owner =~ s/:[^:]*$//r }++;
    }
    return \%owners;
}
sub shared_by ($what, @shares) {
    my $owners;
    eval { wait_for($what, sub { $owners = owners(); join(',', sort values %$owners) eq join ',', sort @shares }) };
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

# --- SIGTERM hands over at once: no lease (10 s) has to end
my $before = owners();
$third->stop;
my $after = owners();
is scalar(grep { !$after->{$_} } keys %$before), 1, 'SIGTERM: what has ended owns nothing any more';
shared_by('SIGTERM: the others have its partitions', 3, 3);
send_events(50);
is_deeply all_came('after SIGTERM'), [], 'still each once';

# --- a killed one's are taken over
$second->kill9;
is_deeply [ grep { $redis->pttl("webhook:{hooks:$_}:owner") > 10_000 } 0 .. 5 ], [], 'kill -9: no lease of its lasts longer than 10 s';
send_events(50);
shared_by('kill -9: its partitions are taken over', 6);
all_came('after kill -9');

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
