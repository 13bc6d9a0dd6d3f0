#include "module/stats/process_row.hpp"

#include <cerrno>
#include <csignal>

#include "module/ngx/timer.hpp"
#include "module/redis/pending_append.hpp"
#include "module/redis/redis_client.hpp"
#include "module/redis/reservations.hpp"
#include "module/stats/zone.hpp"

namespace webhook::module {

namespace {

constexpr ngx_msec_t publish_interval = 1000;

/// This process' row, and the timer that keeps it fresh.
struct Member {
    MainSettings* main = nullptr;
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

/// Writes the stream's backlog unless a later test of any worker is there.
void publish_stream(zone::Table* table, const Stream& stream) {
    if (stream.zone_row >= zone::max_streams) return;
    zone::Stream& row = table->stream[stream.zone_row];
    if (stream.checked <= row.checked.load(std::memory_order_relaxed)) return;
    row.backlog.store(stream.backlog, std::memory_order_relaxed);
    row.backlog_bytes.store(stream.backlog_bytes, std::memory_order_relaxed);
    row.checked.store(stream.checked, std::memory_order_relaxed);
}

/// Takes a row that is free, or belonged to a process that died.
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

bool is_alive(std::uint64_t pid) {
    return kill(static_cast<pid_t>(pid), 0) == 0 || errno != ESRCH;
}

void publish(MainSettings* main) {
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

void join_zone(MainSettings* main, ngx_log_t* log) {
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

void leave_zone(MainSettings* main) {
    Member& self = member();
    if (self.row == nullptr || self.main != main) return;
    if (self.timer.timer_set) ngx_del_timer(&self.timer);
    self.row->in_flight.store(0);
    self.row->ready.store(0);
    self.row->pid.store(0);
    self.row = nullptr;
}

}  // namespace webhook::module
