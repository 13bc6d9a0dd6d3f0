#pragma once

#include <cstdint>
#include <string>

namespace webhook::link {

/// An HTTP proxy that connects for us (CONNECT).
struct Proxy {
    std::string host;
    std::uint16_t port = 0;
    std::string authorization;  ///< value of Proxy-Authorization; empty: none
};

}  // namespace webhook::link
