#pragma once

#include "module/ngx/ngx.hpp"

#include "module/request/request_state.hpp"
#include "signature/verify/challenge.hpp"

namespace webhook::module {

/// The reply to a challenge of the provider, in the pool of its request.
struct ChallengeReply {
    struct Header {
        std::string_view name, value;
    };
    unsigned status = 200;
    std::string_view type, body;
    const Header* headers = nullptr;
    std::size_t header_count = 0;
    std::string_view event;  ///< JSON for the operator; empty: no event is stored
};

/// Keeps the reply until it is sent. Throws std::bad_alloc.
void keep_reply(RequestState* state, const signature::Reply& reply);

/// Makes the request's event the one for the operator: source `webhook`, type `challenge`, the captured
/// values as JSON.
void report_challenge(RequestState* state);

/// Sends the kept reply; for ngx_http_finalize_request().
ngx_int_t send_challenge_reply(RequestState* state);

}  // namespace webhook::module
