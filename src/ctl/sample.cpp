#include "ctl/sample.hpp"

#include <algorithm>

#include "base/url.hpp"
#include "base/urlencoded.hpp"
#include "ctl/json.hpp"
#include "ctl/message.hpp"

namespace webhook::ctl {

namespace {

/// Puts `value` at the first "json:/..." of the sources. A pointer through what is a value already is left
/// out.
void put(const std::vector<std::string>& sources, std::string_view value, Json* body) {
    for (const auto& source : sources) {
        if (!source.starts_with("json:/")) continue;
        try {
            (*body)[Json::json_pointer(source.substr(5))] = value;
        } catch (const Json::exception&) {
            continue;
        }
        return;
    }
}

/// Keeps a parameter that is there.
void add_param(std::string_view name, std::string_view value, std::string* url) {
    if (base::find_param(base::query_of(*url), name).count == 0) base::append_param(name, value, url);
}

/// Parameters of "query:NAME" and of templates such as "{query:cid}:{query:txid}".
void add_params(const std::vector<std::string>& sources, std::string_view value, std::string* url) {
    if (sources.empty()) return;
    constexpr std::string_view mark = "query:";
    const std::string_view source = sources.front();
    for (auto at = source.find(mark); at != std::string_view::npos; at = source.find(mark, at + 1)) {
        const auto begin = at + mark.size();
        const auto end = std::min(source.find_first_of("}|>", begin), source.size());
        add_param(source.substr(begin, end - begin), value, url);
    }
}

void add_field(std::string_view name, std::string_view value, std::string* form) {
    if (!form->empty()) *form += '&';
    base::encode(name, form);
    *form += '=';
    base::encode(value, form);
}

/// The field of the first "form:NAME" of the sources.
void add_first_field(const std::vector<std::string>& sources, std::string_view value, std::string* form) {
    const auto source = std::find_if(sources.begin(), sources.end(), [](const std::string& text) {
        return text.starts_with("form:") && text.find('>') == std::string::npos;
    });
    if (source != sources.end()) add_field(std::string_view(*source).substr(5), value, form);
}

std::string sample_form(const signature::Scheme& scheme, std::string_view id, std::string_view type) {
    std::string form;
    add_first_field(id_sources(scheme), id, &form);
    add_first_field(type_sources(scheme), type, &form);
    add_field("message", "hello from webhookctl", &form);
    add_field("nonce", id, &form);
    return form;
}

}  // namespace

std::string sample_body(const signature::Scheme& scheme, std::string_view id, std::string_view type) {
    if (signs_form(scheme)) return sample_form(scheme, id, type);
    Json body = Json::object();
    put(id_sources(scheme), id, &body);
    put(type_sources(scheme), type, &body);
    if (!body.contains("message")) body["message"] = "hello from webhookctl";
    if (!body.contains("nonce")) body["nonce"] = id;
    return to_text(body);
}

std::string sample_url(const signature::Scheme& scheme, std::string url, std::string_view id,
                       std::string_view type) {
    add_params(id_sources(scheme), id, &url);
    add_params(type_sources(scheme), type, &url);
    return url;
}

std::string header_source(const std::vector<std::string>& sources) {
    for (const auto& source : sources) {
        if (source.starts_with("header:") && source.find_first_of("|>{}") == std::string::npos)
            return source.substr(7);
    }
    return {};
}

std::string with_number(std::string text, std::size_t number) {
    const std::string digits = std::to_string(number);
    for (auto at = text.find("{n}"); at != std::string::npos; at = text.find("{n}", at + digits.size())) {
        text.replace(at, 3, digits);
    }
    return text;
}

}  // namespace webhook::ctl
