// Messaging, social and telephony services. The language is described in signature/language.hpp.

#include "signature/catalogue.hpp"

namespace webhook::signature {

namespace {

// clang-format off
constexpr Definition definitions[] = {
    {"slack", R"(
    algorithm hmac-sha256;
    signature header:X-Slack-Signature prefix=v0= encoding=hex;
    timestamp header:X-Slack-Request-Timestamp unit=s;
    message "v0:{ts}:{body}";
    id json:/event_id form:trigger_id;
    type json:/event/type json:/type form:command;
    challenge after=verify when=json:/type=url_verification "body={json:/challenge}";
    # Certificate checks of slash commands are not signed; commands have ssl_check=0 or none.
    challenge when=form:ssl_check=1;
    challenge method=GET when=query:ssl_check=1;
)"},
    {"twilio", R"(
    algorithm hmac-sha1;
    signature header:X-Twilio-Signature encoding=base64;
    url_variants;
    message "{url}{form|sorted}";
    postback;
    id header:I-Twilio-Idempotency-Token form:MessageSid form:CallSid query:MessageSid query:CallSid;
    type form:MessageStatus form:CallStatus query:MessageStatus query:CallStatus;
    ack 200 text/xml "<Response></Response>";
)"},
    {"twilio-json", R"(
    algorithm hmac-sha1;
    signature header:X-Twilio-Signature encoding=base64;
    url_variants;
    message "{url}";
    digest query:bodySHA256 algorithm=sha256 encoding=hex;
    id header:I-Twilio-Idempotency-Token;
)"},
    {"twilio-sha256", R"(
    # source: npm twilio 6.3.1 (read 2026-11-30)
    # retries: not documented
    # repeats: not documented
    # Callbacks that are signed with a SharedKey by HMAC_SHA256, as X-Twilio-Webhooks-Signature-Settings says.
    algorithm hmac-sha256;
    signature header:X-Twilio-Signature encoding=base64;
    url_variants;
    message "{url}{form|sorted}";
    postback;
    id header:I-Twilio-Idempotency-Token form:MessageSid form:CallSid query:MessageSid query:CallSid;
    type form:MessageStatus form:CallStatus query:MessageStatus query:CallStatus;
    ack 200 text/xml "<Response></Response>";
)"},
    {"twilio-json-sha256", R"(
    # source: npm twilio 6.3.1 (read 2026-11-30)
    # retries: not documented
    # repeats: not documented
    algorithm hmac-sha256;
    signature header:X-Twilio-Signature encoding=base64;
    url_variants;
    message "{url}";
    digest query:bodySHA256 algorithm=sha256 encoding=hex;
    id header:I-Twilio-Idempotency-Token;
)"},
    {"mandrill", R"(
    algorithm hmac-sha1;
    signature header:X-Mandrill-Signature encoding=base64;
    message "{url}{form|sorted}";
    id sha256:body;
    challenge method=HEAD;
)"},
    {"mailgun", R"(
    # Timestamp and token are signed, the event is not.
    algorithm hmac-sha256;
    signature json:/signature/signature encoding=hex;
    timestamp json:/signature/timestamp unit=s;
    message "{json:/signature/timestamp}{json:/signature/token}";
    unsigned_body;
    unsigned_id;
    id json:/event-data/id json:/signature/token;
    type json:/event-data/event;
)"},
    {"line", R"(
    algorithm hmac-sha256;
    signature header:X-Line-Signature encoding=base64;
    id json:/events/0/webhookEventId;
    type json:/events/0/type;
)"},
    {"meta", R"(
    algorithm hmac-sha256;
    signature header:X-Hub-Signature-256 prefix=sha256= encoding=hex;
    id json:/entry/0/changes/0/value/messages/0/id json:/entry/0/id;
    type json:/entry/0/changes/0/field json:/object;
    challenge method=GET has=query:hub.challenge when=query:hub.mode=subscribe
              "require=query:hub.verify_token={config:verify_token}" "match=query:hub.challenge=[A-Za-z0-9_-]{1,256}" "body={query:hub.challenge}";
)"},
    {"twitch", R"(
    algorithm hmac-sha256;
    signature header:Twitch-Eventsub-Message-Signature prefix=sha256= encoding=hex;
    timestamp header:Twitch-Eventsub-Message-Timestamp unit=rfc3339 window=600,300;
    message "{header:Twitch-Eventsub-Message-Id}{ts}{body}";
    id header:Twitch-Eventsub-Message-Id;
    type header:Twitch-Eventsub-Subscription-Type;
    challenge after=verify when=header:Twitch-Eventsub-Message-Type=webhook_callback_verification "body={json:/challenge}";
)"},
    {"zoom", R"(
    algorithm hmac-sha256;
    signature header:X-Zm-Signature prefix=v0= encoding=hex;
    timestamp header:X-Zm-Request-Timestamp unit=s;
    message "v0:{ts}:{body}";
    id sha256:body;
    type json:/event;
    challenge after=verify when=json:/event=endpoint.url_validation "match=json:/payload/plainToken=[A-Za-z0-9_-]{1,128}" type=application/json
              'body={"plainToken":"{json:/payload/plainToken}","encryptedToken":"{json:/payload/plainToken|hmac}"}';
)"},
    {"x", R"(
    algorithm hmac-sha256;
    signature header:X-Twitter-Webhooks-Signature prefix=sha256= encoding=base64;
    id sha256:body;
    challenge method=GET has=query:crc_token "match=query:crc_token=[A-Za-z0-9_-]{1,128}" type=application/json
              'body={"response_token":"sha256={query:crc_token|hmac:base64}"}';
)"},
    {"telegram", R"(
    algorithm token;
    signature header:X-Telegram-Bot-Api-Secret-Token;
    id json:/update_id;
)"},
    {"ms-teams", R"(
    algorithm hmac-sha256;
    key base64;
    signature header:Authorization "prefix=HMAC " encoding=base64;
    id json:/id;
    type json:/type;
)"},
    {"linkedin", R"(
    algorithm hmac-sha256;
    signature header:X-Li-Signature encoding=hex;
    message "hmacsha256={body}";
    id sha256:body;
    challenge method=GET has=query:challengeCode "match=query:challengeCode=[A-Za-z0-9_-]{1,128}" type=application/json
              'body={"challengeCode":"{query:challengeCode}","challengeResponse":"{query:challengeCode|hmac}"}';
)"},
    {"tiktok", R"(
    algorithm hmac-sha256;
    signature header:Tiktok-Signature split=, prefix=s= encoding=hex;
    timestamp header:Tiktok-Signature split=, prefix=t= unit=s;
    message "{ts}.{body}";
    id sha256:body;
    type json:/event;
)"},
    {"postmark", R"(
    algorithm basic;
    signature header:Authorization;
    id json:/MessageID;
    type json:/RecordType;
)"},
    {"customerio", R"(
    algorithm hmac-sha256;
    signature header:X-Cio-Signature encoding=hex;
    timestamp header:X-Cio-Timestamp unit=s;
    message "v0:{ts}:{body}";
    id json:/event_id;
    type json:/metric;
)"},
    {"intercom", R"(
    algorithm hmac-sha1;
    signature header:X-Hub-Signature prefix=sha1= encoding=hex;
    id json:/id;
    type json:/topic;
    challenge method=HEAD;
)"},
    {"elevenlabs", R"(
    algorithm hmac-sha256;
    signature header:Elevenlabs-Signature split=, prefix=v0= encoding=hex;
    timestamp header:Elevenlabs-Signature split=, prefix=t= unit=s window=1800,300;
    message "{ts}.{body}";
    id json:/data/conversation_id;
    type json:/type;
)"},
};
// clang-format on

}  // namespace

Definitions messaging_schemes() {
    return {definitions, std::size(definitions)};
}

}  // namespace webhook::signature
