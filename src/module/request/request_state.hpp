#pragma once

#include "module/ngx/ngx.hpp"

#include <cstdint>
#include <type_traits>

#include "module/redis/pending_append.hpp"
#include "module/request/request_view.hpp"
#include "module/settings.hpp"
#include "module/verdict.hpp"
#include "store/append.hpp"

namespace webhook::module {

/// Where a request stands at a gate; see gate.cpp.
enum class GateStep : std::uint8_t { reading, reserving, passed, refused };

struct Handshake;

/// Everything this module knows of one request; in its pool, and its context. All views point into the pool,
/// the request or the configuration.
struct RequestState {
    explicit RequestState(ngx_http_request_t* r, const Location* where)
        : request(r), location(where), headers(r, &where->variables) {}

    ngx_http_request_t* request;
    const Location* location;
    RequestView headers;
    const Handshake* handshake = nullptr;  ///< its answer, when the request is one
    PendingAppend* append = nullptr;       ///< under way; detached when the request ends first

    Verdict verdict = Verdict::none;
    GateStep gate = GateStep::reading;
    bool refused_body = false;  ///< nginx itself refused the body as too large
    std::string_view reason;    ///< of a refusal
    std::string_view timestamp, stream_id;
    store::Identity identity;  ///< of a judged event
    bool has_id = false;       ///< the sender gave one
    std::string_view content;  ///< its hash, where copies are known by that alone
    std::uint8_t covered = 0, signed_message = 0, signed_url = 0;  ///< see signature::Outcome
    bool counted = false;                                          ///< in the zone
    std::uint64_t started_us = 0, sent_us = 0;  ///< for the zone's histograms; 0: not noted
    ngx_msec_t sent = 0;                        ///< when the append was sent
    ngx_int_t redis_ms = -1;                    ///< how long Redis took; -1: was not asked
    store::NewEvent event;                      ///< id, type, source, tenant and the rest
    char time[24] = {};                         ///< of event.time
    std::string_view chunk[4];                  ///< of short bodies
};

// It lies in a pool without a cleanup.
static_assert(std::is_trivially_destructible_v<RequestState>);

/// A new state as the request's context; lets go of the append when the request ends. Throws
/// std::bad_alloc.
RequestState* make_state(ngx_http_request_t* request, const Location* location);

/// The request's context; nullptr: it has none, or nginx has cleared it.
inline RequestState* own_state(ngx_http_request_t* request) {
    return static_cast<RequestState*>(ngx_http_get_module_ctx(request, ngx_http_webhook_module));
}

/// The state of the request, also after an internal redirect (error_page, try_files) took its context; for a
/// subrequest that has none, its parent's. nullptr: not one of ours.
RequestState* find_state(ngx_http_request_t* request);

}  // namespace webhook::module
