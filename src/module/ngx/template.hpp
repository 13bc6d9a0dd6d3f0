#pragma once

#include "module/ngx/ngx.hpp"

#include "module/settings.hpp"

namespace webhook::module {

/// Reads a value that may hold nginx variables; false after nginx' own message.
bool compile_template(ngx_conf_t* cf, const ngx_str_t& text, Template* result);

/// Reads the variables of an extractor, in their order; false after nginx' own message.
bool compile_variables(ngx_conf_t* cf, const event::Extractor& extractor, std::vector<Template>* variables);

/// Longest id, type, source and tenant.
inline constexpr std::size_t max_name = event::Extractor::max_name;

/// True when `text` may be an id, type, source or tenant: at most 256 bytes and no control character.
bool is_presentable(std::string_view text);

}  // namespace webhook::module
