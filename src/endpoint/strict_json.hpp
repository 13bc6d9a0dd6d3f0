#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace webhook::endpoint {

/// Levels of arrays and objects that any JSON may have: printing and comparing nlohmann's values takes stack
/// for each.
inline constexpr std::size_t max_json_depth = 64;

/// Reads a file that people write: comments are allowed. Problems name line, column and what was expected,
/// never text of the file, which may be a secret; only names of fields are named. What the parser would pass
/// over in silence is a problem: a key that stands twice in one object (by the place of the second), and a
/// zero byte, behind which it reads nothing. nullopt: it cannot be read at all.
std::optional<nlohmann::json> parse_strict_json(std::string_view text, std::vector<std::string>* problems);

/// Reads JSON that programs wrote, without comments: records, kept headers, copies. Discarded
/// (is_discarded()) when it is not JSON or deeper than max_json_depth. `Json` is nlohmann::json or
/// nlohmann::ordered_json.
template <class Json>
Json parse_bounded_json(std::string_view text);

}  // namespace webhook::endpoint
