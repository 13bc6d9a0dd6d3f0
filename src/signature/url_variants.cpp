#include "signature/url_variants.hpp"

#include <strings.h>

namespace webhook::signature {

namespace {

/// "host:80" -> "host"; an IPv6 address stands in brackets and keeps its colons.
std::string_view without_port(std::string_view authority) {
    const std::size_t digits = authority.find_last_not_of("0123456789");
    const bool has_port =
        digits != std::string_view::npos && authority[digits] == ':' && digits + 1 < authority.size();
    return has_port ? authority.substr(0, digits) : authority;
}

}  // namespace

std::vector<std::string> url_variants(std::string_view url) {
    static constexpr std::string_view mark = "://";
    const std::size_t at = url.find(mark);
    if (at == std::string_view::npos) return {};
    const std::string_view protocol = url.substr(0, at);
    const bool https = protocol.size() == 5 && strncasecmp(protocol.data(), "https", 5) == 0;
    const bool http = protocol.size() == 4 && strncasecmp(protocol.data(), "http", 4) == 0;
    if (!https && !http) return {};
    const std::string_view rest = url.substr(at + mark.size());
    const std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
    const std::string_view tail = rest.substr(authority.size());
    const std::string start = std::string(url.substr(0, at + mark.size())).append(without_port(authority));
    return {start + std::string(tail), start + (https ? ":443" : ":80") + std::string(tail)};
}

}  // namespace webhook::signature
