#include "ctl/waiting.hpp"

#include <fmt/format.h>

#include "ctl/delivery.hpp"

namespace webhook::ctl {

namespace {

constexpr std::size_t slice = 1000;

/// Calls `visit` with each page of a sorted set's members.
template <class Visit>
void visit_members(Redis& redis, const std::string& key, const Visit& visit) {
    std::size_t read = slice;
    for (std::size_t offset = 0; read == slice; offset += slice) {
        const Reply page =
            redis.command({"ZRANGE", key, std::to_string(offset), std::to_string(offset + slice - 1)});
        read = page.size();
        visit(page);
    }
}

}  // namespace

std::vector<WaitingCount> read_waiting(Redis& redis, std::string_view stream) {
    std::vector<WaitingCount> waiting;
    for (const auto& partition : find_partitions(redis, stream)) {
        visit_members(redis, partition.key("due"), [&](const Reply& endpoints) {
            std::vector<Arguments> questions;
            for (std::size_t i = 0; i < endpoints.size(); ++i)
                questions.push_back({"ZCARD", partition.key("waiting:" + endpoints[i].string())});
            const auto counts = redis.pipeline(questions);
            for (std::size_t i = 0; i < counts.size(); ++i)
                waiting.push_back({partition, endpoints[i].string(), counts[i].number()});
        });
    }
    return waiting;
}

std::map<std::string, std::int64_t> count_waiting(Redis& redis) {
    std::map<std::string, std::int64_t> counts;
    for (const auto& one : read_waiting(redis))
        counts[one.endpoint] += one.count;
    return counts;
}

std::map<std::string, std::int64_t> count_dead(Redis& redis) {
    std::map<std::string, std::int64_t> counts;
    for (const auto& partition : find_partitions(redis)) {
        visit_members(redis, partition.key("dead"), [&](const Reply& ids) {
            for (std::size_t i = 0; i < ids.size(); ++i)
                ++counts[std::string(endpoint_of(ids[i].text()))];
        });
    }
    return counts;
}

std::string cancelled_text(std::int64_t waiting) {
    if (waiting == 0) return {};
    return waiting == 1 ? ", 1 waiting delivery is cancelled"
                        : fmt::format(", {} waiting deliveries are cancelled", waiting);
}

}  // namespace webhook::ctl
