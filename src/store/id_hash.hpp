#pragma once

#include <array>
#include <string_view>

#include "event/body.hpp"

namespace webhook::store {

/// First 12 bytes: what is remembered of source and id. Last 4: chooses the partition, so that the two are
/// independent.
using IdHash = std::array<unsigned char, 16>;

/// SHA-256 over length-prefixed source and id, cut to 16 bytes.
IdHash hash_id(std::string_view source, std::string_view id);
/// The same with the body in place of the id (`by=body`).
IdHash hash_id(std::string_view source, const event::BodyView& body);
/// 0 to `partitions` - 1.
unsigned partition_of(const IdHash& hash, unsigned partitions);

/// Tells a conflict from a duplicate; not a defence (XXH3).
std::array<unsigned char, 4> hash_body(const event::BodyView& body);

}  // namespace webhook::store
