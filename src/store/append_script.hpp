#pragma once

#include <string_view>

namespace webhook::store {

/// The atomic step of intake. With an event's values after its four arguments it appends the entry itself;
/// without, the entry was appended just before in the same MULTI and is taken back when it must not stay.
/// KEYS: events, intake, meta. ARGV: key prefix of seen ids; five packed doubles: partitions, backlog share,
/// backlog bytes share, bytes of this event, dedup window (ms, 0 = off); id hash (12 bytes); body hash (4
/// bytes); [id, source, type, time, received, method, remote, data, [other field, value]...].
/// Reply: the entry's id (3 when it was appended before) | 0 duplicate | 1 conflict | 2 full | -N other
/// partitions.
///
/// `intake` is one packed string, for it is read and written by every event: little-endian doubles
/// partitions, accepted, accepted_bytes, routed, routed_bytes (as last read), generation, its start (ms),
/// length (ms), promise (ms), ids in it, ids in the one before. Other Lua reads it by
/// struct.unpack('<ddddddddddd', value).
std::string_view append_script();

/// KEYS: events, meta, a scratch key. ARGV: partitions. Reply: 1 | -N other partitions | an error (ACL,
/// type).
std::string_view prepare_script();

}  // namespace webhook::store
