#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>
#include <string_view>

#include "store/endpoint_limits.hpp"
#include "worker/core.hpp"

namespace webhook::worker {

/// Decides when no attempts are made to an endpoint, and tells the other workers through Redis: after 429 or
/// 503 with Retry-After, while its breaker is open, and once it is disabled. A worker follows what the others
/// have noted within a second.
class Holds {
  public:
    explicit Holds(Core& core) : core_(core) {}

    /// Takes the answer of every attempt.
    void answered(const EndpointPtr& endpoint, const Attempt& attempt);
    /// Reads the holds of all endpoints; called when their number of changes in Redis is another one.
    boost::asio::awaitable<void> read();

  private:
    bool disable(const EndpointPtr& endpoint, std::string_view reason);
    void refused(const EndpointPtr& endpoint, const Attempt& attempt);
    void failed(const EndpointPtr& endpoint, const Attempt& attempt);
    void probe_ended(const EndpointPtr& endpoint, bool counts);
    void succeeded(const EndpointPtr& endpoint);
    void close(const EndpointPtr& endpoint, bool success);
    void hold(const EndpointPtr& endpoint, std::chrono::milliseconds length, std::uint64_t change);
    void end(const EndpointPtr& endpoint);
    void open(const EndpointPtr& endpoint, std::chrono::milliseconds probe, std::uint64_t change);
    boost::asio::awaitable<void> wait(EndpointPtr endpoint);
    boost::asio::awaitable<void> take_probe(EndpointPtr endpoint);
    boost::asio::awaitable<void> note_hold(EndpointPtr endpoint, std::chrono::milliseconds length);
    boost::asio::awaitable<void> note_failure(EndpointPtr endpoint, store::Failure failure);
    boost::asio::awaitable<void> note_end(EndpointPtr endpoint, bool success);
    boost::asio::awaitable<void> note_disabled(EndpointPtr endpoint, std::string reason);
    void adopt(const RedisReply& reply);

    Core& core_;
};

}  // namespace webhook::worker
