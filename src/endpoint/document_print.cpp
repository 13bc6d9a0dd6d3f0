#include <functional>
#include <nlohmann/json.hpp>

#include "endpoint/document.hpp"
#include "endpoint/document_fields.hpp"
#include "endpoint/header_rules.hpp"
#include "endpoint/secret_value.hpp"
#include "endpoint/units.hpp"
#include "event/text.hpp"

namespace webhook::endpoint {
namespace {

using Json = nlohmann::json;
/// Gives a secret its printed form.
using Print = std::function<std::string(const std::string&)>;

/// Sets `name` unless the value is the default.
template <class T>
void put(const char* name, const T& value, const T& standard, Json* json) {
    if (value != standard) (*json)[name] = value;
}

Json match_json(const Match& match) {
    Json json = Json::object();
    put("source", match.source, {}, &json);
    put("type", match.type, {}, &json);
    put("tenant", match.tenant, {}, &json);
    return json;
}

Json sign_json(const std::vector<Sign>& signs, const Print& print) {
    Json list = Json::array();
    for (const Sign& sign : signs) {
        Json item{{"scheme", sign.scheme}, {"secrets", Json::array()}};
        for (const std::string& secret : sign.secrets)
            item["secrets"].push_back(print(secret));
        list.push_back(std::move(item));
    }
    return list;
}

Json headers_json(const Document& document, const Print& print) {
    Json json = Json::object();
    for (const auto& [name, value] : document.headers)
        json[name] = is_secret_header(name) ? print(value) : value;
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

void put_filled(const char* name, Json value, Json* json) {
    if (!value.empty()) (*json)[name] = std::move(value);
}

std::string print_document(const Document& document, const Print& print) {
    const Document standard = default_document();
    Json json{{"id", document.id}, {"url", document.url}};
    put_filled("match", match_json(document.match), &json);
    put("method", document.method, standard.method, &json);
    put_filled("headers", headers_json(document, print), &json);
    put_filled("sign", sign_json(document.sign, print), &json);
    put("success", document.success, standard.success, &json);
    put("timeout", format_time(document.timeout), format_time(standard.timeout), &json);
    put("connect_timeout", format_time(document.connect_timeout), format_time(standard.connect_timeout),
        &json);
    put_filled("retry", retry_json(document, standard), &json);
    put("concurrency", document.concurrency, standard.concurrency, &json);
    put("max_waiting", document.max_waiting, standard.max_waiting, &json);
    put("max_waiting_bytes", format_size(document.max_waiting_bytes), format_size(standard.max_waiting_bytes),
        &json);
    put("allow_private", document.allow_private, standard.allow_private, &json);
    put("paused", document.paused, standard.paused, &json);
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// The stored secret of which `value` is the redacted form; nullptr: there is none.
const std::string* find_redacted(const std::string& id, const std::string& value,
                                 const std::vector<const std::string*>& stored) {
    for (const std::string* candidate : stored) {
        if (redact(id, *candidate) == value) return candidate;
    }
    return nullptr;
}

/// Puts the stored value in place of a redacted one, or notes an error.
bool restore(const std::string& id, const std::string& where, const std::vector<const std::string*>& stored,
             std::string* value, std::vector<Error>* errors) {
    if (!is_redacted(*value)) return true;
    const std::string* found = find_redacted(id, *value, stored);
    if (found == nullptr) {
        errors->push_back(
            {where, event::in_quotes(*value) +
                        " stands for a secret that is not stored here; write the secret or secret:NAME"});
        return false;
    }
    *value = *found;
    return true;
}

std::vector<const std::string*> stored_secrets(const Document* stored, const std::string& scheme) {
    std::vector<const std::string*> result;
    if (stored == nullptr) return result;
    for (const Sign& sign : stored->sign) {
        if (sign.scheme != scheme) continue;
        for (const std::string& secret : sign.secrets)
            result.push_back(&secret);
    }
    return result;
}

std::vector<const std::string*> stored_headers(const Document* stored, const std::string& name) {
    std::vector<const std::string*> result;
    if (stored == nullptr) return result;
    for (const auto& [other, value] : stored->headers) {
        if (event::equal_names(other, name)) result.push_back(&value);
    }
    return result;
}

}  // namespace

std::string to_json(const Document& document) {
    return print_document(document, [](const std::string& secret) { return secret; });
}

std::string to_redacted_json(const Document& document) {
    return print_document(document, [&](const std::string& secret) { return redact(document.id, secret); });
}

bool restore_redacted(Document* document, const Document* stored, std::vector<Error>* errors) {
    bool good = true;
    for (auto& [name, value] : document->headers) {
        good &= restore(document->id, document->id + ".headers." + name, stored_headers(stored, name), &value,
                        errors);
    }
    for (Sign& sign : document->sign) {
        const auto candidates = stored_secrets(stored, sign.scheme);
        for (std::string& secret : sign.secrets) {
            good &= restore(document->id, document->id + ".sign." + sign.scheme, candidates, &secret, errors);
        }
    }
    return good;
}

}  // namespace webhook::endpoint
