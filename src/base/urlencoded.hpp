#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace webhook::base {

/// A parameter of a query string or of an application/x-www-form-urlencoded body.
struct Param {
    std::string_view raw;   ///< the first value, still encoded
    std::size_t count = 0;  ///< 0: absent; more than 1: given several times (names are compared decoded)
};

/// Looks a parameter up by its decoded name.
Param find_param(std::string_view query, std::string_view name);

/// True when decode() would change it.
bool is_encoded(std::string_view raw);

/// Appends `raw` with %XX and "+" decoded. An escape that is none stays as it is (as the URL standard says).
void decode(std::string_view raw, std::string* out);

/// `text` with the escapes (%XX) of the characters of `only` decoded, or all of them where that is empty. "+"
/// stays.
std::string decode_escapes(std::string_view text, std::string_view only);

/// Appends `value` with everything but unreserved characters (RFC 3986) as %XX.
void encode(std::string_view value, std::string* out);

/// Takes the next "name=value" off the front of `query`; false at its end. Empty pairs are skipped.
bool next_pair(std::string_view* query, std::string_view* pair);

/// The name of a pair as it stands (encoded).
std::string_view pair_name(std::string_view pair);

/// True when the encoded `name` decodes to `wanted`.
bool name_is(std::string_view name, std::string_view wanted);

}  // namespace webhook::base
