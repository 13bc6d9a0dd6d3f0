// Every vector of t/vectors that the catalogue covers, as it stands: what it says must come out.

#include <gtest/gtest.h>

#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "base/encoding.hpp"
#include "event/extractor.hpp"
#include "signature/catalogue/lookup.hpp"
#include "signature/verify/content.hpp"
#include "signature/verify/verifier.hpp"
#include "t/unit/signature/support.hpp"
#include "t/vectors/vectors.hpp"

namespace webhook {
namespace {

using nlohmann::json;
using signature::Verdict;

const json& vectors() {
    static const json all = test::read_vectors();
    return all;
}

bool is_run(const json& vector) {
    return !vector.value("policy", false) && vector.value("kind", "") != "challenge" &&
           signature::find_scheme(vector.at("scheme").get<std::string>()) != nullptr;
}

std::vector<std::string> secrets_of(const json& vector) {
    const json& secret = vector.at("secret");
    if (secret.is_array()) return secret.get<std::vector<std::string>>();
    return {secret.get<std::string>()};
}

void fill(const json& vector, test::PlainRequest* request) {
    const std::string body = vector.at("body");
    std::string decoded = body;
    if (vector.at("body_encoding") == "base64") {
        ASSERT_TRUE(base::decode_text(body, base::Encoding::base64, &decoded));
    }
    request->set_body(decoded);
    request->set_url(vector.at("config").value("url", vector.at("url").get<std::string>()));
    for (const auto& [name, value] : vector.at("headers").items())
        request->headers.emplace_back(name, value);
}

void check_values(const json& vector, const signature::Scheme& scheme, const test::PlainRequest& request) {
    event::Extractor::Fields fields;
    fields.id = signature::id_sources(scheme);
    fields.type = signature::type_sources(scheme);
    std::string error;
    const auto extractor = event::Extractor::make(fields, &error);
    ASSERT_TRUE(extractor) << error;
    event::Extractor::Values values;
    extractor->extract(request, 1 << 20, &values);
    if (values.id.empty()) {
        values.id = base::to_hex(signature::content_of(scheme, request, {}, 1 << 20).view());
    }
    if (vector.contains("expect_id")) {
        EXPECT_EQ(values.id, vector["expect_id"].get<std::string>());
    }
    if (vector.contains("expect_type")) {
        EXPECT_EQ(values.type, vector["expect_type"].get<std::string>());
    }
}

signature::Outcome run(const json& vector, const signature::Scheme& scheme,
                       const test::PlainRequest& request) {
    signature::VerifierOptions options;
    options.secrets = secrets_of(vector);
    for (const auto& [name, value] : vector.at("config").items()) {
        if (value.is_string()) options.params[name] = value.get<std::string>();
    }
    std::string error;
    const auto verifier = signature::Verifier::make(scheme, options, &error);
    EXPECT_TRUE(verifier) << error;
    if (!verifier) return {};
    return verifier->check(request, vector.at("clock").get<std::int64_t>() * 1000);
}

void check_vector(const json& vector) {
    const signature::Scheme& scheme = *signature::find_scheme(vector.at("scheme").get<std::string>());
    test::PlainRequest request;
    const std::string method = vector.at("method");
    request.method = method;
    fill(vector, &request);
    const signature::Outcome outcome = run(vector, scheme, request);
    if (vector.at("expect") == "accept") {
        EXPECT_EQ(outcome.verdict, Verdict::genuine) << outcome.reason;
        check_values(vector, scheme, request);
        EXPECT_TRUE(signature::accepts_method(scheme, method));
        return;
    }
    EXPECT_NE(outcome.verdict, Verdict::genuine);
    const std::string reason = vector.value("grammar_reason", "");
    if (reason == "no-signature") {
        EXPECT_EQ(outcome.verdict, Verdict::no_signature);
    }
    if (reason == "signature" || reason == "digest") {
        EXPECT_EQ(outcome.verdict, Verdict::forged);
    }
    if (reason == "expired" || reason == "future") {
        EXPECT_EQ(outcome.verdict, Verdict::stale);
    }
}

TEST(SignatureVectors, AllGiveWhatTheyState) {
    std::map<std::string, int> count;
    for (const json& vector : vectors()) {
        if (!is_run(vector)) continue;
        SCOPED_TRACE(vector.at("scheme").get<std::string>() + " " + vector.at("note").get<std::string>());
        check_vector(vector);
        ++count[vector.at("scheme").get<std::string>()];
    }
    int total = 0;
    for (const auto& [scheme, number] : count) {
        std::printf("%-20s %d\n", scheme.c_str(), number);
        total += number;
    }
    std::printf("%d vectors, %zu schemes\n", total, count.size());
    EXPECT_GT(total, 500);
}

TEST(SignatureVectors, EverySchemeIsThereOrKnownToBeAbsent) {
    std::set<std::string> names = {"github-sha1", "none", "publish"};
    for (const json& vector : vectors())
        names.insert(vector.at("scheme").get<std::string>());
    for (const std::string& name : names) {
        EXPECT_NE(signature::find_scheme(name), nullptr) << name;
    }
}

}  // namespace
}  // namespace webhook
