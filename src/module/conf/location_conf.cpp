#include "module/conf/location_conf.hpp"

namespace webhook::module {

namespace {

constexpr ngx_msec_t default_timeout = 500, default_connect_timeout = 250;
constexpr std::size_t default_json_max = 1 << 20;

}  // namespace

void LocationConf::inherit(const LocationConf& parent) {
    const auto inherit = [](auto* own, const auto& from) {
        if (!*own) *own = from;
    };
    ngx_conf_merge_msec_value(redis_timeout, parent.redis_timeout, default_timeout);
    ngx_conf_merge_msec_value(redis_connect_timeout, parent.redis_connect_timeout, default_connect_timeout);
    ngx_conf_merge_size_value(json_max, parent.json_max, default_json_max);
    ngx_conf_merge_value(dry_run, parent.dry_run, 0);
    inherit(&redis, parent.redis);
    inherit(&auth, parent.auth);
    inherit(&scheme, parent.scheme);
    inherit(&secrets, parent.secrets);
    inherit(&params, parent.params);
    inherit(&url, parent.url);
    inherit(&source, parent.source);
    inherit(&tolerance, parent.tolerance);
    inherit(&dedup, parent.dedup);
    inherit(&stream, parent.stream);
    inherit(&id, parent.id);
    inherit(&type, parent.type);
    inherit(&tenant, parent.tenant);
    inherit(&partition, parent.partition);
    inherit(&accept_types, parent.accept_types);
    inherit(&headers, parent.headers);
    responses.insert(parent.responses.begin(), parent.responses.end());
}

}  // namespace webhook::module
