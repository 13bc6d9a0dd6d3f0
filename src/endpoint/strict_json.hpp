#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace webhook::endpoint {

/// A file that people write: comments are allowed. What the parser would pass over in silence is a problem: a key that
/// stands twice in one object, and a zero byte, behind which it reads nothing. nullopt: it cannot be read at all.
std::optional<nlohmann::json> parse_strict_json(std::string_view text, std::vector<std::string>* problems);

}  // namespace webhook::endpoint
