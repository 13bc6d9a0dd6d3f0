package Test::Webhook::Requests;

# Sends HTTP requests to nginx and reads the verdicts. A base of Test::Webhook.

use v5.36;
use Test::Webhook::HTTP;
use Test::Webhook::Json;
use Test::Webhook::Wait;

sub build ($self, %arg) { return Test::Webhook::HTTP::build(%arg) }
sub connect ($self, $port = $self->port('nginx')) { return Test::Webhook::HTTP->new($port) }

# Sends one request on a new connection: request(method =>, path =>, headers => [], body =>, chunked => [],
# version =>, port =>).
sub request ($self, %arg) {
    my $connection = $self->connect($arg{port} // $self->port('nginx'));
    $connection->send(Test::Webhook::HTTP::build(close => 1, %arg));
    my $response = $connection->response(method => $arg{method} // 'GET')
        // { status => 0, error => 'closed', body => '', headers => {} };
    $connection->close;
    my $json =
        ($response->{headers}{'content-type'} // '') =~ /json/ && eval { from_json($response->{body}) };
    $response->{json} = $json if $json;
    $response->{verdict} = $json->{verdict} if ref $json eq 'HASH';
    # Some schemes have their own response body: then the verdict is in headers, if configured.
    if (!defined $response->{verdict} && defined(my $verdict = $response->{headers}{'x-verdict'})) {
        $response->{verdict} = $verdict;
        $response->{json} //= { verdict => $verdict, id => $response->{headers}{'x-event-id'} };
    }
    return $response;
}

sub get ($self, $path, @headers) {
    return $self->request(method => 'GET', path => $path, headers => \@headers);
}

# post('/stripe', $body, sign_stripe($secret, $body), 'Content-Type' => 'application/json')
sub post ($self, $path, $body, @headers) {
    return $self->request(method => 'POST', path => $path, body => $body, headers => \@headers);
}

# Repeats the request until every worker of that nginx has given this verdict (or status), and no other since.
# The configuration adds a header X-Worker ($pid) to the responses.
sub wait_verdict ($self, $what, $nginx, $wanted, $ask) {
    my %said;
    return wait_for($what, sub {
        my $answer = $ask->();
        $said{ $answer->{headers}{'x-worker'} // '' } = 1;
        %said = () if ($answer->{verdict} // $answer->{status}) ne $wanted;
        return !grep { !$said{$_} } $nginx->workers;
    });
}

# Sends requests (texts from build()) on one connection each, all before it reads the first response.
sub parallel ($self, @texts) { return Test::Webhook::HTTP::parallel($self->port('nginx'), @texts) }

# Waits until $count of the connections have a response; returns those that have.
sub answered ($self, $count, @connections) { return Test::Webhook::HTTP::answered($count, @connections) }

1;
