// The fields `tls` and `auth`, and the dates of the secrets of `sign`.

#include "endpoint/access_fields.hpp"

#include <gtest/gtest.h>

#include "base/time.hpp"
#include "endpoint/document_print.hpp"
#include "t/unit/endpoint/document_support.hpp"
#include "t/unit/worker/send/authority.hpp"

namespace webhook::endpoint {
namespace {

using test::Authority;
using test::Identity;
using test::quoted;

constexpr const char* key = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

Document https(const std::string& more) {
    return good(R"({"id":"a","url":"https://h/",)" + more + "}");
}
std::string https_error(const std::string& more) {
    return errors_of(R"({"id":"a","url":"https://h/",)" + more + "}");
}

TEST(EndpointAccess, PrintsWhatItReads) {
    for (
        const char* field :
        {R"("tls":{"ca":"secret:ca"})", R"("tls":{"cert":"secret:c","key":"secret:k"})",
         R"("tls":{"verify":false})", R"("auth":{"basic":{"password":"secret:p","user":"u"}})",
         R"("auth":{"bearer":"secret:t"})",
         R"("auth":{"oauth2":{"client_id":"i","client_secret":"secret:s","scope":"a b","token_url":"https://t/x"}})",
         R"("sign":[{"scheme":"standard","secrets":[{"secret":"secret:a","until":"2026-12-31T00:00:00Z"},"secret:b"]}])",
         R"("sign":[{"scheme":"standard","secrets":["secret:a",{"from":"2026-12-31T00:00:00.250Z","secret":"secret:b"}]}])"}) {
        const std::string printed = to_json(https(field));
        EXPECT_NE(printed.find(field), std::string::npos) << printed;
        EXPECT_EQ(to_json(good(printed)), printed);
    }
    EXPECT_EQ(to_json(https(R"("tls":{"verify":true},"auth":null)")), R"({"id":"a","url":"https://h/"})");
}

TEST(EndpointAccess, JudgesCertificatesWhenTheyAreApplied) {
    const Authority authority;
    const Identity one = authority.issue("DNS:a"), other = authority.issue("DNS:b");
    const std::string cut = one.certificate.substr(0, 100) + "\n-----END CERTIFICATE-----\n";
    const auto tls = [](const std::string& members) { return "\"tls\":{" + members + "}"; };
    const auto pair = [&](const std::string& cert, const std::string& private_key) {
        return tls("\"cert\":" + quoted(cert) + ",\"key\":" + quoted(private_key));
    };
    https(pair(one.certificate, one.key));
    https(pair(one.certificate + authority.pem(), one.key));
    https(pair(one.certificate, "secret:key"));
    https(tls("\"ca\":" + quoted(other.certificate + authority.pem())));
    const std::vector<std::pair<std::string, std::string>> bad{
        {tls("\"ca\":" + quoted(cut)), "tls.ca: certificate 1 of the PEM text cannot be read"},
        {tls("\"ca\":" + quoted(authority.pem() + cut)), "tls.ca: certificate 2 of the PEM text"},
        {tls("\"ca\":" + quoted(one.key)), "tls.ca: holds no certificate"},
        {tls(R"("ca":"canary")"), "tls.ca: must be secret:NAME"},
        {tls(R"("ca":"file:/canary")"), "tls.ca: must be secret:NAME"},
        {tls(R"("ca":"secret:../canary")"), "tls.ca: must name a file"},
        {tls(R"("ca":"")"), "tls.ca: must be a string that is not empty"},
        {tls("\"cert\":" + quoted(one.certificate)), "tls.cert: needs \"key\""},
        {tls("\"key\":" + quoted(one.key)), "tls.key: needs \"cert\""},
        {pair(one.certificate, other.key), "tls.key: does not fit"},
        {pair(authority.pem() + one.certificate, one.key), "tls.key: does not fit"},
        {pair("secret:cert", one.certificate), "tls.key: holds no private key"},
        {pair(one.certificate,
              "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n"),
         "tls.key: the key is encrypted"},
        {tls(R"("verify":"no")"), "tls.verify: must be true or false"},
        {tls("\"verify\":false,\"ca\":\"secret:ca\""), "tls: \"ca\" has no use"},
        {tls(R"("cipher":"canary")"), "tls.cipher: unknown field"},
        {R"("tls":["canary"])", "tls: must be an object"},
    };
    for (const auto& [field, error] : bad) {
        const std::string said = https_error(field);
        EXPECT_EQ(said.substr(0, error.size()), error) << said;
        EXPECT_EQ(said.find("canary"), std::string::npos) << said;
    }
    EXPECT_EQ(field_error(R"("tls":{"ca":"secret:ca"})"), ": tls: the URL is not https://\n");
}

TEST(EndpointAccess, RefusesBadAuth) {
    const std::string client = R"("token_url":"https://t/","client_id":"i","client_secret":"canary")";
    const std::vector<std::pair<std::string, std::string>> bad{
        {R"({"basic":{"user":"u"}})", "auth.basic: needs \"password\""},
        {R"({"basic":{"user":"a:b","password":"canary"}})", "auth.basic: a user has no \":\""},
        {R"({"basic":{"user":"a\n","password":"canary"}})", "auth.basic.user: has control characters"},
        {R"({"basic":{"user":"a","password":"canary\n"}})", "auth.basic.password: the secret has control"},
        {R"({"basic":"canary"})", "auth.basic: must be an object"},
        {R"({"bearer":""})", "auth.bearer: the secret is empty"},
        {R"({"bearer":"file:/canary"})", "auth.bearer: a document cannot name a file"},
        {R"({"bearer":["canary"]})", "auth.bearer: must be a string"},
        {R"({"bearer":"secret:a","basic":{"user":"u","password":"canary"}})", "auth: must be one of"},
        {"{}", "auth: must be one of"},
        {"\"canary\"", "auth: must be an object"},
        {R"({"oauth":{}})", "auth.oauth: unknown field \"oauth\", did you mean \"oauth2\"?"},
        {R"({"oauth2":{"client_id":"i","client_secret":"canary"}})", "auth.oauth2: needs \"token_url\""},
        {R"({"oauth2":{"token_url":"canary","client_id":"i","client_secret":"s"}})",
         "auth.oauth2.token_url: the URL must begin with"},
        {R"({"oauth2":{"token_url":"https://t/{id}","client_id":"i","client_secret":"s"}})",
         "auth.oauth2: macros are not allowed"},
        {R"({"oauth2":{"token_url":"https://u:canary@t/","client_id":"i","client_secret":"s"}})",
         "auth.oauth2.token_url: user and password"},
        {"{\"oauth2\":{" + client + R"(,"scope":""}})",
         "auth.oauth2.scope: must be a string that is not empty"},
        {"{\"oauth2\":{" + client + R"(,"scope":"canary\r\n"}})",
         "auth.oauth2.scope: has control characters"},
    };
    for (const auto& [value, error] : bad) {
        const std::string said = https_error("\"auth\":" + value);
        const std::string wanted = error.substr(0, error.find(": ")), text = error.substr(error.find(": "));
        EXPECT_NE(said.find(wanted), std::string::npos) << said << wanted;
        EXPECT_NE(said.find(text), std::string::npos) << said << text;
        EXPECT_EQ(said.find("canary"), std::string::npos) << said;
    }
}

TEST(EndpointAccess, OneHeaderHasOneOrigin) {
    const std::string auth = R"("auth":{"bearer":"secret:t"},)";
    EXPECT_NE(
        https_error(auth + R"("headers":{"AUTHORIZATION":"secret:x"})").find("is set in \"headers\", too"),
        std::string::npos);
    EXPECT_NE(https_error(auth + R"("sign":[{"scheme":"publish","secrets":["secret:x"]}])")
                  .find("the scheme \"publish\" sets Authorization, too"),
              std::string::npos);
    const std::string two =
        R"("sign":[{"scheme":"%","secrets":["secret:x"]},{"scheme":"@","secrets":["secret:y"]}])";
    const auto with = [&](const char* a, const char* b) {
        std::string text = two;
        text.replace(text.find('%'), 1, a);
        return text.replace(text.find('@'), 1, b);
    };
    https(with("standard", "standard-ed25519"));
    https(with("standard", "stripe"));
    https(with("stripe", "github"));
    EXPECT_NE(https_error(with("github", "meta")).find("both set the header x-hub-signature-256"),
              std::string::npos);
}

TEST(EndpointAccess, RedactsAndRestores) {
    const Authority authority;
    const Identity one = authority.issue("DNS:a"), other = authority.issue("DNS:b");
    const auto document = [&](const Identity& identity, const std::string& auth) {
        return https(
            R"("sign":[{"secrets":[{"secret":"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw","until":"2026-12-31T00:00:00Z"},"secret:n"]}],"tls":{"ca":)" +
            quoted(authority.pem()) + ",\"cert\":" + quoted(identity.certificate) +
            ",\"key\":" + quoted(identity.key) + "},\"auth\":" + auth);
    };
    for (const char* auth :
         {R"({"basic":{"user":"u","password":"canary1"}})", R"({"bearer":"canary1"})",
          R"({"oauth2":{"token_url":"https://t/?k=canary2","client_id":"i","client_secret":"canary1"}})"}) {
        const Document stored = document(one, auth);
        const std::string printed = to_redacted_json(stored, key);
        for (const char* secret : {"canary", "whsec_", "BEGIN"})
            EXPECT_EQ(printed.find(secret), std::string::npos) << printed;
        Document again = good(printed);
        std::vector<FieldError> errors;
        EXPECT_TRUE(restore_redacted(&again, &stored, key, &errors));
        EXPECT_EQ(to_json(again), to_json(stored));
        Document unknown = good(printed);
        EXPECT_FALSE(restore_redacted(&unknown, nullptr, key, &errors));
        const bool has_url = std::string_view(auth).find("canary2") != std::string_view::npos;
        ASSERT_EQ(errors.size(), has_url ? 6u : 5u);
        EXPECT_EQ(errors[0].where, "a.tls.ca");
        EXPECT_EQ(errors[3].where, "a.auth");
    }
    const Document stored = document(one, "null");
    Document mixed = stored;
    mixed.tls.cert = other.certificate;
    mixed.tls.key = good(to_redacted_json(stored, key)).tls.key;
    std::vector<FieldError> errors;
    EXPECT_FALSE(restore_redacted(&mixed, &stored, key, &errors));
    ASSERT_EQ(errors.size(), 1u);
    EXPECT_EQ(errors[0].where, "a.tls.key") << "the stored key does not fit the new certificate";
}

TEST(EndpointAccess, SomeSecretIsAlwaysValid) {
    const auto secrets = [](const std::string& list) { return R"("sign":[{"secrets":[)" + list + "]}]"; };
    const std::string
        old = R"({"secret":"secret:o","until":"2026-06-01T00:00:00Z"})",
        next = R"({"secret":"secret:n","from":"2026-06-01T00:00:00Z"})",
        late = R"({"secret":"secret:n","from":"2026-06-01T00:00:01Z"})",
        between = R"({"secret":"secret:b","from":"2026-05-01T00:00:00Z","until":"2026-06-01T00:00:01Z"})";
    https(secrets(old + "," + next));
    https(secrets(old + R"(,"secret:n")"));
    https(secrets(late + "," + between + "," + old));
    EXPECT_NE(https_error(secrets(old)).find("no secret is valid from 2026-06-01T00:00:00Z on"),
              std::string::npos);
    EXPECT_NE(https_error(secrets(old + "," + late)).find("no secret is valid from 2026-06-01T00:00:00Z on"),
              std::string::npos);
    EXPECT_NE(https_error(secrets(next)).find("no secret is valid before the first \"from\""),
              std::string::npos);
    for (const auto& [secret, error] : std::vector<std::pair<std::string, std::string>>{
             {R"({"secret":"canary","until":"canary"})", "secrets[0].until: must be a time such as"},
             {R"({"until":"2026-12-31T00:00:00Z"})", "secrets[0]: needs \"secret\""},
             {R"({"secret":"file:canary"})", "secrets[0]: a document cannot name a file"},
             {R"({"secret":"canary1","upto":"2026-12-31"})", "secrets[0].upto: unknown field"},
             {R"({"secret":"canary1","from":"2026-12-31T00:00:00Z","until":"2026-12-31T00:00:00Z"})",
              "\"until\" must be after \"from\""},
             {"7", "secrets[0]: must be a string, or {"}}) {
        const std::string said = https_error(secrets(secret));
        EXPECT_NE(said.find(error), std::string::npos) << said;
        EXPECT_EQ(said.find("canary"), std::string::npos) << said;
    }
}

}  // namespace
}  // namespace webhook::endpoint
