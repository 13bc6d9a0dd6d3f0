#!/usr/bin/perl

# demo.pl WEBHOOKCTL: sends requests as their providers would, some of them bad, and shows what became of
# each. Signs by itself: what it shows does not lean on the code it shows. Exit 1 when anything is not as it
# should be.

use v5.36;
use Digest::MD5 qw(md5_hex);
use JSON::PP;
use Time::HiRes qw(sleep time);
use Test::Webhook::HTTP;
use Test::Webhook::Sign;

my $ctl = shift // die "usage: demo.pl WEBHOOKCTL\n";
my ($dir, $port) = @ENV{qw(RUN_DIR RUN_PORT)};
my $run = join '', map { ('a' .. 'z', 0 .. 9)[ rand 36 ] } 1 .. 6;   # other ids at every run

sub secret ($name) {
    open my $in, '<', "$dir/secrets/$name" or die "$dir/secrets/$name: $!\n";
    chomp(my $secret = <$in>);
    return $secret;
}

sub post ($path, $body, @headers) {
    return { method => 'POST', path => $path, body => $body,
        headers => [ 'Content-Type' => 'application/json', @headers ] };
}

sub postback ($click, $sale, $payout, $key) {
    my $signature = md5_hex($click . $sale . $payout . $key);
    return { method => 'GET',
        path => "/postback?click_id=$click&txid=$sale&payout=$payout&et=sale&sig=$signature" };
}

# --- what is sent, and what should come of it: name, request, status, verdict, id, endpoints that get it
my $stripe_body = encode_json({ id => "evt_$run", type => 'invoice.paid', data => { amount => 4200 } });
my $stripe = post('/stripe', $stripe_body, sign_stripe(secret('stripe'), $stripe_body));
my $push = encode_json({ ref => 'refs/heads/main' });
my $order = encode_json({ id => 820982911946154508, total_price => '199.00' });
my $ping = encode_json({ type => 'contact.created', data => { name => 'Ada' } });
my $stale = encode_json({ id => "evt_old_$run", type => 'invoice.paid' });

my @cases = (
    [ 'Stripe: invoice.paid', $stripe, 200, 'accepted', "evt_$run", 'books', 'crm' ],
    [
        'GitHub: push', post('/github', $push, sign_github(secret('github'), $push, id => "push-$run")), 200,
        'accepted', "push-$run", 'crm'
    ],
    [
        'Shopify: orders/create',
        post('/shopify', $order, sign_shopify(secret('shopify'), $order, id => "order-$run")), 200,
        'accepted', "order-$run", 'books', 'crm'
    ],
    [
        'Standard Webhooks',
        post('/standard', $ping, sign_standard(secret('standard'), $ping, id => "msg_$run")), 200,
        'accepted', "msg_$run", 'crm'
    ],
    [
        'postback (GET)', postback("c$run", 'tx1', '12.50', secret('postback')), 200, 'accepted',
        "c$run:tx1", 'crm', 'tracker'
    ],
    [
        'Stripe, wrong key', post('/stripe', $stripe_body, sign_stripe('whsec_wrong', $stripe_body)), 401,
        'forged'
    ],
    [
        'Stripe, an hour old',
        post('/stripe', $stale, sign_stripe(secret('stripe'), $stale, clock => int(time) - 3600)), 401,
        'stale'
    ],
    [ 'Stripe, no signature', post('/stripe', $stripe_body), 401, 'unsigned' ],
    [ 'Stripe, the first again', $stripe, 200, 'duplicate' ],
);

# --- sending
sub send_one ($request) {
    my $connection = Test::Webhook::HTTP->new($port);
    my $begin = time;
    $connection->send(Test::Webhook::HTTP::build(%$request, close => 1));
    my $response = $connection->response // { status => 0, body => '' };
    my $json = eval { decode_json($response->{body}) } // {};
    return { at => $begin, took => time - $begin, status => $response->{status},
        verdict => $json->{verdict} // $response->{body}, id => $json->{id} };
}

# --- what was delivered, by the log of attempts
sub deliveries ($id) {
    open my $out, '-|', $ctl, 'attempts', '--json', '--event', $id or die "$ctl: $!\n";
    my %of;
    for my $attempt (map { decode_json($_) } <$out>) {
        $of{ $attempt->{endpoint} } = $attempt if $attempt->{result} eq 'delivered';
    }
    return \%of;
}

# Waits for the endpoints that should get it.
sub wait_deliveries ($id, @endpoints) {
    my $end = time + 15;
    while (1) {
        my $of = deliveries($id);
        return $of if time > $end || !grep { !$of->{$_} } @endpoints;
        sleep 0.1;
    }
}

# From the first byte sent to nginx to the receiver's answer. The log has whole milliseconds.
sub latency ($attempt, $answer) {
    my $ms = $attempt->{at} + $attempt->{ms} - $answer->{at} * 1000;
    return $ms < 1 ? 'under 1 ms' : sprintf '%.0f ms', $ms;
}

sub line (@cells) { printf "%-24s  %-18s  %8s  %s\n", @cells }

my @wrong;
line('sent', 'nginx answered', 'in', 'delivered to (endpoint: status, after)');
line('-' x 24, '-' x 18, '-' x 8, '-' x 40);
for my $case (@cases) {
    my ($name, $request, $status, $verdict, $id, @endpoints) = @$case;
    my $answer = send_one($request);
    my $of = $answer->{verdict} eq 'accepted' ? wait_deliveries($answer->{id}, @endpoints) : {};
    my @delivered =
        map { sprintf '%s: %d, %s', $_, $of->{$_}{status}, latency($of->{$_}, $answer) } sort keys %$of;
    line($name, "$answer->{status} $answer->{verdict}", sprintf('%.1f ms', $answer->{took} * 1000),
        join('  ', @delivered) || '-');
    push @wrong, "$name: $answer->{status} $answer->{verdict}, should be $status $verdict"
        if "$answer->{status} $answer->{verdict}" ne "$status $verdict";
    push @wrong, "$name: id $answer->{id}, should be $id" if defined $id && ($answer->{id} // '') ne $id;
    push @wrong, "$name: delivered to (@{[ sort keys %$of ]}), should be (@endpoints)"
        if "@{[ sort keys %$of ]}" ne "@endpoints";
}

print "\nledger:\n";
system($ctl, 'ledger') == 0 or push @wrong, 'the ledger does not balance';
if (@wrong) {
    print "\nNOT as it should be:\n", map { "  $_\n" } @wrong;
    exit 1;
}
print "\nall as it should be\n";
