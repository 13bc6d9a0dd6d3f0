#include "module/request/counters.hpp"

#include <ctime>

#include "module/request/presentable.hpp"
#include "module/stats/zone.hpp"

namespace webhook::module {

namespace {

zone::Table* table_of(const RequestState& state) {
    return table_of(*main_settings(state.request));
}

/// Workers of an old and of a new configuration may share a slot for a while: cells are atomic.
std::size_t own_slot() {
    return ngx_worker % zone::slot_count;
}

/// Finds the row of the source. Only genuine requests may take a new one: the source of others may be chosen
/// by the client.
zone::Source* row_of(zone::Table* table, const RequestState& state) {
    const std::string_view known = state.event.source;
    if (!known.empty()) return zone::find_source(table, known, true);
    const Template& source = state.location->source;
    if (source.complex == nullptr) return zone::find_source(table, source.literal, true);
    std::string_view name;
    if (!source.evaluate(state.request, &name) || !is_presentable(name)) return nullptr;
    return zone::find_source(table, name, false);
}

/// Finds the location's server; nullptr: a gate that asks no Redis.
const RedisServer* server_of(const Location& location) {
    if (location.stream != nullptr) return location.stream->server;
    return location.once != nullptr ? location.once->server : nullptr;
}

}  // namespace

std::uint64_t monotonic_us() {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * 1000000 + static_cast<std::uint64_t>(now.tv_nsec) / 1000;
}

void note_start(RequestState* state) {
    if (table_of(*state) != nullptr) state->measures.started_us = monotonic_us();
}

void note_sent(RequestState* state) {
    if (table_of(*state) != nullptr) state->measures.sent_us = monotonic_us();
}

void count_verdict(RequestState* state) {
    zone::Table* table = table_of(*state);
    if (table == nullptr || state->measures.counted) return;
    state->measures.counted = true;
    zone::Source* row = row_of(table, *state);
    zone::SourceSlot& slot = (row != nullptr ? row : &table->other)->slot[own_slot()];
    slot.verdict[static_cast<std::size_t>(state->verdict)].fetch_add(1, std::memory_order_relaxed);
    if (state->measures.started_us != 0)
        zone::observe(&slot.decision, monotonic_us() - state->measures.started_us);
}

void count_nameless(const RequestState& state) {
    zone::Table* table = table_of(state);
    if (table == nullptr) return;
    zone::Source* row = row_of(table, state);
    (row != nullptr ? row : &table->other)->slot[own_slot()].nameless.fetch_add(1, std::memory_order_relaxed);
}

void count_redis(const RequestState& state) {
    zone::Table* table = table_of(state);
    const RedisServer* server = server_of(*state.location);
    if (table == nullptr || state.measures.sent_us == 0 || server == nullptr) return;
    const std::size_t row = server->zone_row;
    if (row >= zone::max_servers) return;
    zone::observe(&table->server[row].slot[own_slot()].time, monotonic_us() - state.measures.sent_us);
}

}  // namespace webhook::module
