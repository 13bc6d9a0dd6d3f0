#pragma once

#include <chrono>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "endpoint/document.hpp"

namespace webhook::endpoint {

/// One JSON value of a document together with its place ("retry.schedule[0]") and the list that collects
/// errors. Every take_* leaves its target as it is and notes an error when the value is not what it must be.
/// Errors name fields and what is expected, never the value, which may be a secret in the wrong place.
class FieldReader {
  public:
    using Json = nlohmann::json;

    FieldReader(const Json& value, std::string where, std::vector<Error>* errors, KnownSchemes schemes)
        : value_(&value), where_(std::move(where)), errors_(errors), schemes_(schemes) {}

    const Json& value() const { return *value_; }
    const KnownSchemes& schemes() const { return schemes_; }
    void fail(std::string what) const { errors_->push_back({where_, std::move(what)}); }

    FieldReader member(const std::string& name, const Json& value) const {
        return {value, where_.empty() ? name : where_ + "." + name, errors_, schemes_};
    }
    FieldReader item(std::size_t index) const {
        return {value_->at(index), where_ + "[" + std::to_string(index) + "]", errors_, schemes_};
    }

    bool take_string(std::string* target) const;
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
    const Json* value_;
    std::string where_;
    std::vector<Error>* errors_;
    KnownSchemes schemes_;
};

}  // namespace webhook::endpoint
