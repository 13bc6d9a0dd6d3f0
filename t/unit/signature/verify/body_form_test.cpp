// Schemes whose signature depends on the fields of a form: what they take, and that nothing can be read in
// two ways.

#include "base/digest.hpp"
#include "base/urlencoded.hpp"
#include "signature/catalogue/lookup.hpp"
#include "signature/verify/content.hpp"
#include "signature/verify/url_variants.hpp"
#include "t/unit/signature/body_support.hpp"

namespace webhook::signature {
namespace {

// --- Twilio: a form and the URL

std::string twilio_header(const std::string& text) {
    return hmac(EVP_sha1(), "12345", text, base::Encoding::base64);
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
    EXPECT_EQ(url_variants("http://h:8080/p:1?x=1"), (Urls{"http://h/p:1?x=1", "http://h:80/p:1?x=1"}));
    EXPECT_EQ(url_variants("HTTPS://[::1]"), (Urls{"HTTPS://[::1]", "HTTPS://[::1]:443"}));
    EXPECT_EQ(url_variants("https://[::1]:9?x="), (Urls{"https://[::1]?x=", "https://[::1]:443?x="}));
    EXPECT_EQ(url_variants("ftp://h/"), Urls());
    EXPECT_EQ(url_variants("/path"), Urls());
}

// What clients and proxies make of a URL on the way; the expected texts are those of node's URL and
// querystring.
TEST(BodySchemes, TheUrlMayBeSignedInAnotherSpelling) {
    const auto of = [](const std::string& tail) {
        std::vector<std::string> all;
        for (const std::string& each : url_variants("https://h" + tail))
            if (each.compare(0, 14, "https://h:443/") != 0) all.push_back(each.substr(9));
        return all;
    };
    using Tails = std::vector<std::string>;
    EXPECT_EQ(of("/p?a=b"), (Tails{"/p?a=b"}));
    EXPECT_EQ(of("/p?"), (Tails{"/p?"}));
    EXPECT_EQ(of("/p?a='x'"), (Tails{"/p?a='x'", "/p?a=%27x%27"}));
    EXPECT_EQ(of("/p?a=%27x%27"), (Tails{"/p?a=%27x%27", "/p?a='x'"}));
    EXPECT_EQ(of("/p'?a=b+c"), (Tails{"/p'?a=b+c", "/p'?a=b%20c"}));
    EXPECT_EQ(of("/p?a=b|c"), (Tails{"/p?a=b|c", "/p?a=b%7Cc"}));
    EXPECT_EQ(
        of("/p?b=1&a=%27x%27+y&b=2&c&=d&%zz=%C3%A9&h="),
        (Tails{"/p?b=1&a=%27x%27+y&b=2&c&=d&%zz=%C3%A9&h=", "/p?b=1&b=2&a='x'%20y&c=&=d&%25zz=%C3%A9&h="}));
    EXPECT_EQ(of("/Zo\xc3\xab?a=\"<\xc3\xab>"),
              (Tails{"/Zo\xc3\xab?a=\"<\xc3\xab>", "/Zo%C3%AB?a=%22%3C%C3%AB%3E"}));
    std::string many = "/p?a='";
    for (int i = 0; i < 200; ++i)
        many += "&a=%27";
    EXPECT_EQ(of(many).size(), 2u) << "too many to be written anew";
}

TEST(BodySchemes, TwilioSignsOtherSpellings) {
    const auto judged = [](const std::string& sent, const std::string& was_signed) {
        test::PlainRequest request;
        request.method = "GET";
        request.set_url("https://hooks.example.com/in?" + sent);
        request.set_header("X-Twilio-Signature", twilio_header("https://hooks.example.com/in?" + was_signed));
        return judge("twilio", "12345", request).verdict;
    };
    EXPECT_EQ(judged("MessageSid=SM1&Body=it's", "MessageSid=SM1&Body=it's"), Verdict::genuine);
    EXPECT_EQ(judged("MessageSid=SM1&Body=it%27s", "MessageSid=SM1&Body=it's"), Verdict::genuine);
    EXPECT_EQ(judged("MessageSid=SM1&Body=it's", "MessageSid=SM1&Body=it%27s"), Verdict::genuine);
    EXPECT_EQ(judged("MessageSid=SM1&Body=a+b", "MessageSid=SM1&Body=a%20b"), Verdict::genuine);
    EXPECT_EQ(judged("b=1&a=1&b=2", "b=1&b=2&a=1"), Verdict::genuine);
    EXPECT_EQ(judged("MessageSid=SM1&Body=its", "MessageSid=SM1&Body=it's"), Verdict::forged);
    EXPECT_EQ(judged("MessageSid=SM2", "MessageSid=SM1"), Verdict::forged);
    EXPECT_EQ(judged("a=1&b=2", "a=1%26b=2"), Verdict::forged);
    EXPECT_EQ(judged("b=2&a=1", "a=1&b=2"), Verdict::forged) << "another order of names is another text";
}

// A captured request must not become another event by being spelled otherwise.
TEST(BodySchemes, OneSignatureIsOneContent) {
    const auto content = [](const std::string& sent, const std::string& was_signed) {
        test::PlainRequest request;
        request.method = "GET";
        request.set_url(sent);
        request.set_header("X-Twilio-Signature", twilio_header(was_signed));
        const Outcome outcome = judge("twilio", "12345", request);
        EXPECT_EQ(outcome.verdict, Verdict::genuine) << sent;
        return std::string(content_of(*find_scheme("twilio"), request, outcome, 1 << 20).view());
    };
    const std::string host = "https://hooks.example.com", query = "/in?b=1&b=2&a=it's";
    const std::string plain = content(host + query, host + query);
    EXPECT_EQ(content(host + "/in?b=1&b=2&a=it%27s", host + query), plain);
    EXPECT_EQ(content(host + ":443" + query, host + query), plain);
    EXPECT_EQ(content(host + "/in?b=1&a=it's&b=2", host + query), plain);
    EXPECT_NE(content(host + query, host + ":443" + query), plain) << "another signature";
}

// --- a document within a form, and what stands beside it

std::string sign_document(const std::string& time = "1760000000", const std::string& type = "sent") {
    const std::string hash = hmac(EVP_sha256(), "key", time + type, base::Encoding::hex);
    return "{\"event\":{\"event_time\":\"" + time + "\",\"event_type\":\"" + type + "\",\"event_hash\":\"" +
           hash + "\"}}";
}

std::string encoded(const std::string& text) {
    std::string out;
    base::encode(text, &out);
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
    EXPECT_EQ(dropbox_sign("preamble\r\n" + part + "--b 1--\r\nepilogue", type), Verdict::genuine);
    EXPECT_EQ(dropbox_sign("\r\n--b 1\r\n\r\nunnamed\r\n" + part + "--b 1--", type), Verdict::genuine);
    EXPECT_EQ(dropbox_sign("x" + part + "--b 1--\r\n", type), Verdict::no_signature);
    EXPECT_EQ(dropbox_sign(part + "--b 1--\r\n", "multipart/form-data"), Verdict::malformed);
    EXPECT_EQ(dropbox_sign(part + "--b 1--\r\n", "multipart/mixed; boundary=\"b 1\""), Verdict::malformed);
    test::PlainRequest request;
    fill(&request, part + "--b 1--\r\n", type);
    EXPECT_EQ(id_of("dropbox-sign", request).size(), 64u);
}

TEST(BodySchemes, BraintreePicksItsOwnKey) {
    std::string key;
    base::decode_text("0d6be69b264717f2dd33652e212b173104b4a647b7c11ae72e9885f11cd312fb", base::Encoding::hex,
                      &key);
    VerifierOptions options;
    options.params["public_key"] = "pk";
    const auto braintree = [&](const std::string& body) {
        test::PlainRequest request;
        fill(&request, body);
        return judge("braintree", "private", request, options).verdict;
    };
    const std::string key_bytes(base::digest_of(base::Hash::sha1, "private").view());
    const std::string signature = hmac(EVP_sha1(), key_bytes, "PHBheT4K\n", base::Encoding::hex);
    EXPECT_EQ(braintree("bt_signature=other%7C00%26pk%7C" + signature + "&bt_payload=PHBheT4K%0A"),
              Verdict::genuine);
    EXPECT_EQ(braintree("bt_signature=other%7C" + signature + "&bt_payload=PHBheT4K%0A"),
              Verdict::no_signature);
    EXPECT_EQ(braintree("bt_signature=pk%7C" + signature + "&bt_payload=cGF5"), Verdict::forged);
    EXPECT_EQ(braintree("bt_signature=pk%7C" + signature + "&bt_payload=PHBheT4K%0A&bt_payload=x"),
              Verdict::malformed);
    std::string error;
    EXPECT_FALSE(Verifier::make(*find_scheme("braintree"), {{"private"}, {}, true, {}, 1 << 20}, &error));
    EXPECT_EQ(error, "parameter \"public_key\" is missing");
}

}  // namespace
}  // namespace webhook::signature
