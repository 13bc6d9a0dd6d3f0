#include "module/ngx/output.hpp"

#include <algorithm>
#include <new>

namespace webhook::module {

bool has_error_page(const ngx_http_request_t* request, unsigned status) {
    const auto* core = static_cast<const ngx_http_core_loc_conf_t*>(
        ngx_http_get_module_loc_conf(request, ngx_http_core_module));
    if (core->error_pages == nullptr) return false;
    const auto* page = static_cast<const ngx_http_err_page_t*>(core->error_pages->elts);
    return std::any_of(page, page + core->error_pages->nelts, [status](const ngx_http_err_page_t& each) {
        return each.status == static_cast<ngx_int_t>(status);
    });
}

ngx_table_elt_t* add_header(ngx_http_request_t* request, std::string_view name, std::string_view value) {
    auto* header = static_cast<ngx_table_elt_t*>(ngx_list_push(&request->headers_out.headers));
    if (header == nullptr) throw std::bad_alloc();
    *header = ngx_table_elt_t{};
    header->hash = 1;
    header->key = to_ngx(name);
    header->value = to_ngx(value);
    return header;
}

ngx_int_t pass_body(ngx_http_request_t* request, std::string_view body,
                    ngx_http_output_body_filter_pt filter) {
    auto* buffer = static_cast<ngx_buf_t*>(ngx_calloc_buf(request->pool));
    if (buffer == nullptr) return NGX_ERROR;
    buffer->pos = to_ngx(body).data;
    buffer->last = buffer->pos + body.size();
    buffer->memory = body.empty() ? 0 : 1;
    buffer->last_buf = request == request->main ? 1 : 0;
    buffer->sync = body.empty() && request != request->main ? 1 : 0;
    buffer->last_in_chain = 1;
    ngx_chain_t out{buffer, nullptr};
    return filter(request, &out);
}

ngx_int_t send(ngx_http_request_t* request, unsigned status, std::string_view type, std::string_view body) {
    ngx_http_clear_accept_ranges(request);
    request->disable_not_modified = 1;  // a 412 for If-Match would deny what is stored
    request->headers_out.status = status;
    request->headers_out.content_length_n = static_cast<off_t>(body.size());
    request->headers_out.content_type = to_ngx(type);
    request->headers_out.content_type_len = type.size();
    request->headers_out.content_type_lowcase = nullptr;
    const ngx_int_t result = ngx_http_send_header(request);
    if (result == NGX_ERROR || result > NGX_OK || request->header_only) return result;
    return pass_body(request, body, ngx_http_output_filter);
}

}  // namespace webhook::module
