#include "module/stats/exposition.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>
#include <utility>
#include <vector>

#include "base/json_text.hpp"
#include "base/utf8.hpp"
#include "module/stats/process_row.hpp"
#include "module/stats/zone.hpp"

namespace webhook::module {

namespace {

struct Times {
    std::array<std::uint64_t, zone::bucket_count> bucket{};
    std::uint64_t sum = 0, count = 0;

    void add(const zone::Histogram& histogram) {
        for (std::size_t i = 0; i < zone::bucket_count; ++i) {
            const std::uint64_t value = histogram.bucket[i].load(std::memory_order_relaxed);
            bucket[i] += value;
            count += value;
        }
        sum += histogram.sum.load(std::memory_order_relaxed);
    }
    void add(const Times& other) {
        for (std::size_t i = 0; i < zone::bucket_count; ++i)
            bucket[i] += other.bucket[i];
        count += other.count;
        sum += other.sum;
    }
};

struct SourceSums {
    std::array<std::uint64_t, verdict_count> verdict{};
    std::uint64_t nameless = 0;
    Times decision;

    void add(const zone::Source& source) {
        for (const zone::SourceSlot& slot : source.slot) {
            for (std::size_t i = 0; i < verdict_count; ++i)
                verdict[i] += slot.verdict[i].load(std::memory_order_relaxed);
            nameless += slot.nameless.load(std::memory_order_relaxed);
            decision.add(slot.decision);
        }
    }
};

struct ServerSums {
    std::string name;
    Times time;
    unsigned ready = 0;  ///< processes with a usable connection
};

struct StreamSums {
    std::string name, server;
    std::uint64_t backlog, backlog_bytes, limit, limit_bytes, age_ms;
};

/// The counters of all workers, summed up.
struct Sums {
    unsigned processes = 0;
    std::uint64_t in_flight = 0, rows = 0;
    std::map<std::string, SourceSums> sources;  ///< by name, as it is printed
    std::vector<ServerSums> servers;
    std::vector<StreamSums> streams;
};

/// UTF-8 as it is; else every byte as Latin-1. What is printed alike is one row.
std::string printable(std::string_view name) {
    if (base::valid_utf8(name)) return std::string(name);
    std::string text;
    for (const char c : name) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x80) text.push_back(static_cast<char>(0xc0 | byte >> 6));
        text.push_back(byte < 0x80 ? c : static_cast<char>(0x80 | (byte & 0x3f)));
    }
    return text;
}

/// Sums the rows. Requests that found no row count as a source that is called "other".
void sum_sources(const zone::Table& table, Sums* sums) {
    for (std::uint64_t i = 0; i < table.capacity; ++i) {
        const zone::Source& source = table.sources()[i];
        if (source.label.ready.load(std::memory_order_acquire) == 0) continue;
        ++sums->rows;
        sums->sources[printable(source.label.name())].add(source);
    }
    SourceSums rest;
    rest.add(table.other);
    const bool counted =
        std::any_of(rest.verdict.begin(), rest.verdict.end(), [](std::uint64_t n) { return n != 0; });
    if (counted) sums->sources["other"].add(table.other);
}

void sum_processes(const zone::Table& table, Sums* sums, std::uint64_t (&ready)[zone::max_servers]) {
    for (const zone::Process& process : table.process) {
        const std::uint64_t pid = process.pid.load();
        if (pid == 0 || !is_alive(pid)) continue;
        ++sums->processes;
        sums->in_flight += process.in_flight.load(std::memory_order_relaxed);
        const std::uint64_t bits = process.ready.load(std::memory_order_relaxed);
        for (std::size_t i = 0; i < zone::max_servers; ++i)
            ready[i] += bits >> i & 1;
    }
}

struct Shown {
    bool server[zone::max_servers] = {}, stream[zone::max_streams] = {};
};

void sum_streams(const zone::Table& table, const RedisServer& server, Shown* shown, Sums* sums) {
    for (const auto& stream : server.streams) {
        if (stream->zone_row >= zone::max_streams || std::exchange(shown->stream[stream->zone_row], true))
            continue;
        const zone::Stream& row = table.stream[stream->zone_row];
        const std::uint64_t checked = row.checked.load(std::memory_order_relaxed);
        if (checked == 0) continue;
        const std::uint64_t now = ngx_current_msec;
        const store::StreamSettings& settings = stream->appender.settings();
        sums->streams.push_back({settings.name, printable(server.address.url),
                                 row.backlog.load(std::memory_order_relaxed),
                                 row.backlog_bytes.load(std::memory_order_relaxed), settings.max_backlog,
                                 settings.max_backlog_bytes, now > checked ? now - checked : 0});
    }
}

/// Shows the servers of the present configuration: one that only an earlier configuration named would look
/// unavailable. Several users of a server, or locations with other timeouts, share its row.
void sum_servers(const zone::Table& table, const MainSettings& main,
                 const std::uint64_t (&ready)[zone::max_servers], Sums* sums) {
    Shown shown;
    for (const auto& server : main.servers) {
        const std::size_t i = server->zone_row;
        if (i >= zone::max_servers) continue;
        sum_streams(table, *server, &shown, sums);
        if (std::exchange(shown.server[i], true)) continue;
        ServerSums& row = sums->servers.emplace_back();
        row.name = printable(server->address.url);
        row.ready = static_cast<unsigned>(ready[i]);
        for (const zone::ServerSlot& slot : table.server[i].slot)
            row.time.add(slot.time);
    }
}

Sums sum_up(const zone::Table& table, const MainSettings& main) {
    Sums sums;
    std::uint64_t ready[zone::max_servers] = {};
    sum_processes(table, &sums, ready);
    sum_sources(table, &sums);
    sum_servers(table, main, ready, &sums);
    return sums;
}

/// Seconds with no more digits than they need: 0.0005, 0.25, 5.
std::string seconds(std::uint64_t microseconds) {
    char text[40];
    std::snprintf(text, sizeof text, "%llu.%06llu", static_cast<unsigned long long>(microseconds / 1000000),
                  static_cast<unsigned long long>(microseconds % 1000000));
    std::string result = text;
    while (result.back() == '0')
        result.pop_back();
    if (result.back() == '.') result.pop_back();
    return result;
}

std::string json_text(std::string_view text) {
    std::string out;
    base::append_json_string(text, &out);
    return out;
}

void append_number(std::string_view key, std::uint64_t value, std::string* out) {
    out->append("\"").append(key).append("\":").append(std::to_string(value));
}

void append_times(std::string_view key, const Times& times, std::string* out) {
    out->append("\"").append(key).append("\":{");
    append_number("count", times.count, out);
    out->append(",\"sum\":").append(seconds(times.sum)).append(",\"buckets\":[");
    std::uint64_t below = 0;
    for (std::size_t i = 0; i < zone::bucket_count; ++i) {
        below += times.bucket[i];
        const bool last = i + 1 == zone::bucket_count;
        out->append(i == 0 ? "{\"le\":" : ",{\"le\":");
        out->append(last ? "\"+Inf\"" : seconds(zone::bounds[i])).append(",");
        append_number("count", below, out);
        out->append("}");
    }
    out->append("]}");
}

void append_source(const std::string& name, const SourceSums& source, std::string* out) {
    out->append("{\"source\":").append(json_text(name)).append(",\"verdicts\":{");
    bool first = true;
    for (std::size_t i = 1; i < verdict_count; ++i) {
        if (source.verdict[i] == 0) continue;
        if (!first) out->append(",");
        first = false;
        append_number(info_of(static_cast<Verdict>(i)).name, source.verdict[i], out);
    }
    out->append("},");
    append_number("nameless", source.nameless, out);
    out->append(",");
    append_times("decision_seconds", source.decision, out);
    out->append("}");
}

void append_stream(const StreamSums& stream, std::string* out) {
    out->append("{\"stream\":")
        .append(json_text(stream.name))
        .append(",\"server\":")
        .append(json_text(stream.server));
    const std::pair<const char*, std::uint64_t> numbers[] = {{"backlog", stream.backlog},
                                                             {"backlog_bytes", stream.backlog_bytes},
                                                             {"backlog_limit", stream.limit},
                                                             {"backlog_bytes_limit", stream.limit_bytes}};
    for (const auto& [key, value] : numbers) {
        out->append(",");
        append_number(key, value, out);
    }
    out->append(",\"age\":").append(seconds(stream.age_ms * 1000)).append("}");
}

/// A label's value: backslash, quote and line feed are escaped.
std::string label(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '\\' || c == '"') out.push_back('\\');
        out.append(c == '\n' ? "\\n" : std::string(1, c));
    }
    return out + '"';
}

void append_head(std::string_view name, std::string_view type, std::string_view help, std::string* out) {
    out->append("# HELP ").append(name).append(" ").append(help).append("\n");
    out->append("# TYPE ").append(name).append(" ").append(type).append("\n");
}

void append_gauge(std::string_view name, std::string_view help, std::uint64_t value, std::string* out) {
    append_head(name, "gauge", help, out);
    out->append(name).append(" ").append(std::to_string(value)).append("\n");
}

/// `labels`: source="stripe"
void append_histogram(const std::string& name, const std::string& labels, const Times& times,
                      std::string* out) {
    std::uint64_t below = 0;
    for (std::size_t i = 0; i < zone::bucket_count; ++i) {
        below += times.bucket[i];
        const std::string bound = i + 1 == zone::bucket_count ? "+Inf" : seconds(zone::bounds[i]);
        out->append(name).append("_bucket{").append(labels).append(",le=\"").append(bound).append("\"} ");
        out->append(std::to_string(below)).append("\n");
    }
    out->append(name).append("_sum{").append(labels).append("} ").append(seconds(times.sum)).append("\n");
    out->append(name).append("_count{").append(labels).append("} ");
    out->append(std::to_string(times.count)).append("\n");
}

void append_requests(const Sums& sums, std::string* out) {
    append_head("webhook_requests_total", "counter", "Requests judged, by source and verdict.", out);
    for (const auto& [name, source] : sums.sources) {
        for (std::size_t i = 1; i < verdict_count; ++i) {
            if (source.verdict[i] == 0) continue;
            out->append("webhook_requests_total{source=").append(label(name)).append(",verdict=\"");
            out->append(info_of(static_cast<Verdict>(i)).name).append("\"} ");
            out->append(std::to_string(source.verdict[i])).append("\n");
        }
    }
}

void append_nameless(const Sums& sums, std::string* out) {
    append_head("webhook_nameless_total", "counter",
                "Events without id, query and body, which are stored without looking for duplicates.", out);
    for (const auto& [name, source] : sums.sources) {
        out->append("webhook_nameless_total{source=").append(label(name)).append("} ");
        out->append(std::to_string(source.nameless)).append("\n");
    }
}

void append_backlogs(const Sums& sums, std::string* out) {
    struct Gauge {
        const char *name, *help;
        std::uint64_t StreamSums::*value;
    };
    constexpr Gauge gauges[] = {
        {"webhook_backlog_events", "Events of the stream that are not settled.", &StreamSums::backlog},
        {"webhook_backlog_bytes", "Their bytes.", &StreamSums::backlog_bytes},
        {"webhook_backlog_events_limit", "Limit of these events (max_backlog).", &StreamSums::limit},
        {"webhook_backlog_bytes_limit", "Limit of their bytes (max_backlog_bytes).",
         &StreamSums::limit_bytes},
        {"webhook_backlog_age_seconds", "Time since Redis was asked for the backlog.", &StreamSums::age_ms}};
    for (const Gauge& gauge : gauges) {
        append_head(gauge.name, "gauge", gauge.help, out);
        for (const StreamSums& stream : sums.streams) {
            const std::uint64_t value = stream.*gauge.value;
            out->append(gauge.name).append("{stream=").append(label(stream.name)).append(",server=");
            out->append(label(stream.server)).append("} ");
            out->append(gauge.value == &StreamSums::age_ms ? seconds(value * 1000) : std::to_string(value))
                .append("\n");
        }
    }
}

}  // namespace

std::string status_json(const MainSettings& main) {
    const zone::Table& table = *table_of(main);
    const Sums sums = sum_up(table, main);
    std::string out = "{";
    append_number("since", table.since, &out);
    out.append(",");
    append_number("workers", sums.processes, &out);
    out.append(",");
    append_number("in_flight", sums.in_flight, &out);
    out.append(",\"redis\":[");
    for (const ServerSums& server : sums.servers) {
        out.append(&server == sums.servers.data() ? "{" : ",{");
        out.append("\"server\":").append(json_text(server.name)).append(",");
        append_number("ready", server.ready, &out);
        out.append(",");
        append_times("seconds", server.time, &out);
        out.append("}");
    }
    out.append("],\"streams\":[");
    for (const StreamSums& stream : sums.streams) {
        if (&stream != sums.streams.data()) out.append(",");
        append_stream(stream, &out);
    }
    out.append("],\"sources\":[");
    bool first = true;
    for (const auto& [name, source] : sums.sources) {
        if (!std::exchange(first, false)) out.append(",");
        append_source(name, source, &out);
    }
    out.append("],");
    append_number("sources_limit", table.capacity, &out);
    return out + "}\n";
}

std::string status_prometheus(const MainSettings& main) {
    const zone::Table& table = *table_of(main);
    const Sums sums = sum_up(table, main);
    std::string out;
    append_requests(sums, &out);
    append_nameless(sums, &out);
    append_head("webhook_decision_seconds", "histogram",
                "Time from the whole request to its verdict, Redis included.", &out);
    for (const auto& [name, source] : sums.sources)
        append_histogram("webhook_decision_seconds", "source=" + label(name), source.decision, &out);
    append_head("webhook_redis_seconds", "histogram", "Time that Redis took to answer for an event.", &out);
    for (const ServerSums& server : sums.servers)
        append_histogram("webhook_redis_seconds", "server=" + label(server.name), server.time, &out);
    append_head("webhook_redis_ready_workers", "gauge", "nginx workers with a tested connection.", &out);
    for (const ServerSums& server : sums.servers) {
        out.append("webhook_redis_ready_workers{server=").append(label(server.name)).append("} ");
        out.append(std::to_string(server.ready)).append("\n");
    }
    append_backlogs(sums, &out);
    append_gauge("webhook_workers", "nginx workers that are alive.", sums.processes, &out);
    append_gauge("webhook_in_flight_requests", "Requests that wait for Redis.", sums.in_flight, &out);
    append_gauge("webhook_zone_sources", "Sources with counters of their own.", sums.rows, &out);
    append_gauge("webhook_zone_sources_limit", "Sources that the zone has room for.", table.capacity, &out);
    return out;
}

}  // namespace webhook::module
