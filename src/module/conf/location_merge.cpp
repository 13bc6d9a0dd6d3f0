// LocationConf::merge(), in a file of its own: it uses files that read a LocationConf.

#include "module/ngx/ngx.hpp"

#include <algorithm>

#include "base/suggest.hpp"
#include "module/conf/bypass.hpp"
#include "module/conf/location.hpp"
#include "module/conf/location_conf.hpp"
#include "module/conf/main_conf.hpp"
#include "module/conf/rewrite_check.hpp"
#include "module/conf/status_conf.hpp"
#include "module/ngx/conf_error.hpp"
#include "module/ngx/core_conf.hpp"
#include "module/request/handler.hpp"

namespace webhook::module {

namespace {

void warn_of_unused_params(ngx_conf_t* cf, const LocationConf& conf) {
    const std::vector<std::string> asked = signature::param_names(*conf.scheme->scheme);
    const ngx_str_t scheme = to_ngx(signature::name_of(*conf.scheme->scheme));
    for (const auto& [name, value] : *conf.params) {
        if (std::find(asked.begin(), asked.end(), name) != asked.end()) continue;
        ngx_conf_log_error(NGX_LOG_WARN, cf, 0,
                           "\"webhook_param %s\" is not used, \"webhook %V\" does not ask for it%s",
                           name.c_str(), &scheme, base::did_you_mean(name, asked).c_str());
    }
}

/// For schemes that sign the URL, a part of which the client would choose.
void warn_of_host(ngx_conf_t* cf, const signature::Scheme& scheme) {
    if (!signature::signs_url(scheme)) return;
    const ngx_str_t name = to_ngx(signature::name_of(scheme));
    ngx_conf_log_error(
        NGX_LOG_WARN, cf, 0,
        "\"webhook %V\" signs the URL, and without \"webhook_url\" its host is what the client's "
        "\"Host\" header says: write \"webhook_url https://...;\" with the address given to the sender",
        &name);
}

/// Takes the location's content phase; another handler there would leave it open.
char* install_handler(ngx_conf_t* cf) {
    ngx_http_core_loc_conf_t* core = core_location(cf);
    if (core->handler == nullptr) core->handler = handle_request;
    if (core->handler == handle_request) return conf_ok;
    return refuse(cf,
                  "\"webhook_stream\" answers by itself, another content handler (such as \"proxy_pass\") "
                  "cannot stand in the same location");
}

/// Looks the scheme up once all has been read: a custom scheme may be defined after its use.
char* resolve_scheme(ngx_conf_t* cf, LocationConf::Choice* choice) {
    if (choice->scheme != nullptr || choice->name.empty()) return conf_ok;
    choice->scheme = main_conf(cf)->schemes.find(choice->name);
    if (choice->scheme != nullptr) return conf_ok;
    const AtPlace place(cf, choice->place);
    const std::string suggestion = main_conf(cf)->schemes.suggestion(choice->name);
    return refuse(cf, "unknown webhook scheme \"%s\"%s \"webhookctl schemes\" lists the built-in ones",
                  choice->name.c_str(), suggestion.empty() ? "," : suggestion.c_str());
}

}  // namespace

/// Checks a location that verifies; `own`: the directives that it does not inherit.
char* LocationConf::check(ngx_conf_t* cf, const Own& own, const LocationConf& parent) const {
    if (own.params) warn_of_unused_params(cf, *this);
    if (stream) {
        if (char* bad = install_handler(cf); bad != conf_ok) return bad;
        if (dry_run != 0) {
            return refuse(
                cf, "\"webhook_dry_run\" is for gates, it cannot be on together with \"webhook_stream\"");
        }
    } else {
        if (own.partition) return refuse(cf, "\"webhook_partition\" requires \"webhook_stream\"");
        if (own.headers) return refuse(cf, "\"webhook_headers\" requires \"webhook_stream\"");
    }
    if (char* bad = check_rewrites(cf); bad != conf_ok) return bad;
    if (char* bad = check_actions(cf); bad != conf_ok) return bad;
    if (!stream) warn_of_missing_handler(cf, parent.root);
    if (!url && !is_if_block(cf)) warn_of_host(cf, *scheme->scheme);
    return conf_ok;
}

char* LocationConf::merge(ngx_conf_t* cf, const LocationConf& parent) {
    const Own own{stream.has_value(), partition.has_value(), headers.has_value(), params.has_value(),
                  dedup.has_value()};
    inherit(parent);
    root = core_location(cf)->root.data;
    gate = is_if_block(cf) ? parent.gate : gate_name(cf);
    if (is_if_block(cf)) {
        status = parent.status;
        settings.status_format = parent.settings.status_format;
    }
    if (char* bad = check_status(cf, *this); bad != conf_ok) return bad;
    if (scheme) {
        if (char* bad = resolve_scheme(cf, &*scheme); bad != conf_ok) return bad;
    }
    const bool verifies = scheme && scheme->scheme != nullptr;
    if (!verifies && own.stream) {
        const AtPlace place(cf, stream->place);
        return refuse(cf, "\"webhook_stream\" requires \"webhook\"");
    }
    if (!verifies) return conf_ok;
    const AtPlace place(cf, scheme->place);
    if (char* bad = check(cf, own, parent); bad != conf_ok) return bad;
    return prepare_location(cf, this, own.dedup || (dedup && dedup->by));
}

}  // namespace webhook::module
