#include "module/stats/status.hpp"

#include <algorithm>
#include <string>

#include "base/suggest.hpp"
#include "module/conf/directives.hpp"
#include "module/ngx/conf_place.hpp"
#include "module/ngx/core_conf.hpp"
#include "module/ngx/pool.hpp"
#include "module/request/answer.hpp"
#include "module/request/counters.hpp"
#include "module/request/request_view.hpp"
#include "module/stats/exposition.hpp"

namespace webhook::module {

namespace {

char* const ok = NGX_CONF_OK;
char duplicate_text[] = "is duplicate";

constexpr std::string_view json_type = "application/json";
constexpr std::string_view prometheus_type = "text/plain; version=0.0.4; charset=utf-8";

/// Prometheus asks for its text format; whoever names JSON first, or nothing in particular, gets JSON.
StatusFormat choose_format(ngx_http_request_t* request, StatusFormat configured) {
    if (configured != StatusFormat::by_accept) return configured;
    const std::string accept(RequestView(request).header("accept").value);
    const std::size_t json = accept.find(json_type);
    const std::size_t text = std::min(accept.find("text/plain"), accept.find("application/openmetrics-text"));
    return text < json ? StatusFormat::prometheus : StatusFormat::json;
}

ngx_int_t handle_status(ngx_http_request_t* request) {
    if ((request->method & (NGX_HTTP_GET | NGX_HTTP_HEAD)) == 0) return NGX_HTTP_NOT_ALLOWED;
    const ngx_int_t discarded = ngx_http_discard_request_body(request);
    if (discarded != NGX_OK) return discarded;
    return guarded(request->connection->log, ngx_int_t{NGX_HTTP_INTERNAL_SERVER_ERROR}, [request] {
        MainState* main = main_state(request);
        publish(main);
        const bool json =
            choose_format(request, location_conf(request)->status->format) == StatusFormat::json;
        const std::string body = json ? status_json(*main) : status_prometheus(*main);
        add_header(request, "Cache-Control", "no-store");
        return send(request, NGX_HTTP_OK, json ? json_type : prometheus_type,
                    copy_to_pool(request->pool, body));
    });
}

char* read_status(ngx_conf_t* cf, LocationConf* conf) {
    auto* word = static_cast<ngx_str_t*>(cf->args->elts);
    if (conf->status) return duplicate_text;
    StatusFormat format = StatusFormat::by_accept;
    if (cf->args->nelts == 2) {
        if (view(word[1]) != "json" && view(word[1]) != "prometheus") {
            const std::string advice = base::did_you_mean(view(word[1]), {"json", "prometheus"});
            return refuse(cf, "invalid parameter \"%V\"%s", &word[1],
                          advice.empty() ? ", it must be \"json\" or \"prometheus\"" : advice.c_str());
        }
        format = view(word[1]) == "json" ? StatusFormat::json : StatusFormat::prometheus;
    }
    conf->status = LocationConf::Status{format, here(cf)};
    core_location(cf)->handler = handle_status;
    return ok;
}

}  // namespace

char* set_status(ngx_conf_t* cf, ngx_command_t* /*command*/, void* data) {
    return guarded(cf->log, static_cast<char*>(NGX_CONF_ERROR), [=] {
        return read_status(cf, static_cast<LocationConf*>(static_cast<PlainConf*>(data)));
    });
}

char* check_status(ngx_conf_t* cf, const LocationConf& conf) {
    if (!conf.status) return ok;
    const AtPlace place(cf, conf.status->place);
    if (main_state(cf)->zone == nullptr) return refuse(cf, "\"webhook_status\" requires \"webhook_zone\"");
    if (core_location(cf)->handler == handle_status || is_if_block(cf))
        return ok;  // an "if" may go elsewhere
    return refuse(cf, "another content handler cannot stand beside \"webhook_status\"");
}

}  // namespace webhook::module
