// What AdMob and Contentful sign: a part of the query, a list of headers.

#include "signature/catalogue/lookup.hpp"
#include "t/unit/signature/code_support.hpp"

namespace webhook::signature {
namespace {

TEST(Admob, NothingFollowsTheSignature) {
    const std::string query = "reward_amount=1&transaction_id=t1";
    std::string signature = encoded(signature_of(test::p256_private, PublicAlgorithm::ecdsa_p256, query),
                                    base::Encoding::base64url);
    const auto verifier = verifier_of(*find_scheme("admob"), test::p256_public);
    const auto judge = [&](const std::string& whole) {
        test::PlainRequest request;
        request.method = "GET";
        request.set_url("https://hooks.example.com/in?" + whole);
        return verifier->check(request, now * 1000).verdict;
    };
    const std::string tail = "&signature=" + signature + "&key_id=1";
    EXPECT_EQ(judge(query + tail), Verdict::genuine);
    EXPECT_EQ(judge(query + "&signature=" + signature), Verdict::genuine);
    // Whoever takes the last of two values would take this one.
    EXPECT_EQ(judge(query + tail + "&reward_amount=1000"), Verdict::forged);
    EXPECT_EQ(judge(query + "&signature=" + signature + "&x=1&key_id=1"), Verdict::forged);
    EXPECT_EQ(judge(query + tail + "&%72eward_amount=1000"), Verdict::forged);
    EXPECT_EQ(judge("reward_amount=1000&" + query + tail), Verdict::forged);
    EXPECT_EQ(judge(query + tail + "&signature=x"), Verdict::malformed);
}

// --- Contentful

Verdict contentful(const std::string& list, const std::string& text,
                   const std::vector<std::pair<std::string, std::string>>& headers = {}) {
    test::PlainRequest request;
    request.set_url("https://hooks.example.com/in?q=a%20b");
    request.set_body("{}");
    request.set_header("X-Contentful-Timestamp", "1760000000000");
    request.set_header("X-Contentful-Signed-Headers", list);
    for (const auto& [name, value] : headers)
        request.headers.emplace_back(name, value);
    request.set_header("X-Contentful-Signature", encoded(hmac_of("secret", text), base::Encoding::hex));
    return verifier_of(*find_scheme("contentful"), "secret")->check(request, now * 1000).verdict;
}

TEST(Contentful, TheListOfHeadersIsSignedToo) {
    const std::string both = "x-contentful-signed-headers,x-contentful-timestamp",
                      start = "POST\n/in?q%253Da%252520b\n";
    const std::string values =
        "x-contentful-signed-headers:" + both + ";x-contentful-timestamp:1760000000000\n{}";
    EXPECT_EQ(contentful(both, start + values), Verdict::genuine);
    EXPECT_EQ(contentful(both, "POST\n/in?q=a%20b\n" + values), Verdict::forged);
    EXPECT_EQ(contentful("x-contentful-timestamp", start + "x-contentful-timestamp:1760000000000\n{}"),
              Verdict::forged);
    EXPECT_EQ(contentful("x-contentful-signed-headers",
                         start + "x-contentful-signed-headers:x-contentful-signed-headers\n{}"),
              Verdict::forged)
        << "a timestamp that is not signed";
    const std::string more = "x-a," + both;
    const std::string with =
        start + "x-a:1;x-contentful-signed-headers:" + more + ";x-contentful-timestamp:1760000000000\n{}";
    EXPECT_EQ(contentful(more, with, {{"X-A", "1"}}), Verdict::genuine);
    EXPECT_EQ(contentful(more, with, {{"X-A", "2"}}), Verdict::forged);
    EXPECT_EQ(contentful(more, with, {{"X-A", "1"}, {"X-A", "1"}}), Verdict::malformed);
    EXPECT_EQ(contentful(more, with), Verdict::forged);
}

}  // namespace
}  // namespace webhook::signature
