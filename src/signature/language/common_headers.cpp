#include "signature/language/common_headers.hpp"

#include <algorithm>
#include <iterator>

#include "base/text.hpp"

namespace webhook::signature {

bool is_common_header(std::string_view name) {
    static constexpr std::string_view names[] = {"authorization",
                                                 "cache-control",
                                                 "connection",
                                                 "content-encoding",
                                                 "content-language",
                                                 "content-length",
                                                 "content-type",
                                                 "cookie",
                                                 "date",
                                                 "expect",
                                                 "forwarded",
                                                 "from",
                                                 "host",
                                                 "keep-alive",
                                                 "origin",
                                                 "pragma",
                                                 "priority",
                                                 "proxy-authorization",
                                                 "proxy-connection",
                                                 "range",
                                                 "referer",
                                                 "te",
                                                 "trailer",
                                                 "transfer-encoding",
                                                 "upgrade",
                                                 "upgrade-insecure-requests",
                                                 "user-agent",
                                                 "via",
                                                 "x-real-ip",
                                                 "x-requested-with",
                                                 "x-original-uri",
                                                 "x-rewrite-url",
                                                 "x-http-method-override",
                                                 "client-ip",
                                                 "true-client-ip"};
    static constexpr std::string_view families[] = {"accept", "x-forwarded-", "cf-", "sec-", "if-"};
    return std::any_of(std::begin(names), std::end(names), [name](auto each) { return each == name; }) ||
           std::any_of(std::begin(families), std::end(families),
                       [name](auto each) { return base::starts_with(name, each); });
}

bool is_added_header(std::string_view name) {
    static constexpr std::string_view names[] = {
        "x-request-id",          "x-correlation-id", "x-trace-id", "x-amzn-trace-id",
        "x-cloud-trace-context", "traceparent",      "tracestate", "b3"};
    return is_common_header(name) || base::starts_with(name, "x-b3-") ||
           std::any_of(std::begin(names), std::end(names), [name](auto each) { return each == name; });
}

}  // namespace webhook::signature
