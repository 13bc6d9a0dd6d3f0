#!/usr/bin/perl

# Bodies, conditions and dead letters of templates with a real worker: what a receiver gets, what it does not
# get, and what is said about it. Also webhookctl endpoint test.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::Webhook;

my $t = Test::Webhook->new;
$t->start_redis;
$t->start_receiver(
    script => {
        '/slack' => [
            { status => 200, body => '{"ok":false,"error":"busy"}' },
            { status => 200, body => '{"ok":true}' }
        ],
    });
$t->start_nginx(<<'EOT');
%%GLOBALS%%
events { }
http {
    %%HTTP%%
    webhook_redis %%REDIS%%;
    server {
        listen 127.0.0.1:%%PORT%%;
        location /in {
            webhook none;
            webhook_source shop;
            webhook_id json:/id;
            webhook_type json:/type;
            webhook_stream hooks;
        }
    }
}
EOT
my $secrets = $t->dir . '/secrets';
mkdir $secrets, 0700 or die "$secrets: $!";
spew("$secrets/token", "t0p-s3cret-token\n");
chmod 0600, "$secrets/token";
my $receiver = $t->receiver;
my $key = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
my $retry = { schedule => ['10ms'], jitter => 0 };
my $true      = from_json('[true]')->[0];
my @documents = (
    {   id      => 'json',
        url     => $receiver->url('/json?id={id}&none={/none?}'),
        method  => 'PUT',
        match   => { where => { '/sum' => { '$gte' => 10 } } },
        headers => { 'X-Type' => '{type|upper}', Authorization => 'Bearer {secret:token}' },
        body    => {
            json => {
                order => '{/id}',
                sum   => '{/sum}',
                lines => { '$each' => '/lines', '$as' => '{/sku}' }
            }
        },
    },
    {   id    => 'form',
        url   => $receiver->url('/form'),
        body  => { form => { mail => '{/mail|trim|lower|sha256}' } },
        retry => $retry,
    },
    {   id   => 'events',
        url  => $receiver->url('/events'),
        body => 'cloudevents',
        sign => [ { secrets => [$key] } ],
    },
    {   id      => 'slack',
        url     => $receiver->url('/slack'),
        body    => { json => { text => 'Order {/id}' } },
        retry   => $retry,
        success => { where => { '/ok' => $true } },
    },
    { id => 'gone', url => $receiver->url('/delete/{id}'), method => 'DELETE' },
);
$t->apply(@documents);
$t->start_worker(config => { secrets_dir => $secrets });
my $body = '{"id":"o1","type":"order.paid","sum":19.90,"mail":" Ann@Example.com ",'
    . '"lines":[{"sku":"a"},{"sku":"b"}]}';
is $t->post('/in', $body)->{verdict}, 'accepted', 'an event';
my $small = '{"id":"o2","type":"order.paid","sum":"9"}';
is $t->post('/in', $small)->{verdict}, 'accepted', 'another without mail and lines';
$t->wait_settled;

my @json = $receiver->requests('/json');
is scalar @json, 1, 'where: one of two';
is $json[0]{method}, 'PUT', 'method';
is $json[0]{query}, 'id=o1', 'URL: a pair whose value is missing is left out';
is $json[0]{body}, '{"lines":["a","b"],"order":"o1","sum":19.90}', 'JSON: types and digits stay';
is $json[0]{headers}{'content-type'}, 'application/json', 'content-type';
is $json[0]{headers}{'x-type'}, 'ORDER.PAID', 'header';
is $json[0]{headers}{authorization}, 'Bearer t0p-s3cret-token', 'secret in a header';

my @form = $receiver->requests('/form');
is_deeply [ map { $_->{body} } @form ],
    ['mail=71d4f55f72fa128dfb468a1a3901507c804b74316488744d769d7f4b16696476'],
    'form: hashed; the event without a value was not sent';
my @dead = map { from_json($_) } split /\n/, $t->ctl('dead', 'list', '--json')->{out};
is_deeply [ map {"$_->{endpoint} $_->{reason}: $_->{error}"} @dead ],
    ['form template: body.form.mail: {/mail|trim|lower|sha256} is missing'], 'dead letter, with the path';

my %events = map { from_json($_->{body})->{id} => $_ } $receiver->requests('/events');
is_deeply [ sort keys %events ], [ sort map { $_->{headers}{'ce-id'} } values %events ], 'CloudEvents: ids';
my ($full) = grep { $_->{body} =~ /Ann/ } values %events;
is $full->{headers}{'content-type'}, 'application/cloudevents+json', 'structured';
like $full->{body}, qr/"data":\Q$body\E\}$/, 'data as it was received';
is $t->ctl({ stdin => $full->{body} }, 'verify', '--scheme', 'standard', '--secret', $key,
    map { ('-H', "$_: $full->{headers}{$_}") } grep {/^webhook-/} keys %{ $full->{headers} })->{exit}, 0,
    'the signature is that of the body that was sent';

is $receiver->count('/slack'), 3, 'success.where: an answer that says no is retried';
is $receiver->count('/delete/o1'), 1, 'DELETE';
is(($receiver->requests('/delete/o1'))[0]{body}, '', 'without a body');
unlike join('', map { $_->{out} } $t->ctl('attempts', '--json'), $t->ctl('export')), qr/t0p-s3cret/,
    'no secret is shown';

# --- endpoint test
my $event = $t->dir . '/event.json';
my ($stored) = map { $_->{out} } $t->ctl('event', 'o1', '--json');
spew($event, $stored);
my $dry = $t->ctl('endpoint', 'test', 'json', '--event', $event, '--dry-run', '--secrets-dir', $secrets);
is $dry->{exit}, 0, 'dry run' or diag $dry->{err};
like $dry->{out}, qr{^PUT http://127\.0\.0\.1:\d+/json\?id=o1\n}, 'request line';
like $dry->{out}, qr/^X-Type: ORDER\.PAID\n/m, 'headers';
like $dry->{out}, qr/^Authorization: Bearer \*\*\*\n/m, 'secrets are masked';
like $dry->{out}, qr/\n\n\Q$json[0]{body}\E\n\z/, 'the body that the worker sent';
is $receiver->count('/json'), 1, 'nothing was sent';
my $sent = $t->ctl('endpoint', 'test', 'json', '--id', 'o1', '--secrets-dir', $secrets);
is $sent->{exit}, 0, 'sent' or diag $sent->{err};
like $sent->{out}, qr/^200 after \d+ ms: success$/m, 'the response';
is(($receiver->requests('/json'))[1]{body}, $json[0]{body}, 'it arrived');
my $missing = $t->ctl('endpoint', 'test', 'form', '--id', 'o2', '--dry-run');
is $missing->{exit}, 1, 'a missing value';
like $missing->{err}, qr/no request: template: body\.form\.mail: /, 'is said, with its path';
like $t->ctl('endpoint', 'test', 'json', '--id', 'o2', '--dry-run', '--secrets-dir', $secrets)->{err},
    qr/note: "match\.where" does not want this event/, 'so is a condition';
for ([ 'nope', '--id', 'o1' ], [ 'json', '--id', 'nope' ], ['json'], [ 'json', '--id', 'o1', '--dry-run' ]) {
    my $answer = $t->ctl('endpoint', 'test', @$_);
    is $answer->{exit}, 2, "@$_: an error";
    like $answer->{err}, qr/webhookctl: /, 'that says why';
}
done_testing;
