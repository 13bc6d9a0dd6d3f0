#include "ctl/waiting.hpp"

#include <fmt/format.h>

#include <vector>

#include "ctl/partitions.hpp"

namespace webhook::ctl {

std::map<std::string, std::int64_t> count_waiting(Redis& redis) {
    const auto partitions = find_partitions(redis);
    std::vector<Arguments> lists;
    lists.reserve(partitions.size());
    for (const auto& partition : partitions)
        lists.push_back({"ZRANGE", partition.key("due"), "0", "-1"});
    const auto due = redis.pipeline(lists);
    std::vector<Arguments> questions;
    std::vector<std::string> endpoints;
    for (std::size_t i = 0; i < partitions.size(); ++i) {
        for (std::size_t j = 0; j < due[i].size(); ++j) {
            endpoints.push_back(due[i][j].string());
            questions.push_back({"ZCARD", partitions[i].key("waiting:" + endpoints.back())});
        }
    }
    const auto counts = redis.pipeline(questions);
    std::map<std::string, std::int64_t> waiting;
    for (std::size_t i = 0; i < counts.size(); ++i)
        waiting[endpoints[i]] += counts[i].number();
    return waiting;
}

std::string cancelled_text(std::int64_t waiting) {
    if (waiting == 0) return {};
    return waiting == 1 ? ", 1 waiting delivery is cancelled"
                        : fmt::format(", {} waiting deliveries are cancelled", waiting);
}

}  // namespace webhook::ctl
