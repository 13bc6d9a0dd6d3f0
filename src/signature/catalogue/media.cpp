// Media, content, documents and devices. The language is described in signature/language.hpp.

#include "signature/catalogue/catalogue.hpp"

namespace webhook::signature {

namespace {

// clang-format off
constexpr Definition definitions[] = {
    {"autodesk", R"(
    # source: from memory
    # retries: not documented
    # repeats: not documented
    algorithm hmac-sha1;
    signature header:X-Adsk-Signature prefix=sha1hash= encoding=hex;
    id header:X-Adsk-Delivery-Id;
    type json:/hook/event;
)"},
    {"cloudconvert", R"(
    # source: npm cloudconvert 3.0.0 (read 2026-11-30)
    # retries: not documented
    # repeats: no
    # The id is the job's.
    algorithm hmac-sha256;
    signature header:CloudConvert-Signature encoding=hex;
    id json:/job/id;
    type json:/event;
)"},
    {"cloudinary", R"(
    # source: npm cloudinary 2.11.0 (read 2026-11-30)
    # retries: not documented
    # repeats: not documented
    # Accounts may sign with SHA-256 instead, which needs a scheme of one's own.
    algorithm sha1;
    signature header:X-Cld-Signature encoding=hex;
    timestamp header:X-Cld-Timestamp unit=s window=7200,300;
    message "{body}{ts}{secret}";
    type json:/notification_type;
)"},
    {"cvat", R"(
    # source: https://docs.cvat.ai/docs/api_sdk/sdk/examples/webhooks/ (read 2026-11-30)
    # retries: not documented
    # repeats: yes, its ping
    algorithm hmac-sha256;
    signature header:X-Signature-256 prefix=sha256= encoding=hex;
    type json:/event;
)"},
    {"datasaur", R"(
    # source: https://docs.datasaur.ai/integrations/webhook-notifications/webhook-signature (read 2026-11-30)
    # retries: not documented
    # repeats: not documented
    algorithm hmac-sha256;
    signature header:X-Datasaur-Signature encoding=hex;
)"},
    {"documenso", R"(
    # source: https://docs.documenso.com/docs/developers/webhooks/verification (read 2026-11-30) ; github documenso/documenso packages/lib/jobs/definitions/internal/execute-webhook.handler.ts (read 2026-11-30)
    # retries: keep the id
    # repeats: no
    # createdAt is the time of the attempt.
    algorithm token;
    signature header:X-Documenso-Secret;
    id json:/deliveryId;
    type json:/event;
    identity event;
    volatile json:/createdAt;
)"},
    {"editframe", R"(
    # source: https://editframe.com/docs/getting-started/webhook-verification (read 2026-11-30)
    # retries: not documented
    # repeats: not documented
    algorithm hmac-sha256;
    signature header:X-Webhook-Signature encoding=hex;
    type json:/topic;
)"},
    {"fal", R"(
    # source: npm @hookflo/tern 4.1.0 (read 2026-11-30) ; https://fal.ai/docs/model-apis/webhooks (read 2026-11-30)
    # retries: not documented
    # repeats: no
    # The id is that of the request whose result this is. The keys are fal's JWK set, which has no key ids in the request.
    algorithm ed25519;
    key jwk;
    signature header:X-Fal-Webhook-Signature encoding=hex;
    timestamp header:X-Fal-Webhook-Timestamp unit=s;
    message "{header:X-Fal-Webhook-Request-Id}\n{header:X-Fal-Webhook-User-Id}\n{ts}\n{sha256:body}";
    id header:X-Fal-Webhook-Request-Id;
    type json:/status;
)"},
    {"fizzy", R"(
    # source: https://docs.rs/fizzy-sdk/0.2.4/fizzy_sdk/webhooks/ (read 2026-11-30)
    # retries: not documented
    # repeats: not documented
    algorithm hmac-sha256;
    signature header:X-Webhook-Signature encoding=hex;
)"},
    {"frameio", R"(
    # source: https://developer.frame.io/platform/v2/webhooks-overview (read 2026-11-30) ; from memory
    # retries: not documented
    # repeats: yes, what happens to a thing again
    # The id is that of the asset, comment or project.
    algorithm hmac-sha256;
    signature header:X-Frameio-Signature prefix=v0= encoding=hex;
    timestamp header:X-Frameio-Request-Timestamp unit=s;
    message "v0:{ts}:{body}";
    id json:/resource/id;
    type json:/type;
    repeats;
)"},
    {"ghost", R"(
    # source: github TryGhost/Ghost ghost/core/core/server/services/webhooks/WebhookTrigger.js (read 2026-11-30)
    # retries: keep the body (5 times)
    # repeats: no
    # "sha256=SIGNATURE, t=MILLISECONDS"
    algorithm hmac-sha256;
    signature header:X-Ghost-Signature split=, trim prefix=sha256= encoding=hex;
    timestamp header:X-Ghost-Signature split=, trim prefix=t= unit=ms;
    message "{body}{ts}";
    type json:/event;
)"},
    {"hygraph", R"(
    # source: npm @hygraph/utils 1.2.1 (read 2026-11-30)
    # retries: not documented
    # repeats: not documented
    # Signed is a JSON text that holds the body as a string. The environment is one that the operator names.
    algorithm hmac-sha256;
    signature header:Gcms-Signature split=, trim prefix=sign= encoding=base64;
    timestamp header:Gcms-Signature split=, trim prefix=t= unit=ms;
    message '{"Body":"{body|jsonesc}","EnvironmentName":"{config:environment}","TimeStamp":{ts}}';
    id json:/data/id;
    type json:/operation;
)"},
    {"imagekit", R"(
    # source: npm @imagekit/nodejs 7.11.0 (read 2026-11-30)
    # retries: not documented
    # repeats: no
    # Standard Webhooks, but for the key: it is the whole text, whsec_ included.
    algorithm hmac-sha256;
    signature header:webhook-signature "split= " prefix=v1, encoding=base64;
    timestamp header:webhook-timestamp unit=s;
    message "{header:webhook-id}.{ts}.{body}";
    id header:webhook-id;
    type json:/type;
)"},
    {"kontent-ai", R"(
    # source: npm @kontent-ai/webhook-helper 3.0.3 (read 2026-11-30) ; from memory
    # retries: not documented
    # repeats: no
    algorithm hmac-sha256;
    signature header:X-Kontent-ai-Signature header:X-KC-Signature encoding=base64;
    type json:/notifications/0/message/action;
)"},
    {"lever", R"(
    # source: from memory
    # retries: not documented
    # repeats: no
    # Token and time are signed, the event is not.
    algorithm hmac-sha256;
    signature json:/signature encoding=hex;
    message "{json:/token}{json:/triggeredAt}";
    unsigned_body;
    unsigned_id;
    id json:/id;
    type json:/event;
)"},
    {"northpass", R"(
    # source: https://support.gainsight.com/docs/webhook-verification.md (read 2026-11-30)
    # retries: not documented
    # repeats: not documented
    # Gainsight CE.
    algorithm hmac-sha256;
    signature header:X-Northpass-Hmac-SHA256 encoding=base64;
)"},
    {"pandadoc", R"(
    # source: https://developers.pandadoc.com/docs/webhook-verification.md (read 2026-11-30)
    # retries: not documented
    # repeats: not documented
    # The body is a list; the id is the document's.
    algorithm hmac-sha256;
    signature query:signature encoding=hex;
    id json:/0/data/id;
    type json:/0/event;
)"},
    {"patreon", R"(
    # source: https://gist.github.com/Grayda/2db601b34876f418ce731c287bd54fff (read 2026-11-30) ; github hentaiOS-Infrastructure/patreon-go-wrapper triggers.go (read 2026-11-30)
    # retries: not documented
    # repeats: not documented
    # The id is the member's or post's.
    algorithm hmac-md5;
    signature header:X-Patreon-Signature encoding=hex;
    id json:/data/id;
    type header:X-Patreon-Event;
)"},
    {"prismic", R"(
    # source: from memory
    # retries: not documented
    # repeats: yes, its test
    # The secret is in the body.
    algorithm token;
    signature json:/secret;
    unsigned_body;
    type json:/type;
)"},
    {"smartcar", R"(
    # source: npm smartcar 10.4.0 (read 2026-11-30) ; https://www.skills.sh/hookdeck/webhook-skills/smartcar-webhooks (read 2026-11-30)
    # retries: not documented
    # repeats: no
    # The key is the Application Management Token.
    algorithm hmac-sha256;
    signature header:SC-Signature encoding=hex;
    id json:/eventId;
    type json:/eventType;
    challenge when=json:/eventType=VERIFY "match=json:/data/challenge=[A-Za-z0-9_-]{1,128}" type=application/json
              'body={"challenge":"{json:/data/challenge|hmac}"}';
)"},
    {"strava", R"(
    # source: https://www.skills.sh/hookdeck/webhook-skills/strava-webhooks (read 2026-11-30) ; from memory
    # retries: keep the body (three tries)
    # repeats: no
    # Strava signs nothing: the secret is in the callback URL, https://HOST/PATH?token=SECRET. The id is the activity's or athlete's.
    algorithm token;
    signature query:token;
    unsigned_body;
    id "{json:/object_type}:{json:/object_id}";
    type "{json:/object_type}.{json:/aspect_type}";
    challenge method=GET has=query:hub.challenge "require=query:hub.verify_token={config:verify_token}"
              "match=query:hub.challenge=[A-Za-z0-9_-]{1,256}" type=application/json 'body={"hub.challenge":"{query:hub.challenge}"}';
)"},
    {"tapjoy", R"(
    # source: from memory
    # retries: keep the id
    # repeats: no
    # The amount is signed, the user is snuid. Answers of 403 stop the retries.
    algorithm md5;
    signature query:verifier encoding=hex;
    message "{query:id}:{query:snuid}:{query:currency}:{secret}";
    id query:id;
    content signed;
    postback;
)"},
    {"terra", R"(
    # source: npm terra-api 2.1.0 (read 2026-11-30)
    # retries: not documented
    # repeats: not documented
    algorithm hmac-sha256;
    signature header:Terra-Signature split=, trim prefix=v1= encoding=hex;
    timestamp header:Terra-Signature split=, trim prefix=t= unit=s;
    message "{ts}.{body}";
    type json:/type;
)"},
    {"transloadit", R"(
    # source: npm transloadit 5.0.1 (read 2026-11-30) ; from memory
    # retries: not documented
    # repeats: no
    # A form: the field transloadit is signed. The id is the assembly's.
    algorithm hmac-sha384;
    signature form:signature prefix=sha384: encoding=hex;
    message "{form:transloadit}";
    unsigned_body;
    unsigned_id;
    content signed;
    id form:transloadit>json:/assembly_id;
    type form:transloadit>json:/ok;
)"},
};
// clang-format on

}  // namespace

Definitions media_schemes() {
    return {definitions, std::size(definitions)};
}

}  // namespace webhook::signature
