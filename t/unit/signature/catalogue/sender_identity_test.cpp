// What the catalogue says of payment and postback senders: retries of an event are one event, other events
// are others.

#include "signature/catalogue/catalogue.hpp"
#include "signature/catalogue/lookup.hpp"
#include "signature/model/signed_id.hpp"
#include "signature/verify/content.hpp"
#include "t/unit/signature/body_support.hpp"

namespace webhook::signature {
namespace {

struct Sent {
    std::string body, url = "https://hooks.example.com/in";
    std::vector<std::pair<std::string, std::string>> headers = {};
};

struct Marks {
    std::string id, content;
};

Marks marks_of(std::string_view scheme, const Sent& sent) {
    test::PlainRequest request;
    request.set_url(sent.url);
    request.set_body(sent.body);
    request.headers = sent.headers;
    const auto content = content_of(*find_scheme(scheme), request, Outcome{}, 1 << 20);
    return {id_of(scheme, request), std::string(content.view())};
}

/// Whether two genuine requests are one event by the rule of the scheme.
bool one_event(std::string_view name, const Sent& first, const Sent& second) {
    const Marks a = marks_of(name, first), b = marks_of(name, second);
    switch (default_by(*find_scheme(name))) {
        case event::By::id:
            return a.id.empty() && b.id.empty() ? a.content == b.content : a.id == b.id;
        case event::By::both:
            return a.id == b.id && a.content == b.content;
        case event::By::body:
            return a.content == b.content;
    }
    return false;
}

bool one_body(std::string_view name, const std::string& first, const std::string& second) {
    return one_event(name, {first}, {second});
}

TEST(SenderIdentity, RetriesThatCountInTheBodyAreOneEvent) {
    EXPECT_TRUE(one_body("stripe", R"({"id":"evt_1","pending_webhooks":2})",
                         R"({"id":"evt_1","pending_webhooks":1})"));
    EXPECT_TRUE(one_body("paddle", R"({"event_id":"evt_1","notification_id":"ntf_1"})",
                         R"({"event_id":"evt_1","notification_id":"ntf_2"})"));
    EXPECT_TRUE(one_body("coinbase",
                         R"({"id":"a","scheduled_for":"1","attempt_number":1,"event":{"id":"e1"}})",
                         R"({"id":"b","scheduled_for":"2","attempt_number":2,"event":{"id":"e1"}})"));
    EXPECT_TRUE(one_body("easypost",
                         R"({"id":"evt_1","status":"pending","pending_urls":["u"],"completed_urls":[]})",
                         R"({"id":"evt_1","status":"retrying","pending_urls":[],"completed_urls":["u"]})"));
    EXPECT_TRUE(one_body("gocardless",
                         R"({"events":[{"id":"EV1","action":"paid"}],"meta":{"webhook_id":"WB1"}})",
                         R"({"events":[{"id":"EV1","action":"paid"}],"meta":{"webhook_id":"WB2"}})"));
}

TEST(SenderIdentity, ChangesLeftOutOfTheContentAreNoConflictEither) {
    const auto content = [](std::string_view name, const std::string& body) {
        return marks_of(name, {body}).content;
    };
    EXPECT_EQ(content("paddle", R"({"event_id":"evt_1","notification_id":"ntf_2"})"),
              content("paddle", R"({"event_id":"evt_1","notification_id":"ntf_1"})"));
    EXPECT_NE(content("paddle", R"({"event_id":"evt_1","notification_id":"ntf_2"})"),
              content("paddle", R"({"event_id":"evt_1","livemode":true,"notification_id":"ntf_2"})"));
}

TEST(SenderIdentity, TwoEventsOfOneThingAreTwo) {
    EXPECT_FALSE(one_body("recurly", R"({"id":"r1","object_type":"subscription","event_type":"created"})",
                          R"({"id":"r1","object_type":"subscription","event_type":"updated"})"));
    EXPECT_FALSE(one_body("adyen-platform", R"({"data":{"id":"TR1","status":"authorised"},"type":"t"})",
                          R"({"data":{"id":"TR1","status":"booked"},"type":"t"})"));
    EXPECT_FALSE(one_body("paystack", R"({"event":"charge.success","data":{"id":1}})",
                          R"({"event":"refund.processed","data":{"id":1}})"));
    EXPECT_FALSE(one_body("flutterwave-v3",
                          R"({"event":"charge.completed","data":{"id":1,"status":"pending"}})",
                          R"({"event":"charge.completed","data":{"id":1,"status":"successful"}})"));
    EXPECT_FALSE(one_body("xero", R"({"events":[],"firstEventSequence":0,"entropy":"A"})",
                          R"({"events":[],"firstEventSequence":0,"entropy":"B"})"));
    EXPECT_FALSE(one_body("gocardless", R"({"events":[{"id":"EV1"}],"meta":{"webhook_id":"WB1"}})",
                          R"({"events":[{"id":"EV1"},{"id":"EV2"}],"meta":{"webhook_id":"WB1"}})"));
    EXPECT_FALSE(one_body("quickbooks", R"([{"id":"1"}])", R"([{"id":"1"},{"id":"2"}])"));
}

TEST(SenderIdentity, WhoeverClaimsAnUnsignedIdTakesNoEventAway) {
    const std::pair<std::string_view, std::string> headers[] = {{"shopify", "X-Shopify-Webhook-Id"},
                                                                {"razorpay", "X-Razorpay-Event-Id"},
                                                                {"woocommerce", "X-Wc-Webhook-Delivery-Id"}};
    for (const auto& [name, header] : headers) {
        const Sent genuine{R"({"a":1})", "https://h/", {{header, "1"}}},
            claim{R"({"a":2})", "https://h/", {{header, "1"}}};
        EXPECT_FALSE(has_signed_id(*find_scheme(name))) << name;
        EXPECT_FALSE(one_event(name, claim, genuine)) << name;
        EXPECT_TRUE(one_event(name, genuine, genuine)) << name;
    }
    EXPECT_FALSE(
        one_body("mercadopago", R"({"id":1,"action":"x"})", R"({"id":1,"action":"payment.updated"})"));
}

TEST(SenderIdentity, WhatNobodySignedMakesNoOtherEvent) {
    const auto adyen = [](const std::string& success, const std::string& more) {
        return R"({"notificationItems":[{"NotificationRequestItem":{"pspReference":"1","eventCode":"CAPTURE","success":")" +
               success + "\"" + more + "}}]}";
    };
    EXPECT_TRUE(one_body("adyen", adyen("true", ""), adyen("true", R"(,"reason":"x")")));
    EXPECT_FALSE(one_body("adyen", adyen("true", ""), adyen("false", "")));

    const auto braintree = [](const std::string& body) {
        return Sent{body, "https://h/", {{"Content-Type", "application/x-www-form-urlencoded"}}};
    };
    EXPECT_TRUE(one_event("braintree", braintree("bt_payload=PG4%2B&bt_signature=a"),
                          braintree("bt_signature=b&x=1&bt_payload=%50G4%2B")));
    EXPECT_FALSE(one_event("braintree", braintree("bt_payload=PG4%2B"), braintree("bt_payload=PG8%2B")));
}

Sent get(const std::string& query) {
    return {"", "https://hooks.example.com/in?" + query};
}

TEST(SenderIdentity, AQueryInAnotherOrderIsTheSameConversion) {
    EXPECT_TRUE(one_event("ayet", get("transaction_id=1&amount=2"), get("amount=2&transaction_id=1")));
    EXPECT_FALSE(one_event("ayet", get("transaction_id=1&amount=2"), get("amount=3&transaction_id=1")));
    EXPECT_TRUE(one_event("postback-hmac-query", get("txid=1&hash=aa&sum=2"), get("txid=1&sum=2&hash=aa")));
    EXPECT_FALSE(one_event("postback-hmac-query", get("txid=1&status=a"), get("txid=1&status=b")));
    const std::string adjoe = "trans_uuid=u1&user_uuid=u2&currency=c&coin_amount=5";
    EXPECT_TRUE(one_event("adjoe", get(adjoe), get(adjoe + "&reward_level=2")));
}

TEST(SenderIdentity, ABorderThatIsMovedMakesNoOtherEvent) {
    EXPECT_TRUE(one_event("square", {R"({"event_id":"e1"})", "https://h/in"},
                          {R"("event_id":"e1"})", "https://h/in{"}));
    EXPECT_TRUE(one_event("ironsource", get("timestamp=2026&eventId=ab&appUserId=c&rewards=1"),
                          get("timestamp=2026&eventId=a&appUserId=bc&rewards=1")));
    EXPECT_FALSE(one_event("square", {R"({"event_id":"e1"})"}, {R"({"event_id":"e2"})"}));
}

TEST(SenderIdentity, OnlyRevolutOfThesePromisesNothing) {
    for (const Definitions& family : {payments_schemes(), standard_schemes(), postbacks_schemes()}) {
        for (const Definition& each : family)
            EXPECT_EQ(repeats(*find_scheme(each.name)), each.name == "revolut") << each.name;
    }
}

}  // namespace
}  // namespace webhook::signature
