#!/usr/bin/perl

# Schemes of one's own: whatever the catalogue says, a webhook_scheme block can say, with the same judgement
# of every vector; each mistake is named with its line.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use JSON::PP;
use MIME::Base64 qw(decode_base64);
use Test::Webhook;

my $t = Test::Webhook->new;
sub bytes ($text) { utf8::encode(my $copy = $text); return $copy }
sub quoted ($text) { return '"' . ($text =~ s/(["\\])/\\$1/gr) . '"' }

# --- every scheme of the catalogue as a block
my %text = map { $_->{name} => $_->{text} } map { decode_json($_) } split /\n/,
    $t->ctl('schemes', '--json')->{out};
delete $text{none};
cmp_ok scalar keys %text, '>=', 80, 'schemes to define again: ' . keys %text;
$t->write('schemes.conf', join '',
    map { "webhook_scheme own-$_ {\n" . bytes($text{$_}) . "}\n" } sort keys %text);

my @vectors = grep { !$_->{policy} && $text{ $_->{scheme} } }
    map { @{ decode_json(slurp($_)) } } glob "'$FindBin::Bin/vectors/'*.json";
my (%host, %servers);

# A challenge of these is answered with an HMAC, so that no other scheme may have their key beside them: they
# get an nginx each.
my %alone = map { $_ => 1 } grep { $text{$_} =~ /\|hmac/ } keys %text;
is_deeply [ sort keys %alone ], [qw(braintree linkedin smartcar x zoom)], 'schemes that answer HMACs';

# The port of a scheme as it is built in ('') or defined again ('own'); '_' is that of all others.
sub port_of ($scheme, $own) { return join '', '_', $own, $alone{$scheme} ? $scheme : () }

sub server_of ($vector) {
    my ($origin) = $vector->{url} =~ m{^(https?://[^/?]+)};
    my $key = JSON::PP->new->canonical->encode([ @{$vector}{qw(scheme secret config)}, $origin ]);
    return $host{$key} if $host{$key};
    my $name = 'v' . keys(%host) . '.test';
    my $secret = $t->write("keys/$name", bytes($vector->{secret}) . "\n");
    my $params = join '', map {
        "webhook_param $_ "
            . quoted($t->write("keys/$name.$_", bytes($vector->{config}{$_})) =~ s/^/file:/r) . ";\n"
        }
        sort keys %{ $vector->{config} };
    for ([ '', $vector->{scheme} ], [ 'own', "own-$vector->{scheme}" ]) {
        my ($port, $scheme) = @$_;
        # Nothing is stored: genuine events are of no wanted type.
        my $at = port_of($vector->{scheme}, $port);
        push @{ $servers{$at} },
            sprintf <<'EOS', $at eq '_' ? '' : $at, $name, $scheme, quoted("file:$secret"), $params, $origin;
    server {
        listen 127.0.0.1:%%%%PORT%s%%%%;
        server_name %s;
        location / {
            webhook %s;
            webhook_source same;
            webhook_dedup off;
            webhook_secret %s;
            %s
            webhook_url %s;
            webhook_accept_types nothing-of-the-kind;
            webhook_stream vectors;
            add_header X-Judged $judged always;
        }
    }
EOS
    }
    return $host{$key} = $name;
}
server_of($_) for @vectors;

my $judged = join '|', map { "\$webhook_$_" } qw(verdict reason id type timestamp request_uri);
sub start ($name, @servers) {
    $t->start_nginx(<<"EOT", ready => 0, name => $name);    # the blocks stand behind their use
%%GLOBALS%%
events { }
http {
    %%HTTP%%
    server_names_hash_max_size 8192;
    underscores_in_headers on;
    webhook_redis redis://127.0.0.1:1;
    map '' \$judged {
        default "$judged";
    }
@servers
    include %%DIR%%/schemes.conf;
}
EOT
}

my $clock = $t->clock(1_760_000_000);
$clock->preload(sub {
    start('nginx', @{ $servers{_} }, @{ $servers{_own} });
    start("nginx$_", @{ $servers{$_} }) for grep { !/^_(own)?$/ } sort keys %servers;
});

sub judge ($vector, $port) {
    my $body = $vector->{body_encoding} eq 'base64' ? decode_base64($vector->{body}) : bytes($vector->{body});
    my @headers = map { bytes($_) } %{ $vector->{headers} };
    my ($target) = bytes($vector->{url}) =~ m{^https?://[^/?]+(.*)};
    $target = "/$target" if $target !~ m{^/};
    $clock->set($vector->{clock});
    my $has_body = length $body || $vector->{method} eq 'POST';
    my $answer = $t->request(method => $vector->{method}, path => $target, port => $port,
        headers => [ Host => server_of($vector), @headers ], $has_body ? (body => $body) : ());
    # What the operator is told holds the scheme's name, and its id is a hash of that.
    my $judged = ($answer->{headers}{'x-judged'} // '') =~ s/\|[0-9a-f]{64}(?=\|challenge\|)/|HASH/r;
    return join "\n", $answer->{status}, $judged, $answer->{headers}{'www-authenticate'} // '',
        $answer->{body};
}

my (%kinds, $different);
for my $vector (@vectors) {
    my ($built_in, $own) =
        map { judge($vector, $t->port(port_of($vector->{scheme}, $_) =~ s/^_$/nginx/r =~ s/^_//r)) } '',
        'own';
    $kinds{ (split /[\n|]/, $built_in)[1] }++;
    next if $own eq $built_in;
    $different++;
    is $own, $built_in, bytes("$vector->{scheme} $vector->{note}");
}
ok !$different, 'all ' . @vectors . ' vectors: the same verdict, reason, id, type, timestamp and masked URI';
diag 'verdicts: ' . join ', ', map { "$_ $kinds{$_}" } sort keys %kinds;
ok $kinds{$_}, "some were $_" for qw(ignored forged stale unsigned);

# --- mistakes
sub config ($block, $rest = '') {
    return "%%GLOBALS%%\nevents { }\nhttp { %%HTTP%%\n#here\n$block\n$rest\n}\n";
}
my $before = () = (config('') =~ s/%%(?:GLOBALS|HTTP)%%/$t->expand($&)/ger =~ s/#here.*//sr) =~ /\n/g;
my $first = $before + 2;
my $use =
    'server { listen 127.0.0.1:%%PORT%%; location / { webhook acme; webhook_secret s; webhook_stream x; } }';
my $hmac = "algorithm hmac-sha256;\nsignature header:x-sig encoding=hex;";
my @wrong = (
# line within the block (0: the first), the block, the message
    [
        1, "webhook_scheme acme {\nalgoritm hmac-sha256;\n}",
        qr/"webhook_scheme acme": unknown directive "algoritm"/
    ],
    [
        2, "webhook_scheme acme {\nalgorithm hmac-sha256;\nsignature header:x-sig;\n}",
        qr/"signature" lacks "encoding="/
    ],
    [
        2, "webhook_scheme acme {\nalgorithm hmac-sha256;\nsignature header:x-sig skip=1 encoding=hex;\n}",
        qr/"skip=" without "split=" leaves nothing/
    ],
    [
        3, "webhook_scheme acme {\n$hmac\nmessage \"{claim:sub}{body}\";\n}",
        qr/\{claim:sub\} is of tokens only/
    ],
    [ 3, "webhook_scheme acme {\n$hmac\nid json:type;\n}", qr/"json:type"/ ],
    [
        3, "webhook_scheme acme {\n$hmac\nmessage \"{method}\";\nunsigned_body;\nunsigned_id;\n}",
        qr/no part of the message differs by event/
    ],
    [
        3,
        "webhook_scheme acme {\n$hmac\nmessage \"{header:Host}{method}\";\nunsigned_body;\nunsigned_id;\n}",
        qr/no part of the message differs by event/
    ],
    [
        3, "webhook_scheme acme {\n$hmac\nmessage \"[{query:id}]\";\nunsigned_body;\nunsigned_id;\n}",
        qr/stands in brackets, which may be left out/
    ],
    [
        3, "webhook_scheme acme {\n$hmac\nmessage \"{header:x-id|crc32}\";\nunsigned_body;\n}",
        qr/a CRC-32 is no hash/
    ],
    [
        4, "webhook_scheme acme {\n$hmac\nmessage \"{header:x-id}\";\nid json:/id;\nunsigned_body;\n}",
        qr/the id is not signed, nor is the body/
    ],
    [
        3,
        "webhook_scheme acme {\nalgorithm hmac-sha256;\nsignature query:sig encoding=hex;\n"
            . "message \"{query|before:sig=}\";\nid query:id;\npostback;\n}",
        qr/what \{query\|before:sig=\} leaves out is not signed/
    ],
    [
        3, "webhook_scheme acme {\n$hmac\nchallenge has=header:Host body=x;\n}",
        qr/every event would be this challenge/
    ],
    [
        3,
        "webhook_scheme acme {\n$hmac\nchallenge method=GET has=query:c \"match=query:c=[ -~]{1,9}\" \"body={query:c|hmac}\";\n}",
        qr/a signed message could look like "match=query:c=/
    ],
    [
        1, "webhook_scheme acme {\nalgorithm hmac-sha-256;\n}",
        qr/invalid algorithm "hmac-sha-256", did you mean "hmac-sha256"\?/
    ],
    [ 1, "\n" . ($use =~ s/acme/strpe/r), qr/unknown webhook scheme "strpe", did you mean "stripe"\?/ ],
    [ 3, "webhook_scheme acme {\n$hmac\nmessage \"text\";\n}", qr/the message holds nothing of the request/ ],
    [
        3, "webhook_scheme acme {\n$hmac\nmessage \"{header:x-id}\";\n}",
        qr/the body is not signed: add \{body\} or "unsigned_body"/
    ],
    [
        2,
        "webhook_scheme acme {\nalgorithm hmac-sha256;\ntimestamp header:x-ts unit=s;\nsignature header:x-sig encoding=hex;\n}",
        qr/the timestamp is not signed/
    ],
    [ 1, "webhook_scheme acme {\nalgorithm rot13;\n}", qr/invalid algorithm "rot13"/ ],
    [
        1, "webhook_scheme acme {\nalgorithm none;\n}",
        qr/"algorithm none" verifies nothing: use the built-in scheme "none"/
    ],
    [ 2, "webhook_scheme acme {\nalgorithm token;\nalgorithm token;\n}", qr/"algorithm" is duplicate/ ],
    [ 0, "webhook_scheme acme {\nsignature header:x-sig;\n}", qr/"algorithm" is missing/ ],
    [
        0, "webhook_scheme stripe {\nalgorithm token;\nsignature header:x;\n}",
        qr/"stripe" is the name of a built-in scheme/
    ],
    [ 0, "webhook_scheme off {\nalgorithm token;\nsignature header:x;\n}", qr/invalid scheme name "off"/ ],
    [ 0, "webhook_scheme 'a b' {\nalgorithm token;\nsignature header:x;\n}", qr/invalid scheme name "a b"/ ],
    [
        1,
        "webhook_scheme acme { algorithm token; signature header:x; }\nwebhook_scheme acme {\nalgorithm token;\n}",
        qr/duplicate scheme "acme"/
    ],
    [ 1, "webhook_scheme acme {\nalgorithm {\n}", qr/unexpected "\{"/ ],
    [ 0, 'webhook_scheme a b { }', qr/invalid number of arguments in "webhook_scheme" directive/ ],
    [ 0, 'webhook_scheme acme;', qr/directive "webhook_scheme" has no opening "\{"/ ],
    [ 1, "\n$use", qr/unknown webhook scheme "acme"/ ],
    [
        1,
        "webhook_scheme acme { $hmac key base64; }" =~
            s/\n/ /gr . "\n" . ($use =~ s/webhook_secret s/webhook_secret "===="/r), qr/"webhook acme": /
    ],
    [
        1,
        "webhook_scheme acme { $hmac key whsec; }" =~
            s/\n/ /gr . "\n" . ($use =~ s/webhook_secret s/webhook_secret whsec_/r),
        qr/"webhook acme": .*empty/
    ],
    [ 1, "server {\nwebhook_scheme acme { }\n}", qr/"webhook_scheme" directive is not allowed here/ ],
);
for (@wrong) {
    my ($line, $block, $message) = @$_;
    my ($exit, $output) = $t->nginx_test(config($block));
    my $at = $first + $line;
    is $exit, 1, 'refused: ' . $block =~ s/\n/ /gr;
    like $output, $message, 'with its reason';
    like $output, qr/ in .+nginx\.conf:$at$/m, "and line $at";
}

my $including = config("webhook_scheme acme {\nalgorithm hmac-sha256;\ninclude %%DIR%%/words.conf;\n}", $use);
$t->write('words.conf', "signature header:x-sig encoding=hex;\nid header:x-id json:/id;\n");
my ($exit, $output) = $t->nginx_test($including);
is $exit, 0, 'a part of a block may be included' or diag $output;
$t->write('words.conf', "signature header:x-sig\nencoding=hux;\n");
($exit, $output) = $t->nginx_test($including);
is $exit, 1, 'with a mistake it may not';
like $output, qr/invalid encoding "encoding=hux", did you mean "hex"\? in .*words\.conf:2$/m,
    'which is named there';

done_testing;
