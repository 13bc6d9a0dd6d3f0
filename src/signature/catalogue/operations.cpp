// Developer tools, operations and identity. The language is described in signature/language.hpp.

#include "signature/catalogue/catalogue.hpp"

namespace webhook::signature {

namespace {

// clang-format off
constexpr Definition definitions[] = {
    {"alchemy", R"(
    # source: https://www.alchemy.com/docs/reference/notify-api-quickstart (read 2026-11-30) ; https://www.skills.sh/hookdeck/webhook-skills/alchemy-webhooks (read 2026-11-30)
    # retries: not documented
    # repeats: no
    algorithm hmac-sha256;
    signature header:X-Alchemy-Signature encoding=hex;
    id json:/id;
    type json:/type;
)"},
    {"appwrite", R"(
    # source: github appwrite/appwrite src/Appwrite/Platform/Workers/Webhooks.php (read 2026-11-30)
    # retries: none
    # repeats: not documented
    # X-Appwrite-Webhook-Id names the webhook, not the event.
    algorithm hmac-sha1;
    signature header:X-Appwrite-Webhook-Signature encoding=base64;
    message "{url}{body}";
    type header:X-Appwrite-Webhook-Events;
)"},
    {"blockfrost", R"(
    # source: npm @blockfrost/blockfrost-js 6.2.0 (read 2026-11-30)
    # retries: not documented
    # repeats: not documented
    algorithm hmac-sha256;
    signature header:Blockfrost-Signature split=, prefix=v1= encoding=hex;
    timestamp header:Blockfrost-Signature split=, prefix=t= unit=s window=600,300;
    message "{ts}.{body}";
    id json:/id;
    type json:/type;
)"},
    {"expo", R"(
    # source: github expo/expo docs/pages/eas/webhooks.mdx (read 2026-11-30)
    # retries: keep the body (a few times, with a growing delay)
    # repeats: no
    # The id is that of the build or submission.
    algorithm hmac-sha1;
    signature header:Expo-Signature prefix=sha1= encoding=hex;
    id json:/id;
    type json:/status;
)"},
    {"flux", R"(
    # source: github fluxcd/notification-controller docs/spec/v1beta3/providers.md (read 2026-11-30)
    # retries: not documented
    # repeats: no
    # Providers of type generic-hmac.
    algorithm hmac-sha256;
    signature header:X-Signature prefix=sha256= encoding=hex;
    id json:/involvedObject/uid;
    type json:/reason;
)"},
    {"grafana", R"(
    # source: npm @hookflo/tern 4.1.0 (read 2026-11-30) ; from memory
    # retries: keep the body
    # repeats: no
    # Contact points with an HMAC secret and no timestamp header. The id is the group's.
    algorithm hmac-sha256;
    signature header:X-Grafana-Alerting-Signature encoding=hex;
    id json:/groupKey;
    type json:/status;
)"},
    {"hcp-vault-radar", R"(
    # source: https://developer.hashicorp.com/hcp/docs/vault-radar/get-started/set-up-alerting/webhooks/payloads (read 2026-11-30)
    # retries: not documented
    # repeats: no
    # The time in X-HCP-Radar-Timestamp is not signed.
    algorithm hmac-sha512;
    signature header:X-HCP-Radar-Signature prefix=sha512= encoding=hex;
    id json:/event_id;
    type json:/event_type;
)"},
    {"hookdeck", R"(
    # source: npm @hookdeck/sdk 0.4.0 (read 2026-11-30) ; npm @trigger.dev/sdk 4.8.3 docs/webhooks/sources.mdx (read 2026-11-30)
    # retries: keep the id
    # repeats: not documented
    # The body is the original sender's. The second header is signed with the previous key while it is being replaced.
    algorithm hmac-sha256;
    signature header:X-Hookdeck-Signature header:X-Hookdeck-Signature-2 encoding=base64;
    id header:X-Hookdeck-EventId;
    identity event;
)"},
    {"huggingface", R"(
    # source: github huggingface/hub-docs docs/hub/webhooks.md (read 2026-11-30)
    # retries: not documented
    # repeats: yes, a change of the configuration to a value that it had before
    algorithm token;
    signature header:X-Webhook-Secret;
    type "{json:/event/scope}.{json:/event/action}";
    repeats;
)"},
    {"infisical", R"(
    # source: github Infisical/infisical backend/src/services/webhook/webhook-fns.ts (read 2026-11-30)
    # retries: none
    # repeats: no
    # The header is "t=TIME;SIGNATURE"; the time in the body is the one that is signed.
    algorithm hmac-sha256;
    signature header:X-Infisical-Signature "split=;" skip=1 take=1 encoding=hex;
    timestamp json:/timestamp unit=ms;
    type json:/event;
)"},
    {"logto", R"(
    # source: github logto-io/logto packages/core/src/libraries/hook/utils.ts (read 2026-11-30)
    # retries: keep the body (three times, on 5xx)
    # repeats: no
    algorithm hmac-sha256;
    signature header:Logto-Signature-Sha-256 encoding=hex;
    type json:/event;
)"},
    {"mlflow", R"(
    # source: github mlflow/mlflow mlflow/webhooks/delivery.py mlflow/webhooks/constants.py (read 2026-11-30)
    # retries: keep the id
    # repeats: no
    algorithm hmac-sha256;
    signature header:X-MLflow-Signature prefix=v1, encoding=base64;
    timestamp header:X-MLflow-Timestamp unit=s;
    message "{header:X-MLflow-Delivery-Id}.{ts}.{body}";
    id header:X-MLflow-Delivery-Id;
    type "{json:/entity}.{json:/action}";
    identity event;
)"},
    {"mongodb", R"(
    # source: https://www.mongodb.com/docs/atlas/tutorial/webhook-integration/ (read 2026-11-30)
    # retries: not documented
    # repeats: not documented
    # Atlas and Cloud Manager. The id is the alert's, which is opened, updated and closed.
    algorithm hmac-sha1;
    signature header:X-MMS-Signature encoding=base64;
    id json:/id;
    type header:X-MMS-Event json:/eventTypeName;
)"},
    {"nango", R"(
    # source: npm @nangohq/node 0.71.10 (read 2026-11-30)
    # retries: not documented
    # repeats: not documented
    algorithm hmac-sha256;
    signature header:X-Nango-Hmac-Sha256 encoding=hex;
    type json:/type;
)"},
    {"netbox", R"(
    # source: github netbox-community/netbox netbox/extras/webhooks.py (read 2026-11-30)
    # retries: none
    # repeats: no
    algorithm hmac-sha512;
    signature header:X-Hook-Signature encoding=hex;
    type json:/event;
)"},
    {"openproject", R"(
    # source: github opf/openproject modules/webhooks/app/workers/represented_webhook_job.rb (read 2026-11-30)
    # retries: keep the body (after a time-out only)
    # repeats: not documented
    algorithm hmac-sha1;
    signature header:X-OP-Signature prefix=sha1= encoding=hex;
    type json:/action;
)"},
    {"outline", R"(
    # source: github outline/outline server/models/WebhookSubscription.ts plugins/webhooks/server/presenters/webhook.ts (read 2026-11-30)
    # retries: not documented
    # repeats: no
    algorithm hmac-sha256;
    signature header:Outline-Signature split=, prefix=s= encoding=hex;
    timestamp header:Outline-Signature split=, prefix=t= unit=ms;
    message "{ts}.{body}";
    id json:/id;
    type json:/event;
)"},
    {"phorge", R"(
    # source: github phorgeit/phorge src/applications/herald/worker/HeraldWebhookWorker.php (read 2026-11-30)
    # retries: keep the body
    # repeats: no
    # Phabricator's successor, which renamed the header.
    algorithm hmac-sha256;
    signature header:X-Phorge-Webhook-Signature header:X-Phabricator-Webhook-Signature encoding=hex;
    type json:/object/type;
)"},
    {"plane", R"(
    # source: github makeplane/plane apps/api/plane/bgtasks/webhook_task.py (read 2026-11-30)
    # retries: make a new id, keep the body
    # repeats: no
    algorithm hmac-sha256;
    signature header:X-Plane-Signature encoding=hex;
    id header:X-Plane-Delivery;
    type "{json:/event}.{json:/action}";
    identity attempt;
)"},
    {"qstash", R"(
    # source: npm @upstash/qstash 2.12.0 (read 2026-11-30) ; from memory
    # retries: keep the id
    # repeats: yes, a schedule sends the same body each time
    # Both signing keys, the current and the next, are secrets.
    algorithm jwt-hs256;
    signature header:Upstash-Signature;
    claims iss=Upstash exp;
    digest claim:body algorithm=sha256 encoding=base64url;
    id header:Upstash-Message-Id;
)"},
    {"sonarqube", R"(
    # source: from memory
    # retries: none
    # repeats: no
    algorithm hmac-sha256;
    signature header:X-Sonar-Webhook-HMAC-SHA256 encoding=hex;
    id json:/taskId;
    type json:/status;
)"},
    {"sonatype", R"(
    # source: github fluxcd/flux-recv nexus.go (read 2026-11-30) ; from memory
    # retries: not documented
    # repeats: no
    # Nexus Repository and IQ Server. The body has a time.
    algorithm hmac-sha1;
    signature header:X-Nexus-Webhook-Signature encoding=hex;
    id header:X-Nexus-Webhook-Delivery;
    type header:X-Nexus-Webhook-Id;
)"},
    {"spacelift", R"(
    # source: github spacelift-io/user-documentation docs/integrations/webhooks.md (read 2026-11-30)
    # retries: not documented
    # repeats: yes, errors without a time
    algorithm hmac-sha256;
    signature header:X-Signature-256 prefix=sha256= encoding=hex;
    id json:/run/id;
    type json:/state json:/severity;
    repeats;
)"},
    {"taiga", R"(
    # source: github taigaio/taiga-back taiga/webhooks/tasks.py (read 2026-11-30)
    # retries: none
    # repeats: yes, its test message
    algorithm hmac-sha1;
    signature header:X-Taiga-Webhook-Signature encoding=hex;
    type "{json:/type}.{json:/action}";
)"},
    {"zitadel", R"(
    # source: github zitadel/zitadel pkg/actions/signing.go (read 2026-11-30)
    # retries: not documented
    # repeats: not documented
    algorithm hmac-sha256;
    signature header:ZITADEL-Signature split=, prefix=v1= encoding=hex;
    timestamp header:ZITADEL-Signature split=, prefix=t= unit=s;
    message "{ts}.{body}";
)"},
};
// clang-format on

}  // namespace

Definitions operations_schemes() {
    return {definitions, std::size(definitions)};
}

}  // namespace webhook::signature
