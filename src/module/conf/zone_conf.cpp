#include "module/conf/zone_conf.hpp"

#include "module/conf/main_conf.hpp"
#include "module/ngx/conf_error.hpp"
#include "module/stats/zone.hpp"

namespace webhook::module {

char* set_zone(ngx_conf_t* cf, ngx_command_t* /*command*/, void* data) {
    MainConf* main = to_main_conf(data);
    auto* word = static_cast<ngx_str_t*>(cf->args->elts);
    if (main->zone != nullptr) return is_duplicate;
    if (word[1].len == 0) return refuse(cf, "invalid zone name \"%V\"", &word[1]);
    const ssize_t size = ngx_parse_size(&word[2]);
    if (size == NGX_ERROR) return refuse(cf, "invalid zone size \"%V\"", &word[2]);
    if (size < least_zone_size) return refuse(cf, "zone \"%V\" is too small, 256k is the least", &word[1]);
    main->zone =
        ngx_shared_memory_add(cf, &word[1], static_cast<std::size_t>(size), &ngx_http_webhook_module);
    if (main->zone == nullptr) return conf_failed;
    main->zone->init = init_zone;
    return conf_ok;
}

}  // namespace webhook::module
