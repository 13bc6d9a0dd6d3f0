#pragma once

#include <string_view>
#include <vector>

#include "signature/model/scheme.hpp"

namespace webhook::signature {

/// The built-in scheme of that name, or nullptr. Parsed once, at first use.
const Scheme* find_scheme(std::string_view name);

/// Names of all built-in schemes, sorted.
std::vector<std::string_view> scheme_names();

/// The scheme's definition in the scheme language, for `webhookctl schemes NAME`.
std::string_view scheme_text(std::string_view name);

/// The scheme that this is another name of; empty: it has a definition of its own.
std::string_view alias_of(std::string_view name);

/// Facts about a built-in scheme's sender, and their source. Empty: not known.
struct SenderFacts {
    std::string_view source;   ///< documents and packages, with the day they were read
    std::string_view retries;  ///< whether they keep id and body
    std::string_view repeats;  ///< whether honest bodies repeat word for word
};
SenderFacts facts_of(std::string_view name);

}  // namespace webhook::signature
