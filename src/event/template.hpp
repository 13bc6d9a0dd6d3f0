#pragma once

#include <cstddef>
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
        sorted,        ///< of all fields of {form} or {query}: see fields.hpp
        sized,         ///< the value behind its length in bytes (decimal); of {form}: of each value
        decoded,  ///< a URL or query with the escapes (%XX) of the characters ARG decoded, or of all of them
        crc32,    ///< CRC-32 (as in zip) in decimal
        json_escape,  ///< as it stands between the quotes of a JSON string (what JavaScript writes)
        hmac,    ///< in answers to handshakes only: the scheme's HMAC of it, ARG is hex (default) or base64
        sha256,  ///< in answers to handshakes only: the SHA-256 of it and the parameters ARG (NAME,NAME), in
                 ///< hex
    };
    Kind kind;
    std::string arg;
    bool of_url = false;  ///< the value is a URL: what stands before "?" is no parameter
};

/// Text with values in it: "v0:{ts}:{body}". What stands in brackets, "[id:{query:id};]", is left out when
/// the first value in it is absent or empty.
struct Template {
    struct Part {
        std::string literal;  ///< when `is_value` is false
        bool is_value = false;
        Source source;
        std::vector<Filter> filters;
        unsigned segment = 0;  ///< number of the brackets it stands in; 0: none
    };
    std::vector<Part> parts;

    /// Index of the first value of the brackets that part `at` stands in.
    std::size_t first_of_segment(std::size_t at) const;
};

/// "{" starts a value where a lower-case letter follows and is text elsewhere; brackets without a value in
/// them are text. False, and a message that names the word, when a value is not closed, not known or there
/// are more than 24 parts.
bool parse_template(std::string_view text, SourceSet set, Template* result, std::string* error);

/// True when `text` is a template rather than a plain source. "$" in a source (json:/_id/$oid) is no
/// variable.
bool is_template(std::string_view text, SourceSet set = SourceSet::event);

/// Applies one filter in place. `raw_query` is what sorted_query sorts. `sorted`, `hmac` and `sha256` need
/// more than the value: whoever has that applies them, here they change nothing.
void apply_filter(const Filter& filter, std::string_view raw_query, std::string* value);

inline constexpr std::size_t max_template_parts = 24;

}  // namespace webhook::event
