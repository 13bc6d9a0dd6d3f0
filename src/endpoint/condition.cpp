#include "endpoint/condition.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/suggest.hpp"
#include "base/text.hpp"
#include "endpoint/decimal.hpp"

namespace webhook::endpoint {

namespace {

using base::JsonValue;
using Is = JsonValue::Kind;
using Json = nlohmann::json;
using Test = Condition::Test;

struct Word {
    std::string_view word;
    Test test;
};
constexpr std::array words{
    Word{"$eq", Test::equal},
    Word{"$ne", Test::unequal},
    Word{"$gt", Test::greater},
    Word{"$gte", Test::at_least},
    Word{"$lt", Test::less},
    Word{"$lte", Test::at_most},
    Word{"$in", Test::in},
    Word{"$nin", Test::not_in},
    Word{"$contains", Test::contains},
    Word{"$startsWith", Test::starts_with},
    Word{"$endsWith", Test::ends_with},
    Word{"$exists", Test::exists},
};

constexpr std::size_t max_tests = 256, max_levels = 32;

bool is_list(const JsonValue& value) {
    return value.kind == Is::array;
}

/// Negative, 0, positive; nothing when the two cannot be compared.
std::optional<int> compare(const JsonValue& value, const JsonValue& wanted) {
    if (wanted.kind == Is::number) {
        if (value.kind != Is::number && value.kind != Is::string) return {};
        return compare_decimals(value.text, wanted.text);
    }
    if (value.kind != wanted.kind) return {};
    if (value.kind == Is::null) return 0;
    return value.text.compare(wanted.text);
}

bool equals(const JsonValue& value, const JsonValue& wanted) {
    if (!is_list(value)) return compare(value, wanted) == 0;
    return std::any_of(value.items.begin(), value.items.end(),
                       [&](const JsonValue& item) { return equals(item, wanted); });
}

/// Of numbers and texts only: there is no order among true, false and null.
std::optional<int> order(const JsonValue& value, const JsonValue& wanted) {
    if (wanted.kind != Is::number && wanted.kind != Is::string) return {};
    return compare(value, wanted);
}

bool equals_any(const JsonValue& value, const std::vector<JsonValue>& wanted) {
    return std::any_of(wanted.begin(), wanted.end(),
                       [&](const JsonValue& each) { return equals(value, each); });
}

/// A list that has such an element, or a text that has such a part.
bool contains(const JsonValue& value, const JsonValue& wanted) {
    if (is_list(value)) return equals(value, wanted);
    return value.kind == Is::string && wanted.kind == Is::string &&
           value.text.find(wanted.text) != std::string::npos;
}

bool is_text_with(const JsonValue& value, const JsonValue& wanted, bool at_end) {
    if (value.kind != Is::string || value.text.size() < wanted.text.size()) return false;
    return value.text.compare(at_end ? value.text.size() - wanted.text.size() : 0, wanted.text.size(),
                              wanted.text) == 0;
}

bool compares(Test test, const JsonValue& value, const std::vector<JsonValue>& wanted) {
    switch (test) {
        case Test::equal:
            return equals(value, wanted[0]);
        case Test::unequal:
            return !equals(value, wanted[0]);
        case Test::greater:
            return order(value, wanted[0]).value_or(0) > 0;
        case Test::at_least:
            return order(value, wanted[0]).value_or(-1) >= 0;
        case Test::less:
            return order(value, wanted[0]).value_or(0) < 0;
        case Test::at_most:
            return order(value, wanted[0]).value_or(1) <= 0;
        case Test::in:
            return equals_any(value, wanted);
        case Test::not_in:
            return !equals_any(value, wanted);
        case Test::contains:
            return contains(value, wanted[0]);
        case Test::starts_with:
        case Test::ends_with:
            return is_text_with(value, wanted[0], test == Test::ends_with);
        case Test::exists:
            return wanted[0].text == "true";
        case Test::all:
        case Test::any:
        case Test::none:
            break;
    }
    return false;
}

/// What a missing value gives.
bool holds_without(Test test, const std::vector<JsonValue>& wanted) {
    if (test == Test::exists) return wanted[0].text == "false";
    return test == Test::unequal || test == Test::not_in;
}

}  // namespace

/// Reads conditions; counts tests and levels.
class ConditionParser {
  public:
    ConditionParser(std::vector<PlacedError>* errors, Condition::Subject subject)
        : errors_(errors), subject_(subject) {}

    /// {"/a": ..., "$or": [...]}: all of them.
    std::optional<Condition> conditions(const Json& json, const std::string& where, std::size_t level) {
        if (!json.is_object()) return fail(where, "must be an object of conditions");
        if (level > max_levels) return fail(where, "is nested more than 32 levels deep");
        Condition result;
        for (const auto& [name, value] : json.items()) {
            const std::string place = where + "." + name;
            auto part = base::starts_with(name, "$") ? logical(name, value, place, level)
                                                     : operand(name, value, place, level);
            if (!part) return {};
            result.parts_.push_back(std::move(*part));
        }
        return result;
    }

  private:
    std::nullopt_t fail(const std::string& where, std::string what) {
        errors_->push_back({where, std::move(what)});
        return std::nullopt;
    }

    std::optional<Condition> logical(const std::string& name, const Json& json, const std::string& where,
                                     std::size_t level) {
        if (name == "$not") {
            auto part = conditions(json, where, level + 1);
            if (!part) return {};
            return join(Test::none, std::move(*part));
        }
        if (name != "$and" && name != "$or") {
            return fail(where, "is unknown here" + base::did_you_mean(name, {"$and", "$or", "$not"}) +
                                   ": a comparison stands below the value that it is about");
        }
        if (!json.is_array() || json.empty()) return fail(where, "must be a list of objects of conditions");
        Condition result;
        result.test_ = name == "$and" ? Test::all : Test::any;
        for (std::size_t i = 0; i < json.size(); ++i) {
            auto part = conditions(json[i], where + "[" + std::to_string(i) + "]", level + 1);
            if (!part) return {};
            result.parts_.push_back(std::move(*part));
        }
        return result;
    }

    static Condition join(Test test, Condition part) {
        Condition result;
        result.test_ = test;
        result.parts_.push_back(std::move(part));
        return result;
    }

    std::optional<Condition> operand(const std::string& name, const Json& json, const std::string& where,
                                     std::size_t level) {
        std::string error;
        auto found = Operand::parse(name, &error);
        if (!found) return fail(where, error);
        if (found->kind == Operand::Kind::secret || found->levels_up > 0 ||
            found->kind == Operand::Kind::attempt || found->kind == Operand::Kind::now ||
            found->kind == Operand::Kind::webhook_id)
            return fail(where, "is no value of an event");
        const bool in_body = found->kind == Operand::Kind::pointer || found->kind == Operand::Kind::element ||
                             found->kind == Operand::Kind::form;
        if (subject_ == Condition::Subject::response && !in_body)
            return fail(where,
                        "is no value of a response: there are /JSON/POINTER, form.NAME and @ (the text)");
        auto result = json.is_object() ? comparisons(json, where, level + 1) : one(Test::equal, json, where);
        if (!result) return {};
        result->own_operand_ = true;
        result->operand_ = std::move(*found);
        return result;
    }

    /// {"$gt": 5, "$lt": 10}: all of them, of one value.
    std::optional<Condition> comparisons(const Json& json, const std::string& where, std::size_t level) {
        if (level > max_levels) return fail(where, "is nested more than 32 levels deep");
        if (json.empty()) return fail(where, "has no comparison");
        Condition result;
        for (const auto& [name, value] : json.items()) {
            auto part = comparison(name, value, where + "." + name, level);
            if (!part) return {};
            result.parts_.push_back(std::move(*part));
        }
        return result;
    }

    std::optional<Condition> comparison(const std::string& name, const Json& value, const std::string& where,
                                        std::size_t level) {
        if (name == "$not") {
            auto part =
                value.is_object() ? comparisons(value, where, level + 1) : one(Test::equal, value, where);
            if (!part) return {};
            return join(Test::none, std::move(*part));
        }
        const auto word =
            std::find_if(words.begin(), words.end(), [&](const Word& each) { return each.word == name; });
        if (word != words.end()) return one(word->test, value, where);
        std::vector<std::string_view> known{"$not"};
        for (const Word& each : words)
            known.push_back(each.word);
        return fail(where, "is an unknown comparison" + base::did_you_mean(name, known));
    }

    std::optional<Condition> one(Test test, const Json& json, const std::string& where) {
        if (++tests_ > max_tests)
            return fail(where, "is one test more than the 256 that a condition may have");
        Condition result;
        result.test_ = test;
        if (test == Test::in || test == Test::not_in) {
            if (!json.is_array()) return fail(where, "must be a list of values");
            for (const Json& each : json) {
                if (!take(each, where, &result)) return {};
            }
            return result;
        }
        if (test == Test::exists && !json.is_boolean()) return fail(where, "must be true or false");
        if ((test == Test::starts_with || test == Test::ends_with) && !json.is_string())
            return fail(where, "must be a text");
        const bool ordered =
            test == Test::greater || test == Test::at_least || test == Test::less || test == Test::at_most;
        if (ordered && !json.is_number() && !json.is_string())
            return fail(where, "must be a number or a text");
        if (!take(json, where, &result)) return {};
        return result;
    }

    bool take(const Json& json, const std::string& where, Condition* target) {
        JsonValue value;
        if (json.is_null())
            value.kind = Is::null;
        else if (json.is_boolean())
            value.kind = Is::boolean;
        else if (json.is_number())
            value.kind = Is::number;
        else if (json.is_string())
            value.kind = Is::string;
        else {
            fail(where, "must be a text, a number, true, false or null");
            return false;
        }
        if (value.kind != Is::null) value.text = json.is_string() ? json.get<std::string>() : json.dump();
        target->wanted_.push_back(std::move(value));
        return true;
    }

    std::vector<PlacedError>* errors_;
    Condition::Subject subject_;
    std::size_t tests_ = 0;
};

std::optional<Condition> Condition::parse(const Json& json, const std::string& where,
                                          std::vector<PlacedError>* errors, Subject subject) {
    return ConditionParser(errors, subject).conditions(json, where, 1);
}

std::optional<Condition> Condition::parse_stored(const std::string& json, Subject subject) {
    if (json.empty()) return {};
    std::vector<PlacedError> errors;
    return parse(Json::parse(json, nullptr, false), "where", &errors, subject);
}

bool Condition::holds(const EventValues& event) const {
    if (own_operand_) {
        if (operand_.kind == Operand::Kind::pointer) {  // not copied
            const JsonValue* document = event.document();
            return holds_for(document == nullptr ? nullptr : find_value(*document, operand_.tokens));
        }
        const auto value = event.value(operand_);
        return holds_for(value ? &*value : nullptr);
    }
    const auto part_holds = [&](const Condition& part) { return part.holds(event); };
    switch (test_) {
        case Test::any:
            return std::any_of(parts_.begin(), parts_.end(), part_holds);
        case Test::none:
            return std::none_of(parts_.begin(), parts_.end(), part_holds);
        default:
            return std::all_of(parts_.begin(), parts_.end(), part_holds);
    }
}

bool Condition::holds_for(const JsonValue* value) const {
    const auto part_holds = [&](const Condition& part) { return part.holds_for(value); };
    switch (test_) {
        case Test::all:
            return std::all_of(parts_.begin(), parts_.end(), part_holds);
        case Test::any:
            return std::any_of(parts_.begin(), parts_.end(), part_holds);
        case Test::none:
            return std::none_of(parts_.begin(), parts_.end(), part_holds);
        default:
            return value == nullptr ? holds_without(test_, wanted_) : compares(test_, *value, wanted_);
    }
}

}  // namespace webhook::endpoint
