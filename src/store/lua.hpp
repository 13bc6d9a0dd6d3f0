#pragma once

#include <string_view>

/// The scripts of src/store/lua, embedded into the program: NAME() is the text of NAME.lua. `luac -p` and
/// luacheck judge them in `make check-quick`.
namespace webhook::store::lua {

std::string_view acquire_partition();
std::string_view add_group();
std::string_view append();
std::string_view change_configuration();
std::string_view claim();
std::string_view configuration_key();
std::string_view confirm();
std::string_view delete_event();
std::string_view deliveries();
std::string_view disable_endpoint();
std::string_view drop_dead();
std::string_view due_endpoints();
std::string_view end_hold();
std::string_view end_waiting();
std::string_view forget_attempts();
std::string_view heartbeat();
std::string_view hold_endpoint();
std::string_view leave();
std::string_view lanes();
std::string_view lease_turns();
std::string_view look();
std::string_view missing_rights();
std::string_view note_failure();
std::string_view new_dead();
std::string_view note_health();
std::string_view owned_floor();
std::string_view prepare();
std::string_view publish_events();
std::string_view read_configuration();
std::string_view read_holds();
std::string_view read_ledger();
std::string_view read_parked();
std::string_view release();
std::string_view release_partition();
std::string_view remove_group();
std::string_view renew();
std::string_view replay_dead();
std::string_view replay_events();
std::string_view reservation();
std::string_view reserve();
std::string_view restore_configuration();
std::string_view retry_delivery();
std::string_view retry_waiting();
std::string_view seen_ids();
std::string_view settle();
std::string_view sweep();
std::string_view take_probe();
std::string_view undo();
std::string_view waiting_endpoints();
std::string_view wake_workers();

}  // namespace webhook::store::lua
