#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "event/source.hpp"

namespace webhook::event {

/// A change made to a value: {url|without:hash}.
struct Filter {
    enum class Kind : std::uint8_t {
        lower,         ///< ASCII letters in lower case
        before,        ///< what stands before the first ARG (all of it where there is none)
        without,       ///< a URL or query without the parameter ARG
        sorted_query,  ///< the parameters of the raw query, sorted by name (bytes)
        hmac,  ///< in answers to handshakes only: the scheme's HMAC of it, ARG is hex (default) or base64
    };
    Kind kind;
    std::string arg;
};

/// Text with values in it: "v0:{ts}:{body}".
struct Template {
    struct Part {
        std::string literal;  ///< when `is_value` is false
        bool is_value = false;
        Source source;
        std::vector<Filter> filters;
    };
    std::vector<Part> parts;
};

/// "{" starts a value where a lower-case letter follows and is text elsewhere. False, and a message that
/// names the word, when a value is not closed, not known or there are more than 24 parts.
bool parse_template(std::string_view text, SourceSet set, Template* result, std::string* error);

/// True when `text` is a template rather than a plain source.
bool is_template(std::string_view text);

/// Applies one filter in place. `raw_query` is what sorted_query sorts.
void apply_filter(const Filter& filter, std::string_view raw_query, std::string* value);

inline constexpr std::size_t max_template_parts = 24;

}  // namespace webhook::event
