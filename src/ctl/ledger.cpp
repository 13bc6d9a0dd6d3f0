#include "ctl/ledger.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "ctl/command.hpp"
#include "ctl/failure.hpp"
#include "ctl/table.hpp"
#include "store/admin.hpp"

namespace webhook::ctl {

namespace {

struct Term {
    const char* name;
    std::int64_t Ledger::*value;
};

constexpr Term terms[] = {
    {"accepted", &Ledger::accepted}, {"unrouted", &Ledger::unrouted}, {"routed", &Ledger::routed},
    {"created", &Ledger::created},   {"replayed", &Ledger::replayed}, {"delivered", &Ledger::delivered},
    {"waiting", &Ledger::waiting},   {"dead", &Ledger::dead},         {"cancelled", &Ledger::cancelled}};

void put_terms(const Ledger& ledger, Json* json) {
    for (const auto& term : terms)
        (*json)[term.name] = ledger.*term.value;
}

std::vector<std::string> cells(std::string title, const Ledger& ledger, bool balanced) {
    std::vector<std::string> row{std::move(title)};
    for (const auto& term : terms)
        row.push_back(std::to_string(ledger.*term.value));
    row.emplace_back(balanced ? "yes" : "NO");
    return row;
}

Ledger total_of(const std::vector<PartitionLedger>& rows) {
    Ledger total;
    for (const auto& row : rows)
        total += row.ledger;
    return total;
}

bool all_balanced(const std::vector<PartitionLedger>& rows) {
    return std::all_of(rows.begin(), rows.end(), [](const auto& row) { return row.ledger.balanced(); });
}

struct LedgerOptions {
    std::string stream;
};

int run_ledger(const Context& context, const LedgerOptions& options) {
    Redis redis = context.connect();
    const auto rows = read_ledgers(redis, find_partitions(redis, options.stream));
    if (context.json) {
        print_json(ledger_json(rows));
    } else if (rows.empty()) {
        print_line("no streams yet: nothing was accepted");
    } else {
        print(ledger_table(rows));
    }
    return all_balanced(rows) ? exit_yes : exit_no;
}

}  // namespace

bool Ledger::balanced() const {
    return unrouted >= 0 && accepted == unrouted + routed &&
           created + replayed == delivered + waiting + dead + cancelled;
}

Ledger& Ledger::operator+=(const Ledger& other) {
    for (const auto& term : terms)
        this->*term.value += other.*term.value;
    return *this;
}

Ledger ledger_from(ReplyView reply) {
    const std::int64_t length = reply[0].number();
    std::size_t at = 1;
    Ledger ledger;
    ledger.waiting = reply[at++].number();
    ledger.accepted = reply[at++].number();
    ledger.routed = reply[at++].number();
    const std::int64_t trimmed = reply[at++].number();
    ledger.created = reply[at++].number();
    ledger.replayed = reply[at++].number();
    ledger.delivered = reply[at++].number();
    ledger.dead = reply[at++].number();
    ledger.cancelled = reply[at++].number();
    ledger.unrouted = length + trimmed - ledger.routed;
    return ledger;
}

std::vector<PartitionLedger> read_ledgers(Redis& redis, const std::vector<Partition>& partitions) {
    std::vector<store::Call> questions;
    questions.reserve(partitions.size());
    for (const auto& partition : partitions) {
        questions.push_back(store::read_ledger(partition.stream, partition.number));
    }
    const std::vector<Reply> replies = redis.pipeline(questions);
    std::vector<PartitionLedger> rows;
    rows.reserve(partitions.size());
    for (std::size_t i = 0; i < partitions.size(); ++i)
        rows.push_back({partitions[i], ledger_from(replies[i])});
    return rows;
}

Json ledger_json(const std::vector<PartitionLedger>& rows) {
    Json total = Json::object();
    put_terms(total_of(rows), &total);
    Json partitions = Json::array();
    for (const auto& row : rows) {
        Json one{{"stream", row.partition.stream}, {"partition", row.partition.number}};
        put_terms(row.ledger, &one);
        partitions.push_back(std::move(one));
    }
    return {
        {"balanced", all_balanced(rows)}, {"total", std::move(total)}, {"partitions", std::move(partitions)}};
}

std::string ledger_table(const std::vector<PartitionLedger>& rows) {
    std::vector<Column> columns{{"PARTITION"}};
    for (const auto& term : terms)
        columns.push_back({term.name, true});
    columns.push_back({"balanced"});
    Table table(std::move(columns));
    for (const auto& row : rows)
        table.add(cells(row.partition.label(), row.ledger, row.ledger.balanced()));
    table.add(cells("total", total_of(rows), all_balanced(rows)));
    return table.text();
}

void add_ledger_command(Command& program) {
    auto options = std::make_shared<LedgerOptions>();
    program
        .add(
            "ledger", "Account for every accepted event and every delivery",
            "Per partition: accepted = unrouted + routed, and\n"
            "created + replayed = delivered + waiting + dead + cancelled. Exit 1 when that does not hold.\n\n"
            "Examples:\n  webhookctl ledger\n  webhookctl ledger --json | jq .total")
        .option("--stream", &options->stream, "Only this stream")
        .run(run_ledger, options);
}

}  // namespace webhook::ctl
