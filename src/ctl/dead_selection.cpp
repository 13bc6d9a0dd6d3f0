#include "ctl/dead_selection.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/time.hpp"
#include "ctl/config.hpp"
#include "ctl/delivery_reader.hpp"
#include "ctl/failure.hpp"
#include "ctl/output.hpp"
#include "store/entry_id.hpp"

namespace webhook::ctl {

namespace {

std::int64_t redis_now(Redis& redis) {
    const Reply time = redis.command({"TIME"});
    return time[0].number() * 1000 + time[1].number() / 1000;
}

/// The dead letter with this id in one of the partitions.
std::vector<Delivery> locate(Redis& redis, const std::vector<Partition>& partitions, const std::string& id) {
    std::vector<Arguments> questions;
    for (const auto& partition : partitions)
        questions.push_back({"ZSCORE", partition.key("dead"), id});
    const auto scores = redis.pipeline(questions);
    std::vector<Delivery> found;
    for (std::size_t i = 0; i < partitions.size(); ++i) {
        if (scores[i].is_nil()) continue;
        std::vector<Delivery> one{{partitions[i], id, scores[i].number(), {}}};
        read_records(redis, &one);
        found.push_back(std::move(one[0]));
    }
    if (found.size() > 1) {
        throw Failure(fmt::format("several partitions have a dead letter {}: write {} or {}", printable(id),
                                  found[0].label(), found[1].label()));
    }
    return found;
}

std::vector<Delivery> read_all(Redis& redis, const std::vector<Partition>& partitions,
                               const DeliveryFilter& filter) {
    std::vector<Delivery> all;
    DeadReader reader(redis, partitions, filter, ListOrder::ascending, {});
    while (auto delivery = reader.next())
        all.push_back(std::move(*delivery));
    return all;
}

void require_one_event(const std::vector<Delivery>& found, const std::string& name) {
    std::set<std::string> events;
    for (const auto& delivery : found)
        events.insert(delivery.event_label());
    if (events.size() < 2) return;
    std::string list;
    std::size_t shown = 0;
    for (const auto& event : events) {
        if (++shown > 5) break;
        list += " " + event;
    }
    throw Failure(
        fmt::format("{} events with dead letters are called \"{}\": name one of them by its entry:{}{}",
                    events.size(), printable(name), printable(list), shown > 5 ? " ..." : ""));
}

/// Hands deliveries on in slices of one partition each.
class Slices {
  public:
    Slices(std::size_t size, const std::function<bool(const std::vector<Delivery>&)>& visit)
        : size_(size), visit_(visit) {}

    /// False: the visitor wants no more.
    bool add(Delivery delivery) {
        auto& slice = slices_[delivery.partition.label()];
        slice.push_back(std::move(delivery));
        return slice.size() < size_ || give(&slice);
    }
    bool give_rest() {
        return std::all_of(slices_.begin(), slices_.end(),
                           [this](auto& slice) { return give(&slice.second); });
    }

  private:
    bool give(std::vector<Delivery>* slice) {
        const bool more = slice->empty() || visit_(*slice);
        slice->clear();
        return more;
    }

    std::size_t size_;
    const std::function<bool(const std::vector<Delivery>&)>& visit_;
    std::map<std::string, std::vector<Delivery>> slices_;
};

}  // namespace

void DeadSelection::require_some(const char* verb) const {
    if (ids.empty() && filter.empty() && !all) {
        throw Failure(
            fmt::format("say what to {}: dead letters by id (webhookctl dead list), a filter such as "
                        "--endpoint or --reason, or --all",
                        verb));
    }
}

std::vector<Delivery> find_dead(Redis& redis, const std::string& name, const DeadSelection& selection) {
    DeliveryOptions options = selection.filter;
    Partition partition;
    std::string_view rest;
    store::EntryId entry;
    const bool labelled = parse_partition_label(name, &partition, &rest);
    const auto partitions =
        labelled ? std::vector<Partition>{partition} : find_partitions(redis, options.stream);
    const std::string id = labelled ? std::string(rest) : name;
    if (id.empty()) return {};
    if (!store::EntryId::parse(id, &entry)) {
        auto found = locate(redis, partitions, id);
        if (!found.empty() || labelled) {
            const DeliveryFilter filter(options);
            std::erase_if(found, [&filter](const Delivery& one) { return !filter.matches(one); });
            return found;
        }
    }
    options.event = id;
    auto found = read_all(redis, partitions, DeliveryFilter(options));
    require_one_event(found, name);
    return found;
}

void require_dead_endpoint(Redis& redis, const DeadSelection& selection) {
    const std::string& endpoint = selection.filter.endpoint;
    if (endpoint.empty()) return;
    DeliveryOptions options;
    options.endpoint = endpoint;
    const DeliveryFilter filter(options);
    DeadReader reader(redis, find_partitions(redis), filter, ListOrder::descending, {});
    if (!reader.next()) require_endpoint(redis, endpoint);
}

std::uint64_t count_at_most(Redis& redis, const DeadSelection& selection) {
    std::uint64_t count = 0;
    for (const auto& partition : find_partitions(redis, selection.filter.stream))
        count += static_cast<std::uint64_t>(redis.command({"ZCARD", partition.key("dead")}).number());
    return selection.limit == 0 ? count : std::min<std::uint64_t>(count, selection.limit);
}

void visit_dead(Redis& redis, const DeadSelection& selection, std::size_t slice,
                const std::function<bool(const std::vector<Delivery>&)>& visit,
                const std::function<void(const std::string& name)>& missing) {
    Slices slices(slice, visit);
    std::uint64_t left = selection.limit == 0 ? UINT64_MAX : selection.limit;
    for (const auto& name : selection.ids) {
        auto found = find_dead(redis, name, selection);
        if (found.empty()) missing(name);
        for (auto& delivery : found) {
            if (left-- == 0) break;
            if (!slices.add(std::move(delivery))) return;
        }
        if (left == 0) break;
    }
    if (selection.ids.empty()) {
        DeliveryOptions options = selection.filter;
        const std::int64_t now = redis_now(redis);
        const DeliveryFilter given(options);
        if (given.time().until > now) options.until = base::format_rfc3339_ms(now);
        const DeliveryFilter filter(options);
        DeadReader reader(redis, find_partitions(redis, options.stream), filter, ListOrder::ascending, {});
        for (; left > 0; --left) {
            auto delivery = reader.next();
            if (!delivery) break;
            if (!slices.add(std::move(*delivery))) return;
        }
    }
    slices.give_rest();
}

}  // namespace webhook::ctl
