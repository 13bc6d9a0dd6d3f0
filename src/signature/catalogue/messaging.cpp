// Messaging, social and telephony services. The language is described in signature/language.hpp.

#include "signature/catalogue/catalogue.hpp"

namespace webhook::signature {

namespace {

// clang-format off
constexpr Definition definitions[] = {
    {"slack", R"(
    # source: npm @slack/bolt 5.1.0 (read 2026-11-30) ; github api-evangelist/slack asyncapi/slack-events-asyncapi.yml (read 2026-11-30) ; https://hex.pm/packages/slink/0.4.0/files/lib/slink/dedup.ex (read 2026-11-30)
    # retries: keep the id, three within 6 minutes; none of commands and interactions
    # repeats: no
    algorithm hmac-sha256;
    signature header:X-Slack-Signature prefix=v0= encoding=hex;
    timestamp header:X-Slack-Request-Timestamp unit=s;
    message "v0:{ts}:{body}";
    id json:/event_id form:trigger_id form:payload>json:/trigger_id;
    type json:/event/type json:/type form:command form:payload>json:/type;
    identity event;
    challenge after=verify when=json:/type=url_verification "body={json:/challenge}";
    # Certificate checks of slash commands are not signed; commands have ssl_check=0 or none.
    challenge when=form:ssl_check=1;
    challenge method=GET when=query:ssl_check=1;
)"},
    {"twilio", R"(
    # source: github PipedreamHQ/pipedream components/twilio/sources/new-incoming-sms/new-incoming-sms.mjs (read 2026-11-30) ; npm twilio 6.3.1 (read 2026-11-30)
    # retries: keep the unsigned I-Twilio-Idempotency-Token
    # repeats: yes, the steps of a call, such as the same digit twice; the token is another
    # MessageSid and CallSid name the message and the call, which have many states.
    algorithm hmac-sha1;
    signature header:X-Twilio-Signature encoding=base64;
    url_variants;
    message "{url}{form|sorted}";
    postback;
    id header:I-Twilio-Idempotency-Token form:MessageSid form:CallSid query:MessageSid query:CallSid;
    type form:MessageStatus form:CallStatus query:MessageStatus query:CallStatus;
    identity thing;
    ack 200 text/xml "<Response></Response>";
)"},
    {"twilio-json", R"(
    # source: npm twilio 6.3.1 (read 2026-11-30)
    # retries: keep the unsigned I-Twilio-Idempotency-Token (from memory)
    # repeats: no, Event Streams sends CloudEvents with ids and times
    # A batch of CloudEvents.
    algorithm hmac-sha1;
    signature header:X-Twilio-Signature encoding=base64;
    url_variants;
    message "{url}";
    digest query:bodySHA256 algorithm=sha256 encoding=hex;
    id header:I-Twilio-Idempotency-Token json:/0/id;
    type json:/0/type;
    identity event;
)"},
    {"twilio-sha256", R"(
    # source: npm twilio 6.3.1 (read 2026-11-30)
    # retries: keep the unsigned I-Twilio-Idempotency-Token (from memory)
    # repeats: yes, the steps of a call, such as the same digit twice; the token is another
    # For webhooks that are signed with a SharedKey (X-Twilio-Webhooks-Signature-Settings: ...algorithm=HMAC_SHA256).
    algorithm hmac-sha256;
    signature header:X-Twilio-Signature encoding=base64;
    url_variants;
    message "{url}{form|sorted}";
    postback;
    id header:I-Twilio-Idempotency-Token form:MessageSid form:CallSid query:MessageSid query:CallSid;
    type form:MessageStatus form:CallStatus query:MessageStatus query:CallStatus;
    identity thing;
    ack 200 text/xml "<Response></Response>";
)"},
    {"twilio-json-sha256", R"(
    # source: npm twilio 6.3.1 (read 2026-11-30)
    # retries: keep the unsigned I-Twilio-Idempotency-Token (from memory)
    # repeats: no, Event Streams sends CloudEvents with ids and times
    # A batch of CloudEvents, signed with a SharedKey.
    algorithm hmac-sha256;
    signature header:X-Twilio-Signature encoding=base64;
    url_variants;
    message "{url}";
    digest query:bodySHA256 algorithm=sha256 encoding=hex;
    id header:I-Twilio-Idempotency-Token json:/0/id;
    type json:/0/type;
    identity event;
)"},
    {"mandrill", R"(
    # source: github anymail/django-anymail anymail/webhooks/mandrill.py (read 2026-11-30)
    # retries: not documented; batches of events without an id of their own
    # repeats: no, events have the second they happened
    algorithm hmac-sha1;
    signature header:X-Mandrill-Signature encoding=base64;
    message "{url}{form|sorted}";
    challenge method=HEAD;
)"},
    {"mailgun", R"(
    # source: github mailgun/documentation source/user_manual.rst (read 2026-11-30) ; github mailgun/documentation source/api-events.rst (read 2026-11-30) ; github anymail/django-anymail anymail/webhooks/mailgun.py (read 2026-11-30)
    # retries: not documented whether they are signed anew; seven within 8 hours, none of deliveries
    # repeats: no, the token is a new one for each event
    # Timestamp and token are signed, the event is not: what was signed once enters once, whatever event is put beside it. Ids of
    # events are unique within a day only. If a retry keeps the time of the first try it is 8 hours old.
    algorithm hmac-sha256;
    signature json:/signature/signature encoding=hex;
    timestamp json:/signature/timestamp unit=s window=43200,300;
    message "{json:/signature/timestamp}{json:/signature/token}";
    unsigned_body;
    unsigned_id;
    id json:/event-data/id json:/signature/token;
    type json:/event-data/event;
    identity attempt;
    content signed;
)"},
    {"line", R"(
    # source: github line/line-openapi webhook.yml (read 2026-11-30) ; npm @line/bot-sdk 11.0.0 (read 2026-11-30)
    # retries: keep the ids; isRedelivery becomes true, and the events may come in other groups
    # repeats: no; only the empty request that tries the connection does
    algorithm hmac-sha256;
    signature header:X-Line-Signature encoding=base64;
    id json:/events/0/webhookEventId;
    type json:/events/0/type;
    identity event;
    volatile json:/events/*/deliveryContext/isRedelivery;
)"},
    {"meta", R"(
    # source: npm whatsapp-api-js 6.3.0 (read 2026-11-30) ; github fbsamples/messenger-platform-samples node/app.js (read 2026-11-30) ; github api-evangelist/whatsapp asyncapi/whatsapp-webhooks-asyncapi.yml (read 2026-11-30)
    # retries: not documented whether they are grouped anew; for up to 36 hours, of WhatsApp 7 days (from memory): set webhook_dedup 7d
    # repeats: no, entries and messages have their time
    # One request holds many events. The id is a message, which has many states, or the page or account.
    algorithm hmac-sha256;
    signature header:X-Hub-Signature-256 prefix=sha256= encoding=hex;
    id json:/entry/0/changes/0/value/messages/0/id json:/entry/0/changes/0/value/statuses/0/id json:/entry/0/messaging/0/message/mid
       json:/entry/0/id;
    type json:/entry/0/changes/0/field json:/object;
    identity thing;
    challenge method=GET has=query:hub.challenge when=query:hub.mode=subscribe
              "require=query:hub.verify_token={config:verify_token}" "match=query:hub.challenge=[A-Za-z0-9_-]{1,256}" "body={query:hub.challenge}";
)"},
    {"twitch", R"(
    # source: https://dev.twitch.tv/docs/eventsub/ (read 2026-11-30) ; https://dev.twitch.tv/docs/eventsub/handling-webhook-events (read 2026-11-30) ; https://dev.twitch.tv/docs/eventsub/websocket-reference/ (read 2026-11-30)
    # retries: keep the id
    # repeats: yes, events without a time; the id is another
    algorithm hmac-sha256;
    signature header:Twitch-Eventsub-Message-Signature prefix=sha256= encoding=hex;
    timestamp header:Twitch-Eventsub-Message-Timestamp unit=rfc3339 window=600,300;
    message "{header:Twitch-Eventsub-Message-Id}{ts}{body}";
    id header:Twitch-Eventsub-Message-Id;
    type header:Twitch-Eventsub-Subscription-Type;
    identity event;
    challenge after=verify when=header:Twitch-Eventsub-Message-Type=webhook_callback_verification "body={json:/challenge}";
)"},
    {"zoom", R"(
    # source: github zoom/webhook-sample index.js (read 2026-11-30) ; github api-evangelist/zoom asyncapi/zoom-meeting-webhooks-asyncapi.yml (read 2026-11-30)
    # retries: not documented whether with a new time; three within 2 hours (from memory)
    # repeats: no, event_ts is in milliseconds
    algorithm hmac-sha256;
    signature header:X-Zm-Signature prefix=v0= encoding=hex;
    timestamp header:X-Zm-Request-Timestamp unit=s;
    message "v0:{ts}:{body}";
    type json:/event;
    challenge after=verify when=json:/event=endpoint.url_validation "match=json:/payload/plainToken=[A-Za-z0-9_-]{1,128}" type=application/json
              'body={"plainToken":"{json:/payload/plainToken}","encryptedToken":"{json:/payload/plainToken|hmac}"}';
)"},
    {"x", R"(
    # source: github xdevplatform/docs x-api/webhooks/introduction.mdx (read 2026-11-30)
    # retries: not documented; lost events can be had again by a replay job
    # repeats: no, posts, messages and likes have ids and times (from memory)
    # Apps with an OAuth 2.0 client secret get the first header, apps with a consumer secret the second, some both.
    algorithm hmac-sha256;
    signature header:X-Twitter-Webhooks-Signature-OAuth2 header:X-Twitter-Webhooks-Signature prefix=sha256= encoding=base64;
    challenge method=GET has=query:crc_token "match=query:crc_token=[A-Za-z0-9_-]{1,128}" type=application/json
              'body={"response_token":"sha256={query:crc_token|hmac:base64}"}';
)"},
    {"telegram", R"(
    # source: github tdlib/telegram-bot-api telegram-bot-api/WebhookActor.cpp (read 2026-11-30)
    # retries: keep the id and the body, for as long as an update is kept (24 hours, from memory)
    # repeats: no
    # Each bot counts its own updates: two bots use the same ids.
    algorithm token;
    signature header:X-Telegram-Bot-Api-Secret-Token;
    id json:/update_id;
    identity thing;
)"},
    {"ms-teams", R"(
    # source: github MicrosoftDocs/msteams-docs msteams-platform/webhooks-and-connectors/how-to/add-outgoing-webhook.md (read 2026-11-30)
    # retries: not documented; the answer within 5 s is shown in the channel
    # repeats: no, messages have ids and times (from memory)
    # The id is that of the message within its conversation.
    algorithm hmac-sha256;
    key base64;
    signature header:Authorization "prefix=HMAC " encoding=base64;
    id json:/id;
    type json:/type;
    identity thing;
)"},
    {"linkedin", R"(
    # source: github api-evangelist/linkedin asyncapi/linkedin-webhooks.yml (read 2026-11-30)
    # retries: keep the ids of notifications, every 5 minutes for 8 hours
    # repeats: no, events have their time
    # Up to 10 notifications come in one request; leads have no id.
    algorithm hmac-sha256;
    signature header:X-Li-Signature encoding=hex;
    message "hmacsha256={body}";
    id json:/notifications/0/notificationId;
    type json:/type;
    identity event;
    challenge method=GET has=query:challengeCode "match=query:challengeCode=[A-Za-z0-9_-]{1,128}" type=application/json
              'body={"challengeCode":"{query:challengeCode}","challengeResponse":"{query:challengeCode|hmac}"}';
)"},
    {"tiktok", R"(
    # source: from memory
    # retries: not documented whether with a new time; for up to 72 hours
    # repeats: no, create_time is in the body
    algorithm hmac-sha256;
    signature header:Tiktok-Signature split=, prefix=s= encoding=hex;
    timestamp header:Tiktok-Signature split=, prefix=t= unit=s;
    message "{ts}.{body}";
    type json:/event;
)"},
    {"postmark", R"(
    # source: npm postmark 5.1.0 (read 2026-11-30) ; github anymail/django-anymail anymail/webhooks/postmark.py (read 2026-11-30)
    # retries: not documented whether the body stays; up to ten
    # repeats: no, events have their time
    # MessageID is the message that was sent: it has a delivery and any number of opens and clicks.
    algorithm basic;
    signature header:Authorization;
    id json:/MessageID;
    type json:/RecordType;
    identity thing;
)"},
    {"customerio", R"(
    # source: github api-evangelist/customer-io asyncapi/customer-io-reporting-webhooks-asyncapi.yml (read 2026-11-30)
    # retries: keep the id (from memory)
    # repeats: no
    # It is not documented whether a retry is signed anew: older than 4 days is stale, before that the id is known.
    algorithm hmac-sha256;
    signature header:X-Cio-Signature encoding=hex;
    timestamp header:X-Cio-Timestamp unit=s window=345600,300;
    message "v0:{ts}:{body}";
    id json:/event_id;
    type json:/metric;
    identity event;
)"},
    {"intercom", R"(
    # source: github api-evangelist/intercom asyncapi/intercom-webhooks-asyncapi.yml (read 2026-11-30)
    # retries: keep the id; delivery_attempts and delivery_status tell of them
    # repeats: no
    algorithm hmac-sha1;
    signature header:X-Hub-Signature prefix=sha1= encoding=hex;
    id json:/id;
    type json:/topic;
    identity event;
    volatile json:/delivery_attempts json:/delivery_status;
    challenge method=HEAD;
)"},
    {"elevenlabs", R"(
    # source: github elevenlabs/elevenlabs-docs fern/conversational-ai/pages/workflows/post-call-webhook.mdx (read 2026-11-30) ; github elevenlabs/elevenlabs-docs fern/snippets/webhook-hmac-authentication.mdx (read 2026-11-30)
    # retries: none under HIPAA, else not documented
    # repeats: no, event_timestamp is in the body
    # A conversation has several events: transcript, audio, failure.
    algorithm hmac-sha256;
    signature header:Elevenlabs-Signature split=, prefix=v0= encoding=hex;
    timestamp header:Elevenlabs-Signature split=, prefix=t= unit=s window=1800,300;
    message "{ts}.{body}";
    id json:/data/conversation_id;
    type json:/type;
    identity thing;
)"},
};
// clang-format on

}  // namespace

Definitions messaging_schemes() {
    return {definitions, std::size(definitions)};
}

}  // namespace webhook::signature
