#include "module/request/counters.hpp"

#include <cerrno>
#include <csignal>
#include <ctime>

#include "module/ngx/template.hpp"
#include "module/ngx/timer.hpp"
#include "module/redis/pending_append.hpp"
#include "module/redis/redis_client.hpp"
#include "module/redis/reservations.hpp"
#include "module/stats/zone.hpp"

namespace webhook::module {

namespace {

constexpr ngx_msec_t publish_interval = 1000;

zone::Table* table_of(const RequestState& state) {
    return table_of(*main_state(state.request));
}

/// Workers of an old and of a new configuration may share a slot for a while: cells are atomic.
std::size_t own_slot() {
    return ngx_worker % zone::slot_count;
}

/// Only genuine requests may take a row: a source may come from what anybody sends.
zone::Source* row_of(zone::Table* table, const RequestState& state) {
    const std::string_view known = state.event.source;
    if (!known.empty()) return zone::find_source(table, known, true);
    const Template& source = state.location->source;
    if (source.complex == nullptr) return zone::find_source(table, source.literal, true);
    std::string_view name;
    if (!source.evaluate(state.request, &name) || !is_presentable(name)) return nullptr;
    return zone::find_source(table, name, false);
}

/// nullptr: a gate that asks no Redis.
const RedisServer* server_of(const Location& location) {
    if (location.stream != nullptr) return location.stream->server;
    return location.once != nullptr ? location.once->server : nullptr;
}

/// This process' row, and the timer that keeps it fresh.
struct Member {
    MainState* main = nullptr;
    zone::Process* row = nullptr;
    Timer timer;

    void on_timer() {
        publish(main);
        ngx_add_timer(&timer, publish_interval);
    }
};

Member& member() {
    static Member self;
    return self;
}

/// The latest look counts, whoever had it.
void publish_stream(zone::Table* table, const Stream& stream) {
    if (stream.zone_row >= zone::max_streams) return;
    zone::Stream& row = table->stream[stream.zone_row];
    if (stream.checked <= row.checked.load(std::memory_order_relaxed)) return;
    row.backlog.store(stream.backlog, std::memory_order_relaxed);
    row.backlog_bytes.store(stream.backlog_bytes, std::memory_order_relaxed);
    row.checked.store(stream.checked, std::memory_order_relaxed);
}

/// A row that is free, or was of a process that died.
zone::Process* take_row(zone::Table* table) {
    const auto own = static_cast<std::uint64_t>(ngx_pid);
    for (zone::Process& row : table->process) {
        std::uint64_t pid = row.pid.load();
        if (pid != 0 && pid != own && is_alive(pid)) continue;
        if (row.pid.compare_exchange_strong(pid, own)) return &row;
    }
    return nullptr;
}

}  // namespace

std::uint64_t monotonic_us() {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * 1000000 + static_cast<std::uint64_t>(now.tv_nsec) / 1000;
}

bool is_alive(std::uint64_t pid) {
    return kill(static_cast<pid_t>(pid), 0) == 0 || errno != ESRCH;
}

void note_start(RequestState* state) {
    if (table_of(*state) != nullptr) state->started_us = monotonic_us();
}

void note_sent(RequestState* state) {
    if (table_of(*state) != nullptr) state->sent_us = monotonic_us();
}

void count_verdict(RequestState* state) {
    zone::Table* table = table_of(*state);
    if (table == nullptr || state->counted) return;
    state->counted = true;
    zone::Source* row = row_of(table, *state);
    zone::SourceSlot& slot = (row != nullptr ? row : &table->other)->slot[own_slot()];
    slot.verdict[static_cast<std::size_t>(state->verdict)].fetch_add(1, std::memory_order_relaxed);
    if (state->started_us != 0) zone::observe(&slot.decision, monotonic_us() - state->started_us);
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
    if (table == nullptr || state.sent_us == 0 || server == nullptr) return;
    const std::size_t row = server->zone_row;
    if (row >= zone::max_servers) return;
    zone::observe(&table->server[row].slot[own_slot()].time, monotonic_us() - state.sent_us);
}

void publish(MainState* main) {
    zone::Process* row = member().row;
    if (row == nullptr) return;
    std::uint64_t ready = 0, not_ready = 0, in_flight = pending_appends().under_way();
    for (const auto& server : main->servers) {
        const bool usable = server->client != nullptr && server->client->ready();
        if (server->zone_row < zone::max_servers)
            (usable ? ready : not_ready) |= std::uint64_t{1} << server->zone_row;
        if (server->reservations != nullptr) in_flight += server->reservations->asking();
        for (const auto& stream : server->streams)
            publish_stream(table_of(*main), *stream);
    }
    row->in_flight.store(in_flight, std::memory_order_relaxed);
    // Several users of one server share its row.
    row->ready.store(ready & ~not_ready, std::memory_order_relaxed);
}

void join_zone(MainState* main, ngx_log_t* log) {
    zone::Table* table = table_of(*main);
    if (table == nullptr) return;
    for (const auto& server : main->servers) {
        server->zone_row = zone::find_server(table, server->address.url);
        for (const auto& stream : server->streams)
            stream->zone_row =
                zone::find_stream(table, server->address.url, stream->appender.settings().name);
    }
    Member& self = member();
    self.main = main;
    self.row = take_row(table);
    if (self.row == nullptr) return;
    self.timer.set_up<&Member::on_timer>(&self, log);
    self.timer.cancelable = 1;
    self.on_timer();
}

void leave_zone(MainState* main) {
    Member& self = member();
    if (self.row == nullptr || self.main != main) return;
    if (self.timer.timer_set) ngx_del_timer(&self.timer);
    self.row->in_flight.store(0);
    self.row->ready.store(0);
    self.row->pid.store(0);
    self.row = nullptr;
}

}  // namespace webhook::module
