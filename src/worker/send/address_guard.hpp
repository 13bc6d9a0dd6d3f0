#pragma once

#include <boost/asio/ip/address.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace webhook::worker {

/// Returns whether deliveries must not reach the address unless allowed: everything that is not ordinary
/// global unicast (loopback, private, link-local, shared, multicast, reserved, documentation, relay, cloud
/// metadata; IANA special-purpose registries). IPv4 inside IPv6 (mapped, NAT64 64:ff9b::/96) is judged as the
/// IPv4 address.
bool is_private(const boost::asio::ip::address& address);

/// Implements the worker setting `allow_private`, the protection against SSRF: which private addresses may be
/// reached. Immutable.
class AddressGuard {
  public:
    /// Setting `true`: every address is allowed for all endpoints. Setting `false`: private ones never.
    static std::shared_ptr<const AddressGuard> everywhere();
    static std::shared_ptr<const AddressGuard> nowhere();

    /// Setting with a list of networks ("10.0.0.0/8", "fd00::/8", "127.0.0.1"): private addresses inside them
    /// are allowed for endpoints with `allow_private`. Returns nullptr and a message in `error` if one cannot
    /// be parsed or has bits after its prefix.
    static std::shared_ptr<const AddressGuard> inside(const std::vector<std::string>& networks,
                                                      std::string* error);

    /// Returns whether the address may be connected to; `endpoint_flag` is `allow_private` of the endpoint
    /// document.
    bool allows(const boost::asio::ip::address& address, bool endpoint_flag) const;

  private:
    struct Network {
        boost::asio::ip::address base;
        unsigned bits;
    };
    static bool parse(std::string_view text, Network* network);
    static bool contains(const Network& network, const boost::asio::ip::address& address);

    AddressGuard() = default;
    bool everything_ = false;
    std::vector<Network> networks_;
};

}  // namespace webhook::worker
