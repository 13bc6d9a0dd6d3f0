#include "module/conf/dropped_headers.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace webhook::module {

namespace {

/// Names the directive that lets the header through; nullptr: it comes through.
const char* missing_directive(const ngx_http_core_srv_conf_t& server, const std::string& name) {
    const bool is_valid = std::all_of(
        name.begin(), name.end(), [](char c) { return base::is_alphanumeric(c) || c == '-' || c == '_'; });
    if (!is_valid && server.ignore_invalid_headers != 0) return "ignore_invalid_headers off;";
    const bool drops = name.find('_') != std::string::npos && server.underscores_in_headers != 1 &&
                       server.ignore_invalid_headers != 0;
    return drops ? "underscores_in_headers on;" : nullptr;
}

}  // namespace

void warn_of_dropped_headers(ngx_conf_t* cf, const std::vector<std::string>& names) {
    const auto* server =
        static_cast<ngx_http_core_srv_conf_t*>(ngx_http_conf_get_module_srv_conf(cf, ngx_http_core_module));
    for (const std::string& name : names) {
        const char* remedy = missing_directive(*server, name);
        if (remedy == nullptr) continue;
        ngx_conf_log_error(
            NGX_LOG_WARN, cf, 0,
            "nginx drops the header \"%s\", which this location reads: write \"%s\" in the default "
            "server of the address",
            name.c_str(), remedy);
    }
}

}  // namespace webhook::module
