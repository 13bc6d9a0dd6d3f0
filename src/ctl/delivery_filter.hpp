#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ctl/command.hpp"
#include "ctl/delivery.hpp"

namespace webhook::ctl {

/// A set of HTTP statuses: "5xx", "503", "none" (no status was received), several with commas between them.
class StatusSet {
  public:
    /// Throws Failure. Empty text: every status.
    static StatusSet parse(std::string_view text);

    bool contains(std::int64_t status) const;

  private:
    struct Range {
        std::int64_t first, last;
    };
    std::vector<Range> ranges_;
};

/// A span of time from --since and --until, in Unix milliseconds, both ends included.
struct TimeSpan {
    std::int64_t since = 0, until = INT64_MAX;

    /// Throws Failure, which names the option. Empty texts: no limit.
    static TimeSpan parse(std::string_view since, std::string_view until);
    bool contains(std::int64_t ms) const { return ms >= since && ms <= until; }
};

/// The options that select deliveries, as they are given.
struct DeliveryOptions {
    std::string stream, endpoint, event, source, type, tenant, status, reason, since, until;

    /// True when nothing is selected, so that all deliveries are meant.
    bool empty() const;
};

/// Adds them; `time` says what --since and --until are compared with. --reason only where `dead`.
Command& add_delivery_options(Command& command, DeliveryOptions* options, bool dead);

/// Which deliveries a command is about.
class DeliveryFilter {
  public:
    /// Throws Failure where an option cannot be read.
    explicit DeliveryFilter(const DeliveryOptions& options);

    const DeliveryOptions& options() const { return options_; }
    const TimeSpan& time() const { return time_; }
    /// True when source, type and tenant of the event must be known.
    bool needs_attributes() const;
    /// Decides by everything in the record; not by time, which is of the list (created, died).
    bool matches(const Delivery& delivery) const;

  private:
    DeliveryOptions options_;
    StatusSet status_;
    TimeSpan time_;
};

}  // namespace webhook::ctl
