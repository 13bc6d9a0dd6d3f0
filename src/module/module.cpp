#include "module/ngx/ngx.hpp"

#include "module/conf/bypass.hpp"
#include "module/conf/directives.hpp"
#include "module/conf/key_reuse.hpp"
#include "module/conf/key_watch.hpp"
#include "module/conf/location_conf.hpp"
#include "module/conf/main_conf.hpp"
#include "module/conf/value_origin.hpp"
#include "module/gate/gate.hpp"
#include "module/ngx/conf_error.hpp"
#include "module/ngx/pool.hpp"
#include "module/redis/redis_client.hpp"
#include "module/redis/reservations.hpp"
#include "module/request/masking.hpp"
#include "module/request/too_large.hpp"
#include "module/request/variables.hpp"
#include "module/stats/process_row.hpp"

namespace webhook::module {

namespace {

constexpr ngx_uint_t default_max_inflight = 10000;

void* create_main_conf(ngx_conf_t* cf) {
    return guarded(cf->log, static_cast<void*>(nullptr),
                   [cf]() -> void* { return static_cast<MainPlain*>(make_in_pool<MainConf>(cf->pool)); });
}

char* init_main_conf(ngx_conf_t* cf, void* data) {
    auto* conf = static_cast<MainPlain*>(data);
    ngx_conf_init_uint_value(conf->max_inflight, default_max_inflight);
    return conf->max_inflight != 0 ? conf_ok : refuse(cf, "\"webhook_max_inflight\" must not be 0");
}

void* create_location_conf(ngx_conf_t* cf) {
    return guarded(cf->log, static_cast<void*>(nullptr),
                   [cf]() -> void* { return static_cast<PlainConf*>(make_in_pool<LocationConf>(cf->pool)); });
}

char* merge_location_conf(ngx_conf_t* cf, void* parent, void* child) {
    return guarded(cf->log, conf_failed,
                   [=] { return to_location_conf(child)->merge(cf, *to_location_conf(parent)); });
}

/// nullptr when the configuration has no http block.
MainConf* conf_of(ngx_cycle_t* cycle) {
    if (ngx_get_conf(cycle->conf_ctx, ngx_http_module) == nullptr) return nullptr;
    return to_main_conf(ngx_http_cycle_get_module_main_conf(cycle, ngx_http_webhook_module));
}

ngx_int_t init_process(ngx_cycle_t* cycle) {
    // The cache manager and loader come by here too.
    if (ngx_process != NGX_PROCESS_WORKER && ngx_process != NGX_PROCESS_SINGLE) return NGX_OK;
    MainConf* conf = conf_of(cycle);
    if (conf == nullptr) return NGX_OK;
    return guarded(cycle->log, ngx_int_t{NGX_ERROR}, [&]() -> ngx_int_t {
        for (const auto& server : conf->servers) {
            server->client = std::make_shared<RedisClient>(server.get(), cycle->log);
            server->reservations = std::make_shared<Reservations>(server.get(), cycle->log);
            server->client->connect();
        }
        if (conf->keys != nullptr) conf->keys->start(cycle);
        join_zone(conf, cycle->log);
        return NGX_OK;
    });
}

void exit_process(ngx_cycle_t* cycle) {
    MainConf* conf = conf_of(cycle);
    if (conf == nullptr) return;
    leave_zone(conf);
    conf->keys.reset();  // its thread has ended; later on nginx' timers are not to be touched
    for (const auto& server : conf->servers) {
        server->client.reset();
        server->reservations.reset();
    }
}

ngx_int_t preconfigure(ngx_conf_t* cf) {
    if (add_variables(cf) != NGX_OK) return NGX_ERROR;
    return guarded(cf->log, ngx_int_t{NGX_ERROR}, [cf] {
        MainConf* conf = main_conf(cf);
        conf->origins = std::make_shared<ValueOrigins>();
        conf->origins->watch(cf);
        return ngx_int_t{NGX_OK};
    });
}

/// Checks that need all of the configuration.
char* check_all(ngx_conf_t* cf) {
    MainConf* conf = main_conf(cf);
    if (char* bad = conf->origins->judge(cf); bad != NGX_CONF_OK) return bad;
    if (char* bad = check_keys(cf, conf->judged); bad != NGX_CONF_OK) return bad;
    warn_of_bypasses(cf, conf->judged);
    return NGX_CONF_OK;
}

ngx_int_t postconfigure(ngx_conf_t* cf) {
    const char* checked = guarded(cf->log, conf_failed, [cf] { return check_all(cf); });
    main_conf(cf)->origins->finish();
    if (checked != NGX_CONF_OK) return NGX_ERROR;
    if (install_too_large_filters(cf) != NGX_OK) return NGX_ERROR;
    if (install_masking(cf) != NGX_OK) return NGX_ERROR;
    return main_conf(cf)->has_gates ? install_gate(cf) : NGX_OK;
}

ngx_http_module_t context = {
    preconfigure,          // preconfiguration
    postconfigure,         // postconfiguration
    create_main_conf,      // create main configuration
    init_main_conf,        // init main configuration
    nullptr,               // create server configuration
    nullptr,               // merge server configuration
    create_location_conf,  // create location configuration
    merge_location_conf,   // merge location configuration
};

}  // namespace

}  // namespace webhook::module

ngx_module_t ngx_http_webhook_module = {
    NGX_MODULE_V1,
    &webhook::module::context,
    webhook::module::directives,
    NGX_HTTP_MODULE,
    nullptr,                        // init master
    nullptr,                        // init module
    webhook::module::init_process,  // init process
    nullptr,                        // init thread
    nullptr,                        // exit thread
    webhook::module::exit_process,  // exit process
    nullptr,                        // exit master
    NGX_MODULE_V1_PADDING,
};
