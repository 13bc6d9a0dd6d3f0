#include "store/parking.hpp"

#include "store/lua.hpp"

namespace webhook::store {

namespace {

const Script& read_script() {
    static const Script script(lua::read_parked());
    return script;
}

}  // namespace

Call read_parked(const Ownership& owner, std::string_view source, std::string_view after, std::uint64_t count,
                 std::uint64_t bytes) {
    return owned_call(read_script(), owner).arg(source).arg(after).arg(count).arg(bytes);
}

}  // namespace webhook::store
