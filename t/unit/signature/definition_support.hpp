#pragma once

#include <cstdint>
#include <string>

#include "t/unit/signature/parsed.hpp"

namespace webhook::signature {

inline constexpr std::int64_t now_ms = 1760000000000;
inline const std::string secret = "0123456789abcdef0123456789abcdef";

inline const std::string hmac = "algorithm hmac-sha256; signature header:X-Sig encoding=hex; ";
inline const std::string query = "algorithm hmac-sha256; signature query:sig encoding=hex; postback; ";

}  // namespace webhook::signature
