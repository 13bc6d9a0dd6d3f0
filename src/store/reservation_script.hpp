#pragma once

#include "store/script.hpp"

namespace webhook::store {

// The steps of reservation.hpp; lua/reservation.lua lists their keys and arguments.

const Script& reserve_script();
const Script& confirm_script();
const Script& release_script();
const Script& renew_script();

}  // namespace webhook::store
