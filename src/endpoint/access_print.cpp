#include "endpoint/access_print.hpp"

#include "base/time.hpp"

namespace webhook::endpoint {
namespace {

using Json = nlohmann::json;

void put_text(const char* name, const std::string& text, const ReplacePart& print, Json* json) {
    if (!text.empty()) (*json)[name] = print(text);
}

std::string date(std::int64_t ms) {
    return ms % 1000 == 0 ? base::format_rfc3339(ms) : base::format_rfc3339_ms(ms);
}

}  // namespace

Json tls_json(const Tls& tls, const ReplacePart& print) {
    Json json = Json::object();
    put_text("ca", tls.ca, print, &json);
    put_text("cert", tls.cert, print, &json);
    put_text("key", tls.key, print, &json);
    if (!tls.verify) json["verify"] = false;
    return json;
}

Json auth_json(const Auth& auth, const ReplacePart& print) {
    switch (auth.kind) {
        case Auth::Kind::basic:
            return {{"basic", {{"user", auth.user}, {"password", print(auth.secret)}}}};
        case Auth::Kind::bearer:
            return {{"bearer", print(auth.secret)}};
        case Auth::Kind::oauth2: {
            Json json{{"token_url", replace_secret_parts(auth.token_url, print)},
                      {"client_id", auth.user},
                      {"client_secret", print(auth.secret)}};
            if (!auth.scope.empty()) json["scope"] = auth.scope;
            return {{"oauth2", std::move(json)}};
        }
        default:
            return Json::object();
    }
}

Json sign_secret_json(const SignSecret& secret, const ReplacePart& print) {
    if (!secret.from_ms && !secret.until_ms) return print(secret.text);
    Json json{{"secret", print(secret.text)}};
    if (secret.from_ms) json["from"] = date(*secret.from_ms);
    if (secret.until_ms) json["until"] = date(*secret.until_ms);
    return json;
}

}  // namespace webhook::endpoint
