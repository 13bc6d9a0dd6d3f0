#pragma once

// First in every file of this folder: nginx' headers choose the width of off_t for all that follow.
extern "C" {
#include <ngx_config.h>
// ngx_config.h must stand before these.
#include <ngx_core.h>
#include <ngx_event.h>
#include <ngx_http.h>
}

#include <string_view>

namespace webhook::module {

inline std::string_view view(const ngx_str_t& text) {
    return {reinterpret_cast<const char*>(text.data), text.len};
}

/// For nginx' interfaces, which take no const; nothing writes through it.
inline ngx_str_t to_ngx(std::string_view text) {
    return {text.size(), reinterpret_cast<u_char*>(const_cast<char*>(text.data()))};
}

inline int log_length(std::string_view text) {
    return static_cast<int>(text.size());
}

}  // namespace webhook::module

extern "C" ngx_module_t ngx_http_webhook_module;
