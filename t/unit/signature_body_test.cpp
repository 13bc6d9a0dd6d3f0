// Schemes whose signature depends on values in the body: what they take, and that nothing can be read in two ways.

#include <gtest/gtest.h>
#include <openssl/hmac.h>

#include "event/extractor.hpp"
#include "event/multipart.hpp"
#include "event/urlencoded.hpp"
#include "signature/encoding.hpp"
#include "signature/language.hpp"
#include "signature/url_variants.hpp"
#include "signature/verifier.hpp"
#include "signature_support.hpp"

namespace webhook::signature {
namespace {

constexpr std::int64_t now_ms = 1760000000000;
const std::string hex_key = "44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056";
const std::string url = "https://hooks.example.com/in?a=1";

std::string hmac(const EVP_MD* hash, const std::string& key, const std::string& text, Encoding encoding) {
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    HMAC(hash, key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(text.data()),
         text.size(), digest, &size);
    std::string out;
    encode_text({reinterpret_cast<const char*>(digest), size}, encoding, &out);
    return out;
}

Outcome judge(std::string_view scheme, const std::string& secret, const test::PlainRequest& request,
              VerifierOptions options = {}) {
    options.secrets = {secret};
    std::string error;
    const auto verifier = Verifier::make(*find_scheme(scheme), options, &error);
    EXPECT_TRUE(verifier) << error;
    return verifier ? verifier->check(request, now_ms) : Outcome{};
}

void fill(test::PlainRequest* request, const std::string& body, const std::string& type = "") {
    request->set_url(url);
    request->set_body(body);
    if (!type.empty()) request->set_header("Content-Type", type);
}

std::string id_of(std::string_view scheme, const test::PlainRequest& request) {
    event::Extractor::Fields fields;
    fields.id = id_sources(*find_scheme(scheme));
    std::string error;
    event::Extractor::Values values;
    event::Extractor::make(fields, &error)->extract(request, 1 << 20, &values);
    return values.id;
}

// --- Adyen: JSON, several items

std::string adyen_signature(const std::string& text) {
    std::string key;
    decode_text(hex_key, Encoding::hex, false, &key);
    return hmac(EVP_sha256(), key, text, Encoding::base64);
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

TEST(BodySchemes, BatchesHaveIdsOfTheirOwn) {
    test::PlainRequest one;
    one.set_body(adyen_body(adyen_item("1")));
    EXPECT_EQ(id_of("adyen", one), "1:AUTHORISATION");
    test::PlainRequest two;
    two.set_body(adyen_body(adyen_item("1") + "," + adyen_item("2")));
    EXPECT_EQ(id_of("adyen", two).substr(0, 18), "1:AUTHORISATION:2:");
    EXPECT_EQ(id_of("adyen", two).size(), 18u + 64);
}

TEST(BodySchemes, HalvesOfSurrogatePairsAreMalformed) {
    // yajl reads "?" where a pair is incomplete: a signed "?" could be written as what others read as something else.
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

// --- Twilio: a form and the URL

std::string twilio_header(const std::string& text) {
    return hmac(EVP_sha1(), "12345", text, Encoding::base64);
}

Verdict twilio(const std::string& body, const std::string& signed_text, const std::string& type = "",
               const std::vector<std::size_t>& cuts = {}) {
    test::PlainRequest request;
    fill(&request, body, type);
    request.set_body(body, cuts);
    request.set_header("X-Twilio-Signature", twilio_header(signed_text));
    return judge("twilio", "12345", request).verdict;
}

TEST(BodySchemes, FormsAreSignedSorted) {
    EXPECT_EQ(twilio("b=2&a=1&B=3", url + "B3a1b2"), Verdict::genuine);
    EXPECT_EQ(twilio("a=2&a=1&a=2", url + "a1a2"), Verdict::genuine);
    EXPECT_EQ(twilio("a=x+y%20z&%62=%C3%A9", url + "ax y zb\xc3\xa9"), Verdict::genuine);
    EXPECT_EQ(twilio("a", url + "a"), Verdict::genuine);
    EXPECT_EQ(twilio("", url), Verdict::genuine);
    EXPECT_EQ(twilio("a=1", url), Verdict::forged);
    EXPECT_EQ(twilio("a=1", url + "a1", "application/x-www-form-urlencoded; charset=UTF-8"),
              Verdict::genuine);
    const std::string body = "Body=Zo%C3%AB+%26&From=%2B1&To=2";
    for (std::size_t i = 0; i <= body.size(); ++i)
        ASSERT_EQ(twilio(body, url + "BodyZo\xc3\xab &From+1To2", "", {i}), Verdict::genuine) << i;
}

TEST(BodySchemes, WhatIsNoFormIsNotReadAsAnEmptyOne) {
    EXPECT_EQ(twilio("{}", url, "application/json"), Verdict::malformed);
    EXPECT_EQ(twilio("{}", url, "text/plain"), Verdict::malformed);
    EXPECT_EQ(twilio("--x--", url, "multipart/form-data; boundary=x"), Verdict::malformed);
    EXPECT_EQ(twilio("{}", url + "{}"), Verdict::genuine);
}

TEST(BodySchemes, FormFieldsAreBounded) {
    std::string body;
    for (int i = 0; i < 1001; ++i)
        body += "a&";
    EXPECT_EQ(twilio(body, url + "a"), Verdict::malformed);
    EXPECT_EQ(twilio(body.substr(2), url + "a"), Verdict::genuine);
}

TEST(BodySchemes, TheSignatureIsAskedForFirst) {
    test::PlainRequest request;
    fill(&request, "{}", "application/json");
    EXPECT_EQ(judge("twilio", "12345", request).verdict, Verdict::no_signature);
}

TEST(BodySchemes, LimitsAndEncodings) {
    test::PlainRequest request;
    fill(&request, "a=1");
    request.set_header("X-Twilio-Signature", twilio_header(url + "a1"));
    VerifierOptions small;
    small.json_max = 2;
    EXPECT_EQ(judge("twilio", "12345", request, small).verdict, Verdict::too_large);
    small.json_max = 3;
    EXPECT_EQ(judge("twilio", "12345", request, small).verdict, Verdict::genuine);
    request.set_header("Content-Encoding", "identity");
    EXPECT_EQ(judge("twilio", "12345", request).verdict, Verdict::genuine);
    request.set_header("Content-Encoding", "gzip");
    EXPECT_EQ(judge("twilio", "12345", request).verdict, Verdict::encoded);
    request.set_header("Content-Encoding", "identity");
    request.headers.emplace_back("Content-Encoding", "gzip");
    EXPECT_EQ(judge("twilio", "12345", request).verdict, Verdict::encoded);
    request.remove_header("Content-Encoding");
    request.set_header("Content-Type", "application/x-www-form-urlencoded");
    request.headers.emplace_back("Content-Type", "application/json");
    EXPECT_EQ(judge("twilio", "12345", request).verdict, Verdict::malformed);
}

TEST(BodySchemes, TheDefaultPortMayBeSigned) {
    const std::string rest = "/in?a=1";
    EXPECT_EQ(twilio("a=1", "https://hooks.example.com:443" + rest + "a1"), Verdict::genuine);
    EXPECT_EQ(twilio("a=1", "https://hooks.example.com:80" + rest + "a1"), Verdict::forged);
    EXPECT_EQ(twilio("a=1", "https://other.example.com:443" + rest + "a1"), Verdict::forged);
    using Urls = std::vector<std::string>;
    EXPECT_EQ(url_variants("http://h:8080/p:1?x"), (Urls{"http://h/p:1?x", "http://h:80/p:1?x"}));
    EXPECT_EQ(url_variants("HTTPS://[::1]"), (Urls{"HTTPS://[::1]", "HTTPS://[::1]:443"}));
    EXPECT_EQ(url_variants("https://[::1]:9?x"), (Urls{"https://[::1]?x", "https://[::1]:443?x"}));
    EXPECT_EQ(url_variants("ftp://h/"), Urls());
    EXPECT_EQ(url_variants("/path"), Urls());
}

// --- a document within a form, and what stands beside it

std::string sign_document(const std::string& time = "1760000000", const std::string& type = "sent") {
    const std::string hash = hmac(EVP_sha256(), "key", time + type, Encoding::hex);
    return "{\"event\":{\"event_time\":\"" + time + "\",\"event_type\":\"" + type + "\",\"event_hash\":\"" +
           hash + "\"}}";
}

std::string encoded(const std::string& text) {
    std::string out;
    event::encode(text, &out);
    return out;
}

Verdict dropbox_sign(const std::string& body, const std::string& type = "application/x-www-form-urlencoded") {
    test::PlainRequest request;
    fill(&request, body, type);
    return judge("dropbox-sign", "key", request).verdict;
}

TEST(BodySchemes, JsonInAForm) {
    const std::string json = sign_document();
    EXPECT_EQ(dropbox_sign("json=" + encoded(json)), Verdict::genuine);
    EXPECT_EQ(dropbox_sign("x=1&json=" + encoded(json)), Verdict::genuine);
    EXPECT_EQ(dropbox_sign("json=" + encoded(json) + "&json=" + encoded(json)), Verdict::malformed);
    EXPECT_EQ(dropbox_sign("json=" + encoded(json) + "&js%6Fn=x"), Verdict::malformed);
    EXPECT_EQ(dropbox_sign("json=x"), Verdict::malformed);
    EXPECT_EQ(dropbox_sign("json="), Verdict::malformed);
    EXPECT_EQ(dropbox_sign("jsn=" + encoded(json)), Verdict::no_signature);
    EXPECT_EQ(dropbox_sign("json=%7B%7D"), Verdict::no_signature);
    const std::string repeated = json.substr(0, json.size() - 1) + ",\"event\":{}}";
    EXPECT_EQ(dropbox_sign("json=" + encoded(repeated)), Verdict::malformed);
}

TEST(BodySchemes, JsonInAMultipartForm) {
    const std::string type = "multipart/form-data; boundary=\"b 1\"";
    const std::string part =
        "--b 1\r\nContent-Disposition: form-data; name=\"json\"\r\n\r\n" + sign_document() + "\r\n";
    const std::string file =
        "--b 1\r\ncontent-disposition: form-data; name=a; filename=\"x\"\r\nContent-Type: a/b\r\n\r\n--b\r\n";
    EXPECT_EQ(dropbox_sign(part + "--b 1--\r\n", type), Verdict::genuine);
    EXPECT_EQ(dropbox_sign(file + part + file + "--b 1--", type), Verdict::genuine);
    EXPECT_EQ(dropbox_sign(part + part + "--b 1--\r\n", type), Verdict::malformed);
    EXPECT_EQ(dropbox_sign(part + "--b 1", type), Verdict::malformed);
    EXPECT_EQ(dropbox_sign(part, type), Verdict::malformed);
    EXPECT_EQ(dropbox_sign("x" + part + "--b 1--\r\n", type), Verdict::malformed);
    EXPECT_EQ(dropbox_sign(part + "--b 1--\r\n", "multipart/form-data"), Verdict::malformed);
    EXPECT_EQ(dropbox_sign(part + "--b 1--\r\n", "multipart/mixed; boundary=\"b 1\""), Verdict::malformed);
    test::PlainRequest request;
    fill(&request, part + "--b 1--\r\n", type);
    EXPECT_EQ(id_of("dropbox-sign", request).size(), 64u);
}

TEST(Multipart, Strict) {
    std::string_view value;
    std::size_t count = 0;
    const auto find = [&](const std::string& header) {
        const std::string body = "--b\r\n" + header + "\r\n\r\nv\r\n--b--";
        return event::find_part(body, "b", "n", &value, &count);
    };
    EXPECT_TRUE(find("Content-Disposition: form-data; name=\"n\""));
    EXPECT_EQ(count, 1u);
    EXPECT_TRUE(find("X: y\r\nCONTENT-DISPOSITION:form-data;name=n"));
    EXPECT_EQ(count, 1u);
    EXPECT_TRUE(find("Content-Disposition: form-data; name=\"m\""));
    EXPECT_EQ(count, 0u);
    for (const char* bad :
         {"", "X: y", "Content-Disposition: form-data", "Content-Disposition: attachment; name=\"n\"",
          "Content-Disposition: form-data; name=\"n", "Content-Disposition: form-data; name=\"n\\\"\"",
          "Content-Disposition: form-data; name=\"n\"; name=\"m\"",
          "Content-Disposition: form-data; name=\"n\" x",
          "Content-Disposition: form-data; name=\"n\"\r\nContent-Disposition: form-data; name=\"m\""}) {
        EXPECT_FALSE(find(bad)) << bad;
    }
    EXPECT_EQ(event::multipart_boundary("Multipart/Form-Data; charset=x; Boundary=abc"), "abc");
    EXPECT_EQ(event::multipart_boundary("multipart/form-data; boundary=a; boundary=b"), "");
    EXPECT_EQ(event::multipart_boundary("multipart/form-data; boundary=" + std::string(71, 'x')), "");
    EXPECT_EQ(event::multipart_boundary("multipart/form-datax; boundary=a"), "");
}

TEST(BodySchemes, MailgunWantsATimeInTheWindow) {
    test::PlainRequest request;  // outlives the verdicts, which look into it
    const auto mailgun = [&request](const std::string& time, const std::string& more = "") {
        const std::string signature = hmac(EVP_sha256(), "key", time + "token", Encoding::hex);
        request.set_body("{\"signature\":{\"timestamp\":\"" + time +
                         "\",\"token\":\"token\",\"signature\":\"" + signature + "\"" + more + "}}");
        return judge("mailgun", "key", request);
    };
    EXPECT_EQ(mailgun("1760000000").verdict, Verdict::genuine);
    EXPECT_EQ(mailgun("1760000000").timestamp, "1760000000");
    EXPECT_EQ(mailgun("1759999000").verdict, Verdict::stale);
    EXPECT_EQ(mailgun("1760000301").verdict, Verdict::stale);
    EXPECT_EQ(mailgun("x").verdict, Verdict::malformed);
    EXPECT_EQ(mailgun("1760000000", ",\"token\":\"other\"").verdict, Verdict::malformed);
}

TEST(BodySchemes, BraintreePicksItsOwnKey) {
    std::string key;
    decode_text("0d6be69b264717f2dd33652e212b173104b4a647b7c11ae72e9885f11cd312fb", Encoding::hex, false,
                &key);
    VerifierOptions options;
    options.params["public_key"] = "pk";
    const auto braintree = [&](const std::string& body) {
        test::PlainRequest request;
        fill(&request, body);
        return judge("braintree", "private", request, options).verdict;
    };
    const std::string key_bytes(event::digest_of(event::Hash::sha1, "private").view());
    const std::string signature = hmac(EVP_sha1(), key_bytes, "cGF5\n", Encoding::hex);
    EXPECT_EQ(braintree("bt_signature=other%7C00%26pk%7C" + signature + "&bt_payload=cGF5%0A"),
              Verdict::genuine);
    EXPECT_EQ(braintree("bt_signature=other%7C" + signature + "&bt_payload=cGF5%0A"), Verdict::no_signature);
    EXPECT_EQ(braintree("bt_signature=pk%7C" + signature + "&bt_payload=cGF5"), Verdict::forged);
    EXPECT_EQ(braintree("bt_signature=pk%7C" + signature + "&bt_payload=cGF5%0A&bt_payload=x"),
              Verdict::malformed);
    std::string error;
    EXPECT_FALSE(Verifier::make(*find_scheme("braintree"), {{"private"}, {}, true, {}, 1 << 20}, &error));
    EXPECT_EQ(error, "parameter \"public_key\" is missing");
}

// --- schemes of one's own

Verdict own(const std::string& definition, const test::PlainRequest& request) {
    std::vector<Directive> directives;
    LanguageError language;
    tokenize(definition, &directives, &language);
    const auto scheme = parse_scheme("own", directives, &language);
    EXPECT_TRUE(scheme) << language.message;
    VerifierOptions options;
    options.secrets = {"key"};
    std::string error;
    return scheme ? Verifier::make(*scheme, options, &error)->check(request, now_ms).verdict
                  : Verdict::malformed;
}

TEST(BodySchemes, FiltersAndHashesOfTheBody) {
    const std::string body = "{\"a\":\"\xc3\xa9\\\\\"}\n\x01";
    test::PlainRequest request;
    request.set_body(body, {3, 8});
    const auto is_signed = [&](const std::string& message, const std::string& text) {
        request.set_header("S", hmac(EVP_sha256(), "key", text, Encoding::hex));
        return own("algorithm hmac-sha256; signature header:S encoding=hex; unsigned_body; message " +
                       message,
                   request) == Verdict::genuine;
    };
    EXPECT_TRUE(is_signed("'<{body|jsonesc}>';", "<{\\\"a\\\":\\\"\xc3\xa9\\\\\\\\\\\"}\\n\\u0001>"));
    EXPECT_TRUE(is_signed("'{sha256:body}';", event::Extractor::fallback_id(request, false, {})));
    EXPECT_TRUE(is_signed("'{body|before::}';", "{\"a\""));
    test::PlainRequest plain;
    plain.set_body("123456789", {4});
    plain.set_header("S", hmac(EVP_sha256(), "key", "3421780262", Encoding::hex));
    EXPECT_EQ(
        own("algorithm hmac-sha256; signature header:S encoding=hex; message '{body|crc32}'; unsigned_body;",
            plain),
        Verdict::genuine);
}

TEST(BodySchemes, BracketsDropWhatIsAbsent) {
    const std::string scheme =
        "algorithm hmac-sha256; signature header:S encoding=hex; unsigned_body;"
        "message '[id:{query:data.id|lower};][rid:{header:r};]{method}';";
    test::PlainRequest request;
    const auto is_signed = [&](const std::string& text) {
        request.set_header("S", hmac(EVP_sha256(), "key", text, Encoding::hex));
        return own(scheme, request) == Verdict::genuine;
    };
    request.set_url("https://h/?data.id=ABC");
    EXPECT_TRUE(is_signed("id:abc;POST"));
    request.set_header("R", "x");
    EXPECT_TRUE(is_signed("id:abc;rid:x;POST"));
    EXPECT_FALSE(is_signed("id:abc;POST"));
    request.set_url("https://h/?data.id=");
    EXPECT_TRUE(is_signed("rid:x;POST"));
    request.set_url("https://h/?data.id=a&data.id=b");
    EXPECT_FALSE(is_signed("id:a;rid:x;POST"));
}

TEST(BodySchemes, DigestAndTimestampInTheBody) {
    const std::string scheme =
        "algorithm hmac-sha256; signature header:S encoding=hex; timestamp form:t unit=s; message "
        "'{ts}.{form|sorted}';";
    test::PlainRequest request;
    fill(&request, "t=1760000000&a=%31");
    request.set_header("S", hmac(EVP_sha256(), "key", "1760000000.a1t1760000000", Encoding::hex));
    EXPECT_EQ(own(scheme, request), Verdict::genuine);
    fill(&request, "a=1");
    EXPECT_EQ(own(scheme, request), Verdict::no_signature);
}

}  // namespace
}  // namespace webhook::signature
