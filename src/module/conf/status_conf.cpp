#include "module/conf/status_conf.hpp"

#include <string>

#include "base/suggest.hpp"
#include "module/conf/main_conf.hpp"
#include "module/ngx/conf_error.hpp"
#include "module/ngx/conf_place.hpp"
#include "module/ngx/core_conf.hpp"
#include "module/ngx/pool.hpp"
#include "module/stats/status.hpp"

namespace webhook::module {

namespace {

char* read_status(ngx_conf_t* cf, LocationConf* conf) {
    auto* word = static_cast<ngx_str_t*>(cf->args->elts);
    if (conf->status) return is_duplicate;
    StatusFormat format = StatusFormat::by_accept;
    if (cf->args->nelts == 2) {
        if (view(word[1]) != "json" && view(word[1]) != "prometheus") {
            const std::string advice = base::did_you_mean(view(word[1]), {"json", "prometheus"});
            return refuse(cf, "invalid parameter \"%V\"%s", &word[1],
                          advice.empty() ? ", it must be \"json\" or \"prometheus\"" : advice.c_str());
        }
        format = view(word[1]) == "json" ? StatusFormat::json : StatusFormat::prometheus;
    }
    conf->status = here(cf);
    conf->settings.status_format = format;
    core_location(cf)->handler = handle_status;
    return conf_ok;
}

}  // namespace

char* set_status(ngx_conf_t* cf, ngx_command_t* /*command*/, void* data) {
    return guarded(cf->log, conf_failed, [=] { return read_status(cf, to_location_conf(data)); });
}

char* check_status(ngx_conf_t* cf, const LocationConf& conf) {
    if (!conf.status) return conf_ok;
    const AtPlace place(cf, *conf.status);
    if (main_conf(cf)->zone == nullptr) return refuse(cf, "\"webhook_status\" requires \"webhook_zone\"");
    if (core_location(cf)->handler == handle_status || is_if_block(cf))
        return conf_ok;  // an "if" may go elsewhere
    return refuse(cf, "another content handler cannot be in the same location as \"webhook_status\"");
}

}  // namespace webhook::module
