#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace webhook::worker {

/// Is the result of one attempt. Contains no secrets.
struct Attempt {
    enum class Result : std::uint8_t {
        delivered,
        failed,     ///< retry by the schedule
        unfilled,   ///< a template has no value: dead at once; nothing was sent
        aborted,    ///< `webhook-delivery: abort-message`: dead at once; the endpoint stays enabled
        not_ready,  ///< a secret file or a file descriptor is missing: retry later without counting it as an
                    ///< attempt
    };
    Result result = Result::failed;
    bool disable = false;  ///< `webhook-delivery: disable`: disable the endpoint, whatever the result
    int status = 0;        ///< HTTP status; 0 if there was none
    std::string error;  ///< "connect: connection refused", "address 127.0.0.1 is not allowed", "timeout", ...
    std::optional<std::chrono::milliseconds> retry_after;  ///< of 429 and 503
    std::int64_t started_ms = 0;                           ///< Unix ms
    std::chrono::microseconds took{0};
    std::string response;  ///< first 16 KiB of the body
    /// Response headers that help to understand a failure, "name: value\n" each; of a success only
    /// content-encoding, without which the body cannot be read.
    std::string headers;
};

}  // namespace webhook::worker
