#pragma once

#include "module/ngx/ngx.hpp"

#include <string_view>

#include "base/text.hpp"

namespace webhook::module {

/// Calls `use(value)` for each header of the request with that (lower-case) name. nginx leaves tabs around a
/// value.
template <class Use>
void for_each_header(const ngx_http_request_t* request, std::string_view name, Use&& use) {
    const ngx_list_t& headers = request->headers_in.headers;
    if (headers.last == nullptr) return;  // the list is not made for HTTP/0.9
    for (const ngx_list_part_t* part = &headers.part; part != nullptr; part = part->next) {
        const auto* header = static_cast<const ngx_table_elt_t*>(part->elts);
        for (ngx_uint_t i = 0; i < part->nelts; ++i) {
            if (header[i].hash == 0 || header[i].key.len != name.size())
                continue;  // zero: removed by a module
            if (ngx_memcmp(header[i].lowcase_key, name.data(), name.size()) == 0)
                use(base::trim_blanks(view(header[i].value)));
        }
    }
}

}  // namespace webhook::module
