#pragma once

#include "store/script.hpp"

namespace webhook::store {

// The steps of reservation.hpp. KEYS[1] is the partition's `state`; ARGV: prefix, record, token,
// reservation_time, window, name of the gate.

const Script& reserve_script();
const Script& confirm_script();
const Script& release_script();
const Script& renew_script();

}  // namespace webhook::store
