#pragma once

#include <string_view>

namespace webhook::store {

/// The atomic step of intake. With fields after its eight arguments it appends the entry itself; without, the
/// entry was appended just before in the same MULTI and is taken back when it must not stay. KEYS: events,
/// meta. ARGV: key prefix of seen ids, partitions, backlog share, backlog bytes share, bytes of this event,
/// dedup window (ms, 0 = off), id hash (12 bytes), body hash (4 bytes), [field, value]... Reply: the entry's
/// id (3 when it was appended before) | 0 duplicate | 1 conflict | 2 full | -N other partitions.
std::string_view append_script();

/// KEYS: events, meta, a scratch key. ARGV: partitions. Reply: 1 | -N other partitions | an error (ACL,
/// type).
std::string_view prepare_script();

}  // namespace webhook::store
