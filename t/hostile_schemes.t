#!/usr/bin/perl

# Every scheme of the catalogue, with hostile values in each place that it reads: no signature that was not
# made with the key gets anything in, no nginx worker dies, no memory is lost. (Other hostile requests:
# hostile.t.)

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use MIME::Base64 qw(encode_base64);
use Test::Webhook;

my $t = Test::Webhook->new;
$t->start_redis;

# --- a key that each scheme takes: of these the first
sub public_key (@options) {
    my $private = $t->file('private.pem');
    my $made = $t->run([ 'openssl', 'genpkey', @options, '-out', $private ]);
    return $t->run([ 'openssl', 'pkey', '-in', $private, '-pubout' ])->{out};
}
my $ed25519 = public_key('-algorithm', 'ED25519');
my $p256 = public_key('-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256');
my $rsa = public_key('-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048');
my $raw = substr MIME::Base64::decode_base64($ed25519 =~ s/-----.*//gr), -32;
my $certificate = $t->run(
    [
        'openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=test', '-days', '2',
        '-keyout', $t->file('private.pem')
    ]
)->{out};
my @keys = (
    'whsec_' . encode_base64('0123456789abcdef0123456789abcdef', ''),
    unpack('H*', '0123456789abcdef0123456789abcdef'), encode_base64('0123456789abcdef0123456789abcdef', ''),
    'user:password',
    unpack('H*', $raw), encode_base64($raw, ''), $ed25519, $p256, $rsa, $certificate,
    ($p256 =~ s/-----.*-----|\n//gr), ($rsa =~ s/-----.*-----|\n//gr),
);
my @key_files = map { $t->write("keys/$_", "$keys[$_]\n") } 0 .. $#keys;

sub params ($scheme) {
    my %names = map { $_ => 1 } $scheme->{text} =~ /config:(\w+)/g;
    return sort keys %names;
}

sub key_of ($scheme) {
    my @params = map { ('--param', "$_=0123456789") } params($scheme);
    for my $file (@key_files) {
        return $file
            if $t->ctl({ stdin => '{}' }, 'verify', '--scheme', $scheme->{name}, '--secret', "file:$file",
            '--url', 'https://h.example/', @params)->{exit} != 2;
    }
    return;
}

my @schemes = grep { $_->{name} ne 'none' } map { from_json($_) } split /\n/,
    $t->ctl('schemes', '--json')->{out};
$_->{key} = key_of($_) for @schemes;
is_deeply [ map { $_->{name} } grep { !$_->{key} } @schemes ], [], 'a key for every scheme';
@schemes = grep { $_->{key} } @schemes;
# The key of a scheme that answers HMACs may serve no other.
$_->{key} = $t->write("keys/$_->{name}", "a key of $_->{name} alone\n")
    for grep { $_->{text} =~ /\|hmac/ } @schemes;

sub location ($scheme) {
    my $params = join ' ', map { "webhook_param $_ 0123456789;" } params($scheme);
    return
        qq(location = /$scheme->{name} { webhook $scheme->{name}; webhook_secret "file:$scheme->{key}"; )
        . "$params webhook_stream hooks; }\n";
}

my $locations = join '', map { location($_) } @schemes;
my $nginx = $t->start_nginx(<<"EOT");
%%GLOBALS%%
events { }
http {
    %%HTTP%%
    keepalive_requests 1000000;
    large_client_header_buffers 4 128k;
    webhook_redis %%REDIS%%;
    server {
        webhook_url https://hooks.example.com;
        listen 127.0.0.1:%%PORT%%;
        $locations
    }
}
EOT

# --- what a scheme reads: headers, parameters, fields, places in JSON
sub places ($scheme) {
    my %seen;
    my $text = join "\n",
        grep { /^\s*(?:signature|timestamp|digest|message|id|type|tenant|batch)\b/ } split /\n/,
        $scheme->{text};
    return
        grep { !$seen{"@$_"}++ }
        map { [ split /:/, $_, 2 ] } $text =~ m{\b((?:header|query|form|json):[\w./~-]+)}g;
}

my $now = time;
my @values = (
    '', ' ', ',', ';', '=', '.', 't=', 'v1=', "t=$now,v1=", "t=$now,v1=" . '0' x 64,
    't=9223372036854775807,v1=00', 't=-9223372036854775808,v1=00', 'v1,', 'v1,AAAA', 'sha256=', 'sha256=zz',
    '9223372036854775807', '-9223372036854775808', '18446744073709551616', '1e400', '2026-01-01T00:00:00Z',
    '9999-99-99T99:99:99.9999999999999999999Z', '0000-00-00T00:00:00Z',
    '=' x 100, 'A' x 43 . '=', '%00', '%', '{}', '"', '\\', "\xff\xfe", "\xed\xa0\x80", "\x7f",
    'a' x 100_000, 'v1=,' x 20_000, '0' x 64, 'A' x 88, 'eyJhbGciOiJub25lIn0.e30.', 'eyJhbGciOiJub25lIn0..',
    '..', '.' x 1000, 'Bearer', 'Bearer ', 'Basic', 'Basic =', 'Basic ' . encode_base64('a' x 3000, ''),
    'HMAC ',
);
my @json = (
    'null', 'true', '[]', '{}', '1e400', '-0', '""', '"\u0000"', '"\ud800"', '"' . 'x' x 100_000 . '"',
    '[' x 50_000, '9' x 50_000, '"' . "\xff" . '"', '"0000"', '18446744073709551616',
);
my @bodies =
    ('', '{', '[]', '[[]]', 'null', '{"a":' x 10_000, '[' x 500_000, "\0" x 100, "\xef\xbb\xbf{}",
    '&' x 10_000, '=&=', '%', '{"notificationItems":[]}', '{"notificationItems":[' . '{},' x 5000 . '{}]}',
    '{"value":[]}');

# JSON with a text at a pointer: at_pointer('/a/0/b', '1') is {"a":[{"b":1}]}
sub at_pointer ($pointer, $text) {
    my (undef, @parts) = split m{/}, $pointer;
    $text = /^\d+$/ ? '[' . 'null,' x $_ . $text . ']' : qq({"$_":$text}) for reverse @parts;
    return $text;
}

sub escaped ($text) { return $text =~ s/([^A-Za-z0-9_.-])/sprintf '%%%02X', ord $1/ger }

# A request in which a place holds a value, twice if so wanted.
sub request_text ($scheme, $kind, $name, $value, $times) {
    my (@headers, $query, $body);
    if ($kind eq 'header') { @headers = ($name => $value) x $times }
    elsif ($kind eq 'query') { $query = join '&', ("$name=" . escaped(substr $value, 0, 30_000)) x $times }
    elsif ($kind eq 'form') {
        $body = join '&', ("$name=" . escaped($value)) x $times;
        @headers = ('Content-Type' => 'application/x-www-form-urlencoded');
    }
    else { $body = at_pointer($name, $value) }
    return text($scheme, $query, \@headers, $body);
}

sub text ($scheme, $query, $headers, $body) {
    my $method = !defined $body && $scheme->{methods} =~ /GET/ ? 'GET' : 'POST';
    my $path = "/$scheme->{name}" . ($query ? "?$query" : '');
    return $t->build(method => $method, path => $path, headers => $headers,
        $method eq 'POST' ? (body => $body // '{}') : ());
}

sub hostile_requests ($scheme) {
    my @texts = map { text($scheme, undef, [ 'Content-Type' => $_->[0] ], $_->[1]) } map {
        my $body = $_;
        map { [ $_, $body ] } qw(application/json application/x-www-form-urlencoded)
    } @bodies;
    my @places = places($scheme);
    for my $place (@places) {
        my ($kind, $name) = @$place;
        for my $value ($kind eq 'json' ? @json : @values) {
            push @texts, request_text($scheme, $kind, $name, $value, $_) for $kind eq 'json' ? 1 : (1, 2);
        }
    }
    # All headers at once, so that what comes after a missing one is reached too.
    my @headers = map { $_->[1] } grep { $_->[0] eq 'header' } @places;
    push @texts, map {
        my $value = $_;
        text($scheme, undef, [ map { ($_ => substr $value, 0, 20_000) } @headers ], '{}')
    } @values;
    return @texts;
}

# Answers in order; nginx closes after some of them.
sub answers (@texts) {
    my @answers;
    my $client;
    for my $text (@texts) {
        $client //= $t->connect;
        $client->send($text);
        my $answer = $client->response;
        push @answers, $answer // { status => 0, body => '' };
        next if $answer && ($answer->{headers}{connection} // '') ne 'close';
        $client->close;
        undef $client;
    }
    return @answers;
}

my @workers = $nginx->workers;
my ($count, %memory) = 0;
sub memory () { return slurp("/proc/$workers[0]/status") =~ /^VmRSS:\s+(\d+)/m ? $1 : 0 }
for my $scheme (@schemes) {
    my @texts = hostile_requests($scheme);
    my @answers = answers(@texts);
    my @wrong = grep {
        my $answer = $answers[$_];
        $answer->{status} !~ /^4/
            && $answer->{body} !~ /"verdict":"challenge"|^\{"smartsheetHookResponse":"[\w-]+"\}$/
    } 0 .. $#texts;
    is @wrong, 0, "$scheme->{name}: " . @texts . ' hostile requests are refused'
        or diag map { "$answers[$_]{status} $answers[$_]{body} to\n" . substr($texts[$_], 0, 300) . "\n" }
        @wrong[ 0 .. ($#wrong < 3 ? $#wrong : 3) ];
    is scalar(my @entries = $t->events('hooks')), 0, "$scheme->{name}: nothing is stored" or last;
    $count += @texts;
}
if (!$ENV{TEST_VALGRIND}) {
    my @again = map { hostile_requests($_) } @schemes[ 0 .. 19 ];
    answers(@again);
    my $before = memory();
    answers(@again) for 1 .. 2;
    cmp_ok memory() - $before, '<', 2000,
        'memory after the same again: the same, to 2 MB (' . (memory() - $before) . ' kB)';
}
is_deeply [ $nginx->workers ], \@workers, 'no nginx worker died';
diag "$count hostile requests to " . @schemes . ' schemes';

done_testing;
