#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "signature/language/parser.hpp"
#include "signature/model/scheme.hpp"

namespace webhook::signature {

inline constexpr std::int64_t now_ms = 1760000000000;
inline const std::string secret = "0123456789abcdef0123456789abcdef";

/// Parses the definition of a custom scheme; nullptr and an error when it is wrong.
inline std::unique_ptr<Scheme> parsed(const std::string& text, std::string* error) {
    std::vector<Directive> directives;
    LanguageError problem;
    auto scheme = tokenize(text, &directives, &problem) ? parse_scheme("own", directives, &problem) : nullptr;
    *error = problem.message;
    return scheme;
}

/// Returns what is wrong in the definition; empty: nothing.
inline std::string mistake(const std::string& text) {
    std::string error;
    return parsed(text, &error) != nullptr ? std::string() : error;
}

inline const std::string hmac = "algorithm hmac-sha256; signature header:X-Sig encoding=hex; ";
inline const std::string query = "algorithm hmac-sha256; signature query:sig encoding=hex; postback; ";

}  // namespace webhook::signature
