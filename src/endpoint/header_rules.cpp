#include "endpoint/header_rules.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace webhook::endpoint {
namespace {

constexpr std::array<std::string_view, 13> framing{"host",
                                                   "content-length",
                                                   "transfer-encoding",
                                                   "connection",
                                                   "keep-alive",
                                                   "te",
                                                   "trailer",
                                                   "upgrade",
                                                   "expect",
                                                   "proxy-connection",
                                                   "proxy-authenticate",
                                                   "proxy-authorization",
                                                   "via"};
constexpr std::array<std::string_view, 4> ours{"webhook-id", "webhook-timestamp", "webhook-signature",
                                               "webhook-hops"};
constexpr std::array<std::string_view, 8> secret_words{"auth",   "cookie", "key",       "token",
                                                       "secret", "passw",  "signature", "credential"};

constexpr std::array<std::string_view, 14> plain{
    "accept",           "accept-charset",   "accept-encoding",
    "accept-language",  "cache-control",    "content-disposition",
    "content-encoding", "content-language", "content-type",
    "pragma",           "prefer",           "priority",
    "user-agent",       "x-requested-with"};

template <std::size_t N>
bool is_one_of(std::string_view name, const std::array<std::string_view, N>& names) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

std::string check_header_name(std::string_view name) {
    if (name.size() > 128 || !base::is_token(name)) return "not a header name";
    const std::string low = base::lower(name);
    if (is_one_of(low, framing)) return "belongs to the connection and cannot be set";
    if (is_one_of(low, ours) || low.starts_with("ce-")) return "is set by every attempt itself";
    return {};
}

bool valid_header_value(std::string_view value) {
    return value.size() <= 4096 && std::all_of(value.begin(), value.end(), [](char c) {
               return static_cast<unsigned char>(c) >= 0x20 ? c != 0x7f : c == '\t';
           });
}

bool is_public_header(std::string_view name) {
    return is_one_of(base::lower(name), plain);
}

bool is_secret_header(std::string_view name) {
    const std::string low = base::lower(name);
    return std::any_of(secret_words.begin(), secret_words.end(),
                       [&](std::string_view word) { return low.find(word) != std::string::npos; });
}

}  // namespace webhook::endpoint
