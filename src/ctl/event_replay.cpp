#include "ctl/event_replay.hpp"

#include "ctl/delivery.hpp"

namespace webhook::ctl {

namespace {

using store::EventReplayResult;

constexpr std::size_t members_at_once = 1000;

/// The record of a new delivery without its closing brace; the step adds `created`.
std::string record_of(const ListedEvent& event, const std::string& endpoint) {
    Json record{{"endpoint", endpoint},     {"entry", event.entry},
                {"event", event.id()},      {"webhook_id", event.webhook_id()},
                {"source", event.source()}, {"type", event.type()}};
    if (const auto tenant = event.field("tenant"); !tenant.empty()) record["tenant"] = tenant;
    record["attempts"] = 0;
    record["bytes"] = event.bytes();
    std::string text = to_text(record);
    text.pop_back();
    return text;
}

}  // namespace

std::string_view EventOutcome::explanation() const {
    switch (result) {
        case EventReplayResult::replayed:
            return "replayed";
        case EventReplayResult::content_gone:
            return "it has been trimmed from the stream (worker setting \"retention\")";
        case EventReplayResult::full:
            return "its endpoint has too much waiting (max_waiting, max_waiting_bytes): try again later";
        case EventReplayResult::not_routed:
            return "not routed yet: the worker will deliver it";
        case EventReplayResult::waiting:
            break;
    }
    return "it waits for this endpoint already (webhookctl deliveries retry makes it due)";
}

const EventReplayer::Known& EventReplayer::known(const Partition& partition) {
    const auto [found, fresh] = partitions_.try_emplace(partition.label());
    if (!fresh) return found->second;
    EntryId::parse(redis_.command({"HGET", partition.key("meta"), "floor"}).text(), &found->second.floor);
    std::size_t read = members_at_once;
    for (std::size_t offset = 0; read == members_at_once; offset += members_at_once) {
        const Reply ids =
            redis_.command({"ZRANGE", partition.key("waiting:" + endpoint_), std::to_string(offset),
                            std::to_string(offset + members_at_once - 1)});
        read = ids.size();
        for (std::size_t i = 0; i < read; ++i)
            found->second.waiting.emplace(entry_of(ids[i].text()));
    }
    return found->second;
}

EventReplayResult EventReplayer::judge(const ListedEvent& event) {
    const Known& here = known({event.stream, event.partition});
    EntryId entry;
    EntryId::parse(event.entry, &entry);
    if (here.floor < entry) return EventReplayResult::not_routed;
    if (here.waiting.count(event.entry) != 0) return EventReplayResult::waiting;
    return EventReplayResult::replayed;
}

std::vector<EventOutcome> EventReplayer::replay(const std::vector<const ListedEvent*>& events) {
    std::vector<EventOutcome> outcomes;
    std::map<std::string, std::vector<std::size_t>> by_partition;  // indices of those that are sent
    for (std::size_t i = 0; i < events.size(); ++i) {
        outcomes.push_back({events[i]->label(), {}, judge(*events[i])});
        if (outcomes.back().replayed())
            by_partition[Partition{events[i]->stream, events[i]->partition}.label()].push_back(i);
    }
    std::vector<store::Call> calls;
    for (const auto& [label, indices] : by_partition) {
        const ListedEvent& first = *events[indices[0]];
        const Partition partition{first.stream, first.partition};
        const auto share = limits_.share(partition, endpoint_);
        std::vector<store::EventReplay> step;
        for (const std::size_t i : indices)
            step.push_back({events[i]->entry, events[i]->bytes(), record_of(*events[i], endpoint_)});
        calls.push_back(store::replay_events(partition.stream, partition.number, endpoint_, share.count,
                                             share.bytes, step));
    }
    const auto replies = redis_.pipeline(calls);
    auto reply = replies.begin();
    for (const auto& [label, indices] : by_partition) {
        for (std::size_t i = 0; i < indices.size(); ++i) {
            EventOutcome& outcome = outcomes[indices[i]];
            outcome.result = static_cast<EventReplayResult>((*reply)[2 * i].number());
            if (!outcome.replayed()) continue;
            outcome.new_label = label + "/" + (*reply)[2 * i + 1].string();
        }
        ++reply;
    }
    return outcomes;
}

}  // namespace webhook::ctl
