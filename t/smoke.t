#!/usr/bin/perl

# The whole path once: a genuine webhook is verified, stored, and delivered with a signature of ours.

use v5.36;
use Digest::SHA qw(hmac_sha256);
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::Webhook;

my $t = Test::Webhook->new;
$t->start_redis;
$t->start_receiver;
my $nginx = $t->start_nginx(<<'EOT');
%%GLOBALS%%
events { }
http {
    %%HTTP%%
    webhook_redis %%REDIS%%;
    server {
        listen 127.0.0.1:%%PORT%%;
        location /stripe {
            webhook stripe;
            webhook_secret s3cret;
            webhook_stream hooks;
        }
    }
}
EOT

my $key = b64('0123456789abcdef');
$t->apply({ id => 'crm', url => $t->receiver->url('/crm'), sign => [ { secrets => ["whsec_$key"] } ] });
$t->start_worker;

my $body = '{"id":"evt_1","type":"invoice.paid"}';
my $answer = $t->post('/stripe', $body, sign_stripe('s3cret', $body));
is $answer->{status}, 200, 'accepted: status';
is $answer->{body}, qq({"verdict":"accepted","id":"evt_1"}), 'accepted: body';

my ($request) = $t->receiver->wait_requests(1, '/crm');
is $request->{method}, 'POST', 'delivered: method';
is $request->{body}, $body, 'delivered: body';
is $request->{headers}{'ce-id'}, 'evt_1', 'delivered: id';
is $request->{headers}{'ce-type'}, 'invoice.paid', 'delivered: type';
is $request->{headers}{'ce-source'}, 'stripe', 'delivered: source';
my $id = $request->{headers}{'webhook-id'};
my $time = $request->{headers}{'webhook-timestamp'};
like $id, qr/^msg_[0-9a-f]{32}$/, 'delivered: webhook-id';
is $request->{headers}{'webhook-signature'}, 'v1,' . b64(hmac_sha256("$id.$time.$body", '0123456789abcdef')),
    'delivered: signature';

is $t->post('/stripe', $body, sign_stripe('s3cret', $body))->{verdict}, 'duplicate',
    'a repeat is a duplicate';
is $t->post('/stripe', $body, sign_stripe('wrong', $body))->{status}, 401, 'a forged one is refused';
my $ledger = $t->wait_settled;
is $ledger->{total}{accepted}, 1, 'ledger: accepted';
is $ledger->{total}{delivered}, 1, 'ledger: delivered';
is $t->receiver->count, 1, 'delivered once';

done_testing;
