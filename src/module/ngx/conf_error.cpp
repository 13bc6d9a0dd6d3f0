#include "module/ngx/conf_error.hpp"

#include <cstdarg>

namespace webhook::module {

namespace {

char duplicate_text[] = "is duplicate";

}  // namespace

char* const is_duplicate = duplicate_text;

char* refuse(ngx_conf_t* cf, const char* format, ...) {
    u_char text[NGX_MAX_CONF_ERRSTR];
    va_list arguments;
    va_start(arguments, format);
    const u_char* end = ngx_vslprintf(text, text + sizeof text, format, arguments);
    va_end(arguments);
    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "%*s", static_cast<std::size_t>(end - text), text);
    return conf_failed;
}

char* invalid(ngx_conf_t* cf, ngx_str_t& word, const std::string& advice) {
    return refuse(cf, "invalid parameter \"%V\"%s", &word, advice.c_str());
}

}  // namespace webhook::module
