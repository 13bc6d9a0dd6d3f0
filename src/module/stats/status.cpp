#include "module/stats/status.hpp"

#include <algorithm>
#include <string>

#include "module/ngx/headers.hpp"
#include "module/ngx/output.hpp"
#include "module/ngx/pool.hpp"
#include "module/stats/exposition.hpp"
#include "module/stats/process_row.hpp"

namespace webhook::module {

namespace {

constexpr std::string_view json_type = "application/json";
constexpr std::string_view prometheus_type = "text/plain; version=0.0.4; charset=utf-8";

/// Chooses by the Accept header where the configuration does not: Prometheus asks for its text format; a
/// client that names JSON first, or nothing in particular, gets JSON.
StatusFormat choose_format(ngx_http_request_t* request, StatusFormat configured) {
    if (configured != StatusFormat::by_accept) return configured;
    std::string accept;
    for_each_header(request, "accept", [&accept](std::string_view value) {
        if (accept.empty()) accept = value;
    });
    const std::size_t json = accept.find(json_type);
    const std::size_t text = std::min(accept.find("text/plain"), accept.find("application/openmetrics-text"));
    return text < json ? StatusFormat::prometheus : StatusFormat::json;
}

}  // namespace

ngx_int_t handle_status(ngx_http_request_t* request) {
    if ((request->method & (NGX_HTTP_GET | NGX_HTTP_HEAD)) == 0) return NGX_HTTP_NOT_ALLOWED;
    const ngx_int_t discarded = ngx_http_discard_request_body(request);
    if (discarded != NGX_OK) return discarded;
    return guarded(request->connection->log, ngx_int_t{NGX_HTTP_INTERNAL_SERVER_ERROR}, [request] {
        MainSettings* main = main_settings(request);
        publish(main);
        const bool json =
            choose_format(request, location_settings(request).status_format) == StatusFormat::json;
        const std::string body = json ? status_json(*main) : status_prometheus(*main);
        add_header(request, "Cache-Control", "no-store");
        return send(request, NGX_HTTP_OK, json ? json_type : prometheus_type,
                    copy_to_pool(request->pool, body));
    });
}

}  // namespace webhook::module
