#include "endpoint/field_reader.hpp"

#include <fmt/format.h>

#include <limits>

#include "base/suggest.hpp"
#include "base/text.hpp"
#include "endpoint/units.hpp"

namespace webhook::endpoint {

void FieldReader::fail_at(const std::string& part, std::string what) const {
    errors_->push_back({where_ + part, std::move(what)});
}

void FieldReader::refuse_field(const FieldReader& member, const std::string& name,
                               const std::vector<std::string_view>& known) {
    member.fail("unknown field " + base::in_quotes(name) + base::did_you_mean(name, known));
}

bool FieldReader::take_string(std::string* target) const {
    if (!value_->is_string()) {
        fail("must be a string");
        return false;
    }
    *target = value_->get_ref<const std::string&>();
    return true;
}

bool FieldReader::take_text(std::string* target) const {
    if (value_->is_string() && !value_->get_ref<const std::string&>().empty()) return take_string(target);
    fail("must be a string that is not empty");
    return false;
}

bool FieldReader::take_bool(bool* target) const {
    if (!value_->is_boolean()) {
        fail("must be true or false");
        return false;
    }
    *target = value_->get<bool>();
    return true;
}

bool FieldReader::take_integer(std::uint64_t min, std::uint64_t max, std::uint64_t* target) const {
    const bool good = value_->is_number_unsigned() && value_->get<std::uint64_t>() >= min &&
                      value_->get<std::uint64_t>() <= max;
    if (!good) {
        fail(fmt::format("must be a whole number from {} to {}", min, max));
        return false;
    }
    *target = value_->get<std::uint64_t>();
    return true;
}

bool FieldReader::take_number(double min, double max, double* target) const {
    if (!value_->is_number() || !(value_->get<double>() >= min && value_->get<double>() <= max)) {
        fail(fmt::format("must be a number from {} to {}", min, max));
        return false;
    }
    *target = value_->get<double>();
    return true;
}

bool FieldReader::take_time(std::chrono::milliseconds min, std::chrono::milliseconds max,
                            std::chrono::milliseconds* target) const {
    const auto time = value_->is_string() ? parse_time(value_->get_ref<const std::string&>()) : std::nullopt;
    if (!time) {
        fail(fmt::format("must be a time from {} to {}, such as \"250ms\", \"15s\", \"5m\", \"2h\" or \"7d\"",
                         format_time(min), format_time(max)));
        return false;
    }
    if (*time < min || *time > max) {
        fail(fmt::format("must be from {} to {}", format_time(min), format_time(max)));
        return false;
    }
    *target = *time;
    return true;
}

bool FieldReader::take_size(std::uint64_t min, std::uint64_t* target) const {
    constexpr auto max = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    std::optional<std::uint64_t> size;
    if (value_->is_number_unsigned()) size = value_->get<std::uint64_t>();
    if (value_->is_string()) size = parse_size(value_->get_ref<const std::string&>());
    if (!size || *size > max) {
        fail("must be a size such as 65536, \"64k\", \"256m\" or \"1g\"");
        return false;
    }
    if (*size < min) {
        fail("must be at least " + format_size(min));
        return false;
    }
    *target = *size;
    return true;
}

bool FieldReader::is_list(std::size_t max) const {
    if (value_->is_array() && value_->size() <= max) return true;
    fail(value_->is_array() ? fmt::format("must have at most {} items", max) : "must be a list: [...]");
    return false;
}

bool FieldReader::is_object() const {
    if (value_->is_object()) return true;
    fail("must be an object");
    return false;
}

}  // namespace webhook::endpoint
