#!/usr/bin/perl

# webhookctl schemes --json | schemes.pl > docs/schemes.md: the page of the built-in catalogue. A test compares the two.

use v5.36;
use JSON::PP;

print <<'END';
# Signature schemes

What `webhook SCHEME` in nginx.conf and `"scheme"` in an endpoint document may name. Of several places for id or type the
first that holds a value is taken. `webhookctl schemes NAME` prints the whole definition.

Most take a secret as the provider shows it. Schemes marked *URL* sign the public URL: behind a proxy set `webhook_url`. Those marked
*unsigned body* sign only an id or parts of the body ([security](security.md)).

Two are our own: `publish` for events that your own application sends (`Authorization: Bearer SECRET`, id in `Idempotency-Key`, type in `ce-type`, tenant in
`ce-tenant`), and `none`, which verifies nothing.

| scheme | methods | id | type | |
|---|---|---|---|---|
END

while (my $line = <STDIN>) {
    my $scheme = decode_json($line);
    my ($id, $type) = map { join ' ', map { "`$_`" } @{ $scheme->{$_} } } qw(id type);
    printf "| `%s` | %s | %s | %s | %s |\n", $scheme->{name}, $scheme->{methods}, $id || 'SHA-256', $type || '-',
        join ', ', $scheme->{signs_url} ? '*URL*' : (), $scheme->{unsigned_body} ? '*unsigned body*' : ();
}
