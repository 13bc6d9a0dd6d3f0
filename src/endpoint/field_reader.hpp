#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace webhook::endpoint {

/// Where and why a field is refused: {"endpoints[2].retry.schedule[0]", "\"5x\" is not a time"}.
struct FieldError {
    std::string where, what;
};

class FieldReader;

/// The members that an object may have; each function reads one into a T.
template <class T>
using FieldTable = std::map<std::string_view, void (*)(const FieldReader&, T*)>;

/// One JSON value of a document or of the settings, with its place ("retry.schedule[0]") and the list that
/// collects errors. Every take_* leaves its target as it is and adds an error when the value is not valid.
/// Errors name fields and what is expected, never the value, which may be a misplaced secret.
class FieldReader {
  public:
    using Json = nlohmann::json;
    /// Adds the error for a member that is not among the `known` ones.
    using RefuseMember = void (*)(const FieldReader& member, const std::string& name,
                                  const std::vector<std::string_view>& known);

    FieldReader(const Json& value, std::string where, std::vector<FieldError>* errors)
        : value_(&value), where_(std::move(where)), errors_(errors) {}

    const Json& value() const { return *value_; }
    void fail(std::string what) const { errors_->push_back({where_, std::move(what)}); }
    /// The same for a part of this value, such as "./amount".
    void fail_at(const std::string& part, std::string what) const;
    std::size_t error_count() const { return errors_->size(); }

    FieldReader member(const std::string& name, const Json& value) const {
        return {value, where_.empty() ? name : where_ + "." + name, errors_};
    }
    FieldReader item(std::size_t index) const {
        return {value_->at(index), where_ + "[" + std::to_string(index) + "]", errors_};
    }

    /// Passes each member of the object to its function in the table.
    template <class T>
    void take_members(const FieldTable<T>& table, RefuseMember refuse, T* target) const;
    /// The same; a member that is not in the table is an unknown field.
    template <class T>
    void take_members(const FieldTable<T>& table, T* target) const {
        take_members(table, refuse_field, target);
    }

    bool take_string(std::string* target) const;
    /// A string that is not empty.
    bool take_text(std::string* target) const;
    bool take_bool(bool* target) const;
    bool take_integer(std::uint64_t min, std::uint64_t max, std::uint64_t* target) const;
    bool take_number(double min, double max, double* target) const;
    bool take_time(std::chrono::milliseconds min, std::chrono::milliseconds max,
                   std::chrono::milliseconds* target) const;
    bool take_size(std::uint64_t min, std::uint64_t* target) const;

    /// False and an error unless the value is an array of at most `max` items / an object.
    bool is_list(std::size_t max) const;
    bool is_object() const;

  private:
    static void refuse_field(const FieldReader& member, const std::string& name,
                             const std::vector<std::string_view>& known);

    const Json* value_;
    std::string where_;
    std::vector<FieldError>* errors_;
};

template <class T>
void FieldReader::take_members(const FieldTable<T>& table, RefuseMember refuse, T* target) const {
    if (!is_object()) return;
    for (const auto& [name, value] : value_->items()) {
        if (const auto field = table.find(name); field != table.end()) {
            field->second(member(name, value), target);
            continue;
        }
        std::vector<std::string_view> known;
        for (const auto& [other, take] : table)
            known.push_back(other);
        refuse(member(name, value), name, known);
    }
}

}  // namespace webhook::endpoint
