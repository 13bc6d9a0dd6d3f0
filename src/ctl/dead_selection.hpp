#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "ctl/delivery.hpp"
#include "ctl/delivery_filter.hpp"

namespace webhook::ctl {

/// Which dead letters a command is about: those named, those that a filter selects, or all.
struct DeadSelection {
    std::vector<std::string> ids;  ///< "STREAM:P/<delivery id>", a delivery id that is looked for everywhere,
                                   ///< or what names an event
    DeliveryOptions filter;        ///< applies to those named, too
    bool all = false;
    std::size_t limit = 0;  ///< at most so many, the oldest; 0: no limit

    /// Throws Failure when nothing was selected, and `all` not said: a slip must not reach everything.
    void require_some(const char* verb) const;
};

/// Visits the dead letters, oldest first; what dies from now on is not among them, so that a dead letter that
/// is sent again and dies again does not come round for ever. `visit` is called with slices of one
/// partition, each at most `slice` large, and returns false to stop. `missing` is told of each name that
/// fits no dead letter.
void visit_dead(Redis& redis, const DeadSelection& selection, std::size_t slice,
                const std::function<bool(const std::vector<Delivery>&)>& visit,
                const std::function<void(const std::string& name)>& missing);

/// How many dead letters there are in the streams and the span of time of the selection: not less than are
/// visited. For progress.
std::uint64_t count_at_most(Redis& redis, const DeadSelection& selection);

/// Throws the error for an endpoint that is named, does not exist and has no dead letters either.
void require_dead_endpoint(Redis& redis, const DeadSelection& selection);

/// The dead letters of one name. Throws Failure when it names several events.
std::vector<Delivery> find_dead(Redis& redis, const std::string& name, const DeadSelection& selection);

}  // namespace webhook::ctl
