#include "endpoint/access_fields.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "base/time.hpp"
#include "endpoint/header_rules.hpp"
#include "endpoint/secret_value.hpp"
#include "endpoint/url.hpp"
#include "endpoint/url_secrets.hpp"
#include "signature/keys/secret_file.hpp"

namespace webhook::endpoint {
namespace {

using base::in_quotes;

void take_pem(const FieldReader& reader, std::string* target) {
    std::string text;
    if (!reader.take_text(&text)) return;
    const bool pem = text.find("-----BEGIN ") != std::string::npos;
    if (!pem && !secret_name(text) && !is_redacted(text))
        return reader.fail("must be secret:NAME, the name of a file in secrets_dir, or PEM text");
    if (pem && text.size() > signature::max_secret_file) return reader.fail("the PEM text is too long");
    if (const std::string error = pem ? std::string() : check_secret(text); !error.empty())
        return reader.fail(error);
    *target = std::move(text);
}

void take_one_secret(const FieldReader& reader, std::string* target) {
    if (!reader.take_string(target)) return;
    if (const std::string error = check_secret(*target); !error.empty()) return reader.fail(error);
    if (!valid_header_value(*target)) reader.fail("the secret has control characters");
}

void take_words(const FieldReader& reader, std::string* target) {
    if (!reader.take_text(target)) return;
    if (!valid_header_value(*target) || target->size() > 1024)
        reader.fail("has control characters or more than 1024 bytes");
}

void take_user(const FieldReader& reader, Auth* auth) {
    take_words(reader, &auth->user);
    if (auth->user.find(':') != std::string::npos) reader.fail("a user has no \":\" (RFC 7617)");
}

void take_token_url(const FieldReader& reader, Auth* auth) {
    std::string error;
    if (!reader.take_text(&auth->token_url)) return;
    const std::string plain = replace_secret_parts(
        auth->token_url, [](std::string_view part) { return std::string(is_redacted(part) ? "" : part); });
    const auto url = parse_url(plain, &error);
    if (!url) return reader.fail(error);
    if (url->has_macros()) reader.fail("macros are not allowed here: one token serves all events");
}

void need(const FieldReader& reader, std::initializer_list<const char*> names) {
    if (!reader.value().is_object()) return;
    for (const char* name : names) {
        if (!reader.value().contains(name)) reader.fail("needs " + in_quotes(name));
    }
}

void take_basic(const FieldReader& reader, Auth* auth) {
    static const FieldTable<Auth> fields{
        {"user", take_user},
        {"password", [](const FieldReader& field, Auth* to) { take_one_secret(field, &to->secret); }}};
    auth->kind = Auth::Kind::basic;
    reader.take_members(fields, auth);
    need(reader, {"user", "password"});
}

void take_bearer(const FieldReader& reader, Auth* auth) {
    auth->kind = Auth::Kind::bearer;
    take_one_secret(reader, &auth->secret);
}

void take_oauth2(const FieldReader& reader, Auth* auth) {
    static const FieldTable<Auth> fields{
        {"token_url", take_token_url},
        {"client_id", [](const FieldReader& field, Auth* to) { take_words(field, &to->user); }},
        {"client_secret", [](const FieldReader& field, Auth* to) { take_one_secret(field, &to->secret); }},
        {"scope", [](const FieldReader& field, Auth* to) { take_words(field, &to->scope); }}};
    auth->kind = Auth::Kind::oauth2;
    reader.take_members(fields, auth);
    need(reader, {"token_url", "client_id", "client_secret"});
}

void take_date(const FieldReader& reader, std::optional<std::int64_t>* target) {
    std::string text;
    std::int64_t time = 0;
    if (!reader.take_text(&text)) return;
    if (!base::parse_rfc3339(text, &time))
        return reader.fail("must be a time such as \"2026-12-31T00:00:00Z\"");
    *target = time;
}

bool is_https(const std::string& url) {
    return base::equal_names(std::string_view(url).substr(0, 8), "https://");
}

}  // namespace

void take_tls(const FieldReader& reader, Tls* tls) {
    static const FieldTable<Tls> fields{
        {"ca", [](const FieldReader& field, Tls* to) { take_pem(field, &to->ca); }},
        {"cert", [](const FieldReader& field, Tls* to) { take_pem(field, &to->cert); }},
        {"key", [](const FieldReader& field, Tls* to) { take_pem(field, &to->key); }},
        {"verify", [](const FieldReader& field, Tls* to) { field.take_bool(&to->verify); }}};
    const std::size_t before = reader.error_count();
    reader.take_members(fields, tls);
    if (reader.error_count() != before) return;
    if (const auto fault = check_tls(*tls)) reader.member(fault->field, reader.value()).fail(fault->what);
    if (!tls->verify && !tls->ca.empty())
        reader.fail("\"ca\" has no use where \"verify\" is false: leave one of them out");
}

void take_auth(const FieldReader& reader, Auth* auth) {
    static const FieldTable<Auth> fields{
        {"basic", take_basic}, {"bearer", take_bearer}, {"oauth2", take_oauth2}};
    if (reader.value().is_null()) return;
    reader.take_members(fields, auth);
    if (reader.value().is_object() && reader.value().size() != 1)
        reader.fail("must be one of {\"basic\": ...}, {\"bearer\": ...} and {\"oauth2\": ...}");
}

void take_sign_secret(const FieldReader& reader, SignSecret* secret) {
    static const FieldTable<SignSecret> fields{
        {"secret", [](const FieldReader& field, SignSecret* to) { field.take_string(&to->text); }},
        {"from", [](const FieldReader& field, SignSecret* to) { take_date(field, &to->from_ms); }},
        {"until", [](const FieldReader& field, SignSecret* to) { take_date(field, &to->until_ms); }}};
    if (reader.value().is_string()) {
        reader.take_string(&secret->text);
    } else if (reader.value().is_object()) {
        reader.take_members(fields, secret);
        need(reader, {"secret"});
    } else {
        return reader.fail("must be a string, or {\"secret\": ..., \"from\": ..., \"until\": ...}");
    }
    if (const std::string error = check_secret(secret->text); !error.empty()) reader.fail(error);
    if (secret->from_ms && secret->until_ms && *secret->from_ms >= *secret->until_ms)
        reader.fail("\"until\" must be after \"from\"");
}

std::string uncovered(const std::vector<SignSecret>& secrets) {
    std::optional<std::int64_t> covered;  // until then
    while (true) {
        std::optional<std::int64_t> further;
        for (const SignSecret& secret : secrets) {
            if (secret.from_ms && (!covered || *secret.from_ms > *covered)) continue;
            if (!secret.until_ms) return {};
            further = std::max(further.value_or(*secret.until_ms), *secret.until_ms);
        }
        if (!further || (covered && *further <= *covered)) break;
        covered = further;
    }
    return covered ? "from " + base::format_rfc3339(*covered) + " on" : "before the first \"from\"";
}

void check_access(const FieldReader& reader, const Document& document) {
    if (document.tls != Tls{} && !is_https(document.url) && !is_https(document.auth.token_url))
        reader.fail("tls: the URL is not https://");
    if (document.auth.kind == Auth::Kind::none) return;
    for (const auto& [name, value] : document.headers) {
        if (base::equal_names(name, "authorization"))
            reader.fail("auth: the header Authorization is set in \"headers\", too: leave out one of them");
    }
}

}  // namespace webhook::endpoint
