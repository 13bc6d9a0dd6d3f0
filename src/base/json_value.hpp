#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace webhook::base {

/// A JSON document as a tree, for what must be judged as a whole: claims of a token, keys, an SNS message, an
/// event that conditions and templates read. json_scan.hpp looks single values up in bodies of any size.
struct JsonValue {
    struct Member;
    enum class Kind : std::uint8_t { null, boolean, number, string, array, object };

    Kind kind = Kind::null;
    std::string text;  ///< string: unescaped; number: as written; boolean: "true" or "false"
    std::vector<JsonValue> items;
    std::vector<Member> members;

    /// A value without items and members.
    static JsonValue of(Kind kind, std::string text);
    /// The last member of this name; nullptr when this is no object or has none.
    const JsonValue* find(std::string_view name) const;
    /// The text of a member that is a string, else nullptr.
    const std::string* string(std::string_view name) const;
};

struct JsonValue::Member {
    std::string name;
    JsonValue value;
};

/// How large a document may be.
struct JsonLimits {
    std::size_t depth = 8, values = 10000, members = 256;
    /// Objects may have two members of the same name, of which the last counts (as JavaScript reads them).
    bool repeated = false;
    /// The text may end anywhere: what was complete before that is there.
    bool cut = false;
};

/// False for anything but one JSON document of valid UTF-8 within the limits that has no half of a surrogate
/// pair and, unless `repeated`, no object with two members of the same name: two readers could take different
/// texts for the signed one.
bool parse_json(std::string_view text, JsonValue* value, const JsonLimits& limits = {});

}  // namespace webhook::base
