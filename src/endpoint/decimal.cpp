#include "endpoint/decimal.hpp"

#include <boost/multiprecision/cpp_dec_float.hpp>
#include <charconv>

namespace webhook::endpoint {
namespace {

constexpr std::size_t max_length = 100;
constexpr int max_exponent = 1000;

/// 100 characters of digits fit without being rounded.
using Decimal = boost::multiprecision::number<boost::multiprecision::cpp_dec_float<120>>;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// Takes digits from the front; false when there is none.
bool take_digits(std::string_view* text) {
    std::size_t count = 0;
    while (count < text->size() && is_digit((*text)[count]))
        ++count;
    text->remove_prefix(count);
    return count > 0;
}

bool take_exponent(std::string_view text) {
    if (!text.empty() && text.front() == '+') text.remove_prefix(1);
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size() && std::abs(value) <= max_exponent;
}

std::optional<Decimal> parse(std::string_view text) {
    if (!is_decimal(text)) return {};
    return Decimal(std::string(text));
}

std::optional<std::string> print(const Decimal& value) {
    if (!boost::multiprecision::isfinite(value)) return {};
    std::string text = value.str(max_length, std::ios::fixed);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
    if (text.find_first_not_of("-0.") == std::string::npos && text.front() == '-') text.erase(0, 1);
    if (text.size() > max_length) return {};
    return text;
}

Decimal to_digits(const Decimal& value, int digits) {
    return Decimal(value.str(digits, std::ios::scientific));
}

}  // namespace

bool is_decimal(std::string_view text) {
    if (text.size() > max_length) return false;
    if (!text.empty() && text.front() == '-') text.remove_prefix(1);
    const bool zero = !text.empty() && text.front() == '0';
    if (zero) text.remove_prefix(1);
    if (!zero && !take_digits(&text)) return false;
    if (!text.empty() && text.front() == '.') {
        text.remove_prefix(1);
        if (!take_digits(&text)) return false;
    }
    if (text.empty()) return true;
    if (text.front() != 'e' && text.front() != 'E') return false;
    return take_exponent(text.substr(1));
}

std::optional<int> compare_decimals(std::string_view left, std::string_view right) {
    const auto a = parse(left), b = parse(right);
    if (!a || !b) return {};
    return a->compare(*b);
}

std::optional<std::string> compute(Arithmetic operation, std::string_view left, std::string_view right) {
    const auto a = parse(left), b = parse(right);
    if (!a || !b) return {};
    switch (operation) {
        case Arithmetic::add:
            return print(*a + *b);
        case Arithmetic::multiply:
            return print(*a * *b);
        case Arithmetic::divide:
            if (b->is_zero()) return {};
            return print(to_digits(*a / *b, 49));
    }
    return {};
}

std::optional<std::string> round_decimal(std::string_view text, unsigned places) {
    const auto value = parse(text);
    if (!value) return {};
    const Decimal scale = boost::multiprecision::pow(Decimal(10), places);
    const Decimal scaled = boost::multiprecision::round(*value * scale);
    auto result = print(scaled / scale);
    if (!result || places == 0) return result;
    std::size_t point = result->find('.');
    if (point == std::string::npos) {
        point = result->size();
        result->push_back('.');
    }
    result->append(places - (result->size() - point - 1), '0');
    return result;
}

}  // namespace webhook::endpoint
