#include "store/append_library.hpp"

#include <string>

#include "store/lua.hpp"
#include "store/script.hpp"

namespace webhook::store {

std::string_view append_function() {
    static const std::string name =
        "webhook_append_" + script_sha(compact_script(lua::append())).substr(0, 12);
    return name;
}

std::string_view append_library() {
    // Memory is asked for by the XADDs: once they stand, the step must not fail for the lack of it.
    static const std::string library =
        "#!lua name=" + std::string(append_function()) + "\n" + compact_script(lua::append()) +
        "redis.register_function{function_name = '" + std::string(append_function()) +
        "', callback = step, flags = {'allow-oom'}}\n";
    return library;
}

std::string_view prepare_script() {
    return lua::prepare();
}

std::string_view look_script() {
    return lua::look();
}

std::string_view undo_script() {
    return lua::undo();
}

}  // namespace webhook::store
