#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "signature/language/parser.hpp"
#include "signature/model/scheme.hpp"

namespace webhook::signature {

/// Parses the definition of a custom scheme; nullptr and an error when it is wrong.
inline std::unique_ptr<Scheme> parsed(std::string_view text, std::string* error = nullptr) {
    std::vector<Directive> directives;
    LanguageError problem;
    auto scheme = tokenize(text, &directives, &problem) ? parse_scheme("own", directives, &problem) : nullptr;
    if (error != nullptr) *error = scheme ? std::string() : problem.message;
    return scheme;
}

/// Returns what is wrong in the definition; empty: nothing.
inline std::string mistake(std::string_view text) {
    std::string error;
    parsed(text, &error);
    return error;
}

}  // namespace webhook::signature
