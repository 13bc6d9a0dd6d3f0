// What the catalogue says of senders: a retry is the same content, another event is not. Bodies are cut to
// what matters.

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "event/identity.hpp"
#include "signature/catalogue/lookup.hpp"
#include "signature/model/scheme.hpp"
#include "signature/verify/content.hpp"
#include "t/unit/signature/support.hpp"

namespace webhook {
namespace {

using Headers = std::vector<std::pair<std::string, std::string>>;

std::string content(const signature::Scheme& scheme, const std::string& body, const Headers& headers) {
    test::PlainRequest request;
    request.set_url("https://hooks.example.com/in");
    request.headers = headers;
    if (!body.empty() && body.front() != '{' && body.front() != '[') {
        request.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
    }
    request.set_body(body);
    return std::string(signature::content_of(scheme, request, {}, 1 << 20).view());
}

struct Pair {
    const char* scheme;
    std::string one, other;
    Headers one_headers = {}, other_headers = {};
};

bool same_content(const Pair& pair) {
    const signature::Scheme& scheme = *signature::find_scheme(pair.scheme);
    return content(scheme, pair.one, pair.one_headers) == content(scheme, pair.other, pair.other_headers);
}

const Pair retries[] = {
    {"line",
     R"({"events":[{"webhookEventId":"1","deliveryContext":{"isRedelivery":false}},)"
     R"({"webhookEventId":"2","deliveryContext":{"isRedelivery":false}}]})",
     R"({"events":[{"webhookEventId":"1","deliveryContext":{"isRedelivery":true}},)"
     R"({"webhookEventId":"2","deliveryContext":{"isRedelivery":true}}]})"},
    {"hubspot-v3", R"([{"eventId":1,"attemptNumber":0},{"eventId":2,"attemptNumber":0}])",
     R"([{"eventId":1,"attemptNumber":1},{"eventId":2,"attemptNumber":10}])"},
    {"notion", R"({"id":"1","attempt_number":1})", R"({"id":"1","attempt_number":2})"},
    {"mux", R"({"id":"1","attempts":[]})",
     R"({"id":"1","attempts":[{"id":"a","response_status_code":500}]})"},
    {"intercom", R"({"id":"notif_1","delivery_status":"pending","delivery_attempts":1})",
     R"({"id":"notif_1","delivery_status":"retry","delivery_attempts":2})"},
    {"linear", R"({"type":"Issue","webhookTimestamp":1760000000000})",
     R"({"type":"Issue","webhookTimestamp":1760000060000})"},
    {"telnyx", R"({"data":{"id":"1"},"meta":{"attempt":1,"delivered_to":"https://a.example/"}})",
     R"({"data":{"id":"1"},"meta":{"attempt":2,"delivered_to":"https://b.example/"}})"},
    {"docusign", R"({"event":"envelope-sent","retryCount":0})",
     R"({"event":"envelope-sent","retryCount":1})"},
    // One signature is one event, whatever stands beside it.
    {"mailgun", R"({"signature":{"timestamp":"1","token":"t"},"event-data":{"id":"1"}})",
     R"({"signature":{"timestamp":"2","token":"t"},"event-data":{"id":"2"}})"},
    // Headers of the attempt do not count.
    {"box", R"({"id":"1"})", R"({"id":"1"})", {{"Box-Delivery-Id", "a"}}, {{"Box-Delivery-Id", "b"}}},
};

const Pair events[] = {
    {"line", R"({"events":[{"webhookEventId":"1"},{"webhookEventId":"2"}]})",
     R"({"events":[{"webhookEventId":"1"},{"webhookEventId":"3"}]})"},
    {"hubspot-v3", R"([{"eventId":1},{"eventId":2}])", R"([{"eventId":1},{"eventId":3}])"},
    {"mailgun", R"({"signature":{"timestamp":"1","token":"t"},"event-data":{"id":"1"}})",
     R"({"signature":{"timestamp":"1","token":"u"},"event-data":{"id":"1"}})"},
    // Two requests that are viewed within one second have the same signed text.
    {"dropbox-sign",
     "json=%7B%22event%22%3A%7B%22event_time%22%3A%221%22%2C%22event_type%22%3A%22v%22%7D%2C%22n%22%3A1%7D",
     "json=%7B%22event%22%3A%7B%22event_time%22%3A%221%22%2C%22event_type%22%3A%22v%22%7D%2C%22n%22%3A2%7D"},
    {"elevenlabs", R"({"type":"post_call_transcription","data":{"conversation_id":"c"}})",
     R"({"type":"post_call_audio","data":{"conversation_id":"c"}})"},
    {"postmark", R"({"RecordType":"Delivery","MessageID":"m"})", R"({"RecordType":"Open","MessageID":"m"})"},
    {"telegram", R"({"update_id":1,"message":{"chat":{"id":1}}})",
     R"({"update_id":1,"message":{"chat":{"id":2}}})"},
};

TEST(CatalogueIdentity, RetriesAreCopies) {
    for (const Pair& pair : retries)
        EXPECT_TRUE(same_content(pair)) << pair.scheme << ' ' << pair.other;
}

TEST(CatalogueIdentity, EventsDiffer) {
    for (const Pair& pair : events)
        EXPECT_FALSE(same_content(pair)) << pair.scheme << ' ' << pair.other;
}

using Rule = std::pair<const char*, event::By>;

TEST(CatalogueIdentity, IdsDecideOnlyWhereTheyNameTheEvent) {
    constexpr event::By id = event::By::id, both = event::By::both, body = event::By::body;
    const Rule rules[] = {
        {"box", body},          {"notion", id},     {"paypal", id},       {"admob", id},
        {"slack", id},          {"webflow", both},  {"elevenlabs", both}, {"meta", both},
        {"postmark", both},     {"telegram", both}, {"github", both},     {"gitea", both},
        {"bitbucket", both},    {"jira", both},     {"linear", both},     {"sentry", both},
        {"sanity", both},       {"zendesk", both},  {"buildkite", both},  {"twilio", both},
        {"dropbox-sign", both}, {"wise", body},     {"mailgun", body},
    };
    for (const auto& [name, by] : rules)
        EXPECT_EQ(signature::find_scheme(name)->by, by) << name;
}

TEST(CatalogueIdentity, HonestRepeatsAreStored) {
    for (const char* name : {"dropbox", "ms-graph", "plaid"}) {
        EXPECT_TRUE(signature::find_scheme(name)->identity.repeats) << name;
    }
}

}  // namespace
}  // namespace webhook
