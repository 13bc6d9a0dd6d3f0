#!/usr/bin/perl

# Public keys through nginx: every form of a key, several keys, keys of variables.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use MIME::Base64 qw(encode_base64);
use Test::Webhook;
use Test::Webhook::Keys;

my $t = Test::Webhook->new;
$t->start_redis;
my $keys = Test::Webhook::Keys->new($t, (map { $_ => 'rsa' } qw(a b c old new)),
    ed => 'ed25519', other_ed => 'ed25519', ec => 'p256');

my $raw = $keys->raw('ed');
my %form = (
    'discord-hex'     => [ 'discord', 'ed', unpack 'H*', $raw ],
    'discord-pem'     => [ 'discord', 'ed', $keys->public('ed') ],
    'discord-jwk'     => [ 'discord', 'ed', to_json($keys->jwk('ed')) ],
    'telnyx-base64'   => [ 'telnyx', 'ed', encode_base64($raw, '') ],
    'standard-whpk'   => [ 'standard-ed25519', 'ed', 'whpk_' . encode_base64($raw, '') ],
    'sendgrid-spki'   => [ 'sendgrid', 'ec', encode_base64($keys->der('ec'), '') ],
    'sendgrid-pem'    => [ 'sendgrid', 'ec', $keys->public('ec') ],
    'plaid-jwk'       => [ 'plaid', 'ec', to_json($keys->jwk('ec')) ],
    'wise-pem'        => [ 'wise', 'a', $keys->public('a') ],
    'wise-certificate' => [ 'wise', 'a', $keys->certificate('a') ],
    'wise-jwks'        => [
        'wise', 'a', to_json({ keys => [ $keys->jwk('ec'), $keys->jwk('a'), { kty => 'oct', k => 'AA' } ] })
    ],
    'wise-map' => [ 'wise', 'a', to_json({ k1 => $keys->public('b'), k2 => $keys->public('a') }) ],
    'http-pem' => [ 'http-signature', 'ec', $keys->public('ec') ],
);
my $forms = join "\n", map {
          "        location = /$_ { webhook $form{$_}[0]; webhook_source $_; webhook_secret \"file:"
        . $t->write("forms/$_", "$form{$_}[2]\n")
        . '"; webhook_stream hooks partitions=1; }'
    }
    sort keys %form;
$t->write("rotation/$_", $keys->public($_)) for qw(old new);
my $hex = unpack 'H*', $raw;
my $other_hex = unpack 'H*', $keys->raw('other_ed');

my $nginx = $t->start_nginx(<<"EOT");
%%GLOBALS%%
events { }
http {
    %%HTTP%%
    webhook_redis %%REDIS%%;
    map \$arg_tenant \$tenant_key {
        one $hex;
        two $other_hex;
        bad nonsense;
    }
    map \$arg_none \$nothing { default ''; }    # nginx -t tries what one map says, not what two say together
    server {
        listen 127.0.0.1:%%PORT%%;
        webhook_url http://127.0.0.1:%%PORT%%;
        add_header X-Verdict \$webhook_verdict always;    # Discord wants answers without a body
$forms
        location = /rotation {
            webhook wise; webhook_secret "file:%%DIR%%/rotation/old" "file:%%DIR%%/rotation/new";
            webhook_stream hooks partitions=1;
        }
        location = /tenant {
            webhook discord; webhook_secret \$nothing\$tenant_key; webhook_source t-\$arg_tenant;
            webhook_stream hooks partitions=1;
        }
    }
}
EOT

my $number = 0;
my $url = 'http://127.0.0.1:' . $t->port . '/http-pem';

sub verdict ($path, $scheme, $key, @more) {
    my $body = to_json({ id => 'event-' . ++$number, type => 'paid' });
    return $t->post($path, $keys->signed($scheme, $key, $body, '--url', $url, @more))->{verdict};
}

for my $name (sort keys %form) {
    my ($scheme, $key) = @{ $form{$name} };
    is verdict("/$name", $scheme, $key), 'accepted', "$name: accepted";
    is verdict("/$name", $scheme, { ed => 'other_ed', a => 'c', ec => 'ec2' }->{$key}), 'forged',
        "$name: another key"
        if $key ne 'ec';
}

is verdict('/rotation', 'wise', $_), 'accepted', "rotation: $_" for qw(old new);
is verdict('/rotation', 'wise', 'a'), 'forged', 'rotation: neither';
is verdict('/tenant?tenant=one', 'discord', 'ed'), 'accepted', 'a key of a variable';
is verdict('/tenant?tenant=two', 'discord', 'ed'), 'forged', "another tenant's";
is verdict('/tenant?tenant=two', 'discord', 'other_ed'), 'accepted', 'a key of a variable, the other tenant';
is verdict("/tenant?tenant=$_", 'discord', 'ed'), 'forged', "no key: '$_'" for 'bad', 'none', '';
$nginx->wait_log(qr/\[error\].* webhook: key is not hex/);

done_testing;
