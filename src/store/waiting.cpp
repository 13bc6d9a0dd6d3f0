#include "store/waiting.hpp"

#include <string>

#include "store/lua.hpp"

namespace webhook::store {

namespace {

const Script& due_script() {
    static const Script script(lua::due_endpoints());
    return script;
}

const Script& claim_script() {
    static const std::string text = with_head(lua::claim(), {lua::lanes(), lua::deliveries()});
    static const Script script(text);
    return script;
}

const Script& end_script() {
    static const std::string text = with_head(lua::end_waiting(), {lua::lanes(), lua::deliveries()});
    static const Script script(text);
    return script;
}

const Script& waiting_script() {
    static const Script script(lua::waiting_endpoints());
    return script;
}

}  // namespace

Call due_endpoints(const Ownership& owner, std::uint64_t offset, std::uint64_t count) {
    return owned_call(due_script(), owner).arg(offset).arg(count);
}

Call waiting_endpoints(const Ownership& owner) {
    return Call(waiting_script(), owner.prefix + "due");
}

Call claim(const Ownership& owner, std::string_view endpoint, std::uint64_t count, std::uint64_t bytes,
           std::chrono::milliseconds lease) {
    return owned_call(claim_script(), owner).arg(endpoint).arg(count).arg(bytes).arg(lease);
}

Call end_waiting(const Ownership& owner, std::string_view endpoint, const EndOptions& options) {
    Call call = owned_call(end_script(), owner).arg(endpoint).arg(options.reason).arg(options.count);
    return call.arg(options.age).arg(options.skip);
}

}  // namespace webhook::store
