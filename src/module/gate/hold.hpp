#pragma once

#include "module/ngx/ngx.hpp"

#include "module/redis/reservations.hpp"
#include "module/request/request_state.hpp"

namespace webhook::module {

/// A request's reservation in Redis for the event it carries through a gate; in its pool. It is settled when
/// the answer's header is about to be sent, or when the request ends without one.
struct Hold {
    using Done = void (*)(RequestState* state, const Reserved& reserved);

    RequestState* state;
    store::Key key;
    Done done;
    ngx_uint_t earlier_attempts;         ///< on upstreams of locations that sent the request into the gate
    Reservation* reservation = nullptr;  ///< nullptr: settled, or never got
    bool asking = false;
    bool got = false;  ///< the reservation was granted, also when it is settled by now
};

/// True when this request, or one that it comes from by an internal redirect or as a subrequest, holds the
/// event already.
bool is_held(const RequestState& state, const store::Key& key);

/// Asks for the reservation. True: `done` will be called, unless the request ends first. False: `refused`
/// says why not.
bool ask_to_hold(RequestState* state, Hold::Done done, Reserved* refused);

/// Settles the request's reservations: the header of its response is about to be sent.
void settle_holds(ngx_http_request_t* request);

}  // namespace webhook::module
