#include "ctl/partitions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>

#include "ctl/failure.hpp"
#include "store/keys.hpp"

namespace webhook::ctl {

namespace {

/// Stream -> one more than the highest partition that has a stream key.
using Streams = std::map<std::string, unsigned>;

void note(std::string_view key, Streams* streams) {
    std::string stream;
    unsigned partition = 0;
    if (!store::parse_events_key(key, &stream, &partition)) return;
    unsigned& count = (*streams)[stream];
    count = std::max(count, partition + 1);
}

Streams scan_streams(Redis& redis, std::string_view only) {
    const std::string name = only.empty() ? "*" : std::string(only) + ":*";
    Streams streams;
    std::string cursor = "0";
    do {
        const Reply reply =
            redis.command({"SCAN", cursor, "MATCH", "webhook:{" + name + "}:events", "COUNT", "1000"});
        cursor = reply[0].string();
        for (std::size_t i = 0; i < reply[1].size(); ++i)
            note(reply[1][i].text(), &streams);
    } while (cursor != "0" && !cursor.empty());
    return streams;
}

}  // namespace

std::string Partition::key(std::string_view name) const {
    return store::partition_prefix(stream, number).append(name);
}

std::string Partition::label() const {
    return fmt::format("{}:{}", stream, number);
}

std::vector<Partition> find_partitions(Redis& redis, std::string_view stream) {
    const Streams streams = scan_streams(redis, stream);
    if (!stream.empty() && streams.empty()) throw Failure(fmt::format("there is no stream \"{}\"", stream));
    std::vector<Arguments> questions;
    for (const auto& [name, count] : streams) {
        questions.push_back({"HGET", Partition{name, count - 1}.key("meta"), "partitions"});
    }
    const std::vector<Reply> stated = redis.pipeline(questions);
    std::vector<Partition> partitions;
    auto reply = stated.begin();
    for (const auto& [name, found] : streams) {
        const auto count = std::max<std::int64_t>(found, (reply++)->number());
        for (unsigned number = 0; number < count; ++number)
            partitions.push_back({name, number});
    }
    return partitions;
}

bool parse_partition_label(std::string_view text, Partition* partition, std::string_view* rest) {
    const auto slash = text.find('/');
    const auto colon = text.substr(0, slash).find(':');
    if (slash == std::string_view::npos || colon == std::string_view::npos) return false;
    const std::string_view number = text.substr(colon + 1, slash - colon - 1);
    const auto [end, error] =
        std::from_chars(number.data(), number.data() + number.size(), partition->number);
    if (error != std::errc{} || end != number.data() + number.size()) return false;
    partition->stream = text.substr(0, colon);
    *rest = text.substr(slash + 1);
    return store::valid_stream_name(partition->stream);
}

}  // namespace webhook::ctl
