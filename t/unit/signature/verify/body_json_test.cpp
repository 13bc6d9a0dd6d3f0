// Schemes whose signature depends on values in a JSON body: what they take, and that nothing can be read in
// two ways.

#include "t/unit/signature/body_support.hpp"

namespace webhook::signature {
namespace {

const std::string hex_key = "44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056";

// --- Adyen: JSON, several items

std::string adyen_signature(const std::string& text) {
    std::string key;
    base::decode_text(hex_key, base::Encoding::hex, &key);
    return hmac(EVP_sha256(), key, text, base::Encoding::base64);
}

std::string adyen_item(const std::string& psp, const std::string& signature, const std::string& more = "") {
    return "{\"NotificationRequestItem\":{\"additionalData\":{\"hmacSignature\":\"" + signature +
           "\"},\"amount\":{\"value\":1000,\"currency\":\"EUR\"},\"eventCode\":\"AUTHORISATION\","
           "\"pspReference\":\"" +
           psp + "\",\"success\":true" + more + "}}";
}

std::string adyen_item(const std::string& psp) {
    return adyen_item(psp, adyen_signature(psp + "::::1000:EUR:AUTHORISATION:true"));
}

std::string adyen_body(const std::string& items) {
    return "{\"live\":\"false\",\"notificationItems\":[" + items + "]}";
}

Verdict adyen(const std::string& body, const std::vector<std::size_t>& cuts = {}) {
    test::PlainRequest request;
    request.set_body(body, cuts);
    return judge("adyen", hex_key, request).verdict;
}

TEST(BodySchemes, EveryItemOfABatchMustMatch) {
    EXPECT_EQ(adyen(adyen_body(adyen_item("1"))), Verdict::genuine);
    EXPECT_EQ(adyen(adyen_body(adyen_item("1") + "," + adyen_item("2"))), Verdict::genuine);
    EXPECT_EQ(adyen(adyen_body(adyen_item("1") + "," + adyen_item("2", adyen_signature("x")))),
              Verdict::forged);
    EXPECT_EQ(adyen(adyen_body(adyen_item("1", adyen_signature("x")) + "," + adyen_item("2"))),
              Verdict::forged);
    EXPECT_EQ(adyen(adyen_body(adyen_item("1") + ",{}")), Verdict::no_signature);
    EXPECT_EQ(adyen(adyen_body(adyen_item("1") + ",null")), Verdict::no_signature);
    EXPECT_EQ(adyen(adyen_body(adyen_item("1") + ",[" + adyen_item("1") + "]")), Verdict::no_signature);
    EXPECT_EQ(adyen(adyen_body("")), Verdict::no_signature);
    EXPECT_EQ(adyen("{}"), Verdict::no_signature);
    EXPECT_EQ(adyen("{\"notificationItems\":null}"), Verdict::no_signature);
    EXPECT_EQ(adyen("{\"notificationItems\":\"x\"}"), Verdict::no_signature);
}

TEST(BodySchemes, ValuesOfOneItemDoNotServeAnother) {
    // The second item lacks what the first has: it must not be read from there.
    const std::string lacks = "{\"NotificationRequestItem\":{\"additionalData\":{\"hmacSignature\":\"" +
                              adyen_signature("1::::1000:EUR:AUTHORISATION:true") + "\"}}}";
    EXPECT_EQ(adyen(adyen_body(adyen_item("1") + "," + lacks)), Verdict::forged);
}

TEST(BodySchemes, BatchesAreBounded) {
    std::string items = adyen_item("1");
    for (int i = 1; i < 1000; ++i)
        items += "," + adyen_item("1");
    EXPECT_EQ(adyen(adyen_body(items)), Verdict::genuine);
    EXPECT_EQ(adyen(adyen_body(items + "," + adyen_item("1"))), Verdict::malformed);
}

TEST(BodySchemes, ABatchHasTheIdOfItsFirstItem) {
    test::PlainRequest one;
    one.set_body(adyen_body(adyen_item("1")));
    EXPECT_EQ(id_of("adyen", one), "1:AUTHORISATION");
    test::PlainRequest two;
    two.set_body(adyen_body(adyen_item("1") + "," + adyen_item("2")));
    EXPECT_EQ(id_of("adyen", two), "1:AUTHORISATION");
}

TEST(BodySchemes, HalvesOfSurrogatePairsAreMalformed) {
    // yajl reads "?" where a pair is incomplete: a signed "?" could be written as what others read as
    // something else.
    const std::string signature = adyen_signature("a?::::1000:EUR:AUTHORISATION:true");
    EXPECT_EQ(adyen(adyen_body(adyen_item("a?", signature))), Verdict::genuine);
    for (const char* half :
         {"\\ud800", "\\uDBFF", "\\udc00", "\\ud83d\\u0041", "\\ud83d\\n", "\\ud83d\\ud83d"}) {
        const std::string body = adyen_body(adyen_item(std::string("a") + half, signature));
        EXPECT_EQ(adyen(body), Verdict::malformed) << half;
        for (std::size_t cut = body.find(half); cut < body.find(half) + 7; ++cut)
            EXPECT_EQ(adyen(body, {cut}), Verdict::malformed) << half << " cut at " << cut;
    }
    const std::string rocket = adyen_signature("\xf0\x9f\x9a\x80\\u::::1000:EUR:AUTHORISATION:true");
    EXPECT_EQ(adyen(adyen_body(adyen_item("\\ud83d\\uDE80\\\\u", rocket))), Verdict::genuine);
    EXPECT_EQ(adyen(adyen_body(adyen_item("1") + "," + adyen_item("2", signature, ",\"x\":\"\\ud800\""))),
              Verdict::malformed);
}

TEST(BodySchemes, RepeatedKeysAreMalformed) {
    const std::string good = adyen_item("1");
    EXPECT_EQ(adyen(adyen_body(
                  adyen_item("1", adyen_signature("1::::1000:EUR:AUTHORISATION:true"), ",\"x\":1,\"x\":2"))),
              Verdict::genuine);
    for (const char* more :
         {",\"pspReference\":\"2\"", ",\"pspReference\":null", ",\"amount\":{}", ",\"amount\":{\"value\":1}",
          ",\"success\":1", ",\"pspR\\u0065ference\":\"2\"", ",\"additionalData\":{\"a\":1}",
          ",\"merchantReference\":\"\",\"merchantReference\":\"\""}) {
        const std::string item = adyen_item("1", adyen_signature("1::::1000:EUR:AUTHORISATION:true"), more);
        EXPECT_EQ(adyen(adyen_body(item)), Verdict::malformed) << more;
    }
    EXPECT_EQ(adyen("{\"notificationItems\":[" + good + "],\"notificationItems\":[]}"), Verdict::malformed);
    EXPECT_EQ(adyen("{\"notificationItems\":[],\"notificationItems\":[" + good + "]}"), Verdict::malformed);
}

TEST(BodySchemes, ObjectsWhereValuesBelongAreMalformed) {
    for (const char* more : {",\"originalReference\":{}", ",\"originalReference\":[1]",
                             ",\"merchantReference\":{\"a\":\"b\"}"}) {
        const std::string item = adyen_item("1", adyen_signature("1::::1000:EUR:AUTHORISATION:true"), more);
        EXPECT_EQ(adyen(adyen_body(item)), Verdict::malformed) << more;
    }
    const std::string object = "{\"notificationItems\":{\"0\":" + adyen_item("1") + ",\"1\":{}}}";
    EXPECT_EQ(adyen(object), Verdict::malformed);
}

TEST(BodySchemes, WhatIsNotJsonIsMalformed) {
    const std::string good = adyen_body(adyen_item("1"));
    for (const std::string& bad :
         {std::string(), std::string("["), good + "x", good + good, good.substr(0, good.size() - 1),
          "\xff" + good, std::string("{\"a\":\"\xc0\x80\",") + good.substr(1)}) {
        EXPECT_EQ(adyen(bad), Verdict::malformed) << bad;
    }
    const std::string deep = std::string(200, '[') + std::string(200, ']');
    EXPECT_EQ(adyen("{\"a\":" + deep + "," + good.substr(1)), Verdict::malformed);
}

TEST(BodySchemes, JsonMayBeCutAnywhere) {
    const std::string body = adyen_body(adyen_item("1") + "," + adyen_item("2"));
    for (std::size_t i = 0; i <= body.size(); ++i)
        ASSERT_EQ(adyen(body, {i}), Verdict::genuine) << i;
}

TEST(BodySchemes, EveryNotificationHoldsTheToken) {
    const auto graph = [](const std::string& body) {
        test::PlainRequest request;
        request.set_body(body);
        return judge("ms-graph", "state", request).verdict;
    };
    EXPECT_EQ(graph("{\"value\":[{\"clientState\":\"state\"}]}"), Verdict::genuine);
    EXPECT_EQ(graph("{\"value\":[{\"clientState\":\"state\"},{\"clientState\":\"state\"}]}"),
              Verdict::genuine);
    EXPECT_EQ(graph("{\"value\":[{\"clientState\":\"state\"},{\"clientState\":\"other\"}]}"),
              Verdict::forged);
    EXPECT_EQ(graph("{\"value\":[{\"clientState\":\"state\"},{}]}"), Verdict::no_signature);
    EXPECT_EQ(graph("{\"value\":[{\"clientState\":\"other\"}]}"), Verdict::forged);
}

TEST(BodySchemes, MailgunWantsATimeInTheWindow) {
    test::PlainRequest request;  // outlives the verdicts, which look into it
    const auto mailgun = [&request](const std::string& time, const std::string& more = "") {
        const std::string signature = hmac(EVP_sha256(), "key", time + "token", base::Encoding::hex);
        request.set_body("{\"signature\":{\"timestamp\":\"" + time +
                         "\",\"token\":\"token\",\"signature\":\"" + signature + "\"" + more + "}}");
        return judge("mailgun", "key", request);
    };
    EXPECT_EQ(mailgun("1760000000").verdict, Verdict::genuine);
    EXPECT_EQ(mailgun("1760000000").timestamp, "1760000000");
    EXPECT_EQ(mailgun("1759960000").verdict, Verdict::genuine);  // the last retry, if it is not signed anew
    EXPECT_EQ(mailgun("1759950000").verdict, Verdict::stale);
    EXPECT_EQ(mailgun("1760000301").verdict, Verdict::stale);
    EXPECT_EQ(mailgun("x").verdict, Verdict::malformed);
    EXPECT_EQ(mailgun("1760000000", ",\"token\":\"other\"").verdict, Verdict::malformed);
}

}  // namespace
}  // namespace webhook::signature
