#include "module/request/challenge.hpp"

#include <string>

#include "base/digest.hpp"
#include "base/json_text.hpp"
#include "module/ngx/pool.hpp"
#include "module/request/answer.hpp"
#include "module/request/identity.hpp"

namespace webhook::module {

namespace {

const Handshake::Header* keep_headers(ngx_pool_t* pool, const signature::Reply& reply) {
    if (reply.headers.empty()) return nullptr;
    void* memory = ngx_palloc(pool, reply.headers.size() * sizeof(Handshake::Header));
    if (memory == nullptr) throw std::bad_alloc();
    auto* kept = static_cast<Handshake::Header*>(memory);
    for (std::size_t i = 0; i < reply.headers.size(); ++i) {
        const auto& [name, value] = reply.headers[i];
        new (kept + i) Handshake::Header{copy_to_pool(pool, name), copy_to_pool(pool, value)};
    }
    return kept;
}

void append_member(std::string_view name, std::string_view value, std::string* json) {
    json->append(json->empty() ? "{\"" : ",\"");
    base::append_json(name, json);
    json->append("\":\"");
    base::append_json(value, json);
    json->push_back('"');
}

/// What the operator is told; empty when the reply captured nothing.
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
    void* memory = ngx_palloc(pool, sizeof(Handshake));
    if (memory == nullptr) throw std::bad_alloc();
    auto* kept = new (memory) Handshake;
    kept->status = reply.status;
    kept->type = copy_to_pool(pool, reply.type);
    kept->body = copy_to_pool(pool, reply.body);
    kept->headers = keep_headers(pool, reply);
    kept->header_count = reply.headers.size();
    kept->event = copy_to_pool(pool, event_text(*state, reply));
    state->handshake = kept;
}

void tell_operator(RequestState* state) {
    const std::string_view text = state->handshake->event;
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
    event.type = "handshake";
    event.datacontenttype = "application/json";
    event.contentencoding = {};
    state->chunk[0] = text;
    state->headers.body = {state->chunk, 1, text.size()};
    event.data = state->headers.body;
}

ngx_int_t send_handshake(RequestState* state) {
    const Handshake& handshake = *state->handshake;
    for (std::size_t i = 0; i < handshake.header_count; ++i)
        add_header(state->request, handshake.headers[i].name, handshake.headers[i].value);
    // What is echoed is text, whatever a browser would like to see in it.
    if (!handshake.type.empty()) add_header(state->request, "X-Content-Type-Options", "nosniff");
    return send(state->request, handshake.status, handshake.type, handshake.body);
}

}  // namespace webhook::module
