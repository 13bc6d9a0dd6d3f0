#include "ctl/attempt_log.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "ctl/delivery.hpp"
#include "ctl/event_search.hpp"
#include "ctl/failure.hpp"

namespace webhook::ctl {

namespace {

constexpr std::size_t page_size = 20;

/// JSON writes such a text as it is, so that it can be looked for.
bool is_plain(std::string_view text) {
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return c >= ' ' && c < 0x7f && c != '"' && c != '\\'; });
}

/// The delivery or entry in "STREAM:P/REST"; other texts are that already.
std::string_view without_label(std::string_view name) {
    Partition partition;
    std::string_view rest;
    return parse_partition_label(name, &partition, &rest) ? rest : name;
}

/// "orders:3/1-0/crm" and "1-0/crm" name a delivery.
bool is_named(const Partition& partition, std::string_view id, std::string_view name) {
    return id == name || (without_label(name) == id && name == partition.label() + "/" + std::string(id));
}

}  // namespace

std::string LoggedAttempt::place() const {
    return fmt::format("{}~{}~{}", log_entry.text(), index, partition.label());
}

AttemptFilter::AttemptFilter(const AttemptOptions& options)
    : options_(options),
      status_(StatusSet::parse(options.status)),
      time_(TimeSpan::parse(options.since, options.until)) {
    if (!options.endpoint.empty()) needles_.push_back("\"endpoint\":\"" + options.endpoint + "\"");
    if (!options.delivery.empty()) needles_.emplace_back(without_label(options.delivery));
    if (!options.event.empty()) needles_.emplace_back(without_label(options.event));
    std::erase_if(needles_, [](const std::string& needle) {
        return !is_plain(needle) && needle.find("\"endpoint\"") != 0;
    });
}

bool AttemptFilter::may_match(std::string_view json) const {
    return std::all_of(needles_.begin(), needles_.end(), [json](const std::string& needle) {
        return json.find(needle) != std::string_view::npos;
    });
}

bool AttemptFilter::matches(const Partition& partition, const Json& attempt) const {
    return (options_.endpoint.empty() || text_of(attempt, "endpoint") == options_.endpoint) &&
           (options_.delivery.empty() ||
            is_named(partition, text_of(attempt, "delivery"), options_.delivery)) &&
           status_.contains(number_of(attempt, "status")) && time_.contains(number_of(attempt, "at")) &&
           (options_.event.empty() || is_of_event(attempt, options_.event) ||
            is_named(partition, text_of(attempt, "entry"), options_.event));
}

std::vector<std::string> attempt_logs(Redis& redis, const Partition& partition) {
    const std::int64_t current = redis.command({"HGET", partition.key("meta"), "attempts_gen"}).number();
    std::vector<std::string> keys;
    for (std::int64_t generation = current; generation >= std::max<std::int64_t>(0, current - 1);
         --generation)
        keys.push_back(partition.key(fmt::format("attempts:{}", generation)));
    return keys;
}

bool operator<(const AttemptReader::Key& a, const AttemptReader::Key& b) {
    if (!(a.entry == b.entry)) return a.entry < b.entry;
    return a.partition < b.partition || (a.partition == b.partition && a.index < b.index);
}

AttemptReader::Key AttemptReader::key_of(const LoggedAttempt& attempt) {
    return {attempt.log_entry, attempt.partition.label(), attempt.index};
}

AttemptReader::AttemptReader(Redis& redis, const std::vector<Partition>& partitions,
                             const AttemptFilter& filter, std::string_view after)
    : redis_(redis), filter_(filter) {
    if (!after.empty()) {
        const auto first = after.find('~'), second = after.find('~', first + 1);
        Key key;
        if (second == std::string_view::npos || !EntryId::parse(after.substr(0, first), &key.entry) ||
            !base::to_number(after.substr(first + 1, second - first - 1), &key.index))
            throw Failure("--cursor wants what the page before printed");
        key.partition = after.substr(second + 1);
        after_ = key;
    }
    for (const auto& partition : partitions) {
        const auto keys = attempt_logs(redis, partition);
        Cursor cursor;
        cursor.partition = partition;
        cursor.log = keys.front();
        cursor.older = keys.size() > 1 ? keys[1] : std::string();
        if (after_) cursor.end = after_->entry.text();
        cursors_.push_back(std::move(cursor));
    }
}

/// The attempts of one entry of the log, last first.
void AttemptReader::take(Cursor* cursor, ReplyView entry) {
    LoggedAttempt attempt{cursor->partition, {}, 0, {}};
    if (!EntryId::parse(entry[0].text(), &attempt.log_entry)) return;
    // An attempt begins before it is logged.
    if (static_cast<std::int64_t>(attempt.log_entry.ms) < filter_.time().since) cursor->finished = true;
    for (std::size_t i = entry[1].size(); i >= 2; i -= 2) {
        attempt.index = i / 2 - 1;
        const std::string_view text = entry[1][i - 1].text();
        if (!filter_.may_match(text) || (after_ && !(key_of(attempt) < *after_))) continue;
        attempt.json = parse_object(text);
        if (filter_.matches(attempt.partition, attempt.json)) cursor->page.push_back(attempt);
    }
}

void AttemptReader::fill(Cursor* cursor) {
    while (cursor->page.empty() && !cursor->finished) {
        const Reply page =
            redis_.command({"XREVRANGE", cursor->log, cursor->end, "-", "COUNT", std::to_string(page_size)});
        for (std::size_t i = 0; i < page.size() && !cursor->finished; ++i)
            take(cursor, page[i]);
        if (page.size() == page_size) {
            cursor->end = "(" + page[page_size - 1][0].string();
        } else if (cursor->older.empty()) {
            cursor->finished = true;
        } else {
            cursor->log = std::exchange(cursor->older, {});
            cursor->end = after_ ? after_->entry.text() : "+";
        }
    }
}

std::optional<LoggedAttempt> AttemptReader::next() {
    Cursor* best = nullptr;
    for (auto& cursor : cursors_) {
        fill(&cursor);
        if (cursor.page.empty()) continue;
        if (best == nullptr || key_of(best->page.front()) < key_of(cursor.page.front())) best = &cursor;
    }
    if (best == nullptr) return std::nullopt;
    LoggedAttempt attempt = std::move(best->page.front());
    best->page.pop_front();
    return attempt;
}

}  // namespace webhook::ctl
