#pragma once

#include "module/ngx/ngx.hpp"

#include <vector>

#include "event/request.hpp"
#include "module/ngx/template.hpp"

namespace webhook::module {

/// nginx' request as signature schemes and extractors read it. Lives in the request's pool.
class RequestView final : public event::Request {
  public:
    /// `variables`: what variable() evaluates; nullptr: there are none.
    explicit RequestView(ngx_http_request_t* request, const std::vector<Template>* variables = nullptr);

    Header header(std::string_view name) const override;
    std::string_view variable(std::size_t index) const override;

  private:
    ngx_http_request_t* request_;
    const std::vector<Template>* variables_;
};

/// Returns the method as the client sent it, also after an internal redirect or in a subrequest, where nginx
/// calls it GET.
std::string_view client_method(const ngx_http_request_t* request);

/// Returns the query as the client sent it, also after a rewrite.
std::string_view raw_query(const ngx_http_request_t* request);

}  // namespace webhook::module
