#include <fmt/format.h>

#include <memory>

#include "base/time.hpp"
#include "ctl/command.hpp"
#include "ctl/config.hpp"
#include "ctl/delivery.hpp"
#include "ctl/delivery_reader.hpp"
#include "ctl/failure.hpp"
#include "ctl/output.hpp"
#include "ctl/retry.hpp"
#include "ctl/show_deliveries.hpp"
#include "ctl/table.hpp"
#include "ctl/time.hpp"

namespace webhook::ctl {

namespace {

struct ListOptions {
    DeliveryOptions filter;
    std::string cursor;
    std::size_t limit = 50;
};

int run_list(const Context& context, const ListOptions& options) {
    const DeliveryFilter filter(options.filter);
    Redis redis = context.connect();
    WaitingReader reader(redis, find_partitions(redis, options.filter.stream), filter,
                         ListPlace::parse(options.cursor), std::min<std::size_t>(options.limit + 1, 200));
    const DeliveryPage page = read_page(redis, &reader, options.limit);
    if (page.deliveries.empty()) require_endpoint(redis, options.filter.endpoint);
    if (context.json) {
        print_json_page(page, "due");
    } else if (page.deliveries.empty()) {
        print_line("nothing is waiting");
    } else {
        show_waiting(page);
    }
    return exit_yes;
}

int run_retry(const Context& context, const RetryOptions& options) {
    if ((options.endpoint.empty() ? 0 : 1) + (options.ids.empty() ? 0 : 1) + (options.all ? 1 : 0) != 1)
        throw Failure("say what to retry: --endpoint ID, --id DELIVERY (webhookctl deliveries) or --all");
    Redis redis = context.connect();
    const RetryOutcome outcome = retry(redis, options);
    if (context.json) {
        print_json({{"retried", outcome.retried}, {"interrupted", outcome.interrupted}});
    } else {
        for (const auto& id : outcome.missing)
            print_error(fmt::format("{}: does not wait (webhookctl deliveries)", printable(id)));
        print_line(fmt::format("{} due now{}", outcome.retried,
                               outcome.interrupted ? "; interrupted: the others wait as before, the same "
                                                     "command goes on with them"
                                                   : ""));
    }
    return outcome.missing.empty() && !outcome.interrupted ? exit_yes : exit_no;
}

void add_retry(Command& deliveries) {
    auto options = std::make_shared<RetryOptions>();
    deliveries
        .add(
            "retry", "Make waiting deliveries due now",
            "The schedule of attempts goes on from there, and a hold (Retry-After) of the endpoint ends. The "
            "oldest events\n"
            "go first. Ctrl-C stops after the present slice: what was not reached waits as before.\n\n"
            "Examples:\n  webhookctl deliveries retry --endpoint crm\n"
            "  webhookctl deliveries retry --all --rate 50/s\n"
            "  webhookctl deliveries retry --id orders:3/1700000000000-0/crm")
        .option("--endpoint", &options->endpoint, "All of this endpoint")
        .option("--id", &options->ids, "This delivery, as \"deliveries\" prints it; repeatable")
        .flag("--all", &options->all, "All that wait")
        .option("--stream", &options->stream, "Only of this stream")
        .option("--rate", &options->rate, "At most so many: 50/s, 300/m, 10/h (default: all at once)")
        .run(run_retry, options);
}

}  // namespace

void add_delivery_commands(Command& program) {
    auto options = std::make_shared<ListOptions>();
    Command command =
        program.add("deliveries", "List waiting deliveries, soonest due first; make them due now",
                    "A delivery that is being attempted right now is due when its lease ends.\n\n"
                    "Examples:\n  webhookctl deliveries --endpoint crm --status 5xx\n"
                    "  webhookctl deliveries --type 'order.*' --since 1h --json | jq -r .error\n"
                    "  webhookctl deliveries retry --endpoint crm");
    add_delivery_options(command, &options->filter, false)
        .option("-n,--limit", &options->limit, "How many (default 50)")
        .option("--cursor", &options->cursor, "Go on where the page before ended")
        .run(run_list, options);
    add_retry(command);
}

}  // namespace webhook::ctl
