#include "module/request/reply.hpp"

#include <string>

#include "base/json_text.hpp"
#include "module/ngx/pool.hpp"

namespace webhook::module {

namespace {

constexpr std::string_view json_type = "application/json";

unsigned default_status(const RequestState& state) {
    if (state.verdict == Verdict::duplicate && state.location->reject_duplicates) return NGX_HTTP_CONFLICT;
    return info_of(state.verdict).status;
}

std::string_view default_body(const RequestState& state) {
    const VerdictInfo& info = info_of(state.verdict);
    if (!info.with_id) return info.answer;
    static std::string scratch;  // one thread; keeps its capacity
    scratch.assign("{\"verdict\":\"");
    scratch.append(info.name);
    scratch.append("\",\"id\":");
    base::append_json_string(state.event.id, &scratch);
    scratch.push_back('}');
    return copy_to_pool(state.request->pool, scratch);
}

std::string_view own_body(const RequestState& state, const Response& response) {
    if (response.values == nullptr) {
        std::string_view body;
        return response.body.evaluate(state.request, &body) ? body : std::string_view();
    }
    event::Extractor::Values values;
    response.values->extract(state.headers, 0, &values);
    return copy_to_pool(state.request->pool, values.tenant);
}

}  // namespace

ComposedReply compose_reply(const RequestState& state) {
    const Responses& responses = state.location->responses;
    const auto found = responses.find(state.verdict);
    const Response* response = found == responses.end() ? nullptr : found->second.get();
    const unsigned status = response != nullptr ? response->status : default_status(state);
    if (response != nullptr && response->has_body) {
        return {status, response->type, own_body(state, *response), true};
    }
    if (signature::answers_without_body(*state.location->scheme)) return {status, {}, {}, false};
    return {status, json_type, default_body(state), false};
}

}  // namespace webhook::module
