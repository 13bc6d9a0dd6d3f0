#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ctl/redis.hpp"

namespace webhook::ctl {

/// Which waiting deliveries become due: those named, all of an endpoint, or all.
struct RetryOptions {
    std::vector<std::string> ids;  ///< "STREAM:P/<delivery id>", or a delivery id
    std::string endpoint, stream, rate;
    bool all = false;
};

struct RetryOutcome {
    std::uint64_t retried = 0;
    std::vector<std::string> missing;  ///< of the ids: they do not wait
    bool interrupted = false;
};

/// Makes them due now, in slices, and wakes the workers. Ends holds of the endpoints. Throws NotFound for an
/// endpoint that neither exists nor has something waiting.
RetryOutcome retry(Redis& redis, const RetryOptions& options);

}  // namespace webhook::ctl
