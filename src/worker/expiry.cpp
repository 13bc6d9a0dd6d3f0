#include "worker/expiry.hpp"

#include <algorithm>
#include <map>
#include <string>

#include "store/waiting.hpp"

namespace webhook::worker {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using std::chrono::milliseconds;

namespace {

constexpr auto look_time = 1000ms;
constexpr milliseconds longest_pause = 10min;
constexpr auto slice_pause = 2ms;  // lets other commands run

/// Is when the deliveries of an endpoint are looked through next.
using Turns = std::map<std::string, SteadyTime>;

/// Lists the endpoints whose turn it is, and sets their next ones: deliveries end at most 5 % late.
std::vector<EndpointPtr> due_endpoints(const Core& core, Turns* turns) {
    const auto now = Clock::now();
    std::vector<EndpointPtr> due;
    for (const auto& [id, endpoint] : core.endpoints.all()) {
        const milliseconds age = endpoint->document.max_age;
        if (age.count() == 0 || endpoint->takes_waiting()) continue;
        SteadyTime& turn = (*turns)[id];
        if (now < turn) continue;
        turn = now + std::clamp<milliseconds>(age / 20, look_time, longest_pause);
        due.push_back(endpoint);
    }
    return due;
}

asio::awaitable<void> look_through(Core& core, PartitionPtr partition, EndpointPtr endpoint) {
    store::EndOptions options{"expired", 500, 0, endpoint->document.max_age};
    while (!partition->lost() && !core.stopping) {
        const auto reply =
            co_await core.link.run(store::end_waiting(partition->owner(), endpoint->document.id, options));
        if (!reply || !reply->root().is_array() || reply->root().count != 2) co_return;
        partition->next_sweep = SteadyTime::min();  // the limit on dead deliveries may be exceeded
        options.skip = static_cast<std::uint64_t>(reply->root()[1].integer);
        if (static_cast<std::uint64_t>(reply->root()[0].integer) <= options.skip) co_return;
        co_await link::sleep_for(slice_pause);
    }
}

asio::awaitable<void> look_through_all(Core& core, PartitionPtr partition,
                                       const std::vector<EndpointPtr>& endpoints) {
    const auto reply = co_await core.link.run(store::waiting_endpoints(partition->owner()));
    if (!reply || !reply->root().is_array()) co_return;
    for (const RedisReply& id : reply->root()) {
        for (const EndpointPtr& endpoint : endpoints) {
            if (endpoint->document.id == id.text) co_await look_through(core, partition, endpoint);
        }
    }
}

}  // namespace

asio::awaitable<void> end_expired(Core& core) {
    Turns turns;
    while (!core.stopping) {
        co_await link::sleep_for(look_time);
        co_await core.link.wait_ready();
        const std::vector<EndpointPtr> due = due_endpoints(core, &turns);
        if (due.empty()) continue;
        const auto partitions = core.partitions;
        for (const auto& [name, partition] : partitions)
            co_await look_through_all(core, partition, due);
    }
}

}  // namespace webhook::worker
