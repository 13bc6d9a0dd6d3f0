#include "worker/discovery.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <charconv>

#include "store/keys.hpp"
#include "store/resp.hpp"
#include "store/server_info.hpp"

namespace webhook::worker {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

constexpr auto shortest_rest = 3000ms, longest_rest = 60000ms;
constexpr auto look_anyway = 60000ms;   // even if the number of keys has not changed
constexpr unsigned rest_per_look = 50;  // scans of a server full of other keys take at most 2 % of the time

}  // namespace

/// Reads only the number of keys while it does not change: a new stream adds keys.
asio::awaitable<void> Discovery::run() {
    std::string keys;
    SteadyTime last = SteadyTime::min();
    while (!core_.stopping) {
        co_await core_.link.wait_ready();
        const auto began = Clock::now();
        const std::string counted = co_await count_keys();
        if (counted.empty() || counted != keys || began - look_anyway >= last || again_) {
            again_ = false;
            const bool complete = co_await look_now();  // in the condition itself g++ 12 makes a trap of it
            keys = complete ? counted : std::string();
            last = began;
        }
        co_await rest(Clock::now() - began);
    }
}

asio::awaitable<bool> Discovery::look_now() {
    std::map<std::string, unsigned> found;
    const bool complete = co_await look(&found);
    if (complete && found != streams_) {
        streams_ = std::move(found);
        for (const auto& [stream, count] : streams_)
            spdlog::info("stream {}: {} partitions", stream, count);
        changed_();
    }
    co_return complete;
}

asio::awaitable<std::string> Discovery::count_keys() {
    const auto reply = co_await core_.link.request(store::resp_command("INFO", "keyspace"));
    if (!reply || reply->root().is_error()) co_return std::string();
    co_return store::key_count(reply->root().text, core_.settings.redis.database);
}

asio::awaitable<void> Discovery::rest(std::chrono::nanoseconds looked) {
    const auto ends = Clock::now() + std::clamp<std::chrono::nanoseconds>(looked * rest_per_look,
                                                                          shortest_rest, longest_rest);
    while (!core_.stopping && !again_ && Clock::now() < ends)
        co_await link::sleep_for(300ms);
}

asio::awaitable<bool> Discovery::look(std::map<std::string, unsigned>* found) {
    if (core_.settings.streams.empty()) co_return co_await scan(found);
    for (const auto& stream : core_.settings.streams) {
        unsigned count = stream.partitions.value_or(0);
        if (count == 0) {
            if (!co_await read_count(stream.name, &count)) co_return false;
        }
        (*found)[stream.name] = count != 0 ? count : store::default_partitions;
    }
    co_return true;
}

/// Scans for keys of type stream, so that the many small hashes of seen ids cost little.
asio::awaitable<bool> Discovery::scan(std::map<std::string, unsigned>* found) {
    std::map<std::string, unsigned> seen;
    std::string cursor = "0";
    do {
        const auto reply = co_await core_.link.request(store::resp_command(
            "SCAN", cursor, "MATCH", "webhook:{*}:events", "COUNT", "1000", "TYPE", "stream"));
        if (!reply || !reply->root().is_array() || reply->root().count != 2) co_return false;
        cursor = reply->root()[0].text;
        std::string stream;
        unsigned partition = 0;
        for (const RedisReply& key : reply->root()[1]) {
            if (!store::parse_events_key(key.text, &stream, &partition)) continue;
            seen[stream] = std::max(seen[stream], partition + 1);
        }
    } while (cursor != "0" && !core_.stopping);
    for (auto& [stream, count] : seen) {
        unsigned stored = 0;
        if (!co_await read_count(stream, &stored)) co_return false;
        (*found)[stream] = stored != 0 ? stored : count;
    }
    co_return true;
}

/// Reads the stored number of partitions; 0 if none is stored yet.
asio::awaitable<bool> Discovery::read_count(const std::string& stream, unsigned* count) {
    const auto reply = co_await core_.link.request(
        store::resp_command("HGET", store::partition_prefix(stream, 0) + "meta", "partitions"));
    if (!reply || reply->root().is_error()) co_return false;
    const std::string_view text = reply->root().text;
    *count = 0;
    std::from_chars(text.data(), text.data() + text.size(), *count);
    co_return true;
}

std::vector<PartitionName> Discovery::partitions() const {
    std::vector<PartitionName> all;
    for (const auto& [stream, count] : streams_) {
        for (unsigned p = 0; p < count; ++p)
            all.push_back({stream, p});
    }
    return all;
}

unsigned Discovery::partition_count(const std::string& stream) const {
    const auto found = streams_.find(stream);
    return found == streams_.end() ? 1 : found->second;
}

}  // namespace webhook::worker
