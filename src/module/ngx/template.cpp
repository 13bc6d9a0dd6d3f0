#include "module/ngx/template.hpp"

#include <algorithm>

#include "module/ngx/pool.hpp"

namespace webhook::module {

bool compile_template(ngx_conf_t* cf, const ngx_str_t& text, Template* result) {
    ngx_str_t source = text;
    if (ngx_http_script_variables_count(&source) == 0) {
        result->literal = view(text);
        return true;
    }
    ngx_http_complex_value_t value{};
    ngx_http_compile_complex_value_t compile{};
    compile.cf = cf;
    compile.value = &source;
    compile.complex_value = &value;
    if (ngx_http_compile_complex_value(&compile) != NGX_OK) return false;
    if (value.lengths == nullptr) {
        result->literal = view(value.value);
    } else {
        result->literal.clear();
        result->complex = make_in_pool<ngx_http_complex_value_t>(cf->pool, value);
    }
    return true;
}

bool compile_templates(ngx_conf_t* cf, const std::vector<std::string>& texts,
                       std::vector<Template>* results) {
    return std::all_of(texts.begin(), texts.end(), [&](const std::string& text) {
        return compile_template(cf, to_ngx(copy_to_pool(cf->pool, text)), &results->emplace_back());
    });
}

bool Template::evaluate(ngx_http_request_t* request, std::string_view* value) const {
    if (complex == nullptr) {
        *value = literal;
        return true;
    }
    ngx_str_t computed{};
    if (ngx_http_complex_value(request, complex, &computed) != NGX_OK) return false;
    *value = view(computed);
    return true;
}

}  // namespace webhook::module
