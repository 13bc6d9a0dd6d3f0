#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "link/proxy.hpp"

namespace webhook::worker {

/// Reads the setting `egress_proxy`: http://[user:password@]host:port, where the password is percent-encoded
/// or `secret:NAME`. Nothing, and a problem that does not quote the URL, if it cannot be used. `warning`:
/// what is probably wrong with the secret.
std::optional<link::Proxy> parse_egress_proxy(std::string_view url, const std::string& secrets_dir,
                                              std::string* problem, std::string* warning);

}  // namespace webhook::worker
