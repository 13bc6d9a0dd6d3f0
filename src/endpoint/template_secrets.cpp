#include "endpoint/template_secrets.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "endpoint/header_rules.hpp"
#include "endpoint/secret_value.hpp"
#include "endpoint/text_template.hpp"

namespace webhook::endpoint {
namespace {

using Json = nlohmann::json;

bool is_secret_word(std::string_view word) {
    const bool digits = std::any_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
    return word.size() >= (digits ? 8 : 16);
}

bool has_secret_word(std::string_view text) {
    static constexpr std::string_view ends = " \t,;:=&";
    while (!text.empty()) {
        const std::string_view word = text.substr(0, text.find_first_of(ends));
        if (is_secret_word(word)) return true;
        text.remove_prefix(std::min(word.size() + 1, text.size()));
    }
    return false;
}

bool has_secret_argument(const Expression& expression) {
    for (const ValueFilter& filter : expression.filters) {
        if (filter.kind == ValueFilter::Kind::hmac || filter.kind == ValueFilter::Kind::date) continue;
        if (std::any_of(filter.arguments.begin(), filter.arguments.end(), has_secret_word)) return true;
    }
    return false;
}

bool may_hold(std::string_view text, bool any_literal) {
    std::string error;
    const auto parsed = TextTemplate::parse(text, &error);
    if (!parsed || parsed->is_fixed()) return true;
    return std::any_of(parsed->parts().begin(), parsed->parts().end(), [&](const TextTemplate::Part& part) {
        if (part.expression) return has_secret_argument(*part.expression);
        return any_literal || has_secret_word(part.literal);
    });
}

Json replace(const Json& json, bool secret, const ReplacePart& print) {
    if (json.is_string()) {
        const auto& text = json.get_ref<const std::string&>();
        return (secret && may_hold_secret(text)) || is_redacted(text) ? Json(print(text)) : json;
    }
    Json result = json;
    if (json.is_object()) {
        for (const auto& [name, value] : json.items())
            result[name] = replace(value, secret || is_secret_header(name), print);
    } else if (json.is_array()) {
        for (std::size_t i = 0; i < json.size(); ++i)
            result[i] = replace(json[i], secret, print);
    }
    return result;
}

}  // namespace

bool may_hold_secret(std::string_view text) {
    return may_hold(text, false);
}

bool may_hold_secret_strictly(std::string_view text) {
    return may_hold(text, true);
}

Json replace_body_secrets(const Json& body, const ReplacePart& print) {
    if (!body.is_object()) return body;
    Json result = body;
    for (const char* name : {"json", "form"}) {
        if (body.contains(name)) result[name] = replace(body[name], false, print);
    }
    return result;
}

}  // namespace webhook::endpoint
