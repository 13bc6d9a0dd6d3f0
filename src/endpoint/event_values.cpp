#include "endpoint/event_values.hpp"

#include <charconv>

#include "base/text.hpp"
#include "base/urlencoded.hpp"

namespace webhook::endpoint {
namespace {

using base::JsonValue;
using Kind = JsonValue::Kind;

constexpr base::JsonLimits of_body{128, 200000, 200000, true, false};

JsonValue string_value(std::string text) {
    JsonValue value;
    value.kind = Kind::string;
    value.text = std::move(text);
    return value;
}

std::optional<JsonValue> if_any(std::string_view text) {
    if (text.empty()) return {};
    return string_value(std::string(text));
}

const JsonValue* item_at(const JsonValue& array, std::string_view token) {
    std::size_t index = 0;
    const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), index);
    const bool number =
        error == std::errc() && end == token.data() + token.size() && (token.size() == 1 || token[0] != '0');
    return number && index < array.items.size() ? &array.items[index] : nullptr;
}

}  // namespace

const JsonValue* find_value(const JsonValue& from, const std::vector<std::string>& tokens) {
    const JsonValue* value = &from;
    for (const std::string& token : tokens) {
        if (value->kind == Kind::object)
            value = value->find(token);
        else if (value->kind == Kind::array)
            value = item_at(*value, token);
        else
            value = nullptr;
        if (value == nullptr) return nullptr;
    }
    return value;
}

const JsonValue* EventValues::document() const {
    if (!parsed_) {
        parsed_ = true;
        const std::string_view data = attribute("data");
        auto value = std::make_unique<JsonValue>();
        base::JsonLimits limits = of_body;
        limits.cut = cut_;
        if (data.size() <= max_body && base::parse_json(data, value.get(), limits))
            document_ = std::move(value);
    }
    return document_.get();
}

/// A parameter of the query or a field of a form. One that is there and empty is an empty text.
std::optional<JsonValue> EventValues::parameter(const Operand& operand) const {
    const bool form = operand.kind == Operand::Kind::form;
    const base::Param found = base::find_param(attribute(form ? "data" : "query"), operand.text);
    if (found.count == 0) return {};
    std::string text;
    base::decode(found.raw, &text);
    return string_value(std::move(text));
}

std::optional<JsonValue> EventValues::kept_header(std::string_view lower_case_name) const {
    JsonValue headers;
    if (!base::parse_json(attribute("headers"), &headers)) return {};
    for (const auto& [name, values] : headers.members) {
        if (!base::equal_names(name, lower_case_name) || values.items.empty()) continue;
        return values.items.front();
    }
    return {};
}

std::optional<JsonValue> EventValues::value(const Operand& operand) const {
    switch (operand.kind) {
        case Operand::Kind::attribute:
            return if_any(attribute(operand.text));
        case Operand::Kind::pointer: {
            const JsonValue* all = document();
            const JsonValue* found = all == nullptr ? nullptr : find_value(*all, operand.tokens);
            if (found == nullptr) return {};
            return *found;
        }
        case Operand::Kind::form:
        case Operand::Kind::query:
            return parameter(operand);
        case Operand::Kind::header:
            return kept_header(operand.text);
        case Operand::Kind::element:
            return if_any(attribute("data"));
        case Operand::Kind::now:
        case Operand::Kind::webhook_id:
        case Operand::Kind::attempt:
        case Operand::Kind::secret:
            break;
    }
    return {};
}

}  // namespace webhook::endpoint
