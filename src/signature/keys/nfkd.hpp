#pragma once

#include <string>
#include <string_view>

namespace webhook::signature {

/// Appends the compatibility decomposition (Unicode NFKD) of UTF-8 text made of ASCII and precomposed Latin
/// letters (up to U+024F, U+1E00 to U+1EFF). False for anything else: a key must rather be refused than be
/// decomposed wrongly.
bool to_nfkd(std::string_view text, std::string* out);

}  // namespace webhook::signature
