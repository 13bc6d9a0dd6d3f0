#!/usr/bin/perl

# The fields of an entry that name the event and its request: key, path, idnames; and keys across a rotation
# of secrets.

use v5.36;
use Digest::SHA qw(sha256 sha256_hex);
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::Webhook;

my $t = Test::Webhook->new;
$t->start_redis;
$t->start_receiver;
my $conf = <<'EOT';
%%GLOBALS%%
events { }
http {
    %%HTTP%%
    webhook_redis %%REDIS%%;
    server {
        listen 127.0.0.1:%%PORT%%;
        location /in/   { webhook stripe; webhook_secret s3cret; webhook_stream fixed; }
        location /things/ {
            webhook stripe; webhook_id json:/page; webhook_dedup 1h by=both; webhook_secret s3cret;
            webhook_stream things;
        }
        location /vary/ {
            webhook github; webhook_source "shop-$arg_shop"; webhook_secret SECRETS;
            webhook_dedup 1h by=body; webhook_stream vary partitions=16;
        }
    }
}
EOT
sub conf (@secrets) { $conf =~ s/SECRETS/@secrets/r }
$t->start_nginx(conf('old-secret-of-shops'));

sub part ($text) { pack('V', length $text) . "\0" x 4 . $text }
sub key_by_id ($scope, $id) { substr sha256_hex(part($scope) . "\0" . part($id)), 0, 32 }
sub stripe ($path, $body) { $t->post($path, $body, sign_stripe('s3cret', $body))->{verdict} }

is stripe('/in/a%20b/../c//d?x=1', '{"id":"evt_1","type":"a.b"}'), 'accepted', 'an event';
my ($entry) = map { from_json($_) } split /\n/, $t->ctl('events', '--stream', 'fixed', '--json')->{out};
is $entry->{path}, '/in/a%20b/../c//d', 'path: as it came, without the query';
is $entry->{query}, 'x=1', 'query';
is $entry->{key}, key_by_id('stripe', 'evt_1'), 'key: of source and id';
is $entry->{webhook_id}, "msg_$entry->{key}", 'webhook-id: the key';
ok !exists $entry->{idnames}, "no idnames: the id is the event's own";
is stripe('/in/other?x=2', '{"id":"evt_1","type":"a.b"}'), 'duplicate',
    'neither path nor query is part of it';

is stripe('/things/', qq({"page":7,"change":$_})), 'accepted', "change $_ of a page" for 1 .. 2;
is stripe('/things/', '{"page":7,"change":1}'), 'duplicate', 'a change once more';
my @things = map { from_json($_) } split /\n/, $t->ctl('event', '7', '--json')->{out};
is scalar @things, 2, 'two events with one id';
is_deeply [ map { $_->{idnames} } @things ], [ 'thing', 'thing' ], 'idnames: thing';
isnt $things[0]{key}, $things[1]{key}, 'keys of their own';
is $things[0]{partition}, $things[1]{partition}, 'in one partition';

# The scope depends on the request: the secret is part of it, and what was accepted before a rotation stays
# known.
sub github ($secret, $n) {
    my $body = qq({"n":$n});
    $t->post('/vary/?shop=' . $n % 3, $body, sign_github($secret, $body), 'X-GitHub-Event' => 'push')
        ->{verdict};
}
is github('old-secret-of-shops', $_), 'accepted', "event $_" for 1 .. 24;
$t->reload_nginx(conf('new-secret-of-shops', 'old-secret-of-shops'));
wait_for('the new secret', sub { github('new-secret-of-shops', 100) ne 'forged' });
is github('old-secret-of-shops', $_), 'duplicate', "event $_ once more, after the rotation" for 1 .. 24;
is github('new-secret-of-shops', $_), 'duplicate', "event $_ once more, signed anew" for 1 .. 24;

done_testing;
