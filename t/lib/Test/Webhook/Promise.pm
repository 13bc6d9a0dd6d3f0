package Test::Webhook::Promise;

# Shared by promise_*.t: small Stripe events, and the comparison of what was sent and received.

use v5.36;
use Exporter 'import';
use Test::More ();
use Test::Webhook::Sign;

our @EXPORT = qw(event post_event event_request received check_books lines);

# event(7) and event('x'): a body with id evt_7, evt_x. More fields go into "data".
sub event ($n, %data) {
    my $data = join ',', map { qq("$_":"$data{$_}") } sort keys %data;
    return qq({"id":"evt_$n","type":"order.paid","data":{$data}});
}

sub post_event ($t, $n, %arg) {
    my $body = $arg{body} // event($n);
    return $t->post($arg{path} // '/in', $body, sign_stripe($arg{secret} // 's3cret', $body));
}

# Returns the text of a request, for load and parallel.
sub event_request ($t, $n, %arg) {
    my $body = $arg{body} // event($n);
    return $t->build(method => 'POST', path => $arg{path} // '/in', body => $body,
        headers => [ sign_stripe($arg{secret} // 's3cret', $body), @{ $arg{headers} // [] } ]);
}

# Returns a hash of event ids and how often each arrived at that path.
sub received ($t, $path, $receiver = 'receiver') {
    my %count;
    $count{ $_->{headers}{'ce-id'} }++ for $t->receiver($receiver)->requests($path);
    return \%count;
}

# Checks that everything is settled, the ledger is balanced and all that was accepted is at the receiver.
sub check_books ($t, $load, $path, $timeout = 60) {
    my $ledger = $t->wait_settled($timeout);
    Test::More::ok($ledger->{balanced}, 'the ledger is balanced');
    my $received = received($t, $path);
    my @missing = grep { !$received->{"evt_$_"} } @{ $load->{accepted} };
    Test::More::is_deeply(\@missing, [], 'nothing that was accepted is missing at the receiver');
    Test::More::is_deeply($load->{lost}, [], 'every event was taken in the end');
    return $ledger;
}

# Returns the JSON lines of a command.
sub lines ($result) { return map { JSON::PP::decode_json($_) } split /\n/, $result->{out} }

1;
