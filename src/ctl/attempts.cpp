#include <fmt/format.h>

#include <memory>

#include "base/time.hpp"
#include "ctl/attempt_log.hpp"
#include "ctl/body_text.hpp"
#include "ctl/command.hpp"
#include "ctl/config.hpp"
#include "ctl/delivery.hpp"
#include "ctl/failure.hpp"
#include "ctl/output.hpp"
#include "ctl/show_attempts.hpp"
#include "ctl/table.hpp"

namespace webhook::ctl {

namespace {

struct AttemptsOptions {
    AttemptOptions filter;
    std::string cursor;
    std::size_t limit = 50;
    bool verbose = false;
};

/// Makes the response readable: decompressed text, else base64.
void put_response(Json* json) {
    const auto text = response_text(*json);
    if (!text) return;
    json->erase("response_base64");
    (*json)["response"] = *text;
}

void show_response(const Json& attempt) {
    const std::string headers = text_of(attempt, "response_headers");
    if (!headers.empty()) print(headers);
    const auto text = response_text(attempt);
    if (!text) {
        print_line(
            fmt::format("({} bytes in base64 that are no text)", text_of(attempt, "response_base64").size()));
    } else if (!text->empty()) {
        print_line(*text);
    }
}

int run_attempts(const Context& context, const AttemptsOptions& options) {
    const AttemptFilter filter(options.filter);
    Redis redis = context.connect();
    AttemptReader reader(redis, find_partitions(redis, options.filter.stream), filter, options.cursor);
    std::vector<LoggedAttempt> attempts;
    while (attempts.size() < options.limit) {
        auto attempt = reader.next();
        if (!attempt) break;
        attempts.push_back(std::move(*attempt));
    }
    if (attempts.empty()) require_endpoint(redis, options.filter.endpoint);
    if (context.json) {
        for (const auto& attempt : attempts)
            print_json(attempt_json(attempt));
        return exit_yes;
    }
    if (attempts.empty()) {
        print_line("no attempts in the log");
        return exit_yes;
    }
    show_attempts(attempts, options.verbose);
    if (attempts.size() == options.limit)
        print_line("for older ones: --cursor '" + attempts.back().place() + "'");
    return exit_yes;
}

}  // namespace

Json attempt_json(const LoggedAttempt& attempt) {
    Json json{{"stream", attempt.partition.stream}, {"partition", attempt.partition.number}};
    json.update(attempt.json);
    put_response(&json);
    json["cursor"] = attempt.place();
    return json;
}

void show_attempts(const std::vector<LoggedAttempt>& attempts, bool verbose) {
    const auto new_table = [] {
        return Table({{"AT"},
                      {"ENDPOINT"},
                      {"EVENT", false, 40},
                      {"RESULT"},
                      {"STATUS", true},
                      {"TOOK", true},
                      {"ERROR", false, 50},
                      {"DELIVERY"}});
    };
    Table table = new_table();
    for (const auto& attempt : attempts) {
        const Json& json = attempt.json;
        table.add({base::format_rfc3339_ms(number_of(json, "at")), text_of(json, "endpoint"),
                   text_of(json, "event"), text_of(json, "result"), status_text(json),
                   fmt::format("{} ms", number_of(json, "ms")), text_of(json, "error"),
                   attempt.partition.label() + "/" + text_of(json, "delivery")});
        if (!verbose) continue;
        print(table.text());
        show_response(json);
        print_line("");
        table = new_table();
    }
    if (!verbose) print(table.text());
}

void add_attempts_command(Command& program) {
    auto options = std::make_shared<AttemptsOptions>();
    AttemptOptions& filter = options->filter;
    program
        .add("attempts", "List attempts from the log, newest first",
             "The log is bounded by age and size. --verbose prints response headers and the beginning of the "
             "body,\n"
             "decompressed (gzip, deflate); --json has both, too. Headers are kept of failures.\n\n"
             "Examples:\n  webhookctl attempts --endpoint crm --status 5xx --since 1h\n"
             "  webhookctl attempts --status none,429 --verbose --limit 5\n"
             "  webhookctl attempts --event evt_123 --json | jq -r .response")
        .option("--endpoint", &filter.endpoint, "Only this endpoint")
        .option("--stream", &filter.stream, "Only this stream")
        .option("--event", &filter.event, "Only this event (its id, key, webhook-id or entry)")
        .option("--delivery", &filter.delivery, "Only this delivery (STREAM:P/ENTRY/ENDPOINT)")
        .option("--status", &filter.status, "Only this status: 503, 5xx or none; several with commas")
        .option("--since", &filter.since, "Only since: 10m (ago), Unix seconds or 2026-11-21T10:00:00Z")
        .option("--until", &filter.until, "Only up to this time")
        .option("-n,--limit", &options->limit, "How many (default 50)")
        .option("--cursor", &options->cursor, "Go on where the page before ended")
        .flag("-v,--verbose", &options->verbose, "Print response headers and bodies, too")
        .run(run_attempts, options);
}

}  // namespace webhook::ctl
