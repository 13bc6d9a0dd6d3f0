#include "store/lua.hpp"

// The assembler finds the files by -Isrc. -MMD does not see them: Makefile and config say what depends on
// them.

#define WEBHOOK_SYMBOL(NAME, PLACE) ".global " NAME PLACE "\n.hidden " NAME PLACE "\n" NAME PLACE ":\n"
#define WEBHOOK_LUA(NAME)                                                                                    \
    asm(".pushsection .rodata\n" WEBHOOK_SYMBOL("webhook_lua_" #NAME, "_begin") ".incbin \"store/lua/" #NAME \
                                                                                ".lua\"\n" WEBHOOK_SYMBOL(   \
                                                                                    "webhook_lua_" #NAME,    \
                                                                                    "_end") ".popsection");  \
    extern "C" [[gnu::visibility("hidden")]] const char webhook_lua_##NAME##_begin[];                        \
    extern "C" [[gnu::visibility("hidden")]] const char webhook_lua_##NAME##_end[];                          \
    std::string_view webhook::store::lua::NAME() {                                                           \
        const char* const begin = webhook_lua_##NAME##_begin;                                                \
        return {begin, static_cast<std::size_t>(webhook_lua_##NAME##_end - begin)};                          \
    }

WEBHOOK_LUA(acquire_partition)
WEBHOOK_LUA(add_group)
WEBHOOK_LUA(append)
WEBHOOK_LUA(change_configuration)
WEBHOOK_LUA(claim)
WEBHOOK_LUA(configuration_key)
WEBHOOK_LUA(confirm)
WEBHOOK_LUA(delete_event)
WEBHOOK_LUA(deliveries)
WEBHOOK_LUA(disable_endpoint)
WEBHOOK_LUA(drop_dead)
WEBHOOK_LUA(due_endpoints)
WEBHOOK_LUA(end_hold)
WEBHOOK_LUA(end_waiting)
WEBHOOK_LUA(forget_attempts)
WEBHOOK_LUA(heartbeat)
WEBHOOK_LUA(hold_endpoint)
WEBHOOK_LUA(lanes)
WEBHOOK_LUA(leave)
WEBHOOK_LUA(lease_turns)
WEBHOOK_LUA(look)
WEBHOOK_LUA(missing_rights)
WEBHOOK_LUA(note_failure)
WEBHOOK_LUA(new_dead)
WEBHOOK_LUA(note_health)
WEBHOOK_LUA(owned_floor)
WEBHOOK_LUA(prepare)
WEBHOOK_LUA(publish_events)
WEBHOOK_LUA(read_configuration)
WEBHOOK_LUA(read_holds)
WEBHOOK_LUA(read_ledger)
WEBHOOK_LUA(read_parked)
WEBHOOK_LUA(release)
WEBHOOK_LUA(release_partition)
WEBHOOK_LUA(remove_group)
WEBHOOK_LUA(renew)
WEBHOOK_LUA(replay_dead)
WEBHOOK_LUA(replay_events)
WEBHOOK_LUA(reservation)
WEBHOOK_LUA(reserve)
WEBHOOK_LUA(restore_configuration)
WEBHOOK_LUA(retry_delivery)
WEBHOOK_LUA(retry_waiting)
WEBHOOK_LUA(seen_ids)
WEBHOOK_LUA(settle)
WEBHOOK_LUA(sweep)
WEBHOOK_LUA(take_probe)
WEBHOOK_LUA(undo)
WEBHOOK_LUA(waiting_endpoints)
WEBHOOK_LUA(wake_workers)
