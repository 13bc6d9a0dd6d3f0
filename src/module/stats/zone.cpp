#include "module/stats/zone.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <cstring>
#include <string>

namespace webhook::module {

namespace zone {

namespace {

constexpr std::size_t max_probes = 32;
constexpr std::uint64_t relaxed_zero = 0;

std::uint64_t hash_of(std::string_view name) {
    return std::max<std::uint64_t>(XXH3_64bits(name.data(), name.size()), 1);
}

/// True when the row is, or now has become, that of `hash`.
bool take(Label* label, std::uint64_t hash, std::string_view name, bool add) {
    std::uint64_t seen = label->hash.load(std::memory_order_acquire);
    if (seen == relaxed_zero && add && label->hash.compare_exchange_strong(seen, hash)) seen = hash;
    if (seen != hash) return false;
    if (label->ready.load(std::memory_order_acquire) == 0) {
        label->length = static_cast<std::uint32_t>(std::min(name.size(), max_label));
        std::memcpy(label->text, name.data(), label->length);
        label->ready.store(1, std::memory_order_release);
    }
    return true;
}

}  // namespace

Source* find_source(Table* table, std::string_view name, bool add) {
    const std::uint64_t hash = hash_of(name);
    const std::size_t probes = std::min<std::size_t>(max_probes, table->capacity);
    for (std::size_t i = 0; i < probes; ++i) {
        Source* source = table->sources() + (hash + i) % table->capacity;
        if (take(&source->label, hash, name, add)) return source;
        if (!add && source->label.hash.load(std::memory_order_acquire) == 0) return nullptr;
    }
    return nullptr;
}

std::size_t find_server(Table* table, std::string_view name) {
    const std::uint64_t hash = hash_of(name);
    for (std::size_t i = 0; i < max_servers; ++i) {
        if (take(&table->server[i].label, hash, name, true)) return i;
    }
    return max_servers;
}

std::size_t find_stream(Table* table, std::string_view server, std::string_view name) {
    const std::uint64_t hash = hash_of(std::string(server).append(" ").append(name));
    for (std::size_t i = 0; i < max_streams; ++i) {
        if (take(&table->stream[i].label, hash, name, true)) return i;
    }
    return max_streams;
}

void observe(Histogram* histogram, std::uint64_t microseconds) {
    const auto* const bound = std::lower_bound(std::begin(bounds), std::end(bounds), microseconds);
    histogram->bucket[bound - std::begin(bounds)].fetch_add(1, std::memory_order_relaxed);
    histogram->sum.fetch_add(microseconds, std::memory_order_relaxed);
}

}  // namespace zone

namespace {

constexpr std::uint64_t layout_version = 3;
constexpr std::uint64_t layout = layout_version << 48 | sizeof(zone::Table) << 16 | sizeof(zone::Source);
constexpr std::size_t least_sources = 16;
static_assert(sizeof(zone::Table) + least_sources * sizeof(zone::Source) + 8UL * 4096 < least_zone_size);

/// Everything that the slab allocator has, in one piece.
void* take_all(ngx_slab_pool_t* pool, std::size_t* size) {
    for (ngx_uint_t pages = pool->pfree; pages != 0; --pages) {
        *size = pages * ngx_pagesize;
        void* memory = ngx_slab_calloc(pool, *size);
        if (memory != nullptr) return memory;
    }
    return nullptr;
}

zone::Table* make_table(ngx_slab_pool_t* pool) {
    pool->log_nomem = 0;
    std::size_t size = 0;
    void* memory = take_all(pool, &size);
    if (memory == nullptr || size < sizeof(zone::Table) + sizeof(zone::Source)) return nullptr;
    auto* table = static_cast<zone::Table*>(memory);  // all zeros, which is what an empty one is
    const ngx_time_t* now = ngx_timeofday();
    table->since = static_cast<std::uint64_t>(now->sec) * 1000 + now->msec;
    table->capacity = (size - sizeof(zone::Table)) / sizeof(zone::Source);
    table->layout = layout;
    return table;
}

}  // namespace

ngx_int_t init_zone(ngx_shm_zone_t* shared, void* old) {
    auto* pool = reinterpret_cast<ngx_slab_pool_t*>(shared->shm.addr);
    auto* kept = static_cast<zone::Table*>(old != nullptr ? old : shared->shm.exists ? pool->data : nullptr);
    if (kept != nullptr && kept->layout != layout) {
        ngx_log_error(NGX_LOG_EMERG, shared->shm.log, 0,
                      "webhook_zone \"%V\" is of another version: restart nginx", &shared->shm.name);
        return NGX_ERROR;
    }
    zone::Table* table = kept != nullptr ? kept : make_table(pool);
    if (table == nullptr) {
        ngx_log_error(NGX_LOG_EMERG, shared->shm.log, 0, "webhook_zone \"%V\" is too small",
                      &shared->shm.name);
        return NGX_ERROR;
    }
    pool->data = table;
    shared->data = table;
    return NGX_OK;
}

}  // namespace webhook::module
