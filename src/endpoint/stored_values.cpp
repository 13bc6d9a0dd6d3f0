#include "endpoint/stored_values.hpp"

#include "base/text.hpp"

namespace webhook::endpoint {

std::string kept_header(const store::StoredEvent& event, std::string_view name) {
    Operand operand;
    operand.kind = Operand::Kind::header;
    operand.text = base::lower(name);
    const auto value = StoredValues(event).value(operand);
    return value && value->kind == base::JsonValue::Kind::string ? value->text : std::string();
}

}  // namespace webhook::endpoint
