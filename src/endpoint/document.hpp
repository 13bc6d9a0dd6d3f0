#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "endpoint/auth.hpp"
#include "endpoint/tls.hpp"

namespace webhook::endpoint {

using std::chrono::milliseconds;

/// Which events an endpoint wants. Empty list: all. Patterns may hold `*`; every given list must match.
struct Match {
    std::vector<std::string> source, type, tenant;
    std::string where;  ///< JSON of a Condition on the event; empty: none
};

/// A key of a signature: `secret:NAME` or a literal, and when it is used (Unix ms; `until` excluded).
struct SignSecret {
    std::string text;
    std::optional<std::int64_t> from_ms, until_ms;

    bool valid_at(std::int64_t now_ms) const {
        return (!from_ms || *from_ms <= now_ms) && (!until_ms || now_ms < *until_ms);
    }
};

/// One outgoing signature: a scheme of the catalogue and its keys, one of which is valid at any time.
struct Sign {
    std::string scheme = "standard";
    std::vector<SignSecret> secrets;
};

/// At most `count` requests in each `per`, by all workers together; `burst` may leave at once after a rest.
struct Rate {
    std::uint64_t count = 1;
    milliseconds per{1000};
    std::uint64_t burst = 1;

    bool operator==(const Rate&) const = default;
    std::chrono::nanoseconds interval() const { return std::chrono::nanoseconds(per) / count; }
};

/// After so many consecutive failures (network, time-outs, 5xx) no attempts are made but one each `probe`.
struct Breaker {
    unsigned failures = 10;
    milliseconds probe{30000};

    bool operator==(const Breaker&) const = default;
};

/// One endpoint document as users write it (docs/endpoint.md), with the defaults filled in.
struct Document {
    std::string id;   ///< [A-Za-z0-9_.-]{1,64}
    std::string url;  ///< http or https; templates in path and query only
    Match match;
    std::string method = "POST";
    std::string body;                                          ///< JSON of a RequestBody; empty: raw
    std::vector<std::pair<std::string, std::string>> headers;  ///< values templates or `secret:NAME`
    std::vector<Sign> sign;
    Auth auth;
    Tls tls;
    std::vector<int> success;   ///< empty: any 2xx
    std::string success_where;  ///< JSON of a Condition on the response; empty: none
    milliseconds timeout{15000}, connect_timeout{5000};
    std::vector<milliseconds> schedule;  ///< n delays: n + 1 attempts
    double jitter = 0.2;
    std::optional<Rate> rate;
    unsigned concurrency = 16;                  ///< attempts at once, of all workers together
    bool order = false;                         ///< one after another per partition key
    std::optional<std::vector<int>> permanent;  ///< statuses that end a delivery; see is_permanent()
    std::optional<Breaker> breaker;
    milliseconds max_age = std::chrono::hours(24 * 7);        ///< of a delivery; 0: no limit
    milliseconds disable_after = std::chrono::hours(24 * 5);  ///< of failures only; 0: never
    milliseconds max_hold = std::chrono::hours(1);            ///< of a Retry-After
    std::uint64_t max_waiting = 100000, max_waiting_bytes = 256u << 20;
    bool allow_private = false, paused = false;
    std::string description;
    std::vector<std::pair<std::string, std::string>> labels;
};

/// Returns whether a response of this status ends the delivery. Without a list: of ordered endpoints those
/// that say the request itself is wrong (400, 404, 413, 415, 422), because it would hold up all that follow.
bool is_permanent(const Document& document, int status);

/// Returns whether requests of this method may have a body: GET, HEAD and OPTIONS have none.
bool may_have_body(std::string_view method);

/// Returns whether attempts have a body. DELETE has one only if the document says what.
bool has_body(const Document& document);

/// Returns a document without id and URL, every other field at its default.
Document default_document();

}  // namespace webhook::endpoint
