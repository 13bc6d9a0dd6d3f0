#include "ctl/retry.hpp"

#include <algorithm>
#include <set>

#include "ctl/config.hpp"
#include "ctl/delivery.hpp"
#include "ctl/failure.hpp"
#include "ctl/long_work.hpp"
#include "ctl/partitions.hpp"
#include "ctl/progress.hpp"
#include "ctl/waiting.hpp"
#include "store/configuration.hpp"
#include "store/endpoint_limits.hpp"
#include "store/operator.hpp"

namespace webhook::ctl {

namespace {

/// The waiting deliveries of one endpoint in one partition.
struct Queue {
    Partition partition;
    std::string endpoint;
    std::uint64_t count = 0;
};

/// All queues of the endpoint (empty: of all endpoints).
std::vector<Queue> find_queues(Redis& redis, const RetryOptions& options) {
    std::vector<Queue> queues;
    for (auto& [partition, endpoint, count] : read_waiting(redis, options.stream)) {
        if (options.endpoint.empty() || endpoint == options.endpoint)
            queues.push_back({partition, endpoint, static_cast<std::uint64_t>(count)});
    }
    return queues;
}

/// A receiver's Retry-After holds the endpoint; what an operator wants now goes now.
void end_holds(Redis& redis, const std::set<std::string>& endpoints) {
    const std::string epoch = read_config(redis).epoch;
    std::vector<store::Call> calls;
    for (const auto& endpoint : endpoints)
        calls.push_back(store::end_hold(epoch, endpoint, false));
    redis.pipeline(calls);
}

class Retrier {
  public:
    Retrier(Redis& redis, std::string_view rate, std::uint64_t total)
        : redis_(redis), pace_(Pace::parse(rate)), progress_("due now:", total) {}

    /// At most as many as waited at the beginning: what is claimed meanwhile has a later score again.
    void run(const Queue& queue) {
        std::string highest = "+inf";
        std::uint64_t left = queue.count;
        while (left > 0 && !Interruption::requested()) {
            const std::uint64_t slice = std::min<std::uint64_t>(left, pace_.slice(store::retry_slice));
            const Reply reply = redis_.command(store::retry_waiting(
                queue.partition.stream, queue.partition.number, queue.endpoint, slice, highest));
            const auto done = static_cast<std::uint64_t>(reply[0].number());
            if (done == 0) return;
            count(done);
            left -= std::min(left, done);
            highest = reply[1].string();
        }
    }

    bool run_one(const Partition& partition, std::string_view id) {
        const bool waits =
            redis_.command(store::retry_delivery(partition.stream, partition.number, endpoint_of(id), id))
                .number() != 0;
        if (waits) count(1);
        return waits;
    }

    std::uint64_t retried() const { return retried_; }

  private:
    /// With a rate the workers see each slice at once.
    void count(std::uint64_t done) {
        retried_ += done;
        progress_.advance(done);
        if (!pace_.limited()) return;
        redis_.command(store::wake_workers());
        pace_.wait(done);
    }

    Redis& redis_;
    Pace pace_;
    Progress progress_;
    std::uint64_t retried_ = 0;
};

/// Where a delivery with this name may wait.
std::vector<Partition> partitions_of(Redis& redis, const std::string& name, const std::string& stream,
                                     std::string_view* id) {
    Partition partition;
    if (parse_partition_label(name, &partition, id)) return {partition};
    *id = name;
    return find_partitions(redis, stream);
}

RetryOutcome retry_named(Redis& redis, const RetryOptions& options) {
    std::set<std::string> endpoints;
    for (const auto& name : options.ids) {
        Partition partition;
        std::string_view id = name;
        parse_partition_label(name, &partition, &id);
        endpoints.emplace(endpoint_of(id));
    }
    end_holds(redis, endpoints);
    Retrier retrier(redis, options.rate, options.ids.size());
    RetryOutcome outcome;
    for (const auto& name : options.ids) {
        outcome.interrupted = Interruption::requested();
        if (outcome.interrupted) break;
        std::string_view id;
        bool found = false;
        for (const auto& partition : partitions_of(redis, name, options.stream, &id))
            found = !endpoint_of(id).empty() && retrier.run_one(partition, id) ? true : found;
        if (!found) outcome.missing.push_back(name);
    }
    outcome.retried = retrier.retried();
    return outcome;
}

RetryOutcome retry_queues(Redis& redis, const RetryOptions& options) {
    const auto queues = find_queues(redis, options);
    if (queues.empty()) require_endpoint(redis, options.endpoint);
    std::set<std::string> endpoints;
    std::uint64_t total = 0;
    for (const auto& queue : queues) {
        endpoints.insert(queue.endpoint);
        total += queue.count;
    }
    if (!options.endpoint.empty()) endpoints.insert(options.endpoint);
    end_holds(redis, endpoints);
    Retrier retrier(redis, options.rate, total);
    for (const auto& queue : queues)
        retrier.run(queue);
    return {retrier.retried(), {}, Interruption::requested()};
}

}  // namespace

RetryOutcome retry(Redis& redis, const RetryOptions& options) {
    redis.require_rights();
    const Interruption interruption;
    RetryOutcome outcome = options.ids.empty() ? retry_queues(redis, options) : retry_named(redis, options);
    redis.command(store::wake_workers());
    return outcome;
}

}  // namespace webhook::ctl
