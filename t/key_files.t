#!/usr/bin/perl

# Files and folders of public keys that change while nginx runs: new keys are used, broken ones leave the
# last good ones in place.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::Webhook;
use Test::Webhook::Keys;

my $t = Test::Webhook->new;
$t->start_redis;
my $keys = Test::Webhook::Keys->new($t, (map { $_ => 'rsa' } qw(a b c)), weak => 'weak');

# Replaces a file as an editor or a sidecar does: at once.
sub rename_over ($name, $content) {
    rename $t->write("$name.next", $content), $t->file($name) or die "$name: $!";
}

$t->write('watched.json', $keys->jwks('a'));
$t->write('tick.json', $keys->jwks('a'));
$t->write("certificates/CERT-$_", $keys->certificate($_)) for qw(a b);
$t->write('certificates/.hidden', 'no key');

my $nginx = $t->start_nginx(<<'EOT');
%%GLOBALS%%
events { }
http {
    %%HTTP%%
    webhook_redis %%REDIS%%;
    server {
        listen 127.0.0.1:%%PORT%%;
        location = /watched  { webhook wise; webhook_secret "file:%%DIR%%/watched.json"; webhook_stream hooks partitions=1; }
        location = /tick     { webhook kick; webhook_secret "file:%%DIR%%/tick.json"; webhook_stream hooks partitions=1; }
        location = /paypal {
            webhook paypal; webhook_secret "file:%%DIR%%/certificates"; webhook_param webhook_id 1;
            webhook_stream hooks partitions=1;
        }
    }
}
EOT

my $number = 0;

sub verdict ($path, $scheme, $key, @more) {
    my $body = to_json({ id => 'event-' . ++$number, type => 'paid' });
    return $t->post($path, $keys->signed($scheme, $key, $body, @more))->{verdict};
}

# --- a file that changes
sub watched ($key) { return verdict('/watched', 'wise', $key) }
sub lines ($pattern) { return scalar $nginx->grep_log($pattern) }

# A round of reading has passed when another file's change is seen.
my @ticks = qw(b a);
sub another_round {
    my $key = shift @ticks;
    push @ticks, $key;
    rename_over('tick.json', $keys->jwks($key));
    wait_for("a round of reading keys ($key)", sub { verdict('/tick', 'kick', $key) eq 'accepted' });
}

is watched('a'), 'accepted', 'the key of the file';
is watched('b'), 'forged', 'no key of the file';
rename_over('watched.json', $keys->jwks('a', 'b'));
wait_for('the new key', sub { watched('b') eq 'accepted' });
is watched('a'), 'accepted', 'renamed over: the old key stays';
is lines(qr/\[notice\].* webhook wise: keys read again$/), 1, 'one line';

$t->write('watched.json', $keys->jwks('b'));
wait_for('the old key is gone', sub { watched('a') eq 'forged' });
is watched('b'), 'accepted', 'rewritten in place';

for my $case (
    [ 'cut off', '{"keys":[{"kty"', qr/key is not valid JSON, or repeats a member/ ],
    [ 'empty', "\n", qr/key file "[^"]+watched\.json" is empty: write the secret into it/ ],
    [ 'blank', " \n", qr/key file "[^"]+watched\.json" holds nothing but blanks: write the secret into it/ ],
    [
        'behind a BOM', "\xef\xbb\xbf" . $keys->jwks('b'),
        qr/key file "[^"]+watched\.json" begins with a byte order mark: save it as UTF-8 without BOM/
    ],
    [ 'without keys', '{"keys":[]}', qr/no key of the kind that the scheme's algorithm takes/ ],
    [ 'too weak', $keys->public('weak'), qr/RSA key of 1024 bits, only 2048 to 4096 are taken/ ],
    [ 'private', slurp($keys->private('b')), qr/private key where the public one belongs/ ],
    [
        'too large', ' ' x (256 << 10) . $keys->jwks('b'),
        qr/key file "[^"]+watched\.json" is too large: at most 256 KiB are read/
    ],
) {
    my ($what, $content, $problem) = @$case;
    rename_over('watched.json', $content);
    $nginx->wait_log(qr/\[error\].* webhook wise: $problem, the keys stay as they were/);
    another_round();
    is lines(qr/webhook wise: $problem, the keys stay as they were/), 1, "$what: one line, not one each time";
    is watched('b'), 'accepted', "$what: the last good keys";
}
unlink $t->file('watched.json') or die $!;
my $unread = qr/cannot be read \(No such file or directory\), the keys stay as they were/;
$nginx->wait_log(qr/\[error\].* webhook wise: key file "[^"]+watched\.json" $unread/);
is watched('b'), 'accepted', 'gone: the last good keys';
rename_over('watched.json', $keys->jwks('b'));
$nginx->wait_log(qr/\[notice\].* webhook wise: keys read again, they are as they were/);
rename_over('watched.json', $keys->jwks('c'));
wait_for('the key after it came back', sub { watched('c') eq 'accepted' });
is watched('b'), 'forged', 'and not the one before';

# --- a folder of certificates, named by the request
sub paypal ($key, $named = $key) {
    my $body = to_json({ id => 'event-' . ++$number, type => 'paid' });
    my ($text, %headers) = $keys->signed('paypal', $key, $body,
        '--param', 'webhook_id=1', '--id', "transmission-$number");
    return $t->post('/paypal', $text, %headers,
        'PAYPAL-CERT-URL' => "https://api.paypal.com/v1/notifications/certs/CERT-$named")->{verdict};
}
is paypal($_), 'accepted', "a certificate of the folder: $_" for qw(a b);
is paypal('a', 'b'), 'forged', 'the certificate that is named counts';
is paypal('c'), 'forged', 'not of the folder';
$t->write('certificates/CERT-c', $keys->certificate('c'));
wait_for('a new certificate', sub { paypal('c') eq 'accepted' });
unlink $t->file('certificates/CERT-a') or die $!;
wait_for('a certificate that is gone', sub { paypal('a') eq 'forged' });
is paypal('b'), 'accepted', 'the others stay';
symlink $t->file('nowhere'), $t->file('certificates/link') or die $!;
rename $t->file('certificates/link'), $t->file('certificates/CERT-b') or die $!;
$nginx->wait_log(qr/\[error\].* webhook paypal: key file "[^"]+CERT-b" $unread/);
is paypal('b'), 'accepted', 'a certificate that cannot be read stays, too';

done_testing;
