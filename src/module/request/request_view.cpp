#include "module/request/request_view.hpp"

#include "base/url.hpp"
#include "module/ngx/headers.hpp"

namespace webhook::module {

RequestView::RequestView(ngx_http_request_t* request, const std::vector<Template>* variables)
    : request_(request), variables_(variables) {
    method = client_method(request);
    path = base::path_of(view(request->unparsed_uri));
    query = raw_query(request);
}

event::Request::Header RequestView::header(std::string_view name) const {
    Header found;
    for_each_header(request_, name, [&found](std::string_view value) { found.add(value); });
    return found;
}

std::string_view RequestView::variable(std::size_t index) const {
    std::string_view value;
    if (variables_ == nullptr || index >= variables_->size()) return {};
    return (*variables_)[index].evaluate(request_, &value) ? value : std::string_view();
}

std::string_view client_method(const ngx_http_request_t* request) {
    const std::string_view line = view(request->request_line);
    return line.substr(0, line.find(' '));
}

std::string_view raw_query(const ngx_http_request_t* request) {
    return base::query_of(view(request->unparsed_uri));
}

}  // namespace webhook::module
