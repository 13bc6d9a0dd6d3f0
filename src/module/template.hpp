#pragma once

#include "module/ngx.hpp"

#include "module/settings.hpp"

namespace webhook::module {

/// Reads a value that may hold nginx variables; false after nginx' own message.
bool compile_template(ngx_conf_t* cf, const ngx_str_t& text, Template* result);

/// Longest id, type, source and tenant.
inline constexpr std::size_t max_name = 256;

/// True when `text` may be an id, type, source or tenant: at most 256 bytes and no control character.
bool is_presentable(std::string_view text);

/// True when `name` is a token of RFC 9110.
bool is_header_name(std::string_view name);

/// True when `text` matches `pattern`, in which each `*` stands for any run of characters. Linear, no
/// recursion.
bool matches(std::string_view pattern, std::string_view text);

}  // namespace webhook::module
