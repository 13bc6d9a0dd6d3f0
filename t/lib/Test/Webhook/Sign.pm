package Test::Webhook::Sign;

# Genuine signatures, made independently of the code under test. Each returns a list of headers (name =>
# value, ...). clock => unix seconds (default now).

use v5.36;
use Digest::SHA qw(hmac_sha1_hex hmac_sha256 hmac_sha256_hex hmac_sha512_hex);
use Exporter 'import';
use MIME::Base64 qw(decode_base64 encode_base64);

our @EXPORT = qw(sign_stripe sign_github sign_shopify sign_slack sign_standard sign_publish b64);

sub b64 ($bytes) { return encode_base64($bytes, '') }

sub sign_stripe ($secret, $body, %arg) {
    my $time = int($arg{clock} // time);
    return ('Stripe-Signature' => "t=$time,v1=" . hmac_sha256_hex("$time.$body", $secret));
}

# id => X-GitHub-Delivery, type => X-GitHub-Event
sub sign_github ($secret, $body, %arg) {
    return (
        'X-Hub-Signature-256' => 'sha256=' . hmac_sha256_hex($body, $secret),
        'X-GitHub-Delivery'   => $arg{id} // '72d3162e-cc78-11e3-81ab-4c9367dc0958',
        'X-GitHub-Event'      => $arg{type} // 'push',
    );
}

sub sign_shopify ($secret, $body, %arg) {
    return (
        'X-Shopify-Hmac-Sha256' => b64(hmac_sha256($body, $secret)),
        'X-Shopify-Webhook-Id'  => $arg{id} // 'b54557e4-bdd9-4b37-8a5f-bf7d70bcd043',
        'X-Shopify-Topic'       => $arg{type} // 'orders/create',
    );
}

sub sign_slack ($secret, $body, %arg) {
    my $time = int($arg{clock} // time);
    return ('X-Slack-Request-Timestamp' => $time,
        'X-Slack-Signature' => 'v0=' . hmac_sha256_hex("v0:$time:$body", $secret));
}

# secret with or without "whsec_" (then base64); id => webhook-id
sub sign_standard ($secret, $body, %arg) {
    my $time = int($arg{clock} // time);
    my $id = $arg{id} // 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4W';
    my $key = decode_base64($secret =~ s/^whsec_//r);
    return (
        'webhook-id'        => $id,
        'webhook-timestamp' => $time,
        'webhook-signature' => 'v1,' . b64(hmac_sha256("$id.$time.$body", $key)),
    );
}

sub sign_publish ($secret, %arg) {
    return (
        Authorization => "Bearer $secret",
        $arg{id}     ? ('Idempotency-Key' => $arg{id})     : (),
        $arg{type}   ? ('ce-type'         => $arg{type})   : (),
        $arg{tenant} ? ('ce-tenant'       => $arg{tenant}) : (),
    );
}

1;
