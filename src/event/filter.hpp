#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace webhook::event {

/// A change made to a value: {url|without:hash}.
struct Filter {
    enum class Kind : std::uint8_t {
        lower,         ///< ASCII letters in lower case
        before,        ///< the text before the first ARG (all of it where there is none)
        without,       ///< a URL or query without the parameter ARG
        sorted_query,  ///< the parameters of the raw query, sorted by name (bytes)
        sorted,        ///< of all fields of {form} or {query}: see fields.hpp
        sized,         ///< the value after its length in bytes (decimal); of {form}: of each value
        decoded,  ///< a URL or query with the escapes (%XX) of the characters ARG decoded, or of all of them
        crc32,    ///< CRC-32 (as in zip) in decimal
        json_escape,  ///< as between the quotes of a JSON string (what JavaScript writes)
        hmac,    ///< in answers to challenges only: the scheme's HMAC of it, ARG is hex (default) or base64
        sha256,  ///< in answers to challenges only: the SHA-256 of it and the parameters ARG (NAME,NAME), in
                 ///< hex
    };
    Kind kind;
    std::string arg;
    bool of_url = false;  ///< the value is a URL: the part before "?" is no parameter
};

/// Reads "NAME" or "NAME:ARG"; `in_scheme`: with the filters that only signature schemes have. False, and an
/// error that names the word, for anything else.
bool parse_filter(std::string_view text, bool in_scheme, Filter* filter, std::string* error);

/// Applies one filter in place. `raw_query` is what sorted_query sorts. `sorted`, `hmac` and `sha256` need
/// more than the value and are applied elsewhere; here they change nothing.
void apply_filter(const Filter& filter, std::string_view raw_query, std::string* value);

}  // namespace webhook::event
