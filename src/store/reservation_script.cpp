#include "store/reservation_script.hpp"

#include <string>

#include "store/lua.hpp"

namespace webhook::store {

const Script& reserve_script() {
    static const std::string text = with_head(lua::reserve(), {lua::reservation(), lua::seen_ids()});
    static const Script script(text);
    return script;
}

const Script& confirm_script() {
    static const std::string text = with_head(lua::confirm(), {lua::reservation(), lua::seen_ids()});
    static const Script script(text);
    return script;
}

const Script& release_script() {
    static const std::string text = with_head(lua::release(), {lua::reservation()});
    static const Script script(text);
    return script;
}

const Script& renew_script() {
    static const std::string text = with_head(lua::renew(), {lua::reservation()});
    static const Script script(text);
    return script;
}

}  // namespace webhook::store
