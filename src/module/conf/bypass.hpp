#pragma once

#include "module/ngx/ngx.hpp"

#include <vector>

#include "module/ngx/conf_place.hpp"

namespace webhook::module {

struct LocationConf;

/// A location with `webhook`, for the checks that need all of the configuration.
struct JudgedLocation {
    const LocationConf* conf;
    const ngx_http_core_loc_conf_t* core;
    const ngx_http_core_srv_conf_t* server;
    Place place;
};

/// Refuses what would run although the request was refused (`post_action`). A setter's result.
char* check_actions(ngx_conf_t* cf);

/// Warns of a gate without a handler. `inherited_root`: of the level above.
void warn_of_missing_handler(ngx_conf_t* cf, const u_char* inherited_root);

/// Warns, when all locations are known, of ways by which requests come to an application without being
/// judged: other spellings of an exact location's path, and `error_page`.
void warn_of_bypasses(ngx_conf_t* cf, const std::vector<JudgedLocation>& judged);

}  // namespace webhook::module
