#!/usr/bin/perl

# A captured request of every sender, sent again with each part changed that is not signed: it is refused, or
# recognised as a copy. What an id that is not signed cannot stop, by=body does.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use JSON::PP;
use MIME::Base64 qw(decode_base64);
use Test::Webhook;

my $t = Test::Webhook->new;
$t->start_redis;

sub bytes ($text) { utf8::encode(my $copy = $text); return $copy }
sub quoted ($text) { return '"' . ($text =~ s/(["\\])/\\$1/gr) . '"' }

my %scheme = map { $_->{name} => $_ } map { from_json($_) } split /\n/, $t->ctl('schemes', '--json')->{out};

# Who saw a request of these has seen the credential, too; of those that sign parts only the rest is anybody's
# (docs/security-model.md).
sub is_of_use ($scheme) {
    my $text = $scheme->{text};
    return
           $text !~ /^\s*algorithm (?:token|basic|none)/m
        && !$scheme->{identity}{repeats}
        && (!$scheme->{unsigned_body} || $text =~ /^\s*content signed/m);
}

# One genuine request of each scheme; challenges that answer HMACs want their key for themselves.
my (%vector, @servers);
for my $vector (map { @{ decode_json(slurp($_)) } } sort glob "'$FindBin::Bin/vectors/'*.json") {
    my $scheme = $scheme{ $vector->{scheme} } // next;
    next
        if $vector->{policy}
        || $vector->{expect} ne 'accept'
        || ($vector->{kind} // '') eq 'challenge'
        || !is_of_use($scheme)
        || $scheme->{alias_of};
    next
        if $scheme->{text} =~ /\|hmac/
        || $vector->{note} =~ /subscription|challenge|ping/
        || $vector->{clock} != 1_760_000_000 && $vector->{headers};
    $vector{ $vector->{scheme} } //= $vector;
}
for my $name (sort keys %vector) {
    my $vector = $vector{$name};
    my ($origin) = $vector->{url} =~ m{^(https?://[^/?]+)};
    my $secret = $t->write("keys/$name", bytes($vector->{secret}) . "\n");
    my $params = join ' ', map {
        "webhook_param $_ "
            . quoted($t->write("keys/$name.$_", bytes($vector->{config}{$_})) =~ s/^/file:/r) . ';'
    } sort keys %{ $vector->{config} };
    for ([ '', '' ], [ 'body-', 'webhook_dedup 4d by=body;' ]) {
        my ($prefix, $dedup) = @$_;
        push @servers, <<"EOT";
    server {
        listen 127.0.0.1:%%PORT%%;
        server_name $prefix$name.test;
        location / {
            webhook $name;
            webhook_secret @{[ quoted("file:$secret") ]};
            $params
            webhook_url $origin;
            webhook_source $prefix$name;
            webhook_stream replay partitions=8;
            $dedup
            add_header X-Verdict \$webhook_verdict always;
        }
    }
EOT
    }
}
my $clock = $t->clock(1_760_000_000);
$clock->preload(sub { $t->start_nginx(<<"EOT") });
%%GLOBALS%%
events { }
http {
    %%HTTP%%
    server_names_hash_max_size 8192;
    underscores_in_headers on;
    webhook_redis %%REDIS%%;
@servers
}
EOT

sub verdict ($vector, $host, $target, $body, @headers) {
    my $answer = $t->request(
        method => $vector->{method}, path => $target, headers => [ Host => "$host.test", @headers ],
        length $body || $vector->{method} eq 'POST' ? (body => $body) : ()
    );
    return $answer->{headers}{'x-verdict'} // "status $answer->{status}";
}

# What is changed => the request: target, body, headers.
sub changes ($target, $body, @headers) {
    my %change = (
        'a parameter' => [ $target . ($target =~ /\?/ ? '&' : '?') . 'x=1', $body, @headers ],
        'the path' => [ $target =~ s{(\?|\z)}{/x$1}r, $body, @headers ],
        'a new header' => [ $target, $body, @headers, 'X-Other' => 1 ],
        'more of the body' => [ $target, "$body ", @headers ],
        'a field' => [ $target, "$body&x=1", @headers ],
        'a member' => [ $target, $body =~ s/^\{/{"x":1,/r, @headers ]
    );
    for (my $i = 0; $i < @headers; $i += 2) {
        my @other = @headers;
        $other[ $i + 1 ] .= '1';
        $change{ lc $headers[$i] } = [ $target, $body, @other ];
    }
    return \%change;
}

my (%again, $tried);
for my $name (sort keys %vector) {
    my $vector = $vector{$name};
    my $body = $vector->{body_encoding} eq 'base64' ? decode_base64($vector->{body}) : bytes($vector->{body});
    my ($target) = bytes($vector->{url}) =~ m{^https?://[^/?]+(.*)};
    $target = "/$target" if $target !~ m{^/};
    my @headers = map { bytes($_) } %{ $vector->{headers} };
    for my $host ($name, "body-$name") {
        my $first = verdict($vector, $host, $target, $body, @headers);
        is $first, 'accepted', "$host: genuine" or next;
        my $changes = changes($target, $body, @headers);
        my @stored =
            grep { $tried++; verdict($vector, $host, @{ $changes->{$_} }) eq 'accepted' } sort keys %$changes;
        my %of_id = map { lc($_) => 1 } map { /header:([\w-]+)/g } @{ $scheme{$name}{id} };
        my @wrong = grep { $host ne $name || $scheme{$name}{identity}{signed} || !$of_id{$_} } @stored;
        is_deeply \@wrong, [], "$host: nothing of it enters again";
        push @{ $again{$name} }, @stored if $host eq $name;
    }
}
my @replayable = grep { @{ $again{$_} // [] } } sort keys %again;
diag
    keys(%vector)
    . " senders, $tried changed requests; stored again under another id that is not signed: @replayable";
for my $name (@replayable) {
    ok !$scheme{$name}{identity}{signed}, "$name: docs/schemes.md says that its id is not signed";
}
cmp_ok keys(%vector), '>=', 150, 'senders';

done_testing;
