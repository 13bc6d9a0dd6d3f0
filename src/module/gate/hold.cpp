#include "module/gate/hold.hpp"

#include <new>

#include "module/gate/outcome.hpp"
#include "module/request/identity.hpp"

namespace webhook::module {

namespace {

void settle(Hold* hold, bool answered) {
    Reservation* reservation = hold->reservation;
    if (reservation == nullptr || hold->asking) return;
    hold->reservation = nullptr;
    reservation->book->settle(reservation,
                              outcome_of(hold->state->request, answered, hold->earlier_attempts));
}

void on_cleanup(void* data) {
    auto* hold = static_cast<Hold*>(data);
    if (hold->asking) {
        Reservations::abandon(hold->reservation);
        hold->reservation = nullptr;
    }
    settle(hold, false);
}

void on_reserved(void* owner, const Reserved& reserved) {
    auto* hold = static_cast<Hold*>(owner);
    hold->asking = false;
    hold->got = reserved.state == Reserved::State::reserved;
    if (!hold->got) hold->reservation = nullptr;
    hold->done(hold->state, reserved);
}

/// Calls `use` for each hold of the request, its parents and its subrequests, until it says true.
template <class Use>
bool any_hold(const ngx_http_request_t* request, Use&& use) {
    for (ngx_http_cleanup_t* entry = request->main->cleanup; entry != nullptr; entry = entry->next) {
        if (entry->handler == on_cleanup && use(static_cast<Hold*>(entry->data))) return true;
    }
    return false;
}

}  // namespace

bool is_held(const RequestState& state, const store::Key& key) {
    const GateOnce& gate = *state.location->once;
    return any_hold(state.request, [&](const Hold* hold) {
        return hold->got && hold->key == key &&
               hold->state->location->once->reserver.name() == gate.reserver.name() &&
               hold->state->location->once->server == gate.server;
    });
}

bool ask_to_hold(RequestState* state, Hold::Done done, Reserved* refused) {
    const GateOnce& gate = *state->location->once;
    Reservations* book = gate.server->reservations.get();
    if (book == nullptr) {
        *refused = {Reserved::State::unavailable, "this process has no connection to redis"};
        return false;
    }
    void* memory = ngx_palloc(state->request->pool, sizeof(Hold));
    ngx_http_cleanup_t* cleanup = ngx_http_cleanup_add(state->request, 0);
    if (memory == nullptr || cleanup == nullptr) throw std::bad_alloc();
    auto* hold = new (memory) Hold{state, state->identity.key, done, count_attempts(state->request)};
    const ngx_uint_t limit = main_settings(state->request)->max_inflight;
    hold->reservation = book->reserve(gate.reserver, partition_value(*state), state->identity, limit, hold,
                                      on_reserved, refused);
    hold->asking = hold->reservation != nullptr;
    cleanup->handler = on_cleanup;
    cleanup->data = hold;
    return hold->asking;
}

void settle_holds(ngx_http_request_t* request) {
    any_hold(request, [request](Hold* hold) {
        if (hold->state->request == request) settle(hold, true);
        return false;
    });
}

}  // namespace webhook::module
