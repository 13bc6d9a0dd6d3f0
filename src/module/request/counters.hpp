#pragma once

#include "module/ngx/ngx.hpp"

#include <cstdint>

#include "module/request/request_state.hpp"

namespace webhook::module {

/// Microseconds of a clock that only goes forward.
std::uint64_t monotonic_us();

/// Notes when judging begins and when Redis is asked; nothing without a webhook_zone.
void note_start(RequestState* state);
void note_sent(RequestState* state);

/// Counts the verdict of the request, and how long it took. A request is counted once, whatever becomes of it
/// later.
void count_verdict(RequestState* state);
/// Counts an event that nothing distinguishes from others, so that duplicates are not looked for.
void count_nameless(const RequestState& state);
/// Counts how long Redis took, for the server of the location.
void count_redis(const RequestState& state);

}  // namespace webhook::module
