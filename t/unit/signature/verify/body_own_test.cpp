// Schemes of one's own that sign values of the body.

#include "t/unit/signature/body_support.hpp"
#include "t/unit/signature/parsed.hpp"

namespace webhook::signature {
namespace {

Verdict own(const std::string& definition, const test::PlainRequest& request) {
    std::string error;
    const auto scheme = parsed(definition, &error);
    EXPECT_TRUE(scheme) << error;
    VerifierOptions options;
    options.secrets = {"key"};
    return scheme ? Verifier::make(*scheme, options, &error)->check(request, now_ms).verdict
                  : Verdict::malformed;
}

TEST(BodySchemes, FiltersAndHashesOfTheBody) {
    const std::string body = "{\"a\":\"\xc3\xa9\\\\\"}\n\x01";
    test::PlainRequest request;
    request.set_body(body, {3, 8});
    const auto is_signed = [&](const std::string& message, const std::string& text) {
        request.set_header("S", hmac(EVP_sha256(), "key", text, base::Encoding::hex));
        return own("algorithm hmac-sha256; signature header:S encoding=hex; unsigned_body; message " +
                       message,
                   request) == Verdict::genuine;
    };
    EXPECT_TRUE(is_signed("'<{body|jsonesc}>';", "<{\\\"a\\\":\\\"\xc3\xa9\\\\\\\\\\\"}\\n\\u0001>"));
    EXPECT_TRUE(is_signed("'{sha256:body}';",
                          base::to_hex(base::digest_of(base::Hash::sha256, request.body).view())));
    test::PlainRequest plain;
    plain.set_body("123456789", {4});
    plain.set_header("X-Id", "7");
    plain.set_header("S", hmac(EVP_sha256(), "key", "7|3421780262", base::Encoding::hex));
    EXPECT_EQ(own("algorithm hmac-sha256; signature header:S encoding=hex; message "
                  "'{header:X-Id}|{body|crc32}'; unsigned_body; id header:X-Id;",
                  plain),
              Verdict::genuine);
}

TEST(BodySchemes, BracketsDropWhatIsAbsent) {
    const std::string scheme =
        "algorithm hmac-sha256; signature header:S encoding=hex; unsigned_body; unsigned_id;"
        "message '[id:{query:data.id|lower};][rid:{header:r};]{method}' any;";
    test::PlainRequest request;
    const auto is_signed = [&](const std::string& text) {
        request.set_header("S", hmac(EVP_sha256(), "key", text, base::Encoding::hex));
        return own(scheme, request) == Verdict::genuine;
    };
    request.set_url("https://h/?data.id=ABC");
    EXPECT_TRUE(is_signed("id:abc;POST"));
    request.set_header("R", "x");
    EXPECT_TRUE(is_signed("id:abc;rid:x;POST"));
    EXPECT_FALSE(is_signed("id:abc;POST"));
    request.set_url("https://h/?data.id=");
    EXPECT_TRUE(is_signed("rid:x;POST"));
    request.remove_header("R");
    EXPECT_FALSE(is_signed("POST"));
    request.set_header("R", "x");
    request.set_url("https://h/?data.id=a&data.id=b");
    EXPECT_FALSE(is_signed("id:a;rid:x;POST"));
}

TEST(BodySchemes, DigestAndTimestampInTheBody) {
    const std::string scheme =
        "algorithm hmac-sha256; signature header:S encoding=hex; timestamp form:t unit=s; message "
        "'{ts}.{form|sorted}';";
    test::PlainRequest request;
    fill(&request, "t=1760000000&a=%31");
    request.set_header("S", hmac(EVP_sha256(), "key", "1760000000.a1t1760000000", base::Encoding::hex));
    EXPECT_EQ(own(scheme, request), Verdict::genuine);
    fill(&request, "a=1");
    EXPECT_EQ(own(scheme, request), Verdict::no_signature);
}

}  // namespace
}  // namespace webhook::signature
