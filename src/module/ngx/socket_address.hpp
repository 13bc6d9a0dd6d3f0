#pragma once

#include "module/ngx/ngx.hpp"

#include <cstring>
#include <string>

namespace webhook::module {

/// An address to connect to: IPv4, IPv6 or a unix socket.
class SocketAddress {
  public:
    SocketAddress() = default;
    SocketAddress(const sockaddr* address, socklen_t size) : size_(size) {
        std::memcpy(&bytes_, address, size);
    }

    const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&bytes_); }
    socklen_t size() const { return size_; }

    bool operator==(const SocketAddress& other) const {
        constexpr ngx_uint_t with_port = 1;
        return size_ != 0 && other.size_ != 0 &&
               ngx_cmp_sockaddr(without_const(), size_, other.without_const(), other.size_, with_port) ==
                   NGX_OK;
    }

    /// "127.0.0.1:6379"
    std::string text() const {
        u_char text[NGX_SOCKADDR_STRLEN];
        constexpr ngx_uint_t with_port = 1;
        const std::size_t size = ngx_sock_ntop(without_const(), size_, text, sizeof text, with_port);
        return {reinterpret_cast<char*>(text), size};
    }

  private:
    /// For nginx' interfaces, which take no const; nothing writes through it.
    sockaddr* without_const() const { return const_cast<sockaddr*>(get()); }

    sockaddr_storage bytes_{};
    socklen_t size_ = 0;  ///< 0: none
};

}  // namespace webhook::module
