#include "ctl/replay.hpp"

namespace webhook::ctl {

std::string_view ReplayOutcome::explanation() const {
    if (refused != nullptr) return refused;
    switch (result) {
        case store::ReplayResult::replayed:
            return "replayed";
        case store::ReplayResult::not_dead:
            return "there is no such dead letter (webhookctl dead list)";
        case store::ReplayResult::content_gone:
            return "its content has been given up (worker setting \"dead\"): it cannot be sent again";
        case store::ReplayResult::full:
            break;
    }
    return "its endpoint has too much waiting (max_waiting, max_waiting_bytes): try again later";
}

std::vector<ReplayOutcome> replay_slice(Redis& redis, const EndpointLimits& limits,
                                        const std::vector<Delivery>& slice) {
    std::vector<ReplayOutcome> outcomes;
    std::vector<store::Replay> step;
    for (const auto& delivery : slice) {
        const std::string endpoint(endpoint_of(delivery.id));
        if (const char* refusal = limits.refusal(endpoint)) {
            outcomes.push_back({delivery.label(), {}, store::ReplayResult::not_dead, refusal});
            continue;
        }
        const auto share = limits.share(delivery.partition, endpoint);
        step.push_back({delivery.id, share.count, share.bytes});
    }
    if (step.empty()) return outcomes;
    const Partition& partition = slice[0].partition;
    const Reply reply = redis.command(store::replay_dead(partition.stream, partition.number, step));
    for (std::size_t i = 0; i < step.size(); ++i) {
        ReplayOutcome outcome{partition.label() + "/" + step[i].delivery, {}, {}, nullptr};
        outcome.result = static_cast<store::ReplayResult>(reply[2 * i].number());
        if (outcome.replayed()) outcome.new_label = partition.label() + "/" + reply[2 * i + 1].string();
        outcomes.push_back(std::move(outcome));
    }
    return outcomes;
}

}  // namespace webhook::ctl
