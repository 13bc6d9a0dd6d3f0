#include "store/sweep.hpp"

#include <string>

#include "store/lua.hpp"
#include "store/settle.hpp"

namespace webhook::store {

namespace {

const Script& sweep_script() {
    static const std::string text = with_head(lua::sweep(), {lua::deliveries()});
    static const Script script(text);
    return script;
}

}  // namespace

Call sweep(const Ownership& owner, const Keep& keep) {
    return owned_call(sweep_script(), owner)
        .arg(keep.events_age)
        .arg(keep.events_bytes)
        .arg(keep.dead_age)
        .arg(keep.dead_bytes)
        .arg(attempt_log_age)
        .arg(std::uint64_t{keep.pressed ? 1u : 0u});
}

}  // namespace webhook::store
