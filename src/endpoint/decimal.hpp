#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace webhook::endpoint {

/// Numbers as JSON writes them (RFC 8259 section 6), computed in decimal, so that neither amounts nor ids
/// beyond 2^53 change. A text of more than 100 characters or an exponent beyond +-1000 is no number here.

bool is_decimal(std::string_view text);

/// Negative, 0, positive; nothing when one of them is no number.
std::optional<int> compare_decimals(std::string_view left, std::string_view right);

enum class Arithmetic : unsigned char { add, multiply, divide };

/// The result without an exponent and without zeros at the end of its fraction, quotients to 50 significant
/// digits; nothing when one of them is no number, for a division by zero and for a result of more than 100
/// characters.
std::optional<std::string> compute(Arithmetic operation, std::string_view left, std::string_view right);

/// Rounded half away from zero to `places` digits (0 to 20) after the point, which are always written.
std::optional<std::string> round_decimal(std::string_view text, unsigned places);

}  // namespace webhook::endpoint
