#include "ctl/event_search.hpp"

#include <algorithm>
#include <set>

#include "base/glob.hpp"
#include "ctl/event_reader.hpp"
#include "ctl/progress.hpp"

namespace webhook::ctl {

namespace {

/// Events as they are found, each once and not more than are wanted.
class Found {
  public:
    explicit Found(std::size_t limit) : limit_(limit) {}

    void add(ListedEvent event) {
        if (!is_full() && labels_.insert(event.label()).second) events_.push_back(std::move(event));
    }
    bool is_full() const { return events_.size() >= limit_; }
    bool empty() const { return events_.empty(); }
    std::vector<ListedEvent> take() { return std::move(events_); }

  private:
    std::size_t limit_;
    std::set<std::string> labels_;
    std::vector<ListedEvent> events_;
};

void find_entry(Redis& redis, const std::vector<Partition>& partitions, const std::string& entry,
                Found* found) {
    for (const auto& partition : partitions) {
        const Reply read = redis.command({"XRANGE", partition.key("events"), entry, entry});
        if (read.size() != 0) {
            found->add(event_from_entry(partition, read[0]));
            continue;
        }
        const Reply content = redis.command({"HGET", partition.key("content"), entry});
        if (!content.is_nil()) found->add(event_from_content(partition, entry, content.text()));
    }
}

void find_in_streams(Redis& redis, const std::vector<Partition>& partitions, const EventFilter& filter,
                     Found* found) {
    EventReader reader(redis, partitions);
    Progress progress("events searched:", 0);
    while (!found->is_full()) {
        auto event = reader.next();
        if (!event) return;
        progress.advance();
        if (filter.matches(*event)) found->add(std::move(*event));
    }
}

/// Finds events that were trimmed from the stream, but that waiting or dead deliveries still need.
void find_in_content(Redis& redis, const std::vector<Partition>& partitions, const EventFilter& filter,
                     Found* found) {
    for (const auto& partition : partitions) {
        std::string cursor = "0";
        do {
            const Reply page = redis.command({"HSCAN", partition.key("content"), cursor, "COUNT", "20"});
            cursor = page[0].string();
            for (std::size_t i = 0; i + 1 < page[1].size(); i += 2) {
                auto event = event_from_content(partition, page[1][i].string(), page[1][i + 1].text());
                if (filter.matches(event)) found->add(std::move(event));
            }
        } while (cursor != "0" && !cursor.empty() && !found->is_full());
    }
}

}  // namespace

bool EventFilter::matches(const ListedEvent& event) const {
    const auto fits = [&event](const std::string& pattern, const char* field) {
        return pattern.empty() || base::matches(pattern, event.field(field));
    };
    return fits(source, "source") && fits(type, "type") && fits(tenant, "tenant") &&
           (name.empty() || event.is_called(name));
}

std::vector<ListedEvent> find_events(Redis& redis, const EventFilter& filter, std::size_t limit) {
    if (filter.name.empty()) return {};  // as a filter it would fit every event
    Found found(limit);
    Partition one;
    EntryId entry;
    std::string_view rest;
    if (parse_partition_label(filter.name, &one, &rest) && EntryId::parse(rest, &entry)) {
        find_entry(redis, {one}, std::string(rest), &found);
        return found.take();
    }
    const auto partitions = find_partitions(redis, filter.stream);
    if (EntryId::parse(filter.name, &entry)) find_entry(redis, partitions, filter.name, &found);
    if (!found.empty()) return found.take();
    find_in_streams(redis, partitions, filter, &found);
    if (!found.is_full()) find_in_content(redis, partitions, filter, &found);
    return found.take();
}

bool is_of_event(const Json& record, std::string_view name) {
    const std::string webhook_id = text_of(record, "webhook_id");
    return text_of(record, "event") == name || text_of(record, "entry") == name || webhook_id == name ||
           (webhook_id.size() == 36 && std::string_view(webhook_id).substr(4) == name);
}

}  // namespace webhook::ctl
