#include "module/status_text.hpp"

#include <array>
#include <cstdio>
#include <map>
#include <vector>

#include "event/json_text.hpp"
#include "event/utf8.hpp"
#include "module/counters.hpp"

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
};

struct SourceSums {
    std::string name;
    std::array<std::uint64_t, verdict_count> verdict{};
    Times decision;
};

struct ServerSums {
    std::string name;
    Times time;
    unsigned ready = 0;  ///< processes with a usable connection
};

/// What all workers have counted, summed up.
struct Sums {
    unsigned processes = 0;
    std::uint64_t in_flight = 0, rows = 0;
    std::vector<SourceSums> sources;
    std::vector<ServerSums> servers;
};

SourceSums sum_source(std::string_view name, const zone::Source& source) {
    SourceSums sums;
    sums.name = name;
    for (const zone::SourceSlot& slot : source.slot) {
        for (std::size_t i = 0; i < verdict_count; ++i)
            sums.verdict[i] += slot.verdict[i].load(std::memory_order_relaxed);
        sums.decision.add(slot.decision);
    }
    return sums;
}

/// Sources in the order of their names; what found no row, and a source that is called so, as "other".
void sum_sources(const zone::Table& table, Sums* sums) {
    std::map<std::string, SourceSums> by_name;
    for (std::uint64_t i = 0; i < table.capacity; ++i) {
        const zone::Source& source = table.sources()[i];
        if (source.label.ready.load(std::memory_order_acquire) == 0) continue;
        ++sums->rows;
        const std::string_view name = source.label.name();
        by_name.emplace(name, sum_source(name, source));
    }
    const SourceSums rest = sum_source("other", table.other);
    std::uint64_t counted = 0;
    for (const std::uint64_t value : rest.verdict)
        counted += value;
    if (counted != 0) {
        SourceSums& other = by_name.try_emplace("other", SourceSums{"other", {}, {}}).first->second;
        for (std::size_t i = 0; i < verdict_count; ++i)
            other.verdict[i] += rest.verdict[i];
        for (std::size_t i = 0; i < zone::bucket_count; ++i)
            other.decision.bucket[i] += rest.decision.bucket[i];
        other.decision.sum += rest.decision.sum;
        other.decision.count += rest.decision.count;
    }
    for (auto& [name, source] : by_name)
        sums->sources.push_back(std::move(source));
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

Sums sum_up(const zone::Table& table) {
    Sums sums;
    std::uint64_t ready[zone::max_servers] = {};
    sum_processes(table, &sums, ready);
    sum_sources(table, &sums);
    for (std::size_t i = 0; i < zone::max_servers; ++i) {
        const zone::Server& server = table.server[i];
        if (server.label.ready.load(std::memory_order_acquire) == 0) continue;
        ServerSums& row = sums.servers.emplace_back();
        row.name = server.label.name();
        row.ready = static_cast<unsigned>(ready[i]);
        for (const zone::ServerSlot& slot : server.slot)
            row.time.add(slot.time);
    }
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
    std::string out = "\"";
    event::append_json(text, &out);
    return out + '"';
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

void append_source(const SourceSums& source, std::string* out) {
    out->append("{\"source\":").append(json_text(source.name)).append(",\"verdicts\":{");
    bool first = true;
    for (std::size_t i = 1; i < verdict_count; ++i) {
        if (source.verdict[i] == 0) continue;
        if (!first) out->append(",");
        first = false;
        append_number(info_of(static_cast<Verdict>(i)).name, source.verdict[i], out);
    }
    out->append("},");
    append_times("decision_seconds", source.decision, out);
    out->append("}");
}

/// A label's value: backslash, quote and line feed are escaped; it must be UTF-8.
std::string label(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '\\' || c == '"') out.push_back('\\');
        if (c == '\n') {
            out.append("\\n");
        } else if (static_cast<unsigned char>(c) < 0x80 || event::valid_utf8(text)) {
            out.push_back(c);
        } else {
            out.append("\xef\xbf\xbd");  // U+FFFD
        }
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
    for (const SourceSums& source : sums.sources) {
        for (std::size_t i = 1; i < verdict_count; ++i) {
            if (source.verdict[i] == 0) continue;
            out->append("webhook_requests_total{source=").append(label(source.name)).append(",verdict=\"");
            out->append(info_of(static_cast<Verdict>(i)).name).append("\"} ");
            out->append(std::to_string(source.verdict[i])).append("\n");
        }
    }
}

}  // namespace

std::string status_json(const zone::Table& table) {
    const Sums sums = sum_up(table);
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
    out.append("],\"sources\":[");
    for (const SourceSums& source : sums.sources) {
        if (&source != sums.sources.data()) out.append(",");
        append_source(source, &out);
    }
    out.append("],");
    append_number("sources_limit", table.capacity, &out);
    return out + "}\n";
}

std::string status_prometheus(const zone::Table& table) {
    const Sums sums = sum_up(table);
    std::string out;
    append_requests(sums, &out);
    append_head("webhook_decision_seconds", "histogram",
                "Time from the whole request to its verdict, Redis included.", &out);
    for (const SourceSums& source : sums.sources)
        append_histogram("webhook_decision_seconds", "source=" + label(source.name), source.decision, &out);
    append_head("webhook_redis_seconds", "histogram", "Time that Redis took to store an event.", &out);
    for (const ServerSums& server : sums.servers)
        append_histogram("webhook_redis_seconds", "server=" + label(server.name), server.time, &out);
    append_head("webhook_redis_ready_workers", "gauge", "nginx workers with a tested connection.", &out);
    for (const ServerSums& server : sums.servers) {
        out.append("webhook_redis_ready_workers{server=").append(label(server.name)).append("} ");
        out.append(std::to_string(server.ready)).append("\n");
    }
    append_gauge("webhook_workers", "nginx workers that are alive.", sums.processes, &out);
    append_gauge("webhook_in_flight_requests", "Requests that wait for Redis.", sums.in_flight, &out);
    append_gauge("webhook_zone_sources", "Sources with counters of their own.", sums.rows, &out);
    append_gauge("webhook_zone_sources_limit", "Sources that the zone has room for.", table.capacity, &out);
    return out;
}

}  // namespace webhook::module
