#pragma once

#include <string_view>

namespace webhook::store {

/// The atomic step of intake, for several events at once: each is judged and appended on its own, and what one comes
/// to does not touch the others. With one event and without its values, the entry was appended just before in the same
/// MULTI and is taken back when it must not stay.
/// KEYS: events and intake of each partition concerned. ARGV: packed doubles (partitions, backlog share, backlog bytes
/// share, dedup window in ms or 0 = off, number of events; then for each event: position of its partition in KEYS, its
/// bytes, number of other fields); for each event, ordered by partition: a 16-byte record (12-byte hash of source and
/// id, 4-byte hash of the body), [id, source, type, time, received, method, remote, data, other field, value...].
/// Reply, for each event: the entry's id (3 when it was appended before) | 0 duplicate | 1 conflict | 2 full |
/// -N other partitions | an error.
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
