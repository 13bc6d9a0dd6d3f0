#pragma once

#include "module/ngx/ngx.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "module/settings.hpp"
#include "module/verdict.hpp"

namespace webhook::module {

/// The counters of all nginx workers, in shared memory. There is no lock: every cell is an atomic, and a
/// worker that dies at any moment leaves nothing half done. Workers count in slots of their own, so they do
/// not fight for cache lines.
namespace zone {

inline constexpr std::size_t slot_count = 8;  ///< workers beyond share them
inline constexpr std::size_t max_label = 256, max_servers = 16, max_streams = 256, max_processes = 256;

/// Upper bounds in microseconds; one bucket more holds the rest.
inline constexpr std::uint64_t bounds[] = {500,    1000,   2500,   5000,    10000,   25000,  50000,
                                           100000, 250000, 500000, 1000000, 2500000, 5000000};
inline constexpr std::size_t bucket_count = sizeof bounds / sizeof bounds[0] + 1;

using Cell = std::atomic<std::uint64_t>;
static_assert(Cell::is_always_lock_free);

struct Histogram {
    Cell bucket[bucket_count];
    Cell sum;  ///< microseconds
};

/// The name of a row of counters. `hash` is taken first, then the name is written (by any
/// worker, always the same bytes), then it is `ready`: so a row that one worker left half made is finished by
/// the next.
struct Label {
    Cell hash;  ///< 0: free
    std::atomic<std::uint32_t> ready;
    std::uint32_t length;
    char text[max_label];

    std::string_view name() const { return {text, length}; }
};

struct SourceSlot {
    alignas(64) Cell verdict[verdict_count];
    Cell nameless;  ///< stored without looking for duplicates, as nothing distinguishes it from others
    Histogram decision;
};

struct Source {
    alignas(64) Label label;
    SourceSlot slot[slot_count];
};

struct ServerSlot {
    alignas(64) Histogram time;
};

struct Server {
    alignas(64) Label label;
    ServerSlot slot[slot_count];
};

/// Result of the last test of a stream. Any worker writes it; all find the same.
struct Stream {
    alignas(64) Label label;
    Cell backlog, backlog_bytes;
    Cell checked;  ///< when, in milliseconds of the monotonic clock, which all workers share; 0: never
};

/// A worker process that is alive: what it has right now, as of the last second.
struct Process {
    alignas(64) Cell pid;  ///< 0: free
    Cell in_flight;
    Cell ready;  ///< bit N: its connection to server N is tested and usable
};

struct Table {
    std::uint64_t layout;  ///< of this build; another one starts anew
    std::uint64_t since;   ///< Unix milliseconds
    std::uint64_t capacity;
    Process process[max_processes];
    Server server[max_servers];
    Stream stream[max_streams];
    Source other;  ///< what found no row of its own

    Source* sources() { return reinterpret_cast<Source*>(this + 1); }
    const Source* sources() const { return reinterpret_cast<const Source*>(this + 1); }
};
static_assert(sizeof(Table) % alignof(Source) == 0);

/// The row of `name`; nullptr when there is none and `add` is false or the table has no place.
Source* find_source(Table* table, std::string_view name, bool add);
/// The number of the server's row; max_servers: no place.
std::size_t find_server(Table* table, std::string_view name);
/// The number of the stream's row; max_streams: no place.
std::size_t find_stream(Table* table, std::string_view server, std::string_view name);

void observe(Histogram* histogram, std::uint64_t microseconds);

}  // namespace zone

/// nullptr: there is no webhook_zone.
inline zone::Table* table_of(const MainSettings& main) {
    return main.zone == nullptr ? nullptr : static_cast<zone::Table*>(main.zone->data);
}

/// Smallest size of a zone.
inline constexpr ssize_t least_zone_size = 256L * 1024;

/// Sets up nginx' shared memory, or takes over that of before: after a reload nginx hands over the old zone
/// of the same name and size.
ngx_int_t init_zone(ngx_shm_zone_t* shared, void* old);

}  // namespace webhook::module
