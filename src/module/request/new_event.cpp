#include "module/request/new_event.hpp"

#include <algorithm>

#include "base/json_text.hpp"
#include "base/time.hpp"
#include "module/ngx/headers.hpp"
#include "module/ngx/pool.hpp"
#include "module/request/masking.hpp"

namespace webhook::module {

namespace {

constexpr std::string_view hops_header = "webhook-hops";

bool is_secret_header(const signature::Scheme& scheme, std::string_view name) {
    if (name == "authorization" || name == "proxy-authorization") return true;
    const auto& secret = signature::secret_headers(scheme);
    return std::find(secret.begin(), secret.end(), name) != secret.end();
}

/// Adds `"name":["value",...]` when the request has such a header.
void append_header(const RequestState& state, std::string_view name, std::string* json) {
    bool first = true;
    for_each_header(state.request, name, [&](std::string_view value) {
        if (first) {
            json->push_back(json->empty() ? '{' : ',');
            base::append_json_string(name, json);
            json->append(":[");
        } else {
            json->push_back(',');
        }
        first = false;
        base::append_json_string(is_secret_header(*state.location->scheme, name) ? masked_text : value, json);
    });
    if (!first) json->push_back(']');
}

std::string_view make_headers(const RequestState& state) {
    static std::string json;  // one thread; keeps its capacity
    json.clear();
    bool hops_kept = false;
    for (const std::string& name : state.location->headers) {
        append_header(state, name, &json);
        hops_kept |= name == hops_header;
    }
    if (!hops_kept) append_header(state, hops_header, &json);  // the worker ends loops by it
    if (json.empty()) return {};
    json.push_back('}');
    return copy_to_pool(state.request->pool, json);
}

}  // namespace

void complete_event(RequestState* state) {
    ngx_http_request_t* request = state->request;
    store::NewEvent& event = state->event;
    const ngx_time_t& now = *ngx_timeofday();
    event.received_ms = static_cast<std::uint64_t>(now.sec) * 1000 + now.msec;
    event.time = base::write_rfc3339_ms(static_cast<std::int64_t>(event.received_ms), state->time);
    event.method = state->headers.method;
    event.path = state->headers.path;
    event.query = mask_query(request->pool, secret_params(request), state->headers.query);
    event.remote = view(request->connection->addr_text);
    if (request->headers_in.content_type != nullptr) {
        event.datacontenttype = base::trim_blanks(view(request->headers_in.content_type->value));
    }
    event.contentencoding = state->headers.header("content-encoding").value;
    event.headers = make_headers(*state);
    event.data = state->headers.body;
}

}  // namespace webhook::module
