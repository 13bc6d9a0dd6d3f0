#include "endpoint/cloud_event.hpp"

#include <array>

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "endpoint/value_text.hpp"

namespace webhook::endpoint {
namespace {

void append_member(std::string_view name, std::string_view value, std::string* out) {
    if (value.empty()) return;
    out->append(",\"").append(name).append("\":");
    append_string(value, out);
}

/// application/json, text/json and types that end with +json (RFC 6839), with or without parameters. In the
/// JSON format no type means JSON.
bool is_json_type(std::string_view type) {
    if (type.empty()) return true;
    const std::string media = base::lower(base::trim_blanks(type.substr(0, type.find(';'))));
    if (media == "application/json" || media == "text/json") return true;
    constexpr std::string_view suffix = "+json";
    return media.size() > suffix.size() &&
           media.compare(media.size() - suffix.size(), suffix.size(), suffix) == 0;
}

}  // namespace

void append_cloud_event(const EventValues& event, std::string_view ce_id, std::string* out) {
    static constexpr std::array<std::string_view, 7> attributes{
        "source", "type", "time", "datacontenttype", "partitionkey", "traceparent", "tracestate"};
    out->append(R"({"specversion":"1.0","id":)");
    append_string(ce_id, out);
    for (const std::string_view name : attributes)
        append_member(name, event.attribute(name), out);
    append_member("contentencoding", event.attribute("contentencoding"), out);
    const std::string_view data = event.attribute("data");
    const bool json = is_json_type(event.attribute("datacontenttype")) && event.document() != nullptr;
    if (json) {
        std::string_view text = data;
        base::take_prefix(&text, "\xef\xbb\xbf");
        out->append(",\"data\":").append(text);
    } else if (!data.empty()) {
        std::string encoded;
        base::encode_text(data, base::Encoding::base64, &encoded);
        out->append(",\"data_base64\":\"").append(encoded).append("\"");
    }
    out->append("}");
}

}  // namespace webhook::endpoint
