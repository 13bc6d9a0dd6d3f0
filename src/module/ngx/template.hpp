#pragma once

#include "module/ngx/ngx.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace webhook::module {

/// A value that may hold nginx variables.
struct Template {
    std::string literal;                          ///< when there are none
    ngx_http_complex_value_t* complex = nullptr;  ///< when there are some

    /// The value for this request, in its pool where it is computed; false when that failed.
    bool evaluate(ngx_http_request_t* request, std::string_view* value) const;
};

/// Reads a value that may hold nginx variables; false after nginx' own message.
bool compile_template(ngx_conf_t* cf, const ngx_str_t& text, Template* result);

/// Reads several, in their order; false after nginx' own message.
bool compile_templates(ngx_conf_t* cf, const std::vector<std::string>& texts, std::vector<Template>* results);

}  // namespace webhook::module
