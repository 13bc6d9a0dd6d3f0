#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace webhook::ctl {

/// Keeps the order in which fields were put.
using Json = nlohmann::ordered_json;

// Parsing and printing are compiled once, here; the templates are large.

/// Discarded (is_discarded()) when `text` is not JSON or too deep (endpoint::max_json_depth).
Json parse_json(std::string_view text);

// For JSON that others wrote into Redis: what is missing or of another type reads as empty, 0, or an empty
// object.
Json parse_object(std::string_view text);
std::string text_of(const Json& object, const char* name);
std::int64_t number_of(const Json& object, const char* name);

/// On one line; bytes that are not UTF-8 are replaced, hidden characters are escapes (\uXXXX).
std::string to_text(const Json& json);
std::string to_indented_text(const Json& json);

}  // namespace webhook::ctl
