#pragma once

#include "module/ngx/ngx.hpp"

#include "module/request/request_state.hpp"
#include "signature/verify/challenge.hpp"

namespace webhook::module {

/// The answer to a handshake, in the pool of its request.
struct Handshake {
    struct Header {
        std::string_view name, value;
    };
    unsigned status = 200;
    std::string_view type, body;
    const Header* headers = nullptr;
    std::size_t header_count = 0;
    std::string_view event;  ///< JSON for the operator; empty: there is nothing to tell
};

/// Keeps the answer until the request is answered. Throws std::bad_alloc.
void keep_reply(RequestState* state, const signature::Reply& reply);

/// Makes the request's event the one for the operator: source `webhook`, type `handshake`, what was captured
/// as JSON.
void tell_operator(RequestState* state);

/// Sends the kept answer; for ngx_http_finalize_request().
ngx_int_t send_handshake(RequestState* state);

}  // namespace webhook::module
