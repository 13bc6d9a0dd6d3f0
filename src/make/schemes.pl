#!/usr/bin/perl

# webhookctl schemes --json | schemes.pl > docs/schemes.md: the page of the built-in catalogue. A test
# compares the two.

use v5.36;
use JSON::PP;

my @schemes = map { decode_json($_) } <STDIN>;

print <<'END';
# Signature schemes

What `webhook SCHEME` in nginx.conf and `"scheme"` in an endpoint document may name. Of several places for id or type the
first that holds a value is taken. `webhookctl schemes NAME` prints the whole definition.

*Secret* is what `webhook_secret` holds: text is taken as the provider shows it. Public keys, key sets and certificates are files
([forms](scheme-language.md)). Schemes marked *URL* sign the public URL: behind a proxy set
[`webhook_url`](directives.md#webhook_url). Those marked *unsigned body* sign only an id or parts of the body
([security](security-model.md)). Names after *param* are values of [`webhook_param`](directives.md#webhook_param).

Two belong to this project: `publish` for events that your own application sends (`Authorization: Bearer SECRET`, id in
`Idempotency-Key`, type in `ce-type`, tenant in `ce-tenant`), and `none`, which verifies nothing.

| scheme | secret | methods | | id | type |
|---|---|---|---|---|---|
END

my %form = (base64 => 'base64', hex => 'hex', whsec => '`whsec_...`');
my %other = (token => 'a token', basic => '`USER:PASSWORD`', none => '-', 'aws-sns' => 'a certificate',
    'http-signature' => 'a public key');

# What the secret is, by the algorithm and the rule for keys.
sub secret ($text) {
    my ($algorithm) = $text =~ /^\s*algorithm ([\w-]+)/m;
    my ($key) = $text =~ /^\s*key ([\w-]+)/m;
    return $other{$algorithm} if $other{$algorithm};
    return 'a public key' if $algorithm =~ /^(?:ed25519|rsa|ecdsa)/;
    return 'a set of keys' if $algorithm =~ /^jwt-(?!hs)/;
    return $form{ $key // '' } // 'text';
}

sub params ($text) {
    my %seen;
    return grep { !$seen{$_}++ } $text =~ /\{config:([\w-]+)/g;
}

my @own = grep { !$_->{alias_of} } @schemes;
for my $scheme (@own) {
    my ($id, $type) = map { join ' ', map { "`$_`" } @{ $scheme->{$_} } } qw(id type);
    my @params = params($scheme->{text});
    my @notes = ($scheme->{signs_url} ? '*URL*' : (), $scheme->{unsigned_body} ? '*unsigned body*' : ());
    push @notes, '*param* ' . join ' ', map { "`$_`" } @params if @params;
    printf "| `%s` | %s | %s | %s | %s | %s |\n", $scheme->{name}, secret($scheme->{text}),
        $scheme->{methods}, join(', ', @notes), $id || 'SHA-256',
        $type || '-';
}

print <<'END';

## Other names

These are the same definition under another name, which is also the default of [`webhook_source`](directives.md#webhook_source).

| name | scheme | source |
|---|---|---|
END

# Cells must not end at a bar in the text.
sub cell ($text) { return $text =~ s/\|/\\|/gr }

for my $scheme (grep { $_->{alias_of} } @schemes) {
    printf "| `%s` | `%s` | %s |\n", $scheme->{name}, $scheme->{alias_of}, cell($scheme->{sender}{source});
}

print <<'END';

## What tells events apart

What is known of each sender's ids, and the source of it:

- *names*: the id is that of an event (retries keep it, it is never used twice), of a thing that has several events, or of an
  attempt.
- *signed*: the signature covers the id. An unsigned id cannot stop the replay of a captured request under another id; `by=body`
  does, where bodies do not repeat.
- *by*: the default deduplication key of [`webhook_dedup`](directives.md#webhook_dedup); *off*: genuine requests repeat, so
  duplicates are not detected.

| scheme | names | signed | by | retries | bodies repeat | source |
|---|---|---|---|---|---|---|
END

for my $scheme (@own) {
    my ($identity, $sender) = @$scheme{qw(identity sender)};
    my $has_id = @{ $scheme->{id} };
    printf "| `%s` | %s | %s | %s | %s | %s | %s |\n", $scheme->{name}, $has_id ? $identity->{names} : '-',
        !$has_id ? '-' : $identity->{signed} ? 'yes' : '**no**',
        $identity->{repeats} ? '*off*' : $has_id ? $identity->{by} : 'body',
        map { cell($_) } @$sender{qw(retries repeats source)};
}

print <<'END';

## Challenges

Many senders first ask whether the receiver exists and agrees. These requests are answered (verdict `challenge`) and not stored.
*signed* ones must be as genuine as an event. *param* ones must contain the token that you gave the sender and nginx, as
`webhook_param NAME VALUE`. Any client may send the others, and learns nothing from the answer
([security](security-model.md#challenges)).

| scheme | request | proves | answer |
|---|---|---|---|
END

sub words ($text) {
    return map { s/^(["'])(.*)\1$/$2/sr } $text =~ /"[^"]*"|'[^']*'|\S+/g;
}

sub code ($text) { return '`' . $text =~ s/\|/\\|/gr . '`' }

sub challenge ($text) {
    my %is = (method => 'POST', request => [], proves => [], answer => []);
    for my $word (words($text)) {
        my ($name, $value) = $word =~ /^(\w+)(?:=(.*))?$/s or next;
        if ($name eq 'method') { $is{method} = $value }
        elsif ($name eq 'has') { push @{ $is{request} }, code($value) }
        elsif ($name eq 'when') { push @{ $is{request} }, code($value) }
        elsif ($name eq 'after') { push @{ $is{proves} }, 'signed' }
        elsif ($name eq 'require' || $name eq 'among') {
            push @{ $is{proves} }, map { '*param* ' . code($_) } $value =~ /\{config:([\w-]+)/;
        }
        elsif ($name eq 'status' || $name eq 'body') { push @{ $is{answer} }, code($value) }
        elsif ($name eq 'header') { push @{ $is{answer} }, code($value =~ s/=/: /r) }
        elsif ($name eq 'capture' && !$is{captures}++) {
            push @{ $is{answer} }, 'is stored as an event of source `webhook`';
        }
    }
    return \%is;
}

for my $scheme (@own) {
    for my $text ($scheme->{text} =~ /^\s*challenge\s+((?:"[^"]*"|'[^']*'|[^;"'])*);/mg) {
        my $is = challenge($text);
        printf "| `%s` | %s | %s | %s |\n", $scheme->{name}, join(' ', $is->{method}, @{ $is->{request} }),
            join(' ', @{ $is->{proves} }) || '-',
            join(' ', @{ $is->{answer} }) || '`200`';
    }
}

print <<'END';

Custom schemes can have challenges, too: see the [scheme language](scheme-language.md#challenges).
END
