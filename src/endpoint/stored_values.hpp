#pragma once

#include <string_view>

#include "endpoint/event_values.hpp"
#include "store/stored_event.hpp"

namespace webhook::endpoint {

/// The values of an entry of the stream. Refers to the event.
class StoredValues final : public EventValues {
  public:
    explicit StoredValues(const store::StoredEvent& event) : event_(event) {}

    std::string_view attribute(std::string_view name) const override {
        if (name == "stream") return event_.stream;
        const std::string_view value = event_.field(name);
        if (!value.empty() || name != "received") return value;
        return std::string_view(event_.entry).substr(0, event_.entry.find('-'));
    }

  private:
    const store::StoredEvent& event_;
};

/// The first value of a request header stored with the event; empty if absent.
std::string kept_header(const store::StoredEvent& event, std::string_view name);

}  // namespace webhook::endpoint
