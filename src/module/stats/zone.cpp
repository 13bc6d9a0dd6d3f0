#include "module/stats/zone.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <cstring>
#include <string>

#include "module/conf/directives.hpp"
#include "module/settings.hpp"

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

char* const ok = NGX_CONF_OK;
char duplicate_text[] = "is duplicate";

constexpr std::uint64_t layout_version = 3;
constexpr std::uint64_t layout = layout_version << 48 | sizeof(zone::Table) << 16 | sizeof(zone::Source);
constexpr std::size_t least_sources = 16;
constexpr ssize_t least_size = 256L * 1024;
static_assert(sizeof(zone::Table) + least_sources * sizeof(zone::Source) + 8UL * 4096 < least_size);

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

/// After a reload nginx hands over the old zone of the same name and size.
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

}  // namespace

char* set_zone(ngx_conf_t* cf, ngx_command_t* /*command*/, void* data) {
    auto* main = static_cast<MainState*>(static_cast<MainConf*>(data));
    auto* word = static_cast<ngx_str_t*>(cf->args->elts);
    if (main->zone != nullptr) return duplicate_text;
    if (word[1].len == 0) return refuse(cf, "invalid zone name \"%V\"", &word[1]);
    const ssize_t size = ngx_parse_size(&word[2]);
    if (size == NGX_ERROR) return refuse(cf, "invalid zone size \"%V\"", &word[2]);
    if (size < least_size) return refuse(cf, "zone \"%V\" is too small, 256k is the least", &word[1]);
    main->zone =
        ngx_shared_memory_add(cf, &word[1], static_cast<std::size_t>(size), &ngx_http_webhook_module);
    if (main->zone == nullptr) return static_cast<char*>(NGX_CONF_ERROR);
    main->zone->init = init_zone;
    return ok;
}

}  // namespace webhook::module
