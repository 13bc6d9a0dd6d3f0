#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "link/clock.hpp"
#include "link/connector.hpp"
#include "link/http_connection.hpp"
#include "link/resolver.hpp"

namespace webhook::worker {

using link::Clock;

using link::Addresses;
using link::HttpConnection;

/// Limits the idle connections of all origins.
struct IdleLimits {
    std::size_t per_origin = 64;
    std::size_t total = 4096;
    std::size_t held = 0;  ///< idle connections now
};

/// Is scheme, host, port, `allow_private`, TLS setting and `auth`: endpoints share connections, and TLS
/// sessions, only if all of them are equal. Keeps idle connections and reuses the most recently used one
/// first.
class Origin {
  public:
    static constexpr std::chrono::seconds max_idle{55};
    static constexpr std::chrono::minutes max_age{5};

    Origin(link::Connector::Place place, bool allow_private, std::shared_ptr<IdleLimits> limits)
        : place(std::move(place)),
          allow_private(allow_private),
          literal(link::Resolver::literal(this->place.host)),
          limits_(std::move(limits)) {}
    ~Origin() { clear(); }
    Origin(const Origin&) = delete;
    Origin& operator=(const Origin&) = delete;

    /// Takes an idle connection to one of the addresses that looks usable, or returns nullptr.
    std::unique_ptr<HttpConnection> take(Clock::time_point now, const Addresses& addresses);
    /// Keeps a connection for the next request, or closes it if there are enough.
    void give(std::unique_ptr<HttpConnection> connection, Clock::time_point now);
    /// Closes idle connections that are old, that the receiver has closed, or whose address is not among
    /// `addresses` any more (nullptr: they are not known).
    void sweep(Clock::time_point now, const Addresses* addresses);
    void clear();

    const std::string& host() const { return place.host; }

    const link::Connector::Place place;
    const bool allow_private;
    const std::shared_ptr<const Addresses> literal;  ///< of a host that is an address and needs no look-up

  private:
    std::vector<std::unique_ptr<HttpConnection>> idle_;
    std::shared_ptr<IdleLimits> limits_;
};

}  // namespace webhook::worker
