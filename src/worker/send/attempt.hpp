#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace webhook::worker {

/// What one attempt came to. Nothing here is a secret.
struct Attempt {
    enum class Result : std::uint8_t {
        delivered,
        failed,     ///< try again by the schedule
        gone,       ///< failed, and the endpoint is to be disabled
        aborted,    ///< `webhook-delivery: abort-message`: dead at once, the endpoint stays
        not_ready,  ///< a secret file or a file descriptor is missing: not an attempt; try again later
                    ///< without counting it
    };
    Result result = Result::failed;
    bool disable =
        false;  ///< 410 or `webhook-delivery: disable`: the endpoint is to be disabled, whatever the result
    int status = 0;     ///< HTTP status; 0 when there was none
    std::string error;  ///< "connect: connection refused", "address 127.0.0.1 is not allowed", "timeout", ...
    std::optional<std::chrono::milliseconds> retry_after;  ///< of 429 and 503, at most 24 h
    std::int64_t started_ms = 0;                           ///< Unix ms
    std::chrono::microseconds took{0};
    std::string response;  ///< first 16 KiB of the body
};

}  // namespace webhook::worker
