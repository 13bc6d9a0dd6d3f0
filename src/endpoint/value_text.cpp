#include "endpoint/value_text.hpp"

#include <utility>

#include "base/digest.hpp"
#include "base/json_text.hpp"

namespace webhook::endpoint {

using base::JsonValue;
using Is = JsonValue::Kind;

void append_string(std::string_view text, std::string* out) {
    base::append_json_string(text, out, base::InvalidUtf8::replaced);
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
