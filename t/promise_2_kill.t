#!/usr/bin/perl

# Promises 2 and 4: kill -9 of nginx workers, nginx itself, the delivery worker and redis-server in the middle
# of load loses nothing that was accepted, stores nothing twice, and the ledger balances.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::Webhook;
use Test::Webhook::Promise;

my $t = Test::Webhook->new;
my $server = $t->start_redis;
$t->start_receiver;
my $nginx = $t->start_nginx(<<'EOT');
%%GLOBALS%%
worker_processes 2;
events { }
http {
    %%HTTP%%
    webhook_redis %%REDIS%%;
    server {
        listen 127.0.0.1:%%PORT%%;
        location /in { webhook stripe; webhook_secret s3cret; webhook_stream hooks; }
    }
}
EOT
$t->apply({ id => 'crm', url => $t->receiver->url('/crm'), retry => { schedule => [ ('1s') x 20 ] } });
my $worker = $t->start_worker;

# Large ones are stored by another command than small ones.
my $load = $t->start_load(
    senders => 6,
    pause => 0.01,
    request => sub ($n) {
        return event_request($t, $n, body => event($n, text => 'x' x ($n % 10 ? 100 : 6000)));
    }
);
sub more ($count) {
    my $from = $load->done;
    wait_for("$count more events", sub { $load->done >= $from + $count }, 60);
}

more(50);
$t->receiver->wait_requests(20, '/crm');
$worker->kill9;
more(20);
$worker->start(wait => 0);
more(20);
$nginx->kill_worker($_) for $nginx->workers;
more(50);
$server->kill9;
$server->start;
more(50);
$nginx->kill_all;
$nginx->start;
more(50);
$server->kill9;
$worker->kill9;
$server->start;
$worker->start(wait => 0);
more(50);
my $result = $load->stop;

my $ledger = check_books($t, $result, '/crm');
cmp_ok scalar @{ $result->{accepted} }, '>=', 290, 'under load: ' . @{ $result->{accepted} } . ' events';
cmp_ok scalar keys %{ $result->{troubles} }, '>', 0, 'senders did see the faults: ' . join ' ',
    %{ $result->{troubles} };

my %stored;
$stored{ $_->{id} }++ for $t->events('hooks');
is_deeply [ grep { $stored{$_} > 1 } keys %stored ], [], 'nothing is stored twice';
is_deeply [ grep { !$stored{"evt_$_"} } @{ $result->{accepted} } ], [], 'all that was accepted is stored';
is $ledger->{total}{accepted}, keys %stored, 'ledger: accepted is what is stored';
is $ledger->{total}{$_}, $ledger->{total}{accepted}, "ledger: $_ is all" for qw(routed created delivered);

done_testing;
