package Test::Webhook::Keys;

# Key pairs, made with openssl in the test's folder, in the forms that senders publish.

use v5.36;
use Carp qw(croak);
use MIME::Base64 qw(decode_base64 encode_base64url);
use Test::Webhook::Json;

my %options = (
    ed25519 => [qw(-algorithm ED25519)],
    p256 => [qw(-algorithm EC -pkeyopt ec_paramgen_curve:P-256)],
    p384 => [qw(-algorithm EC -pkeyopt ec_paramgen_curve:P-384)],
    rsa => [qw(-algorithm RSA -pkeyopt rsa_keygen_bits:2048)],
    weak => [qw(-algorithm RSA -pkeyopt rsa_keygen_bits:1024)],
);

# new($test, a => 'rsa', ...): makes a pair under each name. Kinds: ed25519, p256, p384, rsa, weak.
sub new ($class, $test, %kinds) {
    my $self = bless { test => $test, kind => \%kinds }, $class;
    for my $name (sort keys %kinds) {
        my $options = $options{ $kinds{$name} } // croak "no kind of key \"$kinds{$name}\"";
        my $file = $test->write("private/$name.pem", $self->openssl('genpkey', @$options));
        $self->{private}{$name} = $file;
        $self->{public}{$name} = $self->openssl(qw(pkey -pubout -in), $file);
    }
    return $self;
}

# Runs openssl and returns its output.
sub openssl ($self, @words) {
    my $result = $self->{test}->run([ 'openssl', @words ]);
    croak "openssl @words: $result->{err}" if $result->{exit};
    return $result->{out};
}

# The file of the private key, and the public key as PEM, as DER and as a new certificate.
sub private ($self, $name) { return $self->{private}{$name} // croak "no key \"$name\"" }
sub public ($self, $name) { return $self->{public}{$name} // croak "no key \"$name\"" }
sub der ($self, $name) { return decode_base64($self->public($name) =~ s/-----.*-----|\n//gr) }

sub certificate ($self, $name) {
    return $self->openssl(qw(req -x509 -new -days 30 -subj /CN=test -key), $self->private($name));
}

# Returns the last bytes of the public key: the key itself where it is Ed25519.
sub raw ($self, $name, $length = 32) { return substr $self->der($name), -$length }

sub jwk ($self, $name) {
    my %members = (
        rsa => sub ($der) {
            (kty => 'RSA', n => substr($der, -261, 256), e => substr($der, -3));
        },
        p256 => sub ($der) {
            (kty => 'EC', crv => 'P-256', x => substr($der, -64, 32), y => substr($der, -32));
        },
        ed25519 => sub ($der) {
            (kty => 'OKP', crv => 'Ed25519', x => substr($der, -32));
        },
    );
    my %jwk = $members{ $self->{kind}{$name} }->($self->der($name));
    $jwk{$_} = encode_base64url($jwk{$_}) for grep { defined $jwk{$_} } qw(n e x y);
    return { kid => $name, %jwk };
}

sub jwks ($self, @names) { return to_json({ keys => [ map { $self->jwk($_) } @names ] }) }

# Signs a request with the private key of that name by webhookctl: body and headers.
sub signed ($self, $scheme, $name, $body, @more) {
    my $result = $self->{test}->ctl({ stdin => $body },
        'sign', '--json', '--scheme', $scheme, '--secret', 'file:' . $self->private($name), @more);
    croak "webhookctl sign $scheme: $result->{err}" if $result->{exit};
    return $body, %{ from_json($result->{out})->{headers} };
}

1;
