#include "ctl/replay.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "ctl/config.hpp"
#include "ctl/delivery.hpp"
#include "ctl/event_search.hpp"
#include "ctl/failure.hpp"
#include "ctl/output.hpp"
#include "ctl/progress.hpp"
#include "store/configuration.hpp"
#include "store/entry_id.hpp"

namespace webhook::ctl {

namespace {

using Done = std::function<void(const ReplayOutcome&)>;

/// Dead letters of one partition.
struct Batch {
    Partition partition;
    std::vector<std::string> ids;
};

class Replayer {
  public:
    Replayer(Redis& redis, const Done& done, std::size_t total)
        : redis_(redis), done_(done), config_(read_config(redis)), progress_("replayed:", total) {
        for (const auto& partition : find_partitions(redis))
            ++partitions_[partition.stream];
    }

    void run(const Batch& batch) {
        std::vector<store::Replay> slice;
        for (const auto& id : batch.ids) {
            if (const char* refused = refusal(id)) {
                report({batch.partition.label() + "/" + id, {}, store::ReplayResult::not_dead, refused});
                continue;
            }
            slice.push_back(limits(batch.partition, id));
            if (slice.size() == store::replay_slice) send(batch.partition, &slice);
        }
        if (!slice.empty()) send(batch.partition, &slice);
        redis_.command(store::wake_workers());
    }

  private:
    /// Why the worker would only end it again; nullptr: it would not.
    const char* refusal(const std::string& id) const {
        const std::string endpoint(endpoint_of(id));
        if (config_.documents.count(endpoint) == 0) return "its endpoint does not exist any more";
        if (config_.disabled.count(endpoint) != 0)
            return "its endpoint is disabled: webhookctl endpoint resume first";
        return nullptr;
    }

    store::Replay limits(const Partition& partition, const std::string& id) const {
        endpoint::Document document;
        if (const auto stored = read_document(config_.documents.at(std::string(endpoint_of(id)))))
            document = *stored;
        const auto found = partitions_.find(partition.stream);
        const std::uint64_t shares = found == partitions_.end() ? 1 : found->second;
        return {id, std::max<std::uint64_t>(1, document.max_waiting / shares),
                std::max<std::uint64_t>(1, document.max_waiting_bytes / shares)};
    }

    void send(const Partition& partition, std::vector<store::Replay>* slice) {
        const Reply reply = redis_.command(store::replay_dead(partition.stream, partition.number, *slice));
        for (std::size_t i = 0; i < slice->size(); ++i) {
            ReplayOutcome outcome{partition.label() + "/" + (*slice)[i].delivery, {}, {}, nullptr};
            outcome.result = static_cast<store::ReplayResult>(reply[2 * i].number());
            if (outcome.replayed()) outcome.new_label = partition.label() + "/" + reply[2 * i + 1].string();
            report(outcome);
        }
        slice->clear();
    }

    void report(const ReplayOutcome& outcome) {
        progress_.advance();
        done_(outcome);
    }

    Redis& redis_;
    const Done& done_;
    Config config_;
    Progress progress_;
    std::map<std::string, std::uint64_t> partitions_;  ///< of each stream
};

/// Where a dead letter lies whose partition was not given.
std::vector<Batch> locate(Redis& redis, const std::string& id, const std::string& stream) {
    const auto partitions = find_partitions(redis, stream);
    std::vector<Arguments> questions;
    questions.reserve(partitions.size());
    for (const auto& partition : partitions)
        questions.push_back({"ZSCORE", partition.key("dead"), id});
    const auto scores = redis.pipeline(questions);
    std::vector<Batch> found;
    for (std::size_t i = 0; i < partitions.size(); ++i) {
        if (!scores[i].is_nil()) found.push_back({partitions[i], {id}});
    }
    if (found.size() > 1) {
        throw Failure("several partitions have a dead letter " + id + ": write " +
                      found[0].partition.label() + "/" + id + " or " + found[1].partition.label() + "/" + id);
    }
    return found;
}

/// Calls `visit` for each dead letter of the partition, oldest first.
template <class Visit>
void visit_dead(Redis& redis, const Partition& partition, const Visit& visit) {
    constexpr std::size_t page_size = 200;
    std::size_t read = page_size;
    for (std::size_t offset = 0; read == page_size; offset += page_size) {
        const Reply page = redis.command({"ZRANGE", partition.key("dead"), std::to_string(offset),
                                          std::to_string(offset + page_size - 1), "WITHSCORES"});
        read = page.size() / 2;
        for (const auto& delivery : read_deliveries(redis, partition, page))
            visit(delivery);
    }
}

/// All dead letters of the events that are called so, and of which events they are.
struct OfEvent {
    std::vector<Batch> batches;
    std::set<std::string> events;  ///< "STREAM:P/ENTRY"
};

OfEvent find_of_event(Redis& redis, const std::vector<Partition>& partitions, std::string_view name,
                      const ReplaySelection& selection) {
    OfEvent found;
    for (const auto& partition : partitions) {
        Batch batch{partition, {}};
        visit_dead(redis, partition, [&](const Delivery& delivery) {
            if (!selection.endpoint.empty() && endpoint_of(delivery.id) != selection.endpoint) return;
            if (!is_of_event(delivery.record, name)) return;
            found.events.insert(partition.label() + "/" + std::string(entry_of(delivery.id)));
            batch.ids.push_back(delivery.id);
        });
        if (!batch.ids.empty()) found.batches.push_back(std::move(batch));
    }
    return found;
}

/// Where the dead letters of one event lie. Throws Failure when several events are called so.
std::vector<Batch> locate_event(Redis& redis, const std::string& name, const ReplaySelection& selection) {
    auto found = find_of_event(redis, find_partitions(redis, selection.stream), name, selection);
    if (found.events.size() > 1) {
        std::string list;
        std::size_t shown = 0;
        for (const auto& event : found.events) {
            if (++shown > 5) break;
            list += " " + event;
        }
        throw Failure(
            fmt::format("{} events with dead letters are called \"{}\": replay one of them by its entry:{}{}",
                        found.events.size(), printable(name), printable(list), shown > 5 ? " ..." : ""));
    }
    return std::move(found.batches);
}

/// Where a dead letter, or those of an event, lie that are named with their partition.
std::vector<Batch> locate_labelled(Redis& redis, const Partition& partition, std::string_view rest,
                                   const ReplaySelection& selection) {
    store::EntryId entry;
    if (!store::EntryId::parse(rest, &entry)) return {{partition, {std::string(rest)}}};
    return find_of_event(redis, {partition}, rest, selection).batches;
}

std::vector<Batch> batches_of_ids(Redis& redis, const ReplaySelection& selection, const Done& done) {
    std::vector<Batch> batches;
    for (const auto& id : selection.ids) {
        Partition partition;
        std::string_view rest;
        std::vector<Batch> found;
        if (parse_partition_label(id, &partition, &rest)) {
            found = locate_labelled(redis, partition, rest, selection);
        } else {
            found = locate(redis, id, selection.stream);
            if (found.empty() && !id.empty()) found = locate_event(redis, id, selection);
        }
        if (found.empty()) done({id, {}, store::ReplayResult::not_dead, nullptr});
        batches.insert(batches.end(), found.begin(), found.end());
    }
    return batches;
}

/// Everything that is dead now. The list is complete before the first is replayed: what dies again at once
/// must not come round for ever.
std::vector<Batch> batches_of_all(Redis& redis, const ReplaySelection& selection) {
    std::vector<Batch> batches;
    for (const auto& partition : find_partitions(redis, selection.stream)) {
        Batch batch{partition, {}};
        const Reply dead = redis.command({"ZRANGE", partition.key("dead"), "0", "-1"});
        for (std::size_t i = 0; i < dead.size(); ++i) {
            if (selection.endpoint.empty() || endpoint_of(dead[i].text()) == selection.endpoint) {
                batch.ids.push_back(dead[i].string());
            }
        }
        batches.push_back(std::move(batch));
    }
    return batches;
}

}  // namespace

void replay(Redis& redis, const ReplaySelection& selection, const Done& done) {
    const auto batches =
        selection.ids.empty() ? batches_of_all(redis, selection) : batches_of_ids(redis, selection, done);
    redis.require_rights();
    std::size_t total = 0;
    for (const auto& batch : batches)
        total += batch.ids.size();
    Replayer replayer(redis, done, total);
    for (const auto& batch : batches)
        replayer.run(batch);
}

}  // namespace webhook::ctl
