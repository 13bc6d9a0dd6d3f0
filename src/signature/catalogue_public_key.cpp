// Senders that sign with a private key or send a token, and those whose signature takes code. The language is described
// in signature/language.hpp.

#include "signature/catalogue.hpp"

namespace webhook::signature {

namespace {

// clang-format off
constexpr Definition definitions[] = {
    {"standard-ed25519", R"(
    algorithm ed25519;
    key whpk;
    signature header:webhook-signature "split= " prefix=v1a, encoding=base64;
    timestamp header:webhook-timestamp unit=s;
    message "{header:webhook-id}.{ts}.{body}";
    id header:webhook-id;
    type json:/type;
)"},
    {"discord", R"(
    algorithm ed25519;
    key hex;
    signature header:X-Signature-Ed25519 encoding=hex;
    timestamp header:X-Signature-Timestamp unit=s;
    message "{ts}{body}";
    id json:/id;
    type json:/event/type json:/type;
    challenge after=verify when=json:/type=1 absent=json:/event/type type=application/json 'body={"type":1}';
    challenge after=verify when=json:/type=0 absent=json:/event/type status=204;
)"},
    {"telnyx", R"(
    algorithm ed25519;
    key base64;
    signature header:Telnyx-Signature-Ed25519 encoding=base64;
    timestamp header:Telnyx-Timestamp unit=s;
    message "{ts}|{body}";
    id json:/data/id;
    type json:/data/event_type;
)"},
    {"sendgrid", R"(
    algorithm ecdsa-p256-sha256;
    key spki-base64;
    signature header:X-Twilio-Email-Event-Webhook-Signature encoding=base64;
    timestamp header:X-Twilio-Email-Event-Webhook-Timestamp unit=s;
    message "{ts}{body}";
    id json:/0/sg_event_id;
    type json:/0/event;
)"},
    {"admob", R"(
    # Keys: https://www.gstatic.com/admob/reward/verifier-keys.json
    algorithm ecdsa-p256-sha256;
    key spki-base64 id=query:key_id;
    signature query:signature encoding=base64url;
    message "{query_string|before:&signature=}";
    id query:transaction_id;
    postback;
)"},
    {"paypal", R"(
    # The certificate that PAYPAL-CERT-URL names, kept in a file of that name. A CRC is no hash: who has one genuine
    # message could make another body for it. PayPal tries for 3 days and does not say whether the time is a new one each
    # time: older than 4 days is stale, before that webhook_dedup knows the id.
    algorithm rsa-sha256;
    key pem id=header:PAYPAL-CERT-URL;
    signature header:PAYPAL-TRANSMISSION-SIG encoding=base64;
    timestamp header:PAYPAL-TRANSMISSION-TIME unit=rfc3339 window=345600,300;
    message "{header:PAYPAL-TRANSMISSION-ID}|{ts}|{config:webhook_id}|{body|crc32}";
    unsigned_body;
    id header:PAYPAL-TRANSMISSION-ID json:/id;
    type json:/event_type;
)"},
    {"wise", R"(
    algorithm rsa-sha256;
    key pem;
    signature header:X-Signature-SHA256 encoding=base64;
    message "{body}";
    id header:X-Delivery-Id;
    type json:/event_type;
)"},
    {"kick", R"(
    algorithm rsa-sha256;
    key pem;
    signature header:Kick-Event-Signature encoding=base64;
    timestamp header:Kick-Event-Message-Timestamp unit=rfc3339;
    message "{header:Kick-Event-Message-Id}.{ts}.{body}";
    id header:Kick-Event-Message-Id;
    type header:Kick-Event-Type;
)"},
    {"netlify", R"(
    algorithm jwt-hs256;
    signature header:X-Webhook-Signature;
    claims iss=netlify;
    digest claim:sha256 algorithm=sha256 encoding=hex;
)"},
    {"plaid", R"(
    algorithm jwt-es256;
    key jwk;
    signature header:Plaid-Verification;
    timestamp claim:iat unit=s window=300,60 exact;
    digest claim:request_body_sha256 algorithm=sha256 encoding=hex;
    type json:/webhook_code;
)"},
    {"pubsub", R"(
    # Keys: https://www.googleapis.com/oauth2/v3/certs. A token of Google proves nothing without audience and email.
    algorithm jwt-rs256;
    key jwk;
    signature header:Authorization "prefix=Bearer ";
    claims exp iss=https://accounts.google.com iss=accounts.google.com "aud={config:audience}"
           "email={config:email}" email_verified=true;
    unsigned_body;
    id json:/message/messageId json:/message/message_id;
    type json:/message/attributes/eventType json:/message/attributes/type;
)"},
    {"aws-sns", R"(
    # SNS gives up within hours: older than 4 days is stale, before that webhook_dedup knows the id.
    algorithm aws-sns;
    key pem;
    timestamp json:/Timestamp unit=rfc3339 window=345600,300;
    id json:/MessageId;
    type json:/Type;
    challenge after=verify when=json:/Type=SubscriptionConfirmation capture=Type=json:/Type capture=TopicArn=json:/TopicArn
              capture=SubscribeURL=json:/SubscribeURL capture=Token=json:/Token;
    challenge after=verify when=json:/Type=UnsubscribeConfirmation capture=Type=json:/Type capture=TopicArn=json:/TopicArn
              capture=SubscribeURL=json:/SubscribeURL capture=Token=json:/Token;
)"},
    {"http-signature", R"(
    # RFC 9421 with a public key: ed25519, ecdsa-p256-sha256, rsa-pss-sha512 or rsa-v1_5-sha256.
    algorithm http-signature;
    covers @method @target-uri,@request-target,@path content-digest;
    id json:/id;
    type json:/type header:ce-type;
)"},
    {"http-signature-hmac", R"(
    # RFC 9421 with a shared secret.
    algorithm http-signature-hmac-sha256;
    covers @method @target-uri,@request-target,@path content-digest;
    id json:/id;
    type json:/type header:ce-type;
)"},
    {"mailchannels", R"(
    algorithm http-signature;
    covers content-digest;
    type json:/0/event;
)"},
    {"contentful", R"(
    algorithm contentful;
    timestamp header:X-Contentful-Timestamp unit=ms window=30,30 exact;
    type header:X-Contentful-Topic;
)"},
};
// clang-format on

}  // namespace

Definitions public_key_schemes() {
    return {definitions, std::size(definitions)};
}

}  // namespace webhook::signature
