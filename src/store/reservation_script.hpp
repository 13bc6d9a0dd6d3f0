#pragma once

#include <string_view>

namespace webhook::store {

// The steps of reservation.hpp. KEYS[1] is the partition's `state`; ARGV: prefix, record, token, reservation_time, window,
// name of the gate.

std::string_view reserve_script();
std::string_view confirm_script();
std::string_view release_script();
std::string_view renew_script();

}  // namespace webhook::store
