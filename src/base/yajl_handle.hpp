#pragma once

#include <yajl/yajl_parse.h>

#include <memory>
#include <type_traits>

namespace webhook::base {

struct FreeYajl {
    void operator()(yajl_handle handle) const { yajl_free(handle); }
};
using YajlHandle = std::unique_ptr<std::remove_pointer_t<yajl_handle>, FreeYajl>;

/// Calls from a callback of yajl. No exception (out of memory) crosses its C frames: it ends the pass.
template <class Call>
int guard_yajl(Call call) {
    try {
        return call();
    } catch (...) {
        return 0;
    }
}

}  // namespace webhook::base
