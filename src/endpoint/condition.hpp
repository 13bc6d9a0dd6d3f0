#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/json_value.hpp"
#include "endpoint/event_values.hpp"

namespace webhook::endpoint {

/// What is wrong with a part of a document, and where in it ("where./amount.$gt").
struct PlacedError {
    std::string where, what;
};

/// A condition on values of an event (docs/endpoint.md, where). Immutable.
///
/// A missing value makes $ne, $nin, $not and `$exists: false` true and everything else false. Numbers compare
/// as decimals; a text beside a number is read as one. Texts compare by their bytes. A list equals what it
/// contains.
class Condition {
  public:
    enum class Test : std::uint8_t {
        all,
        any,
        none,  ///< $and, $or, $not: of `parts`
        equal,
        unequal,
        greater,
        at_least,
        less,
        at_most,
        in,
        not_in,
        contains,
        starts_with,
        ends_with,
        exists,
    };

    /// What a condition is about. The response of a receiver has a body only.
    enum class Subject : std::uint8_t { event, response };

    /// At most 256 tests and 32 levels.
    static std::optional<Condition> parse(const nlohmann::json& json, const std::string& where,
                                          std::vector<PlacedError>* errors, Subject subject = Subject::event);
    /// Of a document's field as it was stored; nothing where it is empty.
    static std::optional<Condition> parse_stored(const std::string& json, Subject subject);

    bool holds(const EventValues& event) const;

  private:
    friend class ConditionParser;

    bool holds_for(const base::JsonValue* value) const;

    Test test_ = Test::all;
    bool own_operand_ = false;  ///< `operand_` is looked up here; otherwise the value comes from outside
    Operand operand_;
    std::vector<base::JsonValue> wanted_;  ///< one; of $in and $nin: several
    std::vector<Condition> parts_;
};

}  // namespace webhook::endpoint
