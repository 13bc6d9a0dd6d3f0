#!/usr/bin/perl

# One file of schemes of one's own for all three: nginx includes it, the worker signs with it, webhookctl
# checks by it.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::Webhook;

my $t = Test::Webhook->new;
my $schemes = $t->write('schemes.conf', <<'END');
# ours
webhook_scheme acme {
    algorithm hmac-sha256;
    signature header:X-Acme-Signature prefix=v1= encoding=hex;
    timestamp header:X-Acme-Timestamp unit=s;
    message   "{ts}.{body}";
    id        header:webhook-id;
    type      header:ce-type;
}
END
$t->start_redis;
$t->start_nginx(<<'EOT');
%%GLOBALS%%
events { }
http {
    %%HTTP%%
    webhook_redis %%REDIS%%;
    include %%DIR%%/schemes.conf;
    server {
        listen 127.0.0.1:%%PORT%%;
        location /in { webhook stripe; webhook_secret s3cret; webhook_stream hooks; }
        location /out { webhook acme; webhook_secret key; webhook_stream out; }
    }
}
EOT
my %endpoint = (
    id => 'acme', url => 'http://127.0.0.1:' . $t->port . '/out', match => { source => ['stripe'] },
    sign => [ { scheme => 'acme', secrets => ['key'] } ], retry => { schedule => [ ('500ms') x 20 ] }
);
my $file = $t->write('endpoints.json', to_json([ \%endpoint ]));

my $result = $t->ctl('apply', $file);
is $result->{exit}, 2, 'webhookctl does not know the scheme by itself';
like $result->{err}, qr/there is no scheme of this name: .*--schemes names a file/, 'and says so';
$result = $t->ctl('--schemes', $t->write('bad.conf', "webhook_scheme a {\nalgoritm x;\n}\n"), 'apply', $file);
is $result->{exit}, 2, 'a file with a mistake';
like $result->{err}, qr/bad\.conf:2: unknown directive "algoritm"/, 'whose line is named';
is $t->ctl('--schemes', $schemes, 'apply', $file)->{exit}, 0, 'with the file it does';

# A worker without the file keeps the deliveries until it has it.
my $worker = $t->start_worker;
my $body = '{"id":"evt_1","type":"invoice.paid"}';
is $t->post('/in', $body, sign_stripe('s3cret', $body))->{verdict}, 'accepted', 'an event';
$worker->wait_log(qr/endpoint acme: sign: acme: unknown scheme; its deliveries wait/);
$worker->configure({ %{ $worker->{config} }, schemes => $schemes });
$worker->signal('HUP');
wait_for('the event to come back', sub { $t->events('out') });
$t->wait_settled;
my ($event) = $t->events('out');
is $event->{type}, 'invoice.paid', 'nginx took what the worker signed';
is $event->{data}, $body, 'with its body';

my $signed =
    $t->ctl({ stdin => $body }, '--schemes', $schemes, 'sign', '--scheme', 'acme', '--secret', 'key');
is $signed->{exit}, 0, 'webhookctl signs' or diag $signed->{err};
my @headers = map { ('-H', $_) } split /\n/, $signed->{out};
my $verified =
    $t->ctl({ stdin => $body, env => { WEBHOOK_SCHEMES => $schemes } }, 'verify', '--scheme', 'acme',
    '--secret', 'key', @headers);
is $verified->{exit}, 0, 'and verifies' or diag $verified->{out}, $verified->{err};

# Keys that are none are refused before they are stored.
for my $case ([ standard => 'whsec_' . 'A' x 32, 'repeated' ], [ standard => 'whsec_YWJj', '3 bytes' ],
    [ github => ' ', 'blanks' ], [ github => "a\0b", 'NUL' ], [ acme => 'whsec_', 'empty' ],
    [ postmark => ':', 'neither' ])
{
    my ($scheme, $secret, $why) = @$case;
    my $refused = $t->ctl(
        '--schemes',
        $schemes, 'apply',
        $t->write(
            'none.json', to_json([ { %endpoint, sign => [ { scheme => $scheme, secrets => [$secret] } ] } ])
        )
    );
    is $refused->{exit}, 2, "$scheme: a secret that is none is refused";
    like $refused->{err}, qr/$why/, "$scheme: for its reason";
}

# What cannot be signed so that it proves something is not sent: a NUL behind the secret of a plain hash.
is $t->ctl(
    'apply',
    $t->write(
        'hash.json',
        to_json([ { %endpoint, sign => [ { scheme => 'hubspot-v1', secrets => ['0123456789abcdef'] } ] } ])
    )
)->{exit}, 0, 'a scheme of a plain hash';
$worker->wait_log(qr/configuration version 2:/);
is $t->post('/in', "a\0b", sign_stripe('s3cret', "a\0b"))->{verdict}, 'accepted', 'an event with a NUL';
wait_for(
    'the dead letter',
    sub { $t->ctl('dead', 'list', '--json')->{out} =~ /control characters or broken UTF-8 follow the secret/ }
);
is scalar(my @out = $t->events('out')), 1, 'nothing was sent';

done_testing;
