#pragma once

#include <boost/asio/ip/address.hpp>
#include <chrono>
#include <map>
#include <vector>

#include "link/clock.hpp"

namespace webhook::link {

/// Remembers for a minute which addresses could not be connected to, so that they are tried last.
class FailedAddresses {
  public:
    static constexpr std::chrono::minutes remembered{1};
    static constexpr std::size_t most = 4096;

    void add(const boost::asio::ip::address& address, Clock::time_point now);
    void remove(const boost::asio::ip::address& address) { until_.erase(address); }
    bool has(const boost::asio::ip::address& address, Clock::time_point now) const;
    std::size_t size() const { return until_.size(); }

  private:
    std::map<boost::asio::ip::address, Clock::time_point> until_;
};

/// Returns the addresses in the order of attempts: IPv6 and IPv4 alternate, starting with the family that the
/// system prefers (RFC 8305 section 4); those that failed recently are last.
std::vector<boost::asio::ip::address> in_order(const std::vector<boost::asio::ip::address>& addresses,
                                               const FailedAddresses& failed, Clock::time_point now);

}  // namespace webhook::link
