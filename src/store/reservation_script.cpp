#include "store/reservation_script.hpp"

#include <initializer_list>
#include <string>

#include "base/text.hpp"
#include "store/lua.hpp"

namespace webhook::store {

namespace {

/// The head that all share, then the body of one; its first line stays first where it holds flags.
std::string with_head(std::string_view body, std::initializer_list<std::string_view> parts) {
    std::string text;
    if (base::starts_with(body, "#!")) {
        const std::size_t line = body.find('\n') + 1;
        text = body.substr(0, line);
        body.remove_prefix(line);
    }
    for (const std::string_view part : parts)
        text += part;
    return compact_script(text.append(body));
}

}  // namespace

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
