// HTTP Message Signatures (RFC 9421), as somebody who tries to forge them.

#include "base/structured_field.hpp"
#include "signature/catalogue/scheme_set.hpp"
#include "signature/catalogue/scheme_text.hpp"
#include "signature/verify/http_signature.hpp"
#include "t/unit/signature/code_support.hpp"

namespace webhook::signature {
namespace {

/// A request with Content-Digest, signed over what `input` lists ("(...);created=...").
class SignedRequest {
  public:
    explicit SignedRequest(const std::string& url = "https://hooks.example.com/in?a=1") {
        request.set_url(url);
        request.set_body(R"({"id":"1"})");
        request.set_header("Content-Digest", content_digest(request.body));
    }

    void sign(const std::string& input, const std::string& label = "sig1") {
        const std::string field = label + "=" + input;
        std::vector<base::SignatureInput> inputs;
        std::string base;
        ASSERT_TRUE(base::parse_signature_input(field, &inputs));
        ASSERT_TRUE(make_signature_base(request, inputs.front(), &base));
        const auto append = [](std::string* all, const std::string& member) {
            *all += (all->empty() ? "" : ", ") + member;
        };
        append(&inputs_, field);
        append(&signatures_,
               label + "=:" + encoded(signature_of(test::ed25519_private, PublicAlgorithm::ed25519, base)) +
                   ":");
        request.set_header("Signature-Input", inputs_);
        request.set_header("Signature", signatures_);
    }

    Verdict judge(const char* scheme = "http-signature") const {
        return verifier_of(*find_scheme(scheme), test::ed25519_public)->check(request, now * 1000).verdict;
    }

    test::PlainRequest request;

  private:
    std::string inputs_, signatures_;
};

const std::string created = ";created=1760000000";

TEST(HttpSignature, MustCoverWhatTheSchemeSays) {
    const auto judge = [](const std::string& list, const char* url) {
        SignedRequest made(url);
        made.sign("(" + list + ")" + created);
        return made.judge();
    };
    const char *plain = "https://hooks.example.com/in", *query = "https://hooks.example.com/in?a=1";
    for (const char* target : {"@target-uri", "@request-target", "@path"})
        EXPECT_EQ(judge(std::string("\"@method\" \"") + target + "\" \"content-digest\"", plain),
                  Verdict::genuine)
            << target;
    EXPECT_EQ(judge(R"("@method" "@path" "@query" "content-digest")", query), Verdict::genuine);
    EXPECT_EQ(judge(R"("@method" "@target-uri" "content-digest")", query), Verdict::genuine);
    EXPECT_EQ(judge(R"("@method" "@path" "content-digest")", query), Verdict::forged)
        << "the query is anybody's";
    EXPECT_EQ(judge(R"("@method" "@authority" "content-digest")", plain), Verdict::forged);
    EXPECT_EQ(judge(R"("@target-uri" "content-digest")", plain), Verdict::forged);
    EXPECT_EQ(judge(R"("@method" "@target-uri")", plain), Verdict::forged);
    EXPECT_EQ(judge("", plain), Verdict::forged);
}

TEST(HttpSignature, ComponentsWithParametersAreNotSupported) {
    for (const char* component :
         {R"("content-digest";sf)", R"("content-digest";bs)", R"("content-digest";req)",
          R"("content-digest";key="sha-256")", R"("@query-param";name="a")", R"("@status")",
          R"("@signature-params")", R"("Content-Digest")"}) {
        SignedRequest made;
        made.sign(R"(("@method" "@target-uri" "content-digest"))" + created);
        std::vector<base::SignatureInput> inputs;
        std::string base;
        const std::string field = std::string("sig1=(") + component + ")";  // outlives what is read of it
        ASSERT_TRUE(base::parse_signature_input(field, &inputs)) << component;
        EXPECT_FALSE(make_signature_base(made.request, inputs.front(), &base)) << component;
    }
}

TEST(HttpSignature, ChangesAreForged) {
    SignedRequest made;
    made.request.set_header("X-Kind", "paid");
    made.sign(R"(("@method" "@target-uri" "content-digest" "x-kind"))" + created);
    EXPECT_EQ(made.judge(), Verdict::genuine);
    const auto changed = [&](auto change, auto back) {
        change();
        const Verdict verdict = made.judge();
        back();
        return verdict;
    };
    auto& request = made.request;
    EXPECT_EQ(changed([&] { request.method = "PUT"; }, [&] { request.method = "POST"; }), Verdict::forged);
    EXPECT_EQ(changed([&] { request.set_body("{}"); }, [&] { request.set_body(R"({"id":"1"})"); }),
              Verdict::forged);
    EXPECT_EQ(changed([&] { request.headers.emplace_back("X-Kind", "paid"); },
                      [&] { request.set_header("X-Kind", "paid"); }),
              Verdict::forged);
    EXPECT_EQ(changed([&] { request.set_url("https://hooks.example.com/in?a=2"); },
                      [&] { request.set_url("https://hooks.example.com/in?a=1"); }),
              Verdict::forged);
    EXPECT_EQ(made.judge(), Verdict::genuine);
    const std::string digest(request.header("content-digest").value);
    request.headers.emplace_back("Content-Digest", digest);
    EXPECT_EQ(made.judge(), Verdict::malformed);
}

TEST(HttpSignature, SignaturesThatWereSentTwiceMustAgree) {
    SignedRequest made;
    made.sign(R"(("@method" "@target-uri" "content-digest"))" + created);
    for (const char* name : {"signature", "signature-input"}) {
        const std::string value(made.request.header(name).value);
        made.request.headers.emplace_back(name, value);
        EXPECT_EQ(made.judge(), Verdict::genuine) << name;
        made.request.headers.emplace_back(name, value + ", other=1");
        EXPECT_EQ(made.judge(), Verdict::malformed) << name;
        made.request.set_header(name, value);
    }
}

TEST(HttpSignature, LabelsAndDates) {
    const std::string list = R"(("@method" "@target-uri" "content-digest"))";
    SignedRequest two;
    two.sign(R"(("@method"))" + created, "proxy");
    two.sign(list + created, "sig");
    EXPECT_EQ(two.judge(), Verdict::genuine) << "one of them is enough, in any place";

    SignedRequest repeated;
    repeated.sign(list + created);
    repeated.sign(R"(("@method"))" + created);
    EXPECT_EQ(repeated.judge(), Verdict::forged) << "one label for two signatures";

    const std::pair<const char*, Verdict> dates[] = {
        {";created=1759999700", Verdict::genuine},
        {";created=1759999699", Verdict::stale},
        {";created=1760000300", Verdict::genuine},
        {";created=1760000301", Verdict::stale},
        {";created=999999999999999", Verdict::stale},
        {"", Verdict::no_signature},
        {";created=1760000000;expires=1759999999", Verdict::stale},
        {";created=1760000000;expires=1760000000", Verdict::genuine},
        {";created=1760000000;nonce=\"n\";tag=\"t\"", Verdict::genuine},
        {";created=1760000000;alg=\"ed25519\"", Verdict::genuine},
        {";created=1760000000;alg=\"hmac-sha256\"", Verdict::forged},
        {";created=1760000000;alg=\"rsa-v1_5-sha256\"", Verdict::forged}};
    for (const auto& [params, verdict] : dates) {
        SignedRequest made;
        made.sign(list + params);
        EXPECT_EQ(made.judge(), verdict) << params;
    }
    for (const char* bad : {"sig1=()", "sig1=(;created=1", "sig1", "", "sig1=(\"a\" \"a\")",
                            "sig1=(\"a\"\"b\")", "sig1=();created=1.5", "sig1=();created=\"1\"",
                            "sig1=();created=1;created=2", "sig1=();created=-1", "Sig1=()", "sig1=(),"}) {
        SignedRequest made;
        made.sign(list + created);
        made.request.set_header("Signature-Input", bad);
        EXPECT_NE(made.judge(), Verdict::genuine) << bad;
    }
}

TEST(HttpSignature, WithoutAlgEachRsaKeyIsTriedInBothWays) {
    const std::string input = R"(sig1=("@method" "@target-uri" "content-digest");created=1760000000)";
    const std::string others = test::rsa_other_public + test::rsa_other_public + test::rsa_other_public;
    for (const PublicAlgorithm algorithm : {PublicAlgorithm::rsa_sha256, PublicAlgorithm::rsa_pss_sha512}) {
        SignedRequest made;
        std::vector<base::SignatureInput> inputs;
        std::string base;
        ASSERT_TRUE(base::parse_signature_input(input, &inputs));
        ASSERT_TRUE(make_signature_base(made.request, inputs.front(), &base));
        made.request.set_header("Signature-Input", input);
        made.request.set_header("Signature",
                                "sig1=:" + encoded(signature_of(test::rsa_private, algorithm, base)) + ":");
        const auto judge = [&](const std::string& keys) {
            return verifier_of(*find_scheme("http-signature"), keys)->check(made.request, now * 1000).verdict;
        };
        EXPECT_EQ(judge(others + test::rsa_public), Verdict::genuine);
        EXPECT_EQ(judge(test::rsa_public + others), Verdict::genuine);
        EXPECT_EQ(judge(others), Verdict::forged);
    }
}

/// The request of RFC 9421 appendix B.2.
Verdict judge_example(const std::string& scheme_text, const std::string& secret, const std::string& input,
                      const std::string& signature) {
    SchemeSet set;
    TextError error;
    EXPECT_TRUE(add_scheme_text("example", scheme_text, &set, &error)) << error.message;
    test::PlainRequest request;
    request.set_url("https://example.com/foo?param=Value&Pet=dog");
    request.set_body(R"({"hello": "world"})");
    request.headers = {{"Host", "example.com"},
                       {"Date", "Tue, 20 Apr 2021 02:07:55 GMT"},
                       {"Content-Type", "application/json"},
                       {"Content-Digest",
                        "sha-512=:WZDPaVn/"
                        "7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:"},
                       {"Content-Length", "18"},
                       {"Signature-Input", input},
                       {"Signature", signature}};
    EXPECT_TRUE(content_digest_matches(request.header("content-digest").value, request.body));
    return verifier_of(*set.find("example"), secret)->check(request, 1618884473000).verdict;
}

TEST(HttpSignature, ExamplesOfTheRfc) {
    EXPECT_EQ(
        judge_example(
            "algorithm http-signature; covers date @method; unsigned_body;",
            "-----BEGIN PUBLIC "
            "KEY-----\nMCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=\n-----END PUBLIC "
            "KEY-----\n",
            R"(sig-b26=("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519")",
            "sig-b26=:wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw="
            "=:"),
        Verdict::genuine);
    EXPECT_EQ(
        judge_example(
            "algorithm http-signature-hmac-sha256; key base64; covers date @authority; unsigned_body;",
            "uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ==",
            R"(sig-b25=("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret")",
            "sig-b25=:pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=:"),
        Verdict::genuine);
}

TEST(HttpSignature, TheDigestMustBeOfABodysHash) {
    for (const char* digest : {"sha-256=:AAAA:", "md5=:AAAA:", "", "sha-256=abc", "unixsum=30637"}) {
        SignedRequest made;
        made.request.set_header("Content-Digest", digest);
        made.sign(R"(("@method" "@target-uri" "content-digest"))" + created);
        EXPECT_EQ(made.judge(), Verdict::forged) << digest;
    }
    SignedRequest made;
    made.request.set_header(
        "Content-Digest",
        "sha-512=:" + encoded(base::digest_of(base::Hash::sha512, R"({"id":"1"})").view()) + ":");
    made.sign(R"(("@method" "@target-uri" "content-digest"))" + created);
    EXPECT_EQ(made.judge(), Verdict::genuine);
}

}  // namespace
}  // namespace webhook::signature
