#include "module/request/masking.hpp"

#include <algorithm>

#include "base/url.hpp"
#include "module/ngx/core_conf.hpp"
#include "module/ngx/pool.hpp"
#include "module/request/request_state.hpp"
#include "module/request/request_view.hpp"
#include "module/settings.hpp"

namespace webhook::module {

namespace {

ngx_http_log_handler_pt next_log_handler;  ///< nginx' own, the same for all requests

/// True when it may hold a parameter.
bool may_have_params(std::string_view uri) {
    return uri.find_first_of("=%") != std::string_view::npos;
}

/// Returns the path of an upstream's URI as the log may show it.
std::string_view shown_path(ngx_http_request_t* request, std::string_view uri) {
    const std::string_view path = base::split_url(uri).path;
    if (!may_have_params(path)) return path;
    return guarded(request->connection->log, std::string_view(), [&] {
        return copy_to_pool(request->pool, event::mask_params(path, secret_params(request)));
    });
}

/// nginx prints the URI that went to an upstream, with its query: this line is ours, the query is left out of
/// it.
u_char* log_without_query(ngx_http_request_t* request, ngx_http_request_t* current, u_char* text,
                          size_t length) {
    const auto print = next_log_handler;
    ngx_http_upstream_t* upstream = current->upstream;
    if (upstream == nullptr) return print(request, current, text, length);
    const ngx_str_t whole = upstream->uri;
    upstream->uri = to_ngx(shown_path(current, view(whole)));
    text = print(request, current, text, length);
    upstream->uri = whole;
    return text;
}

}  // namespace

const ParamNames& secret_params(ngx_http_request_t* request) {
    static const ParamNames none;
    const Location* location = location_of(request);
    const bool is_error_page = request->internal && (request->error_page || request->err_status != 0);
    if (location == nullptr || is_error_page) {
        const RequestState* state = find_state(request);
        // An error page for a body that is too large comes before our first handler.
        if (state == nullptr && is_error_page) return main_settings(request)->secret_params;
        if (location == nullptr && state != nullptr) location = state->location;
    }
    return location != nullptr ? signature::secret_query_params(*location->scheme) : none;
}

std::string_view mask_query(ngx_pool_t* pool, const ParamNames& secret, std::string_view query) {
    if (secret.empty() || query.empty()) return query;
    return copy_to_pool(pool, event::mask_params(query, secret));
}

std::string_view shown_uri(const ngx_http_request_t* request) {
    const ngx_http_request_t* main = request->main;
    if (main->log_handler != log_without_query) return view(main->unparsed_uri);
    std::string_view line = view(main->request_line);
    line.remove_prefix(client_method(main).size() + 1);
    if (main->http_protocol.len != 0) line.remove_suffix(main->http_protocol.len + 1);
    return line;
}

std::string masked_uri(ngx_http_request_t* request) {
    return event::mask_params(shown_uri(request), secret_params(request));
}

ngx_int_t mask_request_line(ngx_http_request_t* request) {
    if (secret_params(request).empty() || !may_have_params(shown_uri(request))) return NGX_DECLINED;
    ngx_http_request_t* main = request->main;  // whose line nginx prints for its subrequests, too
    return guarded(request->connection->log, ngx_int_t{NGX_HTTP_INTERNAL_SERVER_ERROR}, [&] {
        std::string line(client_method(main));
        line.append(" ").append(masked_uri(request));
        if (main->http_protocol.len != 0) line.append(" ").append(view(main->http_protocol));
        main->request_line = to_ngx(copy_to_pool(main->pool, line));
        request->request_line = main->request_line;
        if (main->log_handler != log_without_query) next_log_handler = main->log_handler;
        main->log_handler = log_without_query;
        return ngx_int_t{NGX_DECLINED};
    });
}

ngx_int_t install_masking(ngx_conf_t* cf) {
    // Added last, so "return" of the location comes after it.
    return add_handler(cf, NGX_HTTP_REWRITE_PHASE, mask_request_line);
}

}  // namespace webhook::module
