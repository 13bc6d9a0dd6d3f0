#include "store/lease.hpp"

#include "store/lua.hpp"

namespace webhook::store {

namespace {

// Scripts run also when Redis is out of memory: what they do is what frees it.
const Script& acquire_script() {
    static const Script script(lua::acquire_partition());
    return script;
}

const Script& owned_script() {
    static const Script script(lua::owned_floor());
    return script;
}

const Script& release_script() {
    static const Script script(lua::release_partition());
    return script;
}

}  // namespace

Call owned_call(const Script& script, const Ownership& owner) {
    Call call(script, owner.prefix + "meta");
    call.arg(owner.prefix).arg(owner.token).arg(owner.epoch);
    return call;
}

Call acquire(const Ownership& owner, std::string_view instead_of) {
    return owned_call(acquire_script(), owner).arg(instead_of);
}

Call is_owned(const Ownership& owner) {
    return owned_call(owned_script(), owner);
}

Call release(const Ownership& owner) {
    return owned_call(release_script(), owner);
}

std::string_view worker_of(std::string_view token) {
    return token.substr(0, token.rfind(':'));
}

}  // namespace webhook::store
