#include "ctl/event_deliveries.hpp"

#include <algorithm>

#include "ctl/failure.hpp"
#include "store/operator.hpp"

namespace webhook::ctl {

namespace {

Partition partition_of(const ListedEvent& event) {
    return {event.stream, event.partition};
}

std::vector<Delivery> with_scores(Redis& redis, const Partition& partition,
                                  const std::vector<std::string>& ids, bool dead) {
    std::vector<Arguments> questions;
    for (const auto& id : ids) {
        const std::string set = dead ? "dead" : "waiting:" + std::string(endpoint_of(id));
        questions.push_back({"ZSCORE", partition.key(set), id});
    }
    const auto scores = redis.pipeline(questions);
    std::vector<Delivery> deliveries;
    for (std::size_t i = 0; i < ids.size(); ++i) {
        if (!scores[i].is_nil()) deliveries.push_back({partition, ids[i], scores[i].number(), {}});
    }
    read_records(redis, &deliveries);
    complete_records(redis, &deliveries);
    return deliveries;
}

/// Removes the attempts of the event from one log, entry by entry.
std::int64_t forget_attempts(Redis& redis, const std::string& log, const std::string& entry) {
    constexpr std::size_t page_size = 20;
    const std::string mark = "\"entry\":\"" + entry + "\"";
    std::int64_t forgotten = 0;
    std::string begin = "-";
    std::size_t read = page_size;
    while (read == page_size) {
        const Reply page = redis.command({"XRANGE", log, begin, "+", "COUNT", std::to_string(page_size)});
        read = page.size();
        for (std::size_t i = 0; i < read; ++i) {
            begin = "(" + page[i][0].string();
            bool found = false;
            for (std::size_t j = 1; j < page[i][1].size(); j += 2)
                found = found || page[i][1][j].text().find(mark) != std::string_view::npos;
            if (found)
                forgotten += redis.command(store::forget_attempts(log, page[i][0].text(), entry)).number();
        }
    }
    return forgotten;
}

}  // namespace

std::vector<std::string> find_delivery_ids(Redis& redis, const Partition& partition,
                                           const std::string& entry) {
    std::vector<std::string> ids;
    if (redis.command({"HGET", partition.key("refs"), entry}).is_nil()) return ids;
    std::string cursor = "0";
    do {
        const Reply page = redis.command(
            {"HSCAN", partition.key("delivery"), cursor, "MATCH", entry + "/*", "COUNT", "1000"});
        cursor = page[0].string();
        for (std::size_t i = 0; i + 1 < page[1].size(); i += 2)
            ids.push_back(page[1][i].string());
    } while (cursor != "0" && !cursor.empty());
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    return ids;
}

EventDeliveries find_deliveries(Redis& redis, const ListedEvent& event) {
    const Partition partition = partition_of(event);
    const auto ids = find_delivery_ids(redis, partition, event.entry);
    return {with_scores(redis, partition, ids, false), with_scores(redis, partition, ids, true)};
}

std::vector<LoggedAttempt> find_attempts(Redis& redis, const ListedEvent& event, std::size_t limit) {
    AttemptOptions options;
    options.event = event.label();
    const AttemptFilter filter(options);
    AttemptReader reader(redis, {partition_of(event)}, filter, {});
    std::vector<LoggedAttempt> attempts;
    while (attempts.size() < limit) {
        auto attempt = reader.next();
        if (!attempt) break;
        attempts.push_back(std::move(*attempt));
    }
    return attempts;
}

DeletedEvent delete_event(Redis& redis, const ListedEvent& event) {
    const Partition partition = partition_of(event);
    redis.require_rights();
    DeletedEvent deleted;
    std::int64_t left = 1;
    for (int round = 0; left > 0; ++round) {  // again for deliveries that were made meanwhile
        const auto ids = find_delivery_ids(redis, partition, event.entry);
        const Reply reply =
            redis.command(store::delete_event(partition.stream, partition.number, event.entry, ids));
        const auto result = static_cast<store::DeleteResult>(reply[0].number());
        if (result == store::DeleteResult::not_routed)
            throw NotFound(
                "it is not routed yet, and a worker may have read it: try again when it is "
                "(webhookctl ledger)");
        if (round == 0 && result == store::DeleteResult::not_found) throw NotFound("it is gone already");
        deleted.cancelled += reply[1].number();
        deleted.dropped += reply[2].number();
        left = result == store::DeleteResult::not_found ? 0 : reply[3].number();
    }
    for (const auto& log : attempt_logs(redis, partition))
        deleted.attempts += forget_attempts(redis, log, event.entry);
    return deleted;
}

}  // namespace webhook::ctl
