#include "ctl/event_reader.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

#include "ctl/failure.hpp"

namespace webhook::ctl {

namespace {

constexpr std::size_t page_bytes = 1U << 20U;
constexpr std::size_t max_page = 500;
constexpr int block_ms = 1000;
constexpr int rounds_between_searches = 5;

EntryId order(const ListedEvent& event) {
    EntryId id;
    EntryId::parse(event.entry, &id);
    return id;
}

}  // namespace

EventReader::EventReader(Redis& redis, std::vector<Partition> partitions, const EventRange& range)
    : redis_(redis), order_(range.order) {
    const bool newest = order_ == EventOrder::newest_first;
    const std::string least = range.since <= 0 ? "-" : std::to_string(range.since);
    const std::string most = range.until == INT64_MAX ? "+" : std::to_string(range.until);
    std::string begin = newest ? most : least;
    end_ = newest ? least : most;
    if (!range.after.empty()) {
        Partition partition;
        std::string_view rest;
        Place place;
        if (!parse_partition_label(range.after, &partition, &rest) || !EntryId::parse(rest, &place.entry))
            throw Failure("--cursor wants an entry as the page before printed it: STREAM:P/1700000000000-0");
        place.partition = partition.label();
        begin = place.entry.text();
        after_ = std::move(place);
    }
    for (auto& partition : partitions) {
        Cursor cursor;
        cursor.partition = std::move(partition);
        cursor.begin = begin;
        cursors_.push_back(std::move(cursor));
    }
}

EventReader::Place EventReader::place_of(const ListedEvent& event) {
    return {order(event), Partition{event.stream, event.partition}.label()};
}

bool EventReader::before(const Place& a, const Place& b) const {
    const bool smaller = a.entry < b.entry || (a.entry == b.entry && a.partition < b.partition);
    const bool equal = a.entry == b.entry && a.partition == b.partition;
    return order_ == EventOrder::oldest_first ? smaller : !smaller && !equal;
}

void EventReader::take(Cursor* cursor, ReplyView page) {
    std::size_t size = 0;
    for (std::size_t i = 0; i < page.size(); ++i) {
        ListedEvent event = event_from_entry(cursor->partition, page[i]);
        size += event.bytes();
        if (!after_ || before(*after_, place_of(event))) cursor->page.push_back(std::move(event));
    }
    const std::size_t average = size / page.size() + 1;
    cursor->count = std::clamp<std::size_t>(page_bytes / average, 1, std::min(max_page, cursor->count * 4));
}

void EventReader::fill(Cursor* cursor) {
    const char* const command = order_ == EventOrder::newest_first ? "XREVRANGE" : "XRANGE";
    while (cursor->page.empty() && !cursor->finished) {
        const Reply page = redis_.command({command, cursor->partition.key("events"), cursor->begin, end_,
                                           "COUNT", std::to_string(cursor->count)});
        cursor->finished = page.size() < cursor->count;
        if (page.size() == 0) return;
        cursor->begin = "(" + page[page.size() - 1][0].string();
        take(cursor, page);
    }
}

EventReader::Cursor* EventReader::first() {
    Cursor* best = nullptr;
    for (auto& cursor : cursors_) {
        fill(&cursor);
        if (cursor.page.empty()) continue;
        if (best == nullptr || before(place_of(cursor.page.front()), place_of(best->page.front())))
            best = &cursor;
    }
    return best;
}

std::optional<ListedEvent> EventReader::next() {
    Cursor* cursor = first();
    if (cursor == nullptr) return std::nullopt;
    ListedEvent event = std::move(cursor->page.front());
    cursor->page.pop_front();
    return event;
}

Follower::Follower(Redis& redis, std::string stream) : redis_(&redis), stream_(std::move(stream)) {
    find_streams(false);
}

std::string Follower::last_entry(const Partition& partition) {
    const Reply newest = redis_->command({"XREVRANGE", partition.key("events"), "+", "-", "COUNT", "1"});
    return newest.size() == 0 ? "0-0" : newest[0][0].string();
}

void Follower::find_streams(bool from_start) {
    for (const auto& partition : find_partitions(*redis_, stream_)) {
        const bool known = std::any_of(positions_.begin(), positions_.end(), [&](const Position& position) {
            return position.partition.label() == partition.label();
        });
        if (!known) positions_.push_back({partition, from_start ? "0-0" : last_entry(partition)});
    }
}

void Follower::begin_after(const ListedEvent& event) {
    for (auto& position : positions_) {
        if (position.partition.label() != Partition{event.stream, event.partition}.label()) continue;
        EntryId after;
        EntryId::parse(position.after, &after);
        if (after < order(event)) position.after = event.entry;
    }
}

std::vector<ListedEvent> Follower::wait() {
    if (++rounds_ % rounds_between_searches == 0) find_streams(true);
    if (positions_.empty()) {
        std::this_thread::sleep_for(std::chrono::milliseconds(block_ms));
        return {};
    }
    Arguments words{"XREAD", "COUNT", "50", "BLOCK", std::to_string(block_ms), "STREAMS"};
    for (const auto& position : positions_)
        words.push_back(position.partition.key("events"));
    for (const auto& position : positions_)
        words.push_back(position.after);
    const Reply reply = redis_->blocking_command(words, block_ms);
    std::vector<ListedEvent> events;
    for (std::size_t i = 0; i < reply.size(); ++i) {
        for (auto& position : positions_) {
            if (position.partition.key("events") != reply[i][0].text()) continue;
            for (std::size_t j = 0; j < reply[i][1].size(); ++j) {
                events.push_back(event_from_entry(position.partition, reply[i][1][j]));
                position.after = events.back().entry;
            }
        }
    }
    std::stable_sort(events.begin(), events.end(),
                     [](const auto& a, const auto& b) { return order(a) < order(b); });
    return events;
}

}  // namespace webhook::ctl
