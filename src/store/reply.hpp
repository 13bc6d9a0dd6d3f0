#pragma once

#include <hiredis/hiredis.h>

#include <string_view>

namespace webhook::store {

/// The text of a string, status or error reply.
inline std::string_view text(const redisReply& reply) {
    return {reply.str, reply.len};
}

}  // namespace webhook::store
