#!/usr/bin/perl

# Promises 2 and 9: reload of nginx and restart of the delivery worker under load, and no sender sees an
# error.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::Webhook;
use Test::Webhook::Promise;

my $t = Test::Webhook->new;
$t->start_redis;
$t->start_receiver(script => { '/slow' => { delay => 0.1 } });
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
$t->apply(map { { id => $_, url => $t->receiver->url("/$_"), retry => { schedule => [ ('1s') x 20 ] } } }
        qw(crm slow));
my $worker = $t->start_worker;
my $second = $t->start_worker(name => 'second');

my $load = $t->start_load(senders => 4, pause => 0.04, request => sub ($n) { event_request($t, $n) });
sub more ($count) {
    my $from = $load->done;
    wait_for("$count more events", sub { $load->done >= $from + $count }, 60);
}
more(50);
for my $round (1 .. 3) {
    $nginx->reload;
    more(30);
}
$worker->restart;
more(30);
$nginx->reload(gone => 1);
$worker->signal('HUP');
more(30);
$second->stop;
more(30);
my $result = $load->stop;

my $ledger = check_books($t, $result, '/crm');
is_deeply $result->{troubles}, {}, 'no sender saw an error';
my $received = received($t, '/slow');
is_deeply [ grep { !$received->{"evt_$_"} } @{ $result->{accepted} } ], [],
    'nothing is missing at the slow receiver either';
is_deeply [ grep { $received->{$_} > 1 } keys %$received ], [],
    'and nothing came there twice: a worker that stops lets its attempts end';
is $ledger->{total}{delivered}, 2 * @{ $result->{accepted} }, 'ledger: two deliveries each';

done_testing;
