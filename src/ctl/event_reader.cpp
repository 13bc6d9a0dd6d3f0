#include "ctl/event_reader.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

namespace webhook::ctl {

namespace {

constexpr std::size_t page_bytes = 4U << 20U;
constexpr std::size_t max_page = 500;
constexpr int block_ms = 1000;
constexpr int rounds_between_searches = 5;

EntryId order(const ListedEvent& event) {
    EntryId id;
    EntryId::parse(event.entry, &id);
    return id;
}

std::size_t bytes(const std::deque<ListedEvent>& page) {
    std::size_t sum = 0;
    for (const auto& event : page) {
        for (const auto& [name, value] : event.fields)
            sum += name.size() + value.size();
    }
    return sum;
}

}  // namespace

NewestFirst::NewestFirst(Redis& redis, std::vector<Partition> partitions) : redis_(redis) {
    for (auto& partition : partitions) {
        Cursor cursor;
        cursor.partition = std::move(partition);
        cursors_.push_back(std::move(cursor));
    }
}

void NewestFirst::fill(Cursor* cursor) {
    const Reply reply = redis_.command({"XREVRANGE", cursor->partition.key("events"), cursor->end, "-",
                                        "COUNT", std::to_string(cursor->count)});
    for (std::size_t i = 0; i < reply.size(); ++i) {
        cursor->page.push_back(event_from_entry(cursor->partition, reply[i]));
    }
    cursor->finished = reply.size() < cursor->count;
    if (cursor->page.empty()) return;
    cursor->end = "(" + cursor->page.back().entry;
    const std::size_t average = bytes(cursor->page) / cursor->page.size() + 1;
    cursor->count = std::clamp<std::size_t>(page_bytes / average, 1, std::min(max_page, cursor->count * 4));
}

NewestFirst::Cursor* NewestFirst::newest() {
    Cursor* best = nullptr;
    for (auto& cursor : cursors_) {
        if (cursor.page.empty() && !cursor.finished) fill(&cursor);
        if (cursor.page.empty()) continue;
        if (best == nullptr || order(best->page.front()) < order(cursor.page.front())) best = &cursor;
    }
    return best;
}

std::optional<ListedEvent> NewestFirst::next() {
    Cursor* cursor = newest();
    if (cursor == nullptr) return std::nullopt;
    ListedEvent event = std::move(cursor->page.front());
    cursor->page.pop_front();
    return event;
}

Follower::Follower(Redis& redis, std::string stream) : redis_(redis), stream_(std::move(stream)) {
    find_streams(false);
}

std::string Follower::last_entry(const Partition& partition) {
    const Reply newest = redis_.command({"XREVRANGE", partition.key("events"), "+", "-", "COUNT", "1"});
    return newest.size() == 0 ? "0-0" : newest[0][0].string();
}

void Follower::find_streams(bool from_start) {
    for (const auto& partition : find_partitions(redis_, stream_)) {
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
    const Reply reply = redis_.blocking_command(words, block_ms);
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
