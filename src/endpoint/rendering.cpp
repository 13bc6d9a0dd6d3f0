#include "endpoint/rendering.hpp"

namespace webhook::endpoint {
namespace {

using base::JsonValue;
using Is = JsonValue::Kind;

}  // namespace

Renderer::Result Renderer::fail(const std::string& where, std::string what) {
    for (const Element& element : elements_)
        what.append(" (element ").append(std::to_string(element.index)).append(")");
    problem_ = {where, std::move(what)};
    return Result::failed;
}

/// Where pointers begin: an element of $each, or the document.
const JsonValue* Renderer::origin(const Operand& operand) const {
    if (operand.levels_up >= elements_.size()) return input_.event.document();
    return elements_[elements_.size() - 1 - operand.levels_up].value;
}

bool Renderer::look_up(const Operand& operand, Filtered* value, std::string* error) const {
    switch (operand.kind) {
        case Operand::Kind::pointer: {
            const JsonValue* from = origin(operand);
            const JsonValue* found = from == nullptr ? nullptr : find_value(*from, operand.tokens);
            if (found != nullptr) value->value = *found;
            return true;
        }
        case Operand::Kind::element:
            value->value = elements_.empty() ? input_.event.value(operand) : *elements_.back().value;
            return true;
        case Operand::Kind::now:
            value->value = JsonValue::of(Is::number, std::to_string(input_.now_ms));
            return true;
        case Operand::Kind::webhook_id:
            value->value = JsonValue::of(Is::string, std::string(input_.webhook_id));
            return true;
        case Operand::Kind::attempt:
            value->value = JsonValue::of(Is::number, std::to_string(input_.attempt));
            return true;
        case Operand::Kind::secret: {
            auto secret = input_.find_secret(operand.text, error);
            if (!secret) return false;
            value->value = JsonValue::of(Is::string, std::move(*secret));
            value->secret = true;
            return true;
        }
        default:
            value->value = input_.event.value(operand);
            return true;
    }
}

Renderer::Result Renderer::evaluate(const Expression& expression, const std::string& where, Filtered* value) {
    std::string error;
    *value = {};
    if (!look_up(expression.operand, value, &error)) return fail(where, error);
    for (const ValueFilter& filter : expression.filters) {
        if (!apply(filter, input_.find_secret, value, &error))
            return fail(where, "{" + expression.text + "}: " + error);
    }
    if (value->value && value->secret) secrets_.push_back(text_of(*value).value_or(""));
    if (value->value) return Result::done;
    return expression.optional ? Result::left_out : fail(where, "{" + expression.text + "} is missing");
}

Renderer::Result Renderer::render(const TextTemplate& text, const std::string& where,
                                  std::string (*encode)(std::string_view), std::string* out) {
    Result result = Result::done;
    for (const auto& part : text.parts()) {
        if (!part.expression) {
            out->append(part.literal);
            continue;
        }
        Filtered value;
        const Result found = evaluate(*part.expression, where, &value);
        if (found == Result::failed) return found;
        const auto shown = text_of(value);
        if (found == Result::done && shown)
            out->append(encode == nullptr ? *shown : encode(*shown));
        else if (part.expression->optional)
            result = Result::left_out;
        else
            return fail(where, "{" + part.expression->text + "} is null");
        if (out->size() > max_size) return fail(where, "is more than 1 MiB");
    }
    return result;
}

}  // namespace webhook::endpoint
