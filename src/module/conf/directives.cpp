#include "module/conf/directives.hpp"

#include "module/conf/respond.hpp"
#include "module/conf/scheme_block.hpp"
#include "module/conf/setters.hpp"
#include "module/conf/status_conf.hpp"
#include "module/conf/zone_conf.hpp"
#include "module/ngx/pool.hpp"

namespace webhook::module {

namespace {

using Setter = char* (*)(ngx_conf_t*, const Words&, LocationConf*);

template <Setter set>
char* guarded_setter(ngx_conf_t* cf, ngx_command_t*, void* data) {
    return guarded(cf->log, conf_failed, [&] { return set(cf, Words(cf), to_location_conf(data)); });
}

template <Setter set>
constexpr ngx_command_t directive(ngx_str_t name, ngx_uint_t where) {
    return {name, where, guarded_setter<set>, NGX_HTTP_LOC_CONF_OFFSET, 0, nullptr};
}

char* refuse_zero(ngx_conf_t* cf, void* post, void* value);
ngx_conf_post_t not_zero = {refuse_zero};

constexpr ngx_uint_t in_location = NGX_HTTP_LOC_CONF;
constexpr ngx_uint_t in_server = NGX_HTTP_SRV_CONF | NGX_HTTP_LOC_CONF;
constexpr ngx_uint_t anywhere = NGX_HTTP_MAIN_CONF | NGX_HTTP_SRV_CONF | NGX_HTTP_LOC_CONF;

}  // namespace

ngx_command_t directives[] = {
    directive<set_redis>(ngx_string("webhook_redis"), anywhere | NGX_CONF_1MORE),
    directive<set_redis_auth>(ngx_string("webhook_redis_auth"), anywhere | NGX_CONF_TAKE2),
    {ngx_string("webhook_redis_timeout"), anywhere | NGX_CONF_TAKE1, ngx_conf_set_msec_slot,
     NGX_HTTP_LOC_CONF_OFFSET, offsetof(PlainConf, redis_timeout), &not_zero},
    {ngx_string("webhook_redis_connect_timeout"), anywhere | NGX_CONF_TAKE1, ngx_conf_set_msec_slot,
     NGX_HTTP_LOC_CONF_OFFSET, offsetof(PlainConf, redis_connect_timeout), &not_zero},
    {ngx_string("webhook_scheme"), NGX_HTTP_MAIN_CONF | NGX_CONF_BLOCK | NGX_CONF_TAKE1, set_scheme_block,
     NGX_HTTP_MAIN_CONF_OFFSET, 0, nullptr},
    directive<set_webhook>(ngx_string("webhook"), in_location | NGX_CONF_TAKE1),
    directive<set_secret>(ngx_string("webhook_secret"), anywhere | NGX_CONF_1MORE),
    directive<set_param>(ngx_string("webhook_param"), in_location | NGX_CONF_TAKE2),
    directive<set_url>(ngx_string("webhook_url"), in_server | NGX_CONF_TAKE1),
    directive<set_tolerance>(ngx_string("webhook_tolerance"), anywhere | NGX_CONF_TAKE1),
    directive<set_source>(ngx_string("webhook_source"), in_location | NGX_CONF_TAKE1),
    directive<set_dedup>(ngx_string("webhook_dedup"), anywhere | NGX_CONF_TAKE123),
    directive<set_stream>(ngx_string("webhook_stream"), in_location | NGX_CONF_TAKE1234),
    {ngx_string("webhook_dry_run"), anywhere | NGX_CONF_FLAG, ngx_conf_set_flag_slot,
     NGX_HTTP_LOC_CONF_OFFSET, offsetof(PlainConf, dry_run), nullptr},
    directive<set_partition>(ngx_string("webhook_partition"), in_location | NGX_CONF_TAKE1),
    directive<set_id>(ngx_string("webhook_id"), in_location | NGX_CONF_1MORE),
    directive<set_type>(ngx_string("webhook_type"), in_location | NGX_CONF_1MORE),
    directive<set_tenant>(ngx_string("webhook_tenant"), in_location | NGX_CONF_1MORE),
    directive<set_accept_types>(ngx_string("webhook_accept_types"), in_location | NGX_CONF_1MORE),
    directive<set_headers>(ngx_string("webhook_headers"), anywhere | NGX_CONF_1MORE),
    {ngx_string("webhook_respond"), anywhere | NGX_CONF_TAKE2 | NGX_CONF_TAKE3 | NGX_CONF_TAKE4, set_respond,
     NGX_HTTP_LOC_CONF_OFFSET, 0, nullptr},
    {ngx_string("webhook_zone"), NGX_HTTP_MAIN_CONF | NGX_CONF_TAKE2, set_zone, NGX_HTTP_MAIN_CONF_OFFSET, 0,
     nullptr},
    {ngx_string("webhook_status"), in_location | NGX_CONF_NOARGS | NGX_CONF_TAKE1, set_status,
     NGX_HTTP_LOC_CONF_OFFSET, 0, nullptr},
    {ngx_string("webhook_max_inflight"), NGX_HTTP_MAIN_CONF | NGX_CONF_TAKE1, ngx_conf_set_num_slot,
     NGX_HTTP_MAIN_CONF_OFFSET, offsetof(MainPlain, max_inflight), nullptr},
    {ngx_string("webhook_json_max"), anywhere | NGX_CONF_TAKE1, ngx_conf_set_size_slot,
     NGX_HTTP_LOC_CONF_OFFSET, offsetof(PlainConf, json_max), nullptr},
    ngx_null_command,
};

namespace {

/// Refuses the time 0, in which no answer could come. Called after nginx' own setter, which takes 0.
char* refuse_zero(ngx_conf_t* cf, void* /*post*/, void* value) {
    return *static_cast<ngx_msec_t*>(value) != 0 ? conf_ok
                                                 : refuse(cf, "the time must not be 0, it is at least 1ms");
}

}  // namespace

}  // namespace webhook::module
