#pragma once

#include "module/ngx/ngx.hpp"

#include "module/conf/location_conf.hpp"
#include "module/ngx/conf_error.hpp"

namespace webhook::module {

// Setters of the directives that fill in a LocationConf: each reads the words of one directive, as in its
// comment. They may throw.
char* set_redis(ngx_conf_t* cf, const Words& words, LocationConf* conf);  ///< `webhook_redis URL`
char* set_redis_auth(ngx_conf_t* cf, const Words& words,
                     LocationConf* conf);  ///< `webhook_redis_auth USER PASSWORD`
char* set_webhook(ngx_conf_t* cf, const Words& words, LocationConf* conf);  ///< `webhook SCHEME|off`
char* set_secret(ngx_conf_t* cf, const Words& words, LocationConf* conf);   ///< `webhook_secret SECRET ...`
char* set_param(ngx_conf_t* cf, const Words& words, LocationConf* conf);    ///< `webhook_param NAME VALUE`
char* set_url(ngx_conf_t* cf, const Words& words, LocationConf* conf);      ///< `webhook_url URL`
char* set_source(ngx_conf_t* cf, const Words& words, LocationConf* conf);   ///< `webhook_source NAME`
char* set_tolerance(ngx_conf_t* cf, const Words& words,
                    LocationConf* conf);  ///< `webhook_tolerance TIME|off`
char* set_dedup(ngx_conf_t* cf, const Words& words,
                LocationConf* conf);  ///< `webhook_dedup on|off|TIME [by=] [policy=]`
char* set_stream(ngx_conf_t* cf, const Words& words,
                 LocationConf* conf);  ///< `webhook_stream NAME [OPTION=VALUE ...]`
char* set_id(ngx_conf_t* cf, const Words& words, LocationConf* conf);         ///< `webhook_id SOURCE ...`
char* set_type(ngx_conf_t* cf, const Words& words, LocationConf* conf);       ///< `webhook_type SOURCE ...`
char* set_tenant(ngx_conf_t* cf, const Words& words, LocationConf* conf);     ///< `webhook_tenant SOURCE ...`
char* set_partition(ngx_conf_t* cf, const Words& words, LocationConf* conf);  ///< `webhook_partition SOURCE`
char* set_accept_types(ngx_conf_t* cf, const Words& words,
                       LocationConf* conf);  ///< `webhook_accept_types PATTERN ...`
char* set_headers(ngx_conf_t* cf, const Words& words, LocationConf* conf);  ///< `webhook_headers NAME ...`

}  // namespace webhook::module
