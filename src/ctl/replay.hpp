#pragma once

#include <functional>
#include <string>
#include <vector>

#include "ctl/partitions.hpp"
#include "store/admin.hpp"

namespace webhook::ctl {

/// Which dead letters: those named, all of an endpoint, or all.
struct ReplaySelection {
    std::vector<std::string> ids;  ///< "STREAM:P/<delivery id>", a delivery id that is looked for everywhere,
                                   ///< or what names an event
    std::string endpoint, stream;
    bool all = false;
};

/// Result of replaying one dead letter.
struct ReplayOutcome {
    std::string label, new_label;  ///< "STREAM:P/<delivery id>", of the dead letter and of the new delivery
    store::ReplayResult result = store::ReplayResult::not_dead;
    const char* refused = nullptr;  ///< why it was not even tried

    bool replayed() const { return refused == nullptr && result == store::ReplayResult::replayed; }
};

/// Replays them, oldest first, in slices; `done` is told of each. What dies meanwhile is not taken up again.
void replay(Redis& redis, const ReplaySelection& selection,
            const std::function<void(const ReplayOutcome&)>& done);

}  // namespace webhook::ctl
