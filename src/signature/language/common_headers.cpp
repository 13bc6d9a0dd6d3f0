#include "signature/language/common_headers.hpp"

#include <algorithm>
#include <iterator>

#include "base/text.hpp"

namespace webhook::signature {

namespace {

constexpr std::string_view common_names[] = {"authorization",
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

constexpr std::string_view common_prefixes[] = {"accept", "x-forwarded-", "cf-", "sec-", "if-"};

}  // namespace

bool is_common_header(std::string_view name) {
    return std::any_of(std::begin(common_names), std::end(common_names),
                       [name](auto each) { return each == name; }) ||
           std::any_of(std::begin(common_prefixes), std::end(common_prefixes),
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
