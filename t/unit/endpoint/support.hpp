#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "endpoint/event_values.hpp"

namespace webhook::endpoint {

using Fields = std::map<std::string, std::string, std::less<>>;

/// An event of some fields.
class TestEvent final : public EventValues {
  public:
    explicit TestEvent(Fields fields) : fields_(std::move(fields)) {}
    explicit TestEvent(std::string data) { fields_["data"] = std::move(data); }

    std::string_view attribute(std::string_view name) const override {
        const auto found = fields_.find(name);
        return found == fields_.end() ? std::string_view() : found->second;
    }

  private:
    Fields fields_;
};

}  // namespace webhook::endpoint
