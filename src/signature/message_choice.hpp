#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "signature/definition.hpp"

namespace webhook::signature {

/// Calls `use(text)` for each message that may be signed.
template <class Use>
void each_message(const Scheme& scheme, Use use) {
    use(scheme.message);
    for (const MessageRule& other : scheme.other_messages)
        use(other.text);
}

/// Checks a definition as it is, and as if each of the other messages were the only one: what holds of one message holds of
/// none of the others. False with a message, the directive it is about, and of several of that name the number.
bool check_choices(Scheme* scheme, std::string* error, std::string_view* word, std::size_t* number);

}  // namespace webhook::signature
