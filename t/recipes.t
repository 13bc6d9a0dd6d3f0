#!/usr/bin/perl

# docs/recipes: the location block of every page is run as it stands, and gets what its sender sends: genuine,
# repeated, changed, signed with another secret, not signed. What a page says about scheme, id and type is
# compared with what is configured.

use v5.36;
use FindBin;
use lib "$FindBin::Bin/lib";
use Encode qw(encode_utf8);
use MIME::Base64 qw(decode_base64 encode_base64 encode_base64url);
use Test::Webhook;

my $t = Test::Webhook->new;
my $folder = $t->root . '/docs/recipes';
my %page = map { m{/([\w-]+)\.md$} && $1 ne 'README' ? ($1 => slurp($_)) : () } glob "'$folder/'*.md";
cmp_ok scalar keys %page, '>=', 20, 'pages: ' . keys %page;

my $requests = do "$FindBin::Bin/recipes.pl" or die "recipes.pl: ", $@ || $!;
is_deeply [ sort keys %$requests ], [ sort keys %page ], 'recipes.pl has requests for every page';

# --- what the pages say
my %scheme = map { $_->{name} => $_ } map { from_json($_) } split /\n/, $t->ctl('schemes', '--json')->{out};

sub block ($page) { return $page{$page} =~ /^```nginx\n(.*?)^```/ms ? $1 : die "$page: no nginx block" }
sub row ($page, $name) { return $page{$page} =~ /^\| $name \| (.*) \|$/m ? $1 : '' }
sub locations ($page) {
    return
        map { /^location\s+(?:=\s+)?(\S+) \{(.*?)^\}/ms ? { path => $1, text => $2 } : () }
        split /^(?=location)/m, block($page);
}
sub value ($location, $directive) { return $location->{text} =~ /^\s*$directive\s+(.*?);/m ? $1 : undef }

# The sources of id or type that hold in a location: webhook_id's, else the scheme's.
sub sources ($location, $what) {
    my $own = value($location, "webhook_$what");
    return @{ $scheme{ value($location, 'webhook') }{$what} } if !defined $own;
    return $own =~ /"([^"]*)"|(\S+)/g ? grep { defined } $own =~ /"([^"]*)"|(\S+)/g : ();
}

# A source in full, or of a template that is too long for a table the last parts of its pointers.
sub says ($text, $source) {
    my @names = map { m{([^/:]+)$} } $source =~ /\{([^}]+)\}/g;
    return index($text, "`$source`") >= 0 || @names && !grep { index($text, $_) < 0 } @names;
}

for my $page (sort keys %page) {
    like $page{$page}, qr/\A# \S.*\n\n\S.*\n\n```nginx\n/, "$page: title, a sentence, the block";
    ok length row($page, $_), "$page: says its $_" for qw(scheme secret id type wants retries);
    like $page{$page}, qr/^## Traps\n\n- /m, "$page: traps";
    for my $location (locations($page)) {
        my $name = value($location, 'webhook') // next;
        ok $scheme{$name}, "$page: scheme $name" or next;
        like row($page, 'scheme'), qr/`\Q$name\E`/, "$page: names the scheme $name";
        for my $what (qw(id type)) {
            my $said = lc row($page, $what);
            ok says($said, lc), "$page: $what: $_" for sources($location, $what);
        }
        like row($page, 'scheme') . row($page, 'secret') . $page{$page}, qr/webhook_url/,
            "$page: $name signs the URL"
            if $scheme{$name}{signs_url};
    }
    for my $link ($page{$page} =~ /\]\(([^)#:]+)(?:#[^)]*)?\)/g) {
        ok -e "$folder/$link", "$page: link to $link";
    }
}

my $index = slurp("$folder/README.md");
my %indexed = $index =~ /^\| \[([^\]]+)\]\(([\w-]+)\.md\) \|/mg;
is_deeply { reverse %indexed }, { map { $_ => $page{$_} =~ /\A# (.*)/ } keys %page },
    'README.md lists the pages by their titles';
for my $page (sort keys %page) {
    my ($listed) = $index =~ /\]\(\Q$page\E\.md\) \| (.*?) \|/;
    is_deeply [ sort(($listed // '') =~ /`([^`]+)`/g) ], [
        sort(keys %{ { map { $_ => 1 } grep { defined } map { value($_, 'webhook') } locations($page) } }) ],
        "README.md: schemes of $page";
}
for my $link ($index =~ /\]\(([^)#:]+)(?:#[^)]*)?\)/g) { ok -e "$folder/$link", "README.md: link to $link" }

# --- key pairs of senders that sign with a private key
my %pair;

sub openssl (@words) {
    my $result = $t->run([ 'openssl', @words ]);
    is $result->{exit}, 0, "openssl $words[0]" or BAIL_OUT($result->{err});
    return $result->{out};
}

# The file of the private key, and the public one in a form.
sub key_pair ($kind, $form) {
    my $file = $pair{$kind} //= $t->write("keys/$kind.pem", openssl('genpkey', @{ {
        ed25519 => [qw(-algorithm ED25519)],
        p256    => [qw(-algorithm EC -pkeyopt ec_paramgen_curve:P-256)],
        rsa     => [qw(-algorithm RSA -pkeyopt rsa_keygen_bits:2048)],
    }->{$kind} }));
    return ($file, openssl(qw(req -x509 -new -days 30 -subj /CN=test -key), $file)) if $form eq 'certificate';
    my $pem = openssl(qw(pkey -pubout -in), $file);
    my $spki = $pem =~ s/-----.*-----|\n//gr;
    my $der = decode_base64($spki);
    my $raw = substr $der, -32;
    my %jwk =
        $kind eq 'rsa'
        ? (kty => 'RSA', n => encode_base64url(substr $der, -261, 256), e => 'AQAB')
        : (kty => 'EC', crv => 'P-256', x => encode_base64url(substr $der, -64, 32),
        y => encode_base64url($raw));
    return (
        $file,
        {
            pem => $pem, spki => $spki, hex => unpack('H*', $raw), base64 => encode_base64($raw, ''),
            jwk => to_json(\%jwk), jwks => to_json({ keys => [ \%jwk ] }),
            list => to_json({ keys => [ { keyId => 3335741209, pem => $pem, base64 => $spki } ] })
        }->{$form}
    );
}

# --- one nginx with a server for each page; a stream for each, since streams have one window of webhook_dedup
my @cases = map {
    my $page = $_;
    map { { %$_, page => $page } } @{ $requests->{$page} }
} sort keys %$requests;

sub server ($page) {
    my $block =
        block($page) =~ s{file:/etc/nginx/(?:secrets|keys)/([\w.-]+)}{"file:%%DIR%%/secrets/$page/$1"}gr;
    $block =~ s/(webhook_stream\s+)[\w-]+/$1$page/g;
    return
        "server {\nlisten 127.0.0.1:%%PORT%%;\nserver_name $page.test;\n"
            . "add_header X-Stream-Id \$webhook_stream_id always;\n"
            . "add_header X-Verdict \$webhook_verdict always;\n$block\n}\n";
}

for my $page (sort keys %page) {
    $t->write("secrets/$page/$_", "whsec_" . encode_base64('a secret nobody uses', '') . "\n")
        for block($page) =~ m{/etc/nginx/(?:secrets|keys)/([\w.-]+)}g;
}
for my $case (@cases) {
    my ($location) = grep { $_->{path} eq $case->{path} } locations($case->{page})
        or die "$case->{page}: no location $case->{path}";
    $case->{scheme} = value($location, 'webhook');
    my ($file) = $location->{text} =~ m{/etc/nginx/(?:secrets|keys)/([\w.-]+)};
    my $configured = $case->{secret};
    ($case->{key_file}, $configured) = key_pair(@{ $case->{key} }) if $case->{key};
    $t->write("secrets/$case->{page}/$file", "$configured\n") if $file;
    my $url = value($location, 'webhook_url') // 'http://' . "$case->{page}.test";
    $case->{url} =
        ($url =~ m{//[^/]+/} ? $url : $url . $case->{path}) . ($case->{query} ? "?$case->{query}" : '');
}
$t->start_redis;
my $servers = join '', map { server($_) } sort keys %page;
$t->start_nginx(<<"EOT");
%%GLOBALS%%
events { }
http {
    %%HTTP%%
    server_names_hash_max_size 1024;
    variables_hash_max_size 2048;
    webhook_redis %%REDIS%%;
    $servers
}
EOT

# --- requests
sub signed ($case, $secret, $body) {
    return { headers => $case->{headers} // {}, url => $case->{url}, body => $body,
        %{ $case->{sign}->($secret) } }
        if $case->{sign};
    my $key = $case->{key_file} // $t->write('signing', "$secret\n");
    my @params = map { ('--param', "$_=$case->{params}{$_}") } sort keys %{ $case->{params} // {} };
    my @words = ('--scheme', $case->{scheme}, '--secret', "file:$key", '--url', $case->{url}, '--method',
        $case->{method} // 'POST', @params);
    push @words, '--id', $case->{id} if $case->{send_id} // defined $case->{id};
    push @words, '--type', encode_utf8($case->{type}) if defined $case->{type} && ($case->{send_type} // 1);
    my $result = $t->ctl({ stdin => $body }, 'sign', '--json', @words);
    is $result->{exit}, 0, "$case->{page}: webhookctl sign $case->{scheme}" or diag $result->{err};
    my $signed = from_json($result->{out});
    return { headers => { %{ $case->{headers} // {} }, %{ $signed->{headers} } },
        url => $signed->{url} || $case->{url}, body => $signed->{body} // $body };
}

sub send_request ($case, $request) {
    my ($target) = $request->{url} =~ m{^https?://[^/]+(/.*)};
    my %headers = ('Content-Type' => $case->{form} ? 'application/x-www-form-urlencoded' : 'application/json',
        %{ $request->{headers} });
    my $method = $case->{method} // 'POST';
    return $t->request(
        method => $method, path => $target,
        headers => [ Host => "$case->{page}.test", map { encode_utf8($_) } %headers ],
        $method eq 'POST' ? (body => $request->{body}) : ()
    );
}

sub stored ($case) { return $t->events($case->{page}) }

sub check_genuine ($case, $request) {
    my $name = "$case->{page} $case->{path}";
    my $answer = send_request($case, $request);
    like $answer->{status}, qr{^20[024]$}, "$name: accepted" or diag $answer->{body};
    is $answer->{headers}{'x-verdict'}, 'accepted', "$name: verdict";
    like $answer->{body}, $case->{answer}, "$name: the answer that the sender wants"
        if defined $case->{answer};
    my $stream_id = $answer->{headers}{'x-stream-id'} // '';
    my ($entry) = grep { $_->{stream_id} eq $stream_id } stored($case);
    my $id =
        ref $case->{stored_id}
        ? $entry->{id} =~ $case->{stored_id}
        : $entry->{id} eq encode_utf8($case->{stored_id} // $case->{id});
    ok $id, "$name: id" or diag "$entry->{id}, not " . ($case->{stored_id} // $case->{id});
    is $entry->{type}, encode_utf8($case->{type} // 'webhook'), "$name: type";
    is $entry->{tenant}, $case->{tenant}, "$name: tenant" if $case->{tenant};
    my $before = () = stored($case);
    my $again = send_request($case, $request);
    is $again->{headers}{'x-verdict'}, $case->{repeats} ? 'accepted' : 'duplicate', "$name: sent again";
    like $again->{status}, qr{^20[024]$}, "$name: sent again: status";
    is scalar(() = stored($case)), $before + ($case->{repeats} ? 1 : 0),
        "$name: sent again: stored again only if honest requests repeat";
}

# Refused, and nothing of it stored.
sub check_refused ($case, $request, $what) {
    my $name = "$case->{page} $case->{path}: $what";
    my $before = () = stored($case);
    my $answer = send_request($case, $request);
    ok $answer->{status} == 401 || $answer->{status} == 400, "$name: refused"
        or diag "$answer->{status} $answer->{body}";
    is scalar(() = stored($case)), $before, "$name: nothing stored";
}

sub changed ($case, $request) {
    my ($from, $to) = @{ $case->{change} // [ '1999', '9999' ] };
    my $other = { %$request };
    my $part = $case->{change_in} // (length $request->{body} ? 'body' : 'url');
    $other->{$part} =~ s/\Q$from\E/$to/ or die "$case->{page}: nothing to change in $other->{$part}";
    return $other;
}

# What else the page promises: requests with the answer they get.
sub check_also ($case, $also) {
    my %headers = %{ $also->{headers} // {} };
    %headers = (%headers, %{ signed($case, $case->{secret}, $also->{body})->{headers} }) if $also->{signed};
    my $before = () = stored($case);
    my $answer = $t->request(
        method => $also->{method} // 'POST', path => $also->{path} // $case->{path},
        headers => [ Host => "$case->{page}.test", %headers ],
        defined $also->{body} ? (body => $also->{body}) : ()
    );
    my $name = "$case->{page}: $also->{what}";
    is $answer->{status}, $also->{status}, "$name: status" or diag $answer->{body};
    like $answer->{body}, $also->{answer}, "$name: answer" if $also->{answer};
    is scalar(() = stored($case)), $before, "$name: nothing stored";
}

for my $case (@cases) {
    my $body = encode_utf8($case->{body} // '');
    my $request = signed($case, $case->{secret} // $case->{key_file}, $body);
    check_genuine($case, $request);
    check_refused($case, changed($case, $request), 'changed') if !$case->{unsigned_body};
    check_refused($case, signed($case, $case->{wrong}, $body), 'signed with another secret')
        if $case->{wrong};
    my $plain = { headers => $case->{headers} // {}, url => $case->{url}, body => $body };
    check_refused($case, $plain, 'not signed');
    check_also($case, $_) for @{ $case->{also} // [] };
}
diag keys(%page) . ' pages, ' . @cases . ' senders';

done_testing;
