#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "base/time.hpp"
#include "ctl/command.hpp"
#include "ctl/delivery.hpp"
#include "ctl/event_search.hpp"
#include "ctl/failure.hpp"
#include "ctl/output.hpp"
#include "ctl/table.hpp"
#include "ctl/time.hpp"

namespace webhook::ctl {

namespace {

struct DeliveriesOptions {
    std::string stream, endpoint, event;
    std::size_t limit = 50;
};

struct AttemptsOptions {
    std::string stream, endpoint, event;
    std::size_t limit = 50;
};

/// Endpoints of a partition with something waiting, soonest first: those behind the first `limit` cannot have
/// one of the `limit` soonest deliveries.
std::vector<std::string> waiting_endpoints(Redis& redis, const Partition& partition,
                                           const DeliveriesOptions& options) {
    if (!options.endpoint.empty()) return {options.endpoint};
    const std::string last = options.event.empty() ? std::to_string(options.limit) : "-1";
    const Reply due = redis.command({"ZRANGE", partition.key("due"), "0", last});
    std::vector<std::string> endpoints;
    for (std::size_t i = 0; i < due.size(); ++i)
        endpoints.push_back(due[i].string());
    return endpoints;
}

/// The soonest of an endpoint that are of the event that is asked for: all are looked through.
void read_of_event(Redis& redis, const Partition& partition, const std::string& endpoint,
                   const DeliveriesOptions& options, std::vector<Delivery>* deliveries) {
    constexpr std::size_t page_size = 200;
    std::size_t read = page_size, found = 0;
    for (std::size_t offset = 0; read == page_size && found <= options.limit; offset += page_size) {
        const Reply page =
            redis.command({"ZRANGE", partition.key("waiting:" + endpoint), std::to_string(offset),
                           std::to_string(offset + page_size - 1), "WITHSCORES"});
        read = page.size() / 2;
        for (auto& delivery : read_deliveries(redis, partition, page)) {
            if (!is_of_event(delivery.record, options.event)) continue;
            deliveries->push_back(std::move(delivery));
            ++found;
        }
    }
}

void read_partition(Redis& redis, const Partition& partition, const DeliveriesOptions& options,
                    std::vector<Delivery>* deliveries) {
    const auto endpoints = waiting_endpoints(redis, partition, options);
    if (!options.event.empty()) {
        for (const auto& endpoint : endpoints)
            read_of_event(redis, partition, endpoint, options, deliveries);
        return;
    }
    std::vector<Arguments> questions;
    for (const auto& endpoint : endpoints) {
        questions.push_back({"ZRANGE", partition.key("waiting:" + endpoint), "0",
                             std::to_string(options.limit), "WITHSCORES"});
    }
    for (const auto& reply : redis.pipeline(questions)) {
        auto more = read_deliveries(redis, partition, reply);
        std::move(more.begin(), more.end(), std::back_inserter(*deliveries));
    }
}

void show_deliveries(const std::vector<Delivery>& deliveries, std::int64_t now) {
    Table table({{"DUE"},
                 {"IN", true},
                 {"DELIVERY"},
                 {"EVENT", false, 40},
                 {"ATTEMPTS", true},
                 {"STATUS", true},
                 {"LAST ERROR", false, 60}});
    for (const auto& delivery : deliveries) {
        const std::int64_t left = delivery.score - now;
        table.add({base::format_rfc3339_ms(delivery.score), left <= 0 ? "now" : format_span(left),
                   delivery.label(), text_of(delivery.record, "event"),
                   std::to_string(number_of(delivery.record, "attempts")), status_text(delivery.record),
                   text_of(delivery.record, "error")});
    }
    print(table.text());
}

int run_deliveries(const Context& context, const DeliveriesOptions& options) {
    Redis redis = context.connect();
    std::vector<Delivery> deliveries;
    for (const auto& partition : find_partitions(redis, options.stream)) {
        read_partition(redis, partition, options, &deliveries);
    }
    std::sort(deliveries.begin(), deliveries.end(),
              [](const auto& a, const auto& b) { return a.score < b.score; });
    const bool more = deliveries.size() > options.limit;
    if (more) deliveries.resize(options.limit);
    if (context.json) {
        for (const auto& delivery : deliveries)
            print_json(delivery_json(delivery, "due"));
        return exit_yes;
    }
    if (deliveries.empty()) {
        print_line("nothing is waiting");
        return exit_yes;
    }
    show_deliveries(deliveries, base::now_ms());
    if (more) print_line(fmt::format("... and more: --limit {}", options.limit * 10));
    return exit_yes;
}

/// One attempt as the log holds it, with where it was found.
struct LoggedAttempt {
    Partition partition;
    Json json;
};

bool wanted(const Json& attempt, const AttemptsOptions& options) {
    return (options.endpoint.empty() || text_of(attempt, "endpoint") == options.endpoint) &&
           (options.event.empty() || is_of_event(attempt, options.event));
}

/// The attempts in one log entry, newest first.
void read_entry(const Partition& partition, ReplyView entry, const AttemptsOptions& options,
                std::vector<LoggedAttempt>* attempts) {
    for (std::size_t i = entry[1].size(); i >= 2; i -= 2) {
        Json attempt = parse_object(entry[1][i - 1].text());
        if (wanted(attempt, options)) attempts->push_back({partition, std::move(attempt)});
    }
}

/// Newest first, until `limit` are found.
void read_log(Redis& redis, const Partition& partition, const std::string& key,
              const AttemptsOptions& options, std::vector<LoggedAttempt>* attempts) {
    constexpr std::size_t page_size = 50;
    std::string end = "+";
    std::size_t read = page_size;
    while (read == page_size && attempts->size() < options.limit) {
        const Reply page = redis.command({"XREVRANGE", key, end, "-", "COUNT", std::to_string(page_size)});
        read = page.size();
        for (std::size_t i = 0; i < read; ++i)
            read_entry(partition, page[i], options, attempts);
        if (read != 0) end = "(" + page[read - 1][0].string();
    }
}

/// Both generations of a partition's log.
std::vector<LoggedAttempt> read_attempts(Redis& redis, const Partition& partition,
                                         const AttemptsOptions& options) {
    const std::int64_t current = redis.command({"HGET", partition.key("meta"), "attempts_gen"}).number();
    std::vector<LoggedAttempt> attempts;
    for (std::int64_t generation = current; generation >= std::max<std::int64_t>(0, current - 1);
         --generation) {
        read_log(redis, partition, partition.key(fmt::format("attempts:{}", generation)), options, &attempts);
    }
    return attempts;
}

void show_attempts(const std::vector<LoggedAttempt>& attempts) {
    Table table({{"AT"},
                 {"ENDPOINT"},
                 {"EVENT", false, 40},
                 {"RESULT"},
                 {"STATUS", true},
                 {"TOOK", true},
                 {"ERROR", false, 50},
                 {"DELIVERY"}});
    for (const auto& [partition, json] : attempts) {
        table.add({base::format_rfc3339_ms(number_of(json, "at")), text_of(json, "endpoint"),
                   text_of(json, "event"), text_of(json, "result"), status_text(json),
                   fmt::format("{} ms", number_of(json, "ms")), text_of(json, "error"),
                   partition.label() + "/" + text_of(json, "delivery")});
    }
    print(table.empty() ? "no attempts in the log\n" : table.text());
}

Json attempt_json(const LoggedAttempt& attempt) {
    Json json{{"stream", attempt.partition.stream}, {"partition", attempt.partition.number}};
    json.update(attempt.json);
    return json;
}

int run_attempts(const Context& context, const AttemptsOptions& options) {
    Redis redis = context.connect();
    std::vector<LoggedAttempt> attempts;
    for (const auto& partition : find_partitions(redis, options.stream)) {
        auto more = read_attempts(redis, partition, options);
        std::move(more.begin(), more.end(), std::back_inserter(attempts));
    }
    std::stable_sort(attempts.begin(), attempts.end(), [](const auto& a, const auto& b) {
        return number_of(a.json, "at") > number_of(b.json, "at");
    });
    if (attempts.size() > options.limit)
        attempts.erase(attempts.begin() + static_cast<std::ptrdiff_t>(options.limit), attempts.end());
    if (!context.json) {
        show_attempts(attempts);
        return exit_yes;
    }
    for (const auto& attempt : attempts)
        print_json(attempt_json(attempt));
    return exit_yes;
}

}  // namespace

void add_delivery_commands(Command& program) {
    auto waiting = std::make_shared<DeliveriesOptions>();
    program
        .add("deliveries", "List waiting deliveries, soonest due first",
             "A delivery that is being attempted right now is due when its lease ends.\n\n"
             "Examples:\n  webhookctl deliveries --endpoint crm\n  webhookctl deliveries --json | jq -r "
             ".error")
        .option("--stream", &waiting->stream, "Only this stream")
        .option("--endpoint", &waiting->endpoint, "Only this endpoint")
        .option("--event", &waiting->event, "Only this event (its id, key, webhook-id or entry)")
        .option("-n,--limit", &waiting->limit, "How many (default 50)")
        .run(run_deliveries, waiting);
    auto log = std::make_shared<AttemptsOptions>();
    program
        .add("attempts", "List attempts from the log, newest first",
             "The log is bounded by age and size. --json also prints the beginning of the response.\n\n"
             "Examples:\n  webhookctl attempts --endpoint crm --limit 5\n"
             "  webhookctl attempts --event evt_123 --json | jq -r .response")
        .option("--stream", &log->stream, "Only this stream")
        .option("--endpoint", &log->endpoint, "Only this endpoint")
        .option("--event", &log->event, "Only this event (its id, key, webhook-id or entry)")
        .option("-n,--limit", &log->limit, "How many (default 50)")
        .run(run_attempts, log);
}

}  // namespace webhook::ctl
