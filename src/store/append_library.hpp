#pragma once

#include <string_view>

namespace webhook::store {

/// The atomic step of intake as a Redis function. It comes last in a MULTI whose XADDs, just before it,
/// appended up to 32 events; it judges each and takes back those that must not stay. Bodies never pass
/// through Lua.
///
/// KEYS: `events` of each partition concerned. ARGV[1], big-endian: doubles partitions, backlog share,
/// backlog bytes share, dedup window in ms (0 = off); then for each partition: a byte with the number of its
/// events, the last ones of its stream, and for each of these a double (its bytes) and 19 bytes of hashes
/// (see Appender). Only an event that is alone in its partition may be large. Reply, for each event: 3 it
/// stays | 0 duplicate | 1 conflict | 2 full | -N other partitions | an error, after which nothing stands
/// unless it begins with "LEFT".
///
/// `intake` is one packed string, for it is read and written by every event: little-endian doubles
/// partitions, accepted, accepted_bytes, ids in the generation, routed, routed_bytes (as last read),
/// generation, its start (ms), length (ms), promise (ms), ids in the one before. Other Lua reads it by
/// struct.unpack('<ddddddddddd', value).
///
/// Functions outlive SCRIPT FLUSH, restart and failover. Name of library and function hold a hash of the
/// text, so that hosts of different versions share a server.
std::string_view append_library();   ///< its text, for FUNCTION LOAD
std::string_view append_function();  ///< its name, for FCALL

/// KEYS: events, meta, intake, a scratch key. ARGV: partitions. Reply: {events that are not routed, their
/// bytes} | -N other partitions | an error (ACL, type).
std::string_view prepare_script();

/// Reads the same and writes nothing. KEYS: meta, intake. ARGV: partitions. Reply: as of prepare_script();
/// what Redis has lost is empty.
std::string_view look_script();

/// Deletes an entry that an error left standing. If it is routed already it stays and counts as accepted, so
/// that the ledger holds. KEYS: events, meta, intake. ARGV: the entry's id, its bytes. Reply: 1.
std::string_view undo_script();

}  // namespace webhook::store
