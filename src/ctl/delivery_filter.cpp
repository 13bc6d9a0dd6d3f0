#include "ctl/delivery_filter.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/glob.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "ctl/event_search.hpp"
#include "ctl/failure.hpp"
#include "ctl/time.hpp"

namespace webhook::ctl {

namespace {

/// Reads "none", "5xx" or "503".
bool take_status(std::string_view word, std::int64_t* first, std::int64_t* last) {
    if (word == "none") {
        *first = *last = 0;
        return true;
    }
    if (word.size() != 3) return false;
    const bool is_class = base::lower(word.substr(1)) == "xx";
    if (!base::to_number(is_class ? word.substr(0, 1) : word, first)) return false;
    *last = is_class ? *first * 100 + 99 : *first;
    if (is_class) *first *= 100;
    return *first >= 100 && *last <= 999;
}

std::int64_t moment(const char* option, std::string_view text, std::int64_t none) {
    if (text.empty()) return none;
    const auto when = parse_when(text, base::now_ms());
    if (!when)
        throw Failure(fmt::format(
            "{} wants a time ago (10m, 2h, 7d), Unix seconds or a time like 2026-11-21T10:00:00Z", option));
    return *when;
}

bool fits(const std::string& pattern, const Json& record, const char* name) {
    return pattern.empty() || base::matches(pattern, text_of(record, name));
}

}  // namespace

StatusSet StatusSet::parse(std::string_view text) {
    StatusSet set;
    while (!text.empty()) {
        const std::size_t comma = std::min(text.find(','), text.size());
        Range range{};
        if (!take_status(text.substr(0, comma), &range.first, &range.last))
            throw Failure(
                "--status wants a status (503), a class (5xx) or none, with commas between several");
        set.ranges_.push_back(range);
        text.remove_prefix(std::min(comma + 1, text.size()));
    }
    return set;
}

bool StatusSet::contains(std::int64_t status) const {
    return ranges_.empty() || std::any_of(ranges_.begin(), ranges_.end(), [status](const Range& range) {
               return status >= range.first && status <= range.last;
           });
}

TimeSpan TimeSpan::parse(std::string_view since, std::string_view until) {
    return {moment("--since", since, 0), moment("--until", until, INT64_MAX)};
}

bool DeliveryOptions::empty() const {
    const std::string* all[] = {&stream, &endpoint, &event,  &source, &type,
                                &tenant, &status,   &reason, &since,  &until};
    return std::all_of(std::begin(all), std::end(all), [](const std::string* one) { return one->empty(); });
}

Command& add_delivery_options(Command& command, DeliveryOptions* options, bool dead) {
    command.option("--endpoint", &options->endpoint, "Only this endpoint")
        .option("--stream", &options->stream, "Only this stream")
        .option("--event", &options->event, "Only this event (its id, key, webhook-id or entry)")
        .option("--source", &options->source, "Only events of this source (* stands for anything)")
        .option("--type", &options->type, "Only events of these types (order.*)")
        .option("--tenant", &options->tenant, "Only this tenant (* stands for anything)")
        .option("--status", &options->status, "Only this last status: 503, 5xx or none; several with commas")
        .option("--since", &options->since,
                dead ? "Only what died since: 10m (ago), Unix seconds or 2026-11-21T10:00:00Z"
                     : "Only what was created since: 10m (ago), Unix seconds or 2026-11-21T10:00:00Z")
        .option("--until", &options->until, "Only up to this time");
    if (dead) command.option("--reason", &options->reason, "Only this reason (exhausted, overflow, ...)");
    return command;
}

DeliveryFilter::DeliveryFilter(const DeliveryOptions& options)
    : options_(options),
      status_(StatusSet::parse(options.status)),
      time_(TimeSpan::parse(options.since, options.until)) {}

bool DeliveryFilter::needs_attributes() const {
    return !options_.source.empty() || !options_.type.empty() || !options_.tenant.empty() ||
           !options_.event.empty();
}

bool DeliveryFilter::matches(const Delivery& delivery) const {
    const Json& record = delivery.record;
    return (options_.endpoint.empty() || endpoint_of(delivery.id) == options_.endpoint) &&
           status_.contains(number_of(record, "status")) && fits(options_.reason, record, "reason") &&
           fits(options_.source, record, "source") && fits(options_.type, record, "type") &&
           fits(options_.tenant, record, "tenant") &&
           (options_.event.empty() || is_of_event(record, options_.event) ||
            entry_of(delivery.id) == options_.event || delivery.event_label() == options_.event);
}

}  // namespace webhook::ctl
