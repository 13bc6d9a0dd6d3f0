#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace webhook::endpoint {

using std::chrono::milliseconds;

/// Which events an endpoint wants. Empty list: all. Patterns may hold `*`; every given list must match.
struct Match {
    std::vector<std::string> source, type, tenant;
};

/// One outgoing signature: a scheme of the catalogue and its keys (`secret:NAME` or literals).
struct Sign {
    std::string scheme = "standard";
    std::vector<std::string> secrets;
};

/// One endpoint document as users write it (docs/endpoint.md), with the defaults filled in.
struct Document {
    std::string id;   ///< [A-Za-z0-9_.-]{1,64}
    std::string url;  ///< http or https; macros in path and query only
    Match match;
    std::string method = "POST";
    std::vector<std::pair<std::string, std::string>> headers;  ///< values literal or `secret:NAME`
    std::vector<Sign> sign;
    std::vector<int> success;  ///< empty: any 2xx
    milliseconds timeout{15000}, connect_timeout{5000};
    std::vector<milliseconds> schedule;  ///< n delays: n + 1 attempts
    double jitter = 0.2;
    unsigned concurrency = 16;
    std::uint64_t max_waiting = 100000, max_waiting_bytes = 256u << 20;
    bool allow_private = false, paused = false;
};

/// Returns a document without id and URL, every other field at its default.
Document default_document();

}  // namespace webhook::endpoint
