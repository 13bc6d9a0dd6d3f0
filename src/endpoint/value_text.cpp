#include "endpoint/value_text.hpp"

#include <utility>

#include "base/digest.hpp"
#include "base/json_text.hpp"
#include "base/utf8.hpp"

namespace webhook::endpoint {

using base::JsonValue;
using Is = JsonValue::Kind;

void append_string(std::string_view text, std::string* out) {
    out->push_back('"');
    while (!text.empty()) {
        std::size_t good = 0, length = 0;
        while (good < text.size() && (length = base::utf8_length(text.substr(good))) != 0)
            good += length;
        base::append_json(text.substr(0, good), out);
        text.remove_prefix(good);
        if (text.empty()) break;
        out->append("\xef\xbf\xbd");
        text.remove_prefix(1);
    }
    out->push_back('"');
}

void append_value(const JsonValue& value, std::string* out) {
    bool first = true;
    switch (value.kind) {
        case Is::null:
            out->append("null");
            break;
        case Is::boolean:
        case Is::number:
            out->append(value.text);
            break;
        case Is::string:
            append_string(value.text, out);
            break;
        case Is::array:
            out->push_back('[');
            for (const JsonValue& item : value.items) {
                if (!std::exchange(first, false)) out->push_back(',');
                append_value(item, out);
            }
            out->push_back(']');
            break;
        case Is::object:
            out->push_back('{');
            for (const auto& [name, member] : value.members) {
                if (!std::exchange(first, false)) out->push_back(',');
                append_string(name, out);
                out->push_back(':');
                append_value(member, out);
            }
            out->push_back('}');
            break;
    }
}

std::optional<std::string> text_of(const Filtered& filtered) {
    if (!filtered.value || filtered.value->kind == Is::null) return {};
    if (filtered.bytes) return base::to_hex(filtered.value->text);
    if (filtered.value->kind != Is::array && filtered.value->kind != Is::object) return filtered.value->text;
    std::string text;
    append_value(*filtered.value, &text);
    return text;
}

}  // namespace webhook::endpoint
