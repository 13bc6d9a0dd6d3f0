#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace webhook::base {

/// A small JSON document as a tree: claims of a token, keys, an SNS message. For what must be judged as a
/// whole; event/json.hpp looks single values up in bodies of any size.
struct JsonValue {
    struct Member;
    enum class Kind : std::uint8_t { null, boolean, number, string, array, object };

    Kind kind = Kind::null;
    std::string text;  ///< string: unescaped; number: as written; boolean: "true" or "false"
    std::vector<JsonValue> items;
    std::vector<Member> members;

    /// nullptr when this is no object or has no such member.
    const JsonValue* find(std::string_view name) const;
    /// The text of a member that is a string, else nullptr.
    const std::string* string(std::string_view name) const;
};

struct JsonValue::Member {
    std::string name;
    JsonValue value;
};

/// False for anything but one JSON document of valid UTF-8 that is at most 8 levels deep and has no object
/// with two members of the same name and no half of a surrogate pair: two readers could take different texts
/// for the signed one.
bool parse_json(std::string_view text, JsonValue* value);

}  // namespace webhook::base
