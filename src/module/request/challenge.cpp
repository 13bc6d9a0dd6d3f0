#include "module/request/challenge.hpp"

#include <string>

#include "base/digest.hpp"
#include "base/json_text.hpp"
#include "module/ngx/output.hpp"
#include "module/ngx/pool.hpp"
#include "module/request/identity.hpp"

namespace webhook::module {

namespace {

const ChallengeReply::Header* keep_headers(ngx_pool_t* pool, const signature::Reply& reply) {
    if (reply.headers.empty()) return nullptr;
    void* memory = ngx_palloc(pool, reply.headers.size() * sizeof(ChallengeReply::Header));
    if (memory == nullptr) throw std::bad_alloc();
    auto* kept = static_cast<ChallengeReply::Header*>(memory);
    for (std::size_t i = 0; i < reply.headers.size(); ++i) {
        const auto& [name, value] = reply.headers[i];
        new (kept + i) ChallengeReply::Header{copy_to_pool(pool, name), copy_to_pool(pool, value)};
    }
    return kept;
}

void append_member(std::string_view name, std::string_view value, std::string* json) {
    json->push_back(json->empty() ? '{' : ',');
    base::append_json_string(name, json);
    json->push_back(':');
    base::append_json_string(value, json);
}

/// Makes the data of the operator's event; empty when the reply captured nothing.
std::string event_text(const RequestState& state, const signature::Reply& reply) {
    std::string json;
    if (reply.captured.empty()) return json;
    std::string_view source;
    state.location->source.evaluate(state.request, &source);
    append_member("scheme", signature::name_of(*state.location->scheme), &json);
    append_member("source", source, &json);
    for (const auto& [name, value] : reply.captured)
        append_member(name, value, &json);
    json.push_back('}');
    return json;
}

}  // namespace

void keep_reply(RequestState* state, const signature::Reply& reply) {
    ngx_pool_t* pool = state->request->pool;
    void* memory = ngx_palloc(pool, sizeof(ChallengeReply));
    if (memory == nullptr) throw std::bad_alloc();
    auto* kept = new (memory) ChallengeReply;
    kept->status = reply.status;
    kept->type = copy_to_pool(pool, reply.type);
    kept->body = copy_to_pool(pool, reply.body);
    kept->headers = keep_headers(pool, reply);
    kept->header_count = reply.headers.size();
    kept->event = copy_to_pool(pool, event_text(*state, reply));
    state->challenge = kept;
}

void report_challenge(RequestState* state) {
    const std::string_view text = state->challenge->event;
    const base::Digest hash = base::digest_of(base::Hash::sha256, text);
    store::NewEvent& event = state->event;
    event.id = copy_to_pool(state->request->pool, base::to_hex(hash.view()));
    state->identity = {};
    state->identity.key = store::make_key("webhook", event::By::body, {}, hash);
    state->identity.content = store::mark_of(hash);
    note_key(state);
    event.partitionkey = event.idnames = {};
    state->content = event.id;
    event.source = "webhook";
    event.type = "challenge";
    event.datacontenttype = "application/json";
    event.contentencoding = {};
    state->chunk[0] = text;
    state->headers.body = {state->chunk, 1, text.size()};
    event.data = state->headers.body;
}

ngx_int_t send_challenge_reply(RequestState* state) {
    const ChallengeReply& reply = *state->challenge;
    for (std::size_t i = 0; i < reply.header_count; ++i)
        add_header(state->request, reply.headers[i].name, reply.headers[i].value);
    // The echoed value is text, whatever a browser would guess.
    if (!reply.type.empty()) add_header(state->request, "X-Content-Type-Options", "nosniff");
    return send(state->request, reply.status, reply.type, reply.body);
}

}  // namespace webhook::module
