#!/usr/bin/perl

# Real clients: the npm packages of the senders (t/sdk) sign requests that nginx must take, and judge requests
# that webhookctl signed, each in both its genuine and its forged form. `make sdk` (part of make test)
# installs the packages.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Cwd qw(abs_path);
use File::Copy qw(copy);
use File::Path qw(make_path);
use JSON::PP;
use Test::Webhook;

my $sdk = $ENV{TEST_SDK} // ($ENV{TEST_BUILD} // "$FindBin::Bin/../build") . '/sdk';
if (!-e "$sdk/complete") {
    my $why =
        -e "$sdk/missing" ? slurp("$sdk/missing") =~ s/\s+\z//r : 'the packages are not installed: make sdk';
    diag "THE OFFICIAL PACKAGES OF THE SENDERS WERE NOT TRIED: $why";
    plan skip_all => $why;
}

my $t = Test::Webhook->new;
my $json = JSON::PP->new->utf8->canonical;

# The programs are copied to where node finds the packages beside them.
make_path($t->file('sdk/senders'));
copy($_, $t->file('sdk/' . s{.*/sdk/}{}r))
    for glob "'$FindBin::Bin/sdk/'*.mjs '$FindBin::Bin/sdk/'*.json '$FindBin::Bin/sdk/senders/'*.mjs";
symlink abs_path("$sdk/node_modules"), $t->file('sdk/node_modules') or die "symlink: $!";

# Key pairs for senders that sign with a private key.
sub openssl (@words) { is $t->run([ 'openssl', @words ])->{exit}, 0, "openssl $words[0] $words[-1]" }
my $keys = $t->file('sdk/keys');
make_path($keys);
openssl(qw(genpkey -algorithm ED25519 -out), "$keys/ed25519.pem");
openssl(qw(genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out), "$keys/p256.pem");
openssl(qw(req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=sns.amazonaws.com -keyout), "$keys/rsa.pem",
    '-out', "$keys/rsa.crt");

sub node ($command, $input = '') {
    my $result = $t->run([ 'node', $t->file('sdk/run.mjs'), $command ], stdin => $input, timeout => 120);
    is $result->{exit}, 0, "run.mjs $command" or BAIL_OUT($result->{err});
    return $json->decode((split /\n/, $result->{out})[-1]);
}

my @senders = @{ node('describe') };
my %packages = map { $_->{sdk} => 1 } @senders;
cmp_ok scalar keys %packages, '>=', 12, 'packages: ' . join ', ', sort keys %packages;

# --- nginx with a location for each sender
sub quoted ($text) { return '"' . ($text =~ s/(["\\\$])/\\$1/gr) . '"' }
sub bytes ($text) { utf8::encode(my $copy = $text); return $copy }

sub location ($sender) {
    my $secret = $t->write("keys/$sender->{name}", bytes($sender->{secret}) . "\n");
    my $params = join ' ',
        map { "webhook_param $_ " . quoted(bytes($sender->{params}{$_})) . ';' }
        sort keys %{ $sender->{params} };
    return qq{location = /$sender->{name} {
            webhook $sender->{scheme};
            webhook_secret "file:$secret";
            webhook_source $sender->{name};
            $params
            webhook_stream sdk partitions=1;
            add_header X-Stream-Id \$webhook_stream_id always;
            add_header X-Verdict \$webhook_verdict always;
        }\n};
}

$t->start_redis;
my $locations = join '', map { location($_) } @senders;
$t->start_nginx(<<"EOT");
%%GLOBALS%%
events { }
http {
    %%HTTP%%
    webhook_redis %%REDIS%%;
    server {
        listen 127.0.0.1:%%PORT%%;
        webhook_url https://hooks.example.com;
        $locations
    }
}
EOT

# --- what is sent and what nginx says
sub send_request ($request) {
    my ($target) = $request->{url} =~ m{^https://[^/]+(/.*)};
    return $t->post($target, bytes($request->{body}), map { bytes($_) } %{ $request->{headers} });
}

# By header: some senders want another text than our JSON as answer.
sub verdict ($answer) { return $answer->{headers}{'x-verdict'} }

sub with_other_text ($sender, $request) {
    my ($from, $to) = @{ $sender->{tamper} };
    my $changed = { %$request, body => $request->{body} =~ s/\Q$from\E/$to/r };
    $changed->{body} ne $request->{body} or die "$sender->{name}: nothing to tamper with";
    return $changed;
}

my @questions;

sub ask ($sender, $request, $valid, $what) {
    push @questions,
        { sender => $sender->{name}, request => $request, valid => $valid,
        what => "$sender->{name}: $sender->{sdk} on $what" }
        if $sender->{judges};
}

sub check_genuine ($sender, $request, $who) {
    my $name = "$sender->{name}: signed by $who";
    my $answer = send_request($request);
    is verdict($answer), 'accepted', "$name: accepted" or diag "$answer->{status} $answer->{body}";
    my $stream_id = $answer->{headers}{'x-stream-id'} or return;
    my ($entry) = $t->redis->entries('webhook:{sdk:0}:events', $stream_id, $stream_id);
    is $entry->{id}, $request->{id}, "$name: id";
    is $entry->{type}, $request->{type} // 'webhook', "$name: type";
    is $entry->{data}, bytes($request->{body}), "$name: body";
    is verdict(send_request($request)), 'duplicate', "$name: sent again";
    ask($sender, $request, 1, "what $who signed");
}

sub check_refused ($sender, $request, $what) {
    my $answer = send_request($request);
    ok $answer->{status} == 401 || $answer->{status} == 400, "$sender->{name}: $what: refused"
        or diag "$answer->{status} $answer->{body}";
    ask($sender, $request, 0, $what);
}

# The request with the header lines that webhookctl prints.
sub signed_by_ctl ($sender, $secret) {
    my $request = $sender->{unsigned};
    my $key = $t->write('keys/signing', bytes($secret) . "\n");
    my $result = $t->ctl(
        { stdin => bytes($request->{body}) }, 'sign', '--json', '--scheme', $sender->{scheme}, '--secret',
        "file:$key",
        '--url', $request->{url}, '--id', $request->{id},
        $request->{type} ? ('--type', bytes($request->{type})) : ()
    );
    is $result->{exit}, 0, "$sender->{name}: webhookctl sign" or diag $result->{err};
    my $signed = $json->decode($result->{out});
    my %headers = (%{ $request->{headers} }, %{ $signed->{headers} });
    return { %$request, headers => \%headers, url => $signed->{url} || $request->{url}, time => time * 1000 };
}

for my $sender (@senders) {
    my $signer = $sender->{signer};
    if (my $request = $sender->{genuine}) {
        check_genuine($sender, $request, $signer);
        check_refused($sender, with_other_text($sender, $request), "another body, signed by $signer");
    }
    check_refused($sender, $sender->{forged}, "signed by $signer with another secret") if $sender->{forged};
    if ($sender->{ctl}) {
        my $request = signed_by_ctl($sender, $sender->{signing} // $sender->{secret});
        check_genuine($sender, $request, 'webhookctl');
        check_refused($sender, with_other_text($sender, $request), 'another body, signed by webhookctl');
        check_refused($sender, signed_by_ctl($sender, $sender->{wrong}),
            'signed by webhookctl with another secret')
            if $sender->{wrong};
    }
    my $unsigned = send_request($sender->{unsigned});
    is verdict($unsigned), 'unsigned', "$sender->{name}: not signed"
        or diag "$unsigned->{status} $unsigned->{body}";
}

# --- what the worker sends: all styles in one request; the same with older keys beside the new ones
my @styles = grep { $_->{name} =~ /^(?:github|shopify|slack|standardwebhooks|stripe|svix)$/ } @senders;
is scalar @styles, 6, 'styles of the worker';

sub secret_file ($name, $text) {
    $t->write("secrets/$name", bytes($text) . "\n");
    return "secret:$name";
}

sub style ($sender, $rotated) {
    my $new = secret_file($sender->{name}, $sender->{secret});
    return { scheme => $sender->{scheme}, secrets => [$new] } if !$rotated;
    my $is_standard = $sender->{name} =~ /^(?:standardwebhooks|svix)$/;
    my $old = secret_file("$sender->{name}-old",
        $is_standard ? 'whsec_YW5vdGhlciBrZXkgb2YgMjQgYnl0ZXM' : 'another k3y');
    my $list = $sender->{name} =~ /^(?:standardwebhooks|stripe|svix)$/;
    return {
        scheme => $sender->{scheme},
        secrets => [
            { secret => $old, until => '2001-01-01T00:00:00Z' },
            $list ? { secret => $old, until => '2999-01-01T00:00:00Z' } : (),
            { secret => $new, from => '2001-01-01T00:00:00Z' }
        ]
    };
}

sub styled_endpoint ($id, $rotated) {
    my %ed25519 = (
        scheme => 'standard-ed25519',
        secrets => [ secret_file('ed25519', slurp("$keys/ed25519.pem")) ]
    );
    return {
        id => $id, url => $t->receiver->url("/$id"), match => { source => ['stripe'] },
        sign => [ \%ed25519, map { style($_, $rotated) } @styles ],
        headers => { 'X-Shopify-Shop-Domain' => 'shop.myshopify.com', 'X-Shopify-API-Version' => '2024-01',
            'X-Shopify-Topic' => 'orders/create' }
    };
}

$t->start_receiver;
$t->apply(styled_endpoint('styles', 0), styled_endpoint('rotated', 1));
$t->start_worker;
my $v1 = qr{v1,[A-Za-z0-9+/]{43}=};
for my $id (qw(styles rotated)) {
    my ($request) = $t->receiver->wait_requests(1, "/$id");
    my $expected = $id eq 'styles' ? $v1 : qr{$v1 $v1};
    like $request->{headers}{'webhook-signature'}, qr{^$expected v1a,[A-Za-z0-9+/]{86}==$},
        "$id: one header for v1 and v1a";
    my $body = $request->{body};
    utf8::decode($body);
    my %sent = (headers => $request->{headers}, url => 'https://hooks.example.com/',
        time => 1000 * $request->{headers}{'webhook-timestamp'});
    for my $sender (@styles) {
        ask($sender, { %sent, body => $body }, 1, "what the worker sent ($id)");
        ask($sender, { %sent, body => "$body " }, 0, "another body than the worker sent ($id)");
    }
}
$t->wait_settled;

# --- what the packages say of the same requests
my $opinions =
    node('judge', $json->encode([ map { { sender => $_->{sender}, request => $_->{request} } } @questions ]));
for my $i (0 .. $#questions) {
    my ($question, $opinion) = ($questions[$i], $opinions->[$i]);
    is !!$opinion->{valid}, !!$question->{valid},
        "$question->{what}: " . ($question->{valid} ? 'genuine' : 'forged')
        or diag $opinion->{error} // 'no reason given';
}

diag scalar(keys %packages)
    . ' packages, '
    . @senders
    . ' senders, '
    . @questions
    . ' requests judged by both sides';
done_testing;
