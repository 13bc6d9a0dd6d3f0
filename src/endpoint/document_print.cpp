#include "endpoint/document_print.hpp"

#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "endpoint/access_print.hpp"
#include "endpoint/header_rules.hpp"
#include "endpoint/limit_fields.hpp"
#include "endpoint/secret_value.hpp"
#include "endpoint/template_secrets.hpp"
#include "endpoint/units.hpp"
#include "endpoint/url_secrets.hpp"

namespace webhook::endpoint {
namespace {

using Json = nlohmann::json;
/// Gives a secret its printed form.
using Print = ReplacePart;

/// Sets `name` unless the value is the default.
template <class T>
void put(const char* name, const T& value, const T& standard, Json* json) {
    if (value != standard) (*json)[name] = value;
}

/// Sets a field that is kept as JSON text; empty: not given.
void put_json(const char* name, const std::string& text, Json* json) {
    if (!text.empty()) (*json)[name] = Json::parse(text, nullptr, false);
}

Json match_json(const Match& match) {
    Json json = Json::object();
    put("source", match.source, {}, &json);
    put("type", match.type, {}, &json);
    put("tenant", match.tenant, {}, &json);
    put_json("where", match.where, &json);
    return json;
}

Json sign_json(const std::vector<Sign>& signs, const Print& print) {
    Json list = Json::array();
    for (const Sign& sign : signs) {
        Json item{{"scheme", sign.scheme}, {"secrets", Json::array()}};
        for (const SignSecret& secret : sign.secrets)
            item["secrets"].push_back(sign_secret_json(secret, print));
        list.push_back(std::move(item));
    }
    return list;
}

bool shows_header(const std::string& name, const std::string& value) {
    if (is_public_header(name)) return true;
    return !secret_name(value) && !is_redacted(value) && !may_hold_secret(value);
}

Json body_json(const Document& document, const Print& print) {
    if (document.body.empty()) return {};
    return replace_body_secrets(Json::parse(document.body, nullptr, false), print);
}

Json success_json(const Document& document) {
    if (document.success_where.empty()) return document.success;
    Json json = Json::object();
    put("status", document.success, {}, &json);
    put_json("where", document.success_where, &json);
    return json;
}

Json headers_json(const Document& document, const Print& print) {
    Json json = Json::object();
    for (const auto& [name, value] : document.headers)
        json[name] = shows_header(name, value) ? value : print(value);
    return json;
}

Json retry_json(const Document& document, const Document& standard) {
    Json json = Json::object();
    if (document.schedule != standard.schedule) {
        json["schedule"] = Json::array();
        for (const milliseconds delay : document.schedule)
            json["schedule"].push_back(format_time(delay));
    }
    put("jitter", document.jitter, standard.jitter, &json);
    return json;
}

/// Sets a time of which 0 means no limit.
void put_limit(const char* name, milliseconds value, milliseconds standard, Json* json) {
    if (value == standard) return;
    (*json)[name] = value.count() == 0 ? Json() : Json(format_time(value));
}

void put_limits(const Document& document, const Document& standard, Json* json) {
    if (document.rate) (*json)["rate"] = format_rate(*document.rate);
    put("concurrency", document.concurrency, standard.concurrency, json);
    put("order", document.order, standard.order, json);
    if (document.permanent) (*json)["permanent"] = *document.permanent;
    if (document.breaker) {
        (*json)["breaker"] = {{"failures", document.breaker->failures},
                              {"probe", format_time(document.breaker->probe)}};
    }
    put_limit("max_age", document.max_age, standard.max_age, json);
    put_limit("disable_after", document.disable_after, standard.disable_after, json);
    put("max_hold", format_time(document.max_hold), format_time(standard.max_hold), json);
    put("max_waiting", document.max_waiting, standard.max_waiting, json);
    put("max_waiting_bytes", format_size(document.max_waiting_bytes), format_size(standard.max_waiting_bytes),
        json);
}

Json labels_json(const Document& document) {
    Json json = Json::object();
    for (const auto& [name, value] : document.labels)
        json[name] = value;
    return json;
}

void put_filled(const char* name, Json value, Json* json) {
    if (!value.empty()) (*json)[name] = std::move(value);
}

std::string print_document(const Document& document, const Print& print) {
    const Document standard = default_document();
    Json json{{"id", document.id}, {"url", replace_secret_parts(document.url, print)}};
    put_filled("match", match_json(document.match), &json);
    put("method", document.method, standard.method, &json);
    put_filled("body", body_json(document, print), &json);
    put_filled("headers", headers_json(document, print), &json);
    put_filled("sign", sign_json(document.sign, print), &json);
    put_filled("auth", auth_json(document.auth, print), &json);
    put_filled("tls", tls_json(document.tls, print), &json);
    put_filled("success", success_json(document), &json);
    put("timeout", format_time(document.timeout), format_time(standard.timeout), &json);
    put("connect_timeout", format_time(document.connect_timeout), format_time(standard.connect_timeout),
        &json);
    put_filled("retry", retry_json(document, standard), &json);
    put_limits(document, standard, &json);
    put("allow_private", document.allow_private, standard.allow_private, &json);
    put("paused", document.paused, standard.paused, &json);
    put("description", document.description, standard.description, &json);
    put_filled("labels", labels_json(document), &json);
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

using Candidates = std::vector<std::string>;

/// Puts stored values in place of redacted ones in one document.
class Restorer {
  public:
    Restorer(const Document& document, std::string_view key, std::vector<FieldError>* errors)
        : id_(document.id), key_(key), errors_(errors) {}

    void restore(const std::string& field, const Candidates& stored, std::string* value) const {
        if (!is_redacted(*value)) return;
        for (const std::string& candidate : stored) {
            if (redact(key_, id_, candidate) != *value) continue;
            *value = candidate;
            return;
        }
        errors_->push_back(
            {id_ + "." + field,
             "what is redacted here is not stored in this field; write the secret or secret:NAME "
             "(a copy of everything: export --secrets)"});
    }

    void restore_url(const std::string& field, const Candidates& stored, std::string* url) const {
        *url = replace_secret_parts(*url, [&](std::string_view part) {
            std::string value(part);
            restore(field, stored, &value);
            return value;
        });
    }

    void restore_body(const Candidates& stored, std::string* body) const {
        if (body->find("redacted:") == std::string::npos) return;
        *body = replace_body_secrets(Json::parse(*body, nullptr, false), [&](std::string_view part) {
                    std::string value(part);
                    restore("body", stored, &value);
                    return value;
                }).dump();
    }

  private:
    std::string id_;
    std::string_view key_;
    std::vector<FieldError>* errors_;
};

Candidates url_parts(const std::string& url) {
    Candidates result;
    replace_secret_parts(url, [&](std::string_view part) { return result.emplace_back(part); });
    return result;
}

Candidates stored_body_parts(const Document* stored) {
    Candidates result;
    if (stored == nullptr) return result;
    body_json(*stored, [&](std::string_view part) { return result.emplace_back(part); });
    return result;
}

Candidates stored_secrets(const Document* stored, const std::string& scheme) {
    Candidates result;
    if (stored == nullptr) return result;
    for (const Sign& sign : stored->sign) {
        if (sign.scheme != scheme) continue;
        for (const SignSecret& secret : sign.secrets)
            result.push_back(secret.text);
    }
    return result;
}

Candidates stored_headers(const Document* stored, const std::string& name) {
    Candidates result;
    if (stored == nullptr) return result;
    for (const auto& [other, value] : stored->headers) {
        if (base::equal_names(other, name)) result.push_back(value);
    }
    return result;
}

/// Certificate and key may fit only now that both are there.
void restore_access(const Restorer& restorer, Document* document, const Document* stored,
                    std::vector<FieldError>* errors) {
    const std::size_t before = errors->size();
    each_access_secret(document, stored, [&](const char* field, std::string* text, const std::string* old) {
        restorer.restore(field, old == nullptr ? Candidates{} : Candidates{*old}, text);
    });
    static const std::string none;
    restorer.restore_url("auth.oauth2.token_url",
                         url_parts(stored == nullptr ? none : stored->auth.token_url),
                         &document->auth.token_url);
    const auto fault = errors->size() == before ? check_tls(document->tls) : std::nullopt;
    if (fault) errors->push_back({document->id + ".tls." + fault->field, fault->what});
}

Print redacting(const Document& document, std::string_view key) {
    return [&document, key](std::string_view secret) { return redact(key, document.id, secret); };
}

}  // namespace

std::string to_json(const Document& document) {
    return print_document(document, [](std::string_view secret) { return std::string(secret); });
}

std::string to_redacted_json(const Document& document, std::string_view key) {
    return print_document(document, redacting(document, key));
}

std::vector<std::string> secret_literals(const Document& document) {
    std::vector<std::string> found;
    print_document(document, [&](std::string_view part) {
        if (!part.empty() && !secret_name(part)) found.emplace_back(part);
        return std::string(part);
    });
    return found;
}

std::string redacted_url(const Document& document, std::string_view key) {
    return replace_secret_parts(document.url, redacting(document, key));
}

bool restore_redacted(Document* document, const Document* stored, std::string_view key,
                      std::vector<FieldError>* errors) {
    const std::size_t before = errors->size();
    const Restorer restorer(*document, key, errors);
    static const std::string none;
    restorer.restore_url("url", url_parts(stored == nullptr ? none : stored->url), &document->url);
    restore_access(restorer, document, stored, errors);
    restorer.restore_body(stored_body_parts(stored), &document->body);
    for (auto& [name, value] : document->headers)
        restorer.restore("headers." + name, stored_headers(stored, name), &value);
    for (std::size_t i = 0; i < document->sign.size(); ++i) {
        Sign& sign = document->sign[i];
        const Candidates candidates = stored_secrets(stored, sign.scheme);
        for (std::size_t j = 0; j < sign.secrets.size(); ++j) {
            restorer.restore("sign[" + std::to_string(i) + "].secrets[" + std::to_string(j) + "]", candidates,
                             &sign.secrets[j].text);
        }
    }
    return errors->size() == before;
}

}  // namespace webhook::endpoint
