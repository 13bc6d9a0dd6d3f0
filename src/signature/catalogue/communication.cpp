// Chat, telephony, mail and communities. The language is described in signature/language.hpp.

#include "signature/catalogue/catalogue.hpp"

namespace webhook::signature {

namespace {

// clang-format off
constexpr Definition definitions[] = {
    {"aircall", R"(
    # source: https://www.skills.sh/hookdeck/webhook-skills/aircall-webhooks (read 2026-11-30) ; from memory
    # retries: not documented
    # repeats: not documented
    # The token of the webhook is in the body. The id is the call's, contact's or user's.
    algorithm token;
    signature json:/token;
    unsigned_body;
    id json:/data/id;
    type json:/event;
)"},
    {"crisp", R"(
    # source: npm crisp-api 11.3.0 (read 2026-11-30)
    # retries: not documented
    # repeats: no
    # Signed is "[TIME;BODY]", brackets included.
    algorithm hmac-sha256;
    signature header:X-Crisp-Signature encoding=hex;
    timestamp header:X-Crisp-Request-Timestamp unit=auto;
    message "[[{ts};{body}]]";
    type json:/event;
)"},
    {"discourse", R"(
    # source: github discourse/discourse app/jobs/regular/emit_web_hook_event.rb (read 2026-11-30)
    # retries: make a new id, keep the body
    # repeats: yes, its ping and states that come back
    # Event-Type is the family (topic, post, ...), Event the event (topic_created, ...).
    algorithm hmac-sha256;
    signature header:X-Discourse-Event-Signature prefix=sha256= encoding=hex;
    id header:X-Discourse-Event-Id;
    type header:X-Discourse-Event header:X-Discourse-Event-Type;
)"},
    {"emailit", R"(
    # source: https://emailit.com/docs/webhooks/request-signature.md (read 2026-11-30) ; https://emailit.com/docs/kb/webhook-signature-mismatch/ (read 2026-11-30)
    # retries: keep the body
    # repeats: no
    # The body is a list of up to 100 events. The key is the whole text, whsec_ included.
    algorithm hmac-sha256;
    signature header:X-Emailit-Signature encoding=hex;
    timestamp header:X-Emailit-Timestamp unit=s;
    message "{ts}.{body}";
    id json:/event_id json:/0/event_id;
    type json:/type json:/0/type;
)"},
    {"getstream", R"(
    # source: npm stream-chat 9.53.0 (read 2026-11-30)
    # retries: not documented
    # repeats: not documented
    # Signed is the body before it is compressed: compression must be off.
    algorithm hmac-sha256;
    signature header:X-Signature encoding=hex;
    type json:/type;
)"},
    {"help-scout", R"(
    # source: https://developer.helpscout.com/webhooks (read 2026-11-30) ; from memory
    # retries: not documented
    # repeats: yes, the deletion of a thing has its id only
    # The id is the conversation's or customer's.
    algorithm hmac-sha1;
    signature header:X-HelpScout-Signature encoding=base64;
    id json:/id;
    type header:X-HelpScout-Event;
)"},
    {"knock", R"(
    # source: https://docs.knock.app/developer-tools/outbound-webhooks (read 2026-11-30) ; https://skills.sh/hookdeck/webhook-skills/knock-webhooks (read 2026-11-30)
    # retries: not documented
    # repeats: not documented
    algorithm hmac-sha256;
    signature header:X-Knock-Signature split=, prefix=s= encoding=base64;
    timestamp header:X-Knock-Signature split=, prefix=t= unit=ms;
    message "{ts}.{body}";
    type json:/type;
)"},
    {"lark", R"(
    # source: npm @larksuiteoapi/node-sdk 1.74.0 (read 2026-11-30) ; from memory
    # retries: keep the id
    # repeats: no
    # Lark and Feishu without an Encrypt Key: the body holds the app's Verification Token. Encrypted events are not read.
    algorithm token;
    signature json:/header/token json:/token;
    unsigned_body;
    id json:/header/event_id json:/uuid;
    type json:/header/event_type json:/event/type;
    identity event;
    challenge when=json:/type=url_verification after=verify type=application/json 'body={"challenge":"{json:/challenge}"}';
)"},
    {"livekit", R"(
    # source: npm livekit-server-sdk 2.19.2 (read 2026-11-30)
    # retries: not documented
    # repeats: no
    algorithm jwt-hs256;
    signature header:Authorization;
    claims exp;
    digest claim:sha256 algorithm=sha256 encoding=base64;
    id json:/id;
    type json:/event;
)"},
    {"mailtrap", R"(
    # source: npm mailtrap 4.10.0 (read 2026-11-30)
    # retries: not documented
    # repeats: not documented
    algorithm hmac-sha256;
    signature header:Mailtrap-Signature encoding=hex;
    type json:/events/0/event;
)"},
    {"mastodon", R"(
    # source: github mastodon/mastodon app/workers/webhooks/delivery_worker.rb (read 2026-11-30)
    # retries: keep the body (16 times)
    # repeats: no
    algorithm hmac-sha256;
    signature header:X-Hub-Signature prefix=sha256= encoding=hex;
    type json:/event;
)"},
    {"mattermost", R"(
    # source: from memory
    # retries: none
    # repeats: no
    # Outgoing webhooks that send forms. The token is in the body.
    algorithm token;
    signature form:token;
    unsigned_body;
    id form:post_id;
    type form:trigger_word;
)"},
    {"misskey", R"(
    # source: github misskey-dev/misskey packages/backend/src/queue/processors/UserWebhookDeliverProcessorService.ts (read 2026-11-30)
    # retries: keep the id
    # repeats: no
    algorithm token;
    signature header:X-Misskey-Hook-Secret;
    id json:/eventId;
    type json:/type;
    identity event;
)"},
    {"nextcloud-talk", R"(
    # source: github nextcloud/spreed docs/bots.md (read 2026-11-30)
    # retries: not documented
    # repeats: yes, a reaction that is added, removed and added again
    # The id is the message's, which reactions carry too.
    algorithm hmac-sha256;
    signature header:X-Nextcloud-Talk-Signature encoding=hex;
    message "{header:X-Nextcloud-Talk-Random}{body}";
    id json:/object/id;
    type json:/type;
    repeats;
)"},
    {"nylas", R"(
    # source: https://developer.nylas.com/docs/cookbook/use-cases/build/retry-failed-webhooks.md (read 2026-11-30) ; https://www.skills.sh/hookdeck/webhook-skills/nylas-webhooks (read 2026-11-30)
    # retries: keep the id
    # repeats: no
    # A CloudEvents envelope, whose id names the notification.
    algorithm hmac-sha256;
    signature header:X-Nylas-Signature encoding=hex;
    id json:/id;
    type json:/type;
    identity event;
    challenge method=GET has=query:challenge "match=query:challenge=[A-Za-z0-9_-]{1,256}" "body={query:challenge}";
)"},
    {"plain", R"(
    # source: npm @team-plain/typescript-sdk 5.12.1 (read 2026-11-30)
    # retries: keep the id
    # repeats: no
    # Number and time of the attempt are in the body.
    algorithm hmac-sha256;
    signature header:Plain-Request-Signature encoding=hex;
    timestamp json:/webhookMetadata/webhookDeliveryAttemptTimestamp unit=rfc3339;
    id json:/id;
    type json:/type;
    identity event;
    volatile json:/webhookMetadata/webhookDeliveryAttemptId json:/webhookMetadata/webhookDeliveryAttemptNumber
             json:/webhookMetadata/webhookDeliveryAttemptTimestamp;
)"},
    {"pusher", R"(
    # source: npm pusher 5.3.4 (read 2026-11-30)
    # retries: not documented
    # repeats: no
    algorithm hmac-sha256;
    signature header:X-Pusher-Signature encoding=hex;
    type json:/events/0/name;
)"},
    {"retell", R"(
    # source: npm retell-sdk 5.66.1 (read 2026-11-30)
    # retries: not documented
    # repeats: not documented
    # The id is the call's.
    algorithm hmac-sha256;
    signature header:X-Retell-Signature split=, prefix=d= encoding=hex;
    timestamp header:X-Retell-Signature split=, prefix=v= unit=ms;
    message "{body}{ts}";
    id json:/call/call_id;
    type json:/event;
)"},
    {"rocket-chat", R"(
    # source: from memory
    # retries: not documented
    # repeats: no
    # Outgoing webhooks. The token is in the body.
    algorithm token;
    signature json:/token;
    unsigned_body;
    id json:/message_id;
    type json:/trigger_word;
)"},
    {"sendbird", R"(
    # source: https://docs.sendbird.com/docs/business-messaging/guide/v1/settings/webhooks (read 2026-11-30)
    # retries: not documented
    # repeats: not documented
    # The key is the API token.
    algorithm hmac-sha256;
    signature header:X-Sendbird-Signature encoding=hex;
    type json:/category;
)"},
    {"signalwire", R"(
    # source: npm @signalwire/compatibility-api 3.2.0 (read 2026-11-30)
    # retries: not documented
    # repeats: not documented
    # Signed as Twilio does it.
    algorithm hmac-sha1;
    signature header:X-SignalWire-Signature header:X-Twilio-Signature encoding=base64;
    url_variants;
    message "{url}{form|sorted}";
    id "{form:MessageSid}{form:CallSid}";
    type "{form:MessageStatus}{form:CallStatus}";
)"},
    {"sinch", R"(
    # source: npm @sinch/sdk-client 1.5.0 (read 2026-11-30) ; npm @sinch/conversation 1.4.0 (read 2026-11-30)
    # retries: not documented
    # repeats: no
    # The Conversation API; calls and numbers are signed otherwise.
    algorithm hmac-sha256;
    signature header:X-Sinch-Webhook-Signature encoding=base64;
    timestamp header:X-Sinch-Webhook-Signature-Timestamp unit=s;
    message "{body}.{header:X-Sinch-Webhook-Signature-Nonce}.{ts}";
    id json:/message/id json:/message_delivery_report/message_id json:/event/id;
)"},
    {"sinch-numbers", R"(
    # source: npm @sinch/sdk-client 1.5.0 (read 2026-11-30)
    # retries: not documented
    # repeats: not documented
    algorithm hmac-sha1;
    signature header:X-Sinch-Signature encoding=hex;
    id json:/eventId;
    type json:/eventType;
)"},
    {"viber", R"(
    # source: npm viber-bot 1.0.18 (read 2026-11-30)
    # retries: not documented
    # repeats: no
    # The token names a message, which is delivered and seen, too.
    algorithm hmac-sha256;
    signature header:X-Viber-Content-Signature encoding=hex;
    id json:/message_token;
    type json:/event;
)"},
    {"webex", R"(
    # source: npm webex-node-bot-framework 2.3.14 (read 2026-11-30)
    # retries: not documented
    # repeats: not documented
    # The id at the top is the webhook's, that in data the message's or room's.
    algorithm hmac-sha1;
    signature header:X-Spark-Signature encoding=hex;
    id json:/data/id;
    type "{json:/resource}.{json:/event}";
)"},
    {"zulip", R"(
    # source: github zulip/zulip api_docs/outgoing-webhooks.md (read 2026-11-30) ; from memory
    # retries: not documented
    # repeats: no
    # Outgoing webhooks in Zulip's own format. The token is in the body.
    algorithm token;
    signature json:/token;
    unsigned_body;
    id json:/message/id;
    type json:/trigger;
    ack 200 application/json '{"response_not_required":true}';
)"},
};
// clang-format on

}  // namespace

Definitions communication_schemes() {
    return {definitions, std::size(definitions)};
}

}  // namespace webhook::signature
