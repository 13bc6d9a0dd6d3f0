#pragma once

#include "module/ngx/ngx.hpp"

#include <vector>

#include "base/text.hpp"
#include "event/request.hpp"

namespace webhook::module {

struct Template;

/// nginx' request as signature schemes and extractors read it. Lives in the request's pool.
class RequestView final : public event::Request {
  public:
    /// `variables`: what variable() evaluates; nullptr: there are none.
    explicit RequestView(ngx_http_request_t* request, const std::vector<Template>* variables = nullptr);

    Header header(std::string_view name) const override;
    std::string_view variable(std::size_t index) const override;

    /// Calls `use(value)` for each header of that (lower-case) name. nginx leaves tabs around a value.
    template <class Use>
    void for_each(std::string_view name, Use&& use) const;

  private:
    ngx_http_request_t* request_;
    const std::vector<Template>* variables_;
};

/// The method as the client sent it, also after an internal redirect or in a subrequest, where nginx calls it
/// GET.
std::string_view client_method(const ngx_http_request_t* request);

/// The query as the client sent it, also after a rewrite.
std::string_view raw_query(const ngx_http_request_t* request);

template <class Use>
void RequestView::for_each(std::string_view name, Use&& use) const {
    const ngx_list_t& headers = request_->headers_in.headers;
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
