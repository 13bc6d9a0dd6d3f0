#!/usr/bin/perl

# Public keys through nginx: every form of a key, files and folders of keys that change while nginx runs, keys that nginx -t
# refuses, several keys, keys of variables; and the confirmations of SNS.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use MIME::Base64 qw(decode_base64 encode_base64 encode_base64url);
use POSIX qw(strftime);
use Test::Webhook;

my $t = Test::Webhook->new;
$t->start_redis;

# --- key pairs
sub openssl (@words) {
    my $result = $t->run([ 'openssl', @words ]);
    die "openssl @words: $result->{err}" if $result->{exit};
    return $result->{out};
}

my %options = (
    ed25519 => [qw(-algorithm ED25519)], p256 => [qw(-algorithm EC -pkeyopt ec_paramgen_curve:P-256)], p384 => [qw(-algorithm EC -pkeyopt ec_paramgen_curve:P-384)],
    rsa => [qw(-algorithm RSA -pkeyopt rsa_keygen_bits:2048)], weak => [qw(-algorithm RSA -pkeyopt rsa_keygen_bits:1024)],
);
my (%private, %public);

sub pair ($name, $kind) {
    $private{$name} = $t->write("private/$name.pem", openssl('genpkey', @{ $options{$kind} }));
    return $public{$name} = openssl(qw(pkey -pubout -in), $private{$name});
}

sub der ($name) { return decode_base64($public{$name} =~ s/-----.*-----|\n//gr) }
sub certificate ($name) { return openssl(qw(req -x509 -new -days 30 -subj /CN=test -key), $private{$name}) }

sub jwk ($name, $kind) {
    my $der = der($name);
    my %tail = (kid => $name, $kind eq 'rsa' ? (kty => 'RSA', n => encode_base64url(substr $der, -261, 256), e => encode_base64url(substr $der, -3))
        : $kind eq 'p256' ? (kty => 'EC', crv => 'P-256', x => encode_base64url(substr $der, -64, 32), y => encode_base64url(substr $der, -32))
        :                   (kty => 'OKP', crv => 'Ed25519', x => encode_base64url(substr $der, -32)));
    return \%tail;
}

sub jwks (@names) { return to_json({ keys => [ map { jwk($_, 'rsa') } @names ] }) }

pair($_, 'rsa') for qw(a b c old new);
pair('ed', 'ed25519');
pair('other_ed', 'ed25519');
pair('ec', 'p256');
pair('p384', 'p384');
pair('weak', 'weak');

# Replaces a file as an editor or a sidecar does: at once.
sub rename_over ($name, $content) {
    rename $t->write("$name.next", $content), $t->file($name) or die "$name: $!";
}

my $raw = substr der('ed'), -32;
my %form = (
    'discord-hex'     => [ 'discord', 'ed', unpack 'H*', $raw ],
    'discord-pem'     => [ 'discord', 'ed', $public{ed} ],
    'discord-jwk'     => [ 'discord', 'ed', to_json(jwk('ed', 'ed25519')) ],
    'telnyx-base64'   => [ 'telnyx', 'ed', encode_base64($raw, '') ],
    'standard-whpk'   => [ 'standard-ed25519', 'ed', 'whpk_' . encode_base64($raw, '') ],
    'sendgrid-spki'   => [ 'sendgrid', 'ec', encode_base64(der('ec'), '') ],
    'sendgrid-pem'    => [ 'sendgrid', 'ec', $public{ec} ],
    'plaid-jwk'       => [ 'plaid', 'ec', to_json(jwk('ec', 'p256')) ],
    'wise-pem'        => [ 'wise', 'a', $public{a} ],
    'wise-certificate' => [ 'wise', 'a', certificate('a') ],
    'wise-jwks'       => [ 'wise', 'a', to_json({ keys => [ jwk('ec', 'p256'), jwk('a', 'rsa'), { kty => 'oct', k => 'AA' } ] }) ],
    'wise-map'        => [ 'wise', 'a', to_json({ k1 => $public{b}, k2 => $public{a} }) ],
    'http-pem'        => [ 'http-signature', 'ec', $public{ec} ],
);
my $forms = join "\n", map { "        location = /$_ { webhook $form{$_}[0]; webhook_source $_; webhook_secret \"file:" . $t->write("forms/$_", "$form{$_}[2]\n") . '"; webhook_stream hooks partitions=1; }' }
    sort keys %form;

$t->write('watched.json', jwks('a'));
$t->write('tick.json', jwks('a'));
$t->write("certificates/CERT-$_", certificate($_)) for qw(a b);
$t->write('certificates/.hidden', 'no key');
$t->write('sns.pem', certificate('a'));
$t->write("rotation/$_", $public{$_}) for qw(old new);
my $hex = unpack 'H*', $raw;
my $other_hex = unpack 'H*', substr der('other_ed'), -32;

$t->start_receiver;
$t->start_nginx(<<"EOT");
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
        location = /watched  { webhook wise; webhook_secret "file:%%DIR%%/watched.json"; webhook_stream hooks partitions=1; }
        location = /tick     { webhook kick; webhook_secret "file:%%DIR%%/tick.json"; webhook_stream hooks partitions=1; }
        location = /paypal   { webhook paypal; webhook_secret "file:%%DIR%%/certificates"; webhook_param webhook_id 1; webhook_stream hooks partitions=1; }
        location = /rotation { webhook wise; webhook_secret "file:%%DIR%%/rotation/old" "file:%%DIR%%/rotation/new"; webhook_stream hooks partitions=1; }
        location = /tenant   { webhook discord; webhook_secret \$nothing\$tenant_key; webhook_source t-\$arg_tenant; webhook_stream hooks partitions=1; }
        location = /sns      { webhook aws-sns; webhook_secret "file:%%DIR%%/sns.pem"; webhook_source topic;
            webhook_param topic_arn arn:aws:sns:us-west-2:123456789012:MyTopic; webhook_stream hooks partitions=1; }
        location = /sns-gate { webhook aws-sns; webhook_secret "file:%%DIR%%/sns.pem"; webhook_param topic_arn arn:aws:sns:us-west-2:123456789012:MyTopic;
            proxy_pass %%RECEIVER%%; }
    }
}
EOT
my $nginx = $t->nginx;

# --- requests
my $number = 0;

sub signed ($scheme, $key, @more) {
    my $body = to_json({ id => 'event-' . ++$number, type => 'paid' });
    my $result = $t->ctl({ stdin => $body }, 'sign', '--json', '--scheme', $scheme, '--secret', "file:$private{$key}", '--url', 'http://127.0.0.1:' . $t->port . '/http-pem', @more);
    die "webhookctl sign $scheme: $result->{err}" if $result->{exit};
    return $body, %{ from_json($result->{out})->{headers} };
}

sub verdict ($path, $scheme, $key, @more) {
    my ($body, %headers) = signed($scheme, $key, @more);
    return $t->post($path, $body, %headers)->{verdict};
}

for my $name (sort keys %form) {
    my ($scheme, $key) = @{ $form{$name} };
    is verdict("/$name", $scheme, $key), 'accepted', "$name: accepted";
    is verdict("/$name", $scheme, { ed => 'other_ed', a => 'c', ec => 'ec2' }->{$key}), 'forged', "$name: another key" if $key ne 'ec';
}

# --- a file that changes
sub watched ($key) { return verdict('/watched', 'wise', $key) }
sub lines ($pattern) { return scalar $nginx->grep_log($pattern) }

# A round of reading has passed when another file's change is seen.
my @ticks = qw(b a);
sub another_round {
    my $key = shift @ticks;
    push @ticks, $key;
    rename_over('tick.json', jwks($key));
    wait_for("a round of reading keys ($key)", sub { verdict('/tick', 'kick', $key) eq 'accepted' });
}

is watched('a'), 'accepted', 'the key of the file';
is watched('b'), 'forged', 'no key of the file';
rename_over('watched.json', jwks('a', 'b'));
wait_for('the new key', sub { watched('b') eq 'accepted' });
is watched('a'), 'accepted', 'renamed over: the old key stays';
is lines(qr/\[notice\].* webhook wise: keys read again$/), 1, 'one line';

$t->write('watched.json', jwks('b'));
wait_for('the old key is gone', sub { watched('a') eq 'forged' });
is watched('b'), 'accepted', 'rewritten in place';

for my $case (
    [ 'cut off', '{"keys":[{"kty"', qr/key is not valid JSON, or repeats a member/ ],
    [ 'empty', "\n", qr/key file "[^"]+watched\.json" is empty: write the secret into it/ ],
    [ 'blank', " \n", qr/key file "[^"]+watched\.json" holds nothing but blanks: write the secret into it/ ],
    [ 'behind a BOM', "\xef\xbb\xbf" . jwks('b'), qr/key file "[^"]+watched\.json" begins with a byte order mark: save it as UTF-8 without BOM/ ],
    [ 'without keys', '{"keys":[]}', qr/no key of the kind that the scheme's algorithm takes/ ],
    [ 'too weak', $public{weak}, qr/RSA key of 1024 bits, only 2048 to 4096 are taken/ ],
    [ 'private', slurp($private{b}), qr/private key where the public one belongs/ ],
    [ 'too large', ' ' x (256 << 10) . jwks('b'), qr/key file "[^"]+watched\.json" is too large: at most 256 KiB are read/ ],
) {
    my ($what, $content, $problem) = @$case;
    rename_over('watched.json', $content);
    $nginx->wait_log(qr/\[error\].* webhook wise: $problem, the keys stay as they were/);
    another_round();
    is lines(qr/webhook wise: $problem, the keys stay as they were/), 1, "$what: one line, not one each time";
    is watched('b'), 'accepted', "$what: the last good keys";
}
unlink $t->file('watched.json') or die $!;
$nginx->wait_log(qr/\[error\].* webhook wise: key file "[^"]+watched\.json" cannot be read \(No such file or directory\), the keys stay as they were/);
is watched('b'), 'accepted', 'gone: the last good keys';
rename_over('watched.json', jwks('b'));
$nginx->wait_log(qr/\[notice\].* webhook wise: keys read again, they are as they were/);
rename_over('watched.json', jwks('c'));
wait_for('the key after it came back', sub { watched('c') eq 'accepted' });
is watched('b'), 'forged', 'and not the one before';

# --- a folder of certificates, named by the request
sub paypal ($key, $named = $key) {
    my ($body, %headers) = signed('paypal', $key, '--param', 'webhook_id=1', '--id', 'transmission-' . ++$number);
    return $t->post('/paypal', $body, %headers, 'PAYPAL-CERT-URL' => "https://api.paypal.com/v1/notifications/certs/CERT-$named")->{verdict};
}
is paypal($_), 'accepted', "a certificate of the folder: $_" for qw(a b);
is paypal('a', 'b'), 'forged', 'the certificate that is named counts';
is paypal('c'), 'forged', 'not of the folder';
$t->write('certificates/CERT-c', certificate('c'));
wait_for('a new certificate', sub { paypal('c') eq 'accepted' });
unlink $t->file('certificates/CERT-a') or die $!;
wait_for('a certificate that is gone', sub { paypal('a') eq 'forged' });
is paypal('b'), 'accepted', 'the others stay';
symlink $t->file('nowhere'), $t->file('certificates/link') or die $!;
rename $t->file('certificates/link'), $t->file('certificates/CERT-b') or die $!;
$nginx->wait_log(qr/\[error\].* webhook paypal: key file "[^"]+CERT-b" cannot be read \(No such file or directory\), the keys stay as they were/);
is paypal('b'), 'accepted', 'a certificate that cannot be read stays, too';

# --- several keys, keys of variables
is verdict('/rotation', 'wise', $_), 'accepted', "rotation: $_" for qw(old new);
is verdict('/rotation', 'wise', 'a'), 'forged', 'rotation: neither';
is verdict('/tenant?tenant=one', 'discord', 'ed'), 'accepted', 'a key of a variable';
is verdict('/tenant?tenant=two', 'discord', 'ed'), 'forged', "another tenant's";
is verdict('/tenant?tenant=two', 'discord', 'other_ed'), 'accepted', 'a key of a variable, the other tenant';
is verdict("/tenant?tenant=$_", 'discord', 'ed'), 'forged', "no key: '$_'" for 'bad', 'none', '';
$nginx->wait_log(qr/\[error\].* webhook: key is not hex/);

# --- SNS
my $url = 'https://sns.us-west-2.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem';

sub sns (%message) {
    %message = (MessageId => 'm-' . ++$number, TopicArn => 'arn:aws:sns:us-west-2:123456789012:MyTopic', Message => "order paid\n", Timestamp => strftime('%Y-%m-%dT%H:%M:%S.000Z', gmtime), %message);
    my $text = $t->write('sns.text', join '', map { "$_\n$message{$_}\n" } sort keys %message);
    my $signature = encode_base64(openssl(qw(dgst -sha256 -sign), $private{a}, $text), '');
    return to_json({ %message, SignatureVersion => '2', SigningCertURL => $url, Signature => $signature });
}

sub confirmation ($type, %more) { return sns(Type => $type, Token => '2336412f37', SubscribeURL => 'https://sns.us-west-2.amazonaws.com/?Action=ConfirmSubscription&Token=2336412f37', %more) }
sub told { return grep { $_->{type} eq 'challenge' } $t->events('hooks') }

is $t->post('/sns', sns(Type => 'Notification'))->{verdict}, 'accepted', 'sns: a notification';
is $t->post('/sns', sns(Type => 'Notification', TopicArn => 'arn:aws:sns:us-west-2:666666666666:MyTopic'))->{verdict}, 'forged', "sns: somebody else's topic";
for my $type (qw(SubscriptionConfirmation UnsubscribeConfirmation)) {
    my $before = told();
    my $body = confirmation($type);
    for my $time (1, 2) {
        my $answer = $t->post('/sns', $body, 'Content-Type' => 'text/plain; charset=UTF-8');
        is "$answer->{status} [$answer->{body}]", '200 []', "sns: $type: answered, time $time";
    }
    is scalar(told()), $before + 1, "sns: $type: told once";
    my ($event) = grep { $_->{data} =~ /"$type"/ } told();
    is $event->{source}, 'webhook', "sns: $type: of source webhook";
    is_deeply from_json($event->{data}), { scheme => 'aws-sns', source => 'topic', Type => $type, TopicArn => 'arn:aws:sns:us-west-2:123456789012:MyTopic', Token => '2336412f37',
        SubscribeURL => 'https://sns.us-west-2.amazonaws.com/?Action=ConfirmSubscription&Token=2336412f37' }, "sns: $type: what the operator needs";
    my $changed = $body =~ s/ConfirmSubscription/DeleteTopic/r;
    is $t->post('/sns', $changed)->{verdict}, 'forged', "sns: $type: a changed URL";
    is $t->post('/sns', confirmation($type, TopicArn => 'arn:aws:sns:us-west-2:666666666666:MyTopic'))->{verdict}, 'forged', "sns: $type: somebody else's topic";
    is scalar(told()), $before + 1, "sns: $type: and nobody is told of it";
}
my $events = $t->ctl('events', '--stream', 'hooks', '--source', 'webhook', '--type', 'challenge', '--json');
is scalar(my @lines = split /\n/, $events->{out}), 2, 'webhookctl events shows them' or diag $events->{err};
is $t->post('/sns-gate', confirmation('SubscriptionConfirmation'))->{status}, 200, 'sns: at a gate';
my ($request) = $t->receiver->wait_requests(1, '/sns-gate');
is from_json($request->{body})->{Type}, 'SubscriptionConfirmation', 'sns: the application behind the gate confirms';

# --- what nginx -t says
sub config ($words, $http = '') {
    return "%%GLOBALS%%\nevents { }\nhttp { %%HTTP%%\nwebhook_redis %%REDIS%%;\n$http\nserver { listen 127.0.0.1:%%PORT%%;\nlocation /x { $words webhook_stream hooks partitions=1; }\n} }\n";
}
mkdir $t->file('empty') or die $!;
$t->write('five.pem', join '', map { $public{$_} } qw(a b c old new));
$t->write("five/$_", $public{$_}) for qw(a b c old new);
$t->write('five.json', jwks(qw(a b c old new)));
$t->write('p384.pem', $public{p384});
$t->write('weak.pem', $public{weak});
$t->write('ed.pem', $public{ed});
$t->write('broken.pem', substr $public{a}, 0, 200);
$t->write('folder/good', $public{a});
$t->write('folder/odd', 'nonsense');
for my $case (
    [ 'webhook wise; webhook_secret "file:%%DIR%%/weak.pem";', qr/\[emerg\].*"webhook wise": RSA key of 1024 bits, only 2048 to 4096 are taken in / ],
    [ 'webhook sendgrid; webhook_secret "file:%%DIR%%/p384.pem";', qr/\[emerg\].*"webhook sendgrid": elliptic curve key that is not on P-256 in / ],
    [ 'webhook wise; webhook_secret "file:%%DIR%%/ed.pem";', qr/\[emerg\].*"webhook wise": key is of another kind than the scheme's algorithm takes in / ],
    [ 'webhook wise; webhook_secret "file:%%DIR%%/private/a.pem";', qr/\[emerg\].*"webhook wise": private key where the public one belongs in / ],
    [ 'webhook wise; webhook_secret "file:%%DIR%%/broken.pem";', qr/\[emerg\].*"webhook wise": PEM cannot be decoded in / ],
    [ 'webhook wise; webhook_secret "file:%%DIR%%/five.pem";', qr/\[emerg\].*"webhook wise": more than 4 keys without an id in / ],
    [ 'webhook wise; webhook_secret "file:%%DIR%%/five";', qr/\[emerg\].*"webhook wise": more than 4 keys, and requests do not name theirs in / ],
    [ 'webhook kick; webhook_secret "file:%%DIR%%/five.json";', qr/\[emerg\].*"webhook kick": more than 4 keys, and requests do not name theirs in / ],
    [ 'webhook wise; webhook_secret nonsense;', qr/\[emerg\].*"webhook wise": key is neither PEM nor JSON in / ],
    [ 'webhook discord; webhook_secret 00ff;', qr/\[emerg\].*"webhook discord": key cannot be decoded in / ],
    [ 'webhook wise; webhook_secret "file:%%DIR%%/nothing";', qr/\[emerg\].*secret file "[^"]+nothing" cannot be read/ ],
    [ 'webhook wise; webhook_secret "file:%%DIR%%/empty";', qr/\[emerg\].*key file "[^"]+empty" is a directory without files in / ],
    [ 'webhook wise; webhook_secret "file:%%DIR%%/folder";', qr/\[emerg\].*"webhook wise": key is neither PEM nor JSON \("odd"\) in / ],
    [ 'webhook github; webhook_secret "file:%%DIR%%/rotation";', qr/\[emerg\].*secret file "[^"]+rotation" is a directory in / ],
    [ 'webhook wise; webhook_source $arg_a; webhook_secret $tenant_key "file:%%DIR%%/rotation";', qr/\[emerg\].*directory "[^"]+rotation" beside a secret with variables in / ],
    [ 'webhook discord; webhook_source $arg_a; webhook_secret $tenant_key;', qr/\[emerg\].*"webhook discord": a value of a variable of "webhook_secret": key cannot be decoded in / ],
    [ 'webhook netlify; webhook_secret "file:%%DIR%%/ed.pem";', qr/\[emerg\].*"webhook netlify": PEM or JWK where a shared secret belongs in / ],
    [ 'webhook pubsub; webhook_secret "file:%%DIR%%/rotation/new";', qr/\[emerg\].*"webhook pubsub": parameter "audience" is missing in / ],
) {
    my ($words, $message) = @$case;
    my ($exit, $output) = $t->nginx_test(config($words, 'map $arg_key $tenant_key { a 00ff; }'));
    isnt $exit, 0, "nginx -t refuses: $words";
    like $output, $message, 'and says why';
    unlike $output, qr/BEGIN|nonsense in/, 'without the key';
}
# Keys that are none, as text, as files and decoded; beside each the word of its reason.
my $der = $t->run([ 'openssl', 'pkey', '-pubin', '-in', $t->write('a.pub', $public{a}), '-outform', 'DER' ])->{out};
my $small = "\1" . "\0" x 31;
my @none = (
    (map { my $scheme = $_; map { [ $scheme, @$_ ] } (
        [ ' ', 'blanks' ], [ "\t \t", 'blanks' ], [ "\xc2\xa0\xe3\x80\x80", 'blanks' ], [ "secret\0secret", 'NUL' ], [ "\0" x 32, 'NUL' ],
        [ 'whsec_', 'empty' ], [ 'Bearer', 'empty' ], [ $public{a}, 'PEM' ], [ encode_base64($der, ''), 'PEM' ], [ $der, 'NUL' ], [ unpack('H*', $der), 'PEM' ],
        [ jwks('a'), 'PEM' ], [ 'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQC7', 'PEM' ],
    ) } qw(github stripe gitlab hubspot-v1 netlify contentful http-signature-hmac polar)),
    [ 'postmark', ':', 'neither' ], [ 'postmark', ' : ', 'neither' ], [ 'postmark', 'user', 'USER:PASSWORD' ],
    (map { my ($scheme, $encode) = @$_; map { [ $scheme, $encode->($_->[0]), $_->[1] ] } (
        [ "\0" x 32, 'repeated' ], [ "\xff" x 24, 'repeated' ], [ 'abc', '3 bytes' ], [ "a" . "\0" x 20, '1 bytes' ], [ $der, 'public key|PEM' ],
    ) } [ standard => sub { 'whsec_' . encode_base64($_[0], '') } ], [ 'ms-teams' => sub { encode_base64($_[0], '') } ], [ 'adyen-platform' => sub { unpack 'H*', $_[0] } ]),
    (map { my $key = $_; ([ 'discord', unpack('H*', $key), 'small order' ], [ 'telnyx', encode_base64($key, ''), 'small order' ],
        [ 'standard-ed25519', 'whpk_' . encode_base64($key, ''), 'small order' ],
        [ 'discord', to_json({ kty => 'OKP', crv => 'Ed25519', x => encode_base64url($key) }), 'small order' ]) }
        $small, "\0" x 32, "\xec" . "\xff" x 30 . "\x7f", "\xee" . "\xff" x 31, pack('H*', '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85')),
);
my $tried = 0;
for my $number (0 .. $#none) {
    my ($scheme, $key, $why) = @{ $none[$number] };
    my $file = $t->write("none/$number", $key);
    my ($exit, $output) = $t->nginx_test(config(qq{webhook $scheme; webhook_secret "file:$file";}));
    my @options = ('--scheme', $scheme, '--secret', "file:$file", '--url', 'https://h.example/');
    # Of public keys sign wants the private one, and takes 32 bytes for its seed.
    my @commands = $why eq 'small order' ? 'verify' : $number % 3 ? 'sign' : qw(verify sign);
    my @ctl = map { $t->ctl({ stdin => '{}' }, $_, @options) } @commands;
    ok $exit != 0 && $output =~ /\[emerg\].*(?:"webhook $scheme":|secret file ".*") .*(?:$why)/ && !grep({ $_->{exit} != 2 || $_->{err} !~ /$why/ } @ctl), "$scheme: a key that is none, $why"
        or diag $output, map { $_->{err} } @ctl;
    $tried++;
}
diag "$tried keys that are none, at nginx -t and webhookctl";
for my $case ([ 'github', 'secret', 6 ], [ 'ms-teams', encode_base64('0123456789abcde', ''), 15 ], [ 'standard', 'whsec_' . encode_base64('abcd', ''), 4 ]) {
    my ($scheme, $key, $bytes) = @$case;
    my ($exit, $output) = $t->nginx_test(config("webhook $scheme; webhook_secret $key;"));
    is $exit, 0, "$scheme: a short key is possible";
    like $output, qr/\[warn\].*"webhook $scheme": secret of $bytes bytes can be guessed, use at least 16 in /, 'nginx -t warns of it';
    for my $command (qw(verify sign)) {
        my $result = $t->ctl({ stdin => '{}' }, $command, '--scheme', $scheme, '--secret', $key);
        isnt $result->{exit}, 2, "$command takes it";
        is $result->{err}, "webhookctl: warning: secret of $bytes bytes can be guessed, use at least 16\n", 'and warns';
    }
}
my ($random_exit, $random) = $t->nginx_test(config('webhook ms-teams; webhook_secret ' . encode_base64("\0\1\2\3\0\0\4\5\6\7\x08\x09\0\0\0\x10", '') . ';'));
is $random_exit, 0, 'a NUL in a decoded key is fine';
unlike $random, qr/\[warn\]/, 'and nothing to warn of';
for my $param ([ meta => "verify_token '  '" ], [ notion => "setup ' '" ], [ braintree => "public_key ' '" ]) {
    my ($exit, $output) = $t->nginx_test(config("webhook $param->[0]; webhook_secret 0123456789abcdef; webhook_param $param->[1];"));
    isnt $exit, 0, "$param->[0]: a blank $param->[1] is refused" or diag $output;
}

my ($exit, $output) = $t->nginx_test(config('webhook aws-sns; webhook_secret "file:%%DIR%%/sns.pem";'));
is $exit, 0, 'SNS without a topic is possible';
like $output, qr/\[warn\].*"webhook aws-sns" without "webhook_param topic_arn" takes the messages of anybody's topics in /, 'nginx -t warns of it';
($exit, $output) = $t->nginx_test(config('webhook aws-sns; webhook_secret "file:%%DIR%%/sns.pem"; webhook_param topic_arn arn:aws:sns:us-west-2:123456789012:MyTopic;'));
unlike $output, qr/\[warn\]/, 'no warning with a topic';

done_testing;
