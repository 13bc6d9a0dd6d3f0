#pragma once

#include "module/ngx/ngx.hpp"

#include <cstdint>
#include <new>
#include <string_view>
#include <type_traits>

#include "module/request/request_view.hpp"
#include "module/settings.hpp"
#include "module/verdict.hpp"
#include "store/append.hpp"

namespace webhook::module {

struct ChallengeReply;

/// Times of a request, for the counters and $webhook_redis_time; see counters.hpp.
struct Measures {
    bool counted = false;                       ///< its verdict, in the zone
    std::uint64_t started_us = 0, sent_us = 0;  ///< for the zone's histograms; 0: not noted
    ngx_msec_t sent = 0;                        ///< when Redis was asked
    ngx_int_t redis_ms = -1;                    ///< how long Redis took; -1: was not asked
};

/// The parts that the signature covers; see signature::Outcome.
struct SignedParts {
    std::uint8_t covered = 0, message = 0, url = 0;
};

/// Everything that is known of one request; in its pool, and its context. The stream's handler and the gate
/// derive theirs from it. All views point into the pool, the request or the configuration.
struct RequestState {
    explicit RequestState(ngx_http_request_t* r, const Location* where)
        : request(r), location(where), headers(r, &where->variables) {}

    ngx_http_request_t* request;
    const Location* location;
    RequestView headers;
    std::string_view chunk[4];  ///< of short bodies

    // Judged.
    Verdict verdict = Verdict::none;
    bool refused_body = false;  ///< nginx itself refused the body as too large
    std::string_view reason;    ///< of a refusal
    std::string_view timestamp;
    SignedParts signed_parts;
    const ChallengeReply* challenge = nullptr;  ///< when the request is one

    // The event.
    store::NewEvent event;  ///< id, type, source, tenant and the rest
    char time[24] = {};     ///< of event.time
    bool has_id = false;    ///< the sender gave one
    store::Identity identity;
    std::string_view content;    ///< its hash, where duplicates are known by that alone
    std::string_view stream_id;  ///< its entry, when it was stored

    Measures measures;
};

/// Makes a state, once there is room for it, the request's context. Throws std::bad_alloc.
void* allocate_state(ngx_http_request_t* request, std::size_t size);
void set_state(ngx_http_request_t* request, RequestState* state);

template <class State = RequestState>
State* make_state(ngx_http_request_t* request, const Location* location) {
    static_assert(std::is_trivially_destructible_v<State> && std::is_base_of_v<RequestState, State>);
    auto* state = new (allocate_state(request, sizeof(State))) State(request, location);
    set_state(request, state);
    return state;
}

/// Returns the request's context; nullptr: it has none, or nginx has cleared it.
inline RequestState* own_state(ngx_http_request_t* request) {
    return static_cast<RequestState*>(ngx_http_get_module_ctx(request, ngx_http_webhook_module));
}

/// Finds the state of the request, also after an internal redirect (error_page, try_files) took its context;
/// for a subrequest that has none, its parent's. nullptr: not one of ours.
RequestState* find_state(ngx_http_request_t* request);

}  // namespace webhook::module
