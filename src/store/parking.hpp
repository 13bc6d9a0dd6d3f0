#pragma once

#include <cstdint>
#include <string_view>

#include "store/lease.hpp"
#include "store/script.hpp"

namespace webhook::store {

/// Reads parked events of a source, oldest first: those after the entry `after`, or from the first on when
/// `after` is empty or not parked any more. At most `count`, and no more than fit into `bytes` of content
/// (but one at least). Reply: [entry, content or nil, ...], or nil when the partition is not ours any more.
Call read_parked(const Ownership& owner, std::string_view source, std::string_view after, std::uint64_t count,
                 std::uint64_t bytes);

}  // namespace webhook::store
