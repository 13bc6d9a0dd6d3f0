#!/usr/bin/perl

# Every signature vector of a scheme we have, through nginx, sent byte for byte as it stands in its file of
# t/vectors: nginx' clock is set to the vector's (t/lib/clock.c), so nothing has to be signed again by code of
# ours.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use JSON::PP;
use MIME::Base64 qw(decode_base64);
use Test::Webhook;

my $t = Test::Webhook->new;
$t->start_redis;
my $redis = $t->redis;

my %known = map { (split ' ')[0] => 1 } split /\n/, $t->ctl('schemes')->{out};
ok $known{$_}, "webhookctl schemes has $_"
    for qw(stripe github slack shopify standard twilio-json postback-md5 publish);
my @all = map { @{ decode_json(slurp($_)) } } glob "'$FindBin::Bin/vectors/'*.json";
my @vectors = grep { !$_->{policy} && ($_->{kind} // '') ne 'challenge' && $known{ $_->{scheme} } } @all;
cmp_ok scalar @vectors, '>=', 600, 'vectors of schemes that are known: ' . @vectors . ' of ' . @all;

# --- one server per scheme, secret, parameters and origin; the secret in a file, where every byte is itself
my (%host, %servers);

# A challenge of these is answered with an HMAC, so that no other scheme may have their key beside them: they
# get an nginx each.
my %alone = map { $_->{name} => 1 } grep { $_->{text} =~ /\|hmac/ } map { from_json($_) } split /\n/,
    $t->ctl('schemes', '--json')->{out};
sub nginx_of ($scheme) { return $alone{$scheme} ? $scheme : 'nginx' }
sub bytes ($text) { utf8::encode(my $copy = $text); return $copy }
sub quoted ($text) { return '"' . ($text =~ s/(["\\])/\\$1/gr) . '"' }

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
    my $nginx = nginx_of($vector->{scheme});
    my $port = $alone{ $vector->{scheme} } ? "_$nginx" : '';
    my @place = ($port, $name, $vector->{scheme}, quoted("file:$secret"));
    push @{ $servers{$nginx} }, sprintf <<'EOT', @place, $params, $origin;
    server {
        listen 127.0.0.1:%%%%PORT%s%%%%;
        server_name %s;
        location / {
            webhook %s;
            webhook_secret %s;
            %s
            webhook_url %s;
            webhook_stream vectors partitions=1;
            add_header X-Verdict $webhook_verdict always;
            add_header X-Event-Id $webhook_id always;
            add_header X-Stream-Id $webhook_stream_id always;
        }
    }
EOT
    return $host{$key} = $name;
}

my @challenges = grep { ($_->{kind} // '') eq 'challenge' && $known{ $_->{scheme} } } @all;
server_of($_) for @vectors, @challenges;

# --- nginx with a clock of ours
sub start ($name, @servers) {
    $t->start_nginx(<<"EOT", name => $name);
%%GLOBALS%%
events { }
http {
    %%HTTP%%
    server_names_hash_max_size 4096;
    underscores_in_headers on;
    webhook_redis %%REDIS%%;
    webhook_dedup off;
@servers
}
EOT
}

my $clock = $t->clock(1_760_000_000);
$clock->preload(sub { start($_, @{ $servers{$_} }) for sort keys %servers });

# --- the vectors
sub send_vector ($vector) {
    my $body = $vector->{body_encoding} eq 'base64' ? decode_base64($vector->{body}) : bytes($vector->{body});
    my @headers = map { bytes($_) } %{ $vector->{headers} };
    my ($target) = bytes($vector->{url}) =~ m{^https?://[^/?]+(.*)};
    $target = "/$target" if $target !~ m{^/};
    $clock->set($vector->{clock});
    my $has_body = length $body || $vector->{method} eq 'POST';
    return $t->request(
        method => $vector->{method}, path => $target, port => $t->port(nginx_of($vector->{scheme})),
        headers => [ Host => server_of($vector), @headers ],
        $has_body ? (body => $body) : ()
    ), $body;
}

# SNS' confirmation is no event of the topic: the operator is told.
sub check_told ($name, $answer) {
    is $answer->{status}, 200, "$name: answered" or return diag $answer->{body};
    is $answer->{headers}{'x-verdict'}, 'challenge', "$name: verdict";
    my $stream_id = $answer->{headers}{'x-stream-id'};
    my ($entry) = $redis->entries('webhook:{vectors:0}:events', $stream_id, $stream_id);
    is "$entry->{source} $entry->{type}", 'webhook challenge', "$name: reported to the operator";
}

sub check_accepted ($name, $vector, $answer, $body) {
    return check_told($name, $answer) if "$vector->{scheme} $vector->{note}" eq 'aws-sns subscription';
    like $answer->{status}, qr/^20[024]$/, "$name: accepted" or return diag $answer->{body};
    is $answer->{verdict}, 'accepted', "$name: verdict";
# A sender that wants an answer of its own reads no id in it.
    is bytes($answer->{json}{id} // $answer->{headers}{'x-event-id'}), bytes($vector->{expect_id}),
        "$name: id"
        if defined $vector->{expect_id};
    my $stream_id = $answer->{headers}{'x-stream-id'};
    my ($entry) = $redis->entries('webhook:{vectors:0}:events', $stream_id, $stream_id);
    is $entry->{data} // '', $body, "$name: stored byte for byte";
    is $entry->{type}, bytes($vector->{expect_type}), "$name: type" if defined $vector->{expect_type};
}

my (%count, $stored);
for my $vector (@vectors) {
    my $name = bytes("$vector->{scheme} $vector->{note} ($vector->{why})");
    my ($answer, $body) = send_vector($vector);
    $count{ $vector->{expect} }++;
    if ($vector->{expect} eq 'accept') {
        check_accepted($name, $vector, $answer, $body);
        $stored++;
    } else {
        ok $answer->{status} == 401 || $answer->{status} == 400, "$name: refused"
            or diag "status $answer->{status} $answer->{body}";
    }
}
is $redis->xlen('webhook:{vectors:0}:events'), $stored, 'exactly the genuine ones are stored';
diag "vectors: $count{accept} accepted, $count{reject} refused";

# --- challenges: answered as each sender wants it
cmp_ok scalar @challenges, '>=', 14, 'challenges: ' . @challenges;
for my $vector (@challenges) {
    my ($answer) = send_vector($vector);
    my ($name, $wanted) = (bytes("$vector->{scheme} challenge ($vector->{why})"), $vector->{expect_response});
    is "$answer->{status} $answer->{headers}{'x-verdict'}", "$wanted->{status} challenge", $name
        or diag $answer->{body};
    is $answer->{body}, bytes($wanted->{body}), "$name: answer";
    is $answer->{headers}{'content-type'}, $wanted->{type}, "$name: type" if length $wanted->{body};
}

done_testing;
