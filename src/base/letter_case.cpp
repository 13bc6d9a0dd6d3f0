#include "base/letter_case.hpp"

#include <utf8proc.h>

#include <array>

#include "base/utf8.hpp"

namespace webhook::base {
namespace {

using Map = utf8proc_int32_t (*)(utf8proc_int32_t);

std::string map_letters(std::string_view text, Map map) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const std::size_t length = utf8_length(text);
        if (length == 0) {
            out.push_back(text.front());
            text.remove_prefix(1);
            continue;
        }
        std::array<utf8proc_uint8_t, 4> bytes{};
        utf8proc_int32_t letter = 0;
        utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                         static_cast<utf8proc_ssize_t>(length), &letter);
        const auto size = utf8proc_encode_char(map(letter), bytes.data());
        out.append(reinterpret_cast<const char*>(bytes.data()), static_cast<std::size_t>(size));
        text.remove_prefix(length);
    }
    return out;
}

}  // namespace

std::string lower_case(std::string_view text) {
    return map_letters(text, utf8proc_tolower);
}

std::string upper_case(std::string_view text) {
    return map_letters(text, utf8proc_toupper);
}

}  // namespace webhook::base
