#include "store/operations.hpp"

#include "store/keys.hpp"
#include "store/lua.hpp"

namespace webhook::store {

namespace {

const Script& health_script() {
    static const Script script(lua::note_health());
    return script;
}

const Script& publish_script() {
    static const Script script(lua::publish_events());
    return script;
}

const Script& dead_script() {
    static const Script script(lua::new_dead());
    return script;
}

}  // namespace

Call note_health(std::string_view epoch, std::string_view endpoint, const Health& health) {
    Call call(health_script(), config_key("meta"));
    call.arg(config_prefix).arg(epoch).arg(endpoint).arg(health.state);
    call.arg(static_cast<std::uint64_t>(health.last_success));
    call.arg(static_cast<std::uint64_t>(health.last_error_at)).arg(health.last_error);
    return call;
}

Call publish_events(const Ownership& owner, std::string_view time, const std::vector<OwnEvent>& events,
                    std::string_view dead_seen, std::string_view dead_seen_becomes) {
    Call call = owned_call(publish_script(), owner);
    call.arg(time).arg(dead_seen).arg(dead_seen_becomes);
    for (const auto& event : events)
        call.arg(event.id).arg(event.type).arg(event.data);
    return call;
}

Call new_dead(const Ownership& owner) {
    return owned_call(dead_script(), owner);
}

}  // namespace webhook::store
