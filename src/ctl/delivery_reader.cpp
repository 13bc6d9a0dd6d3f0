#include "ctl/delivery_reader.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "ctl/failure.hpp"

namespace webhook::ctl {

namespace {

constexpr std::size_t endpoints_at_once = 1000;

std::vector<DeliveryReader::Source> dead_sources(const std::vector<Partition>& partitions) {
    std::vector<DeliveryReader::Source> sources;
    for (const auto& partition : partitions)
        sources.push_back({partition, partition.key("dead")});
    return sources;
}

/// The list begins where the span of time does, or behind `after`.
std::optional<ListPlace> begin_of(const TimeSpan& time, ListOrder order, std::optional<ListPlace> after) {
    if (order == ListOrder::descending) {
        if (time.until == INT64_MAX || (after && after->score <= time.until)) return after;
        return ListPlace{time.until, "\xff"};
    }
    if (time.since == 0 || (after && after->score >= time.since)) return after;
    return ListPlace{time.since, {}};
}

/// All endpoints with something waiting, in slices; each with its lowest score.
void read_due(Redis& redis, const Partition& partition, std::vector<DeliveryReader::Source>* sources) {
    std::size_t read = endpoints_at_once;
    for (std::size_t offset = 0; read == endpoints_at_once; offset += endpoints_at_once) {
        const Reply due = redis.command({"ZRANGE", partition.key("due"), std::to_string(offset),
                                         std::to_string(offset + endpoints_at_once - 1), "WITHSCORES"});
        read = due.size() / 2;
        for (std::size_t i = 0; i + 1 < due.size(); i += 2)
            sources->push_back({partition, partition.key("waiting:" + due[i].string()), due[i + 1].number()});
    }
}

std::vector<DeliveryReader::Source> waiting_sources(Redis& redis, const std::vector<Partition>& partitions,
                                                    const std::string& endpoint) {
    std::vector<DeliveryReader::Source> sources;
    for (const auto& partition : partitions) {
        if (endpoint.empty()) {
            read_due(redis, partition, &sources);
        } else {
            sources.push_back({partition, partition.key("waiting:" + endpoint)});
        }
    }
    return sources;
}

}  // namespace

std::string ListPlace::text() const {
    return fmt::format("{}~{}", score, label);
}

std::optional<ListPlace> ListPlace::parse(std::string_view text) {
    if (text.empty()) return std::nullopt;
    const auto end = text.find('~');
    ListPlace place;
    if (end == std::string_view::npos || !base::to_number(text.substr(0, end), &place.score))
        throw Failure("--cursor wants what the page before printed");
    place.label = text.substr(end + 1);
    return place;
}

DeliveryReader::DeliveryReader(Redis& redis, std::vector<Source> sources, ListOrder order,
                               std::optional<ListPlace> after, std::size_t page)
    : redis_(redis), order_(order), page_(std::max<std::size_t>(page, 1)) {
    for (auto& source : sources) {
        Cursor cursor;
        cursor.source = std::move(source);
        cursor.last = after;
        cursors_.push_back(std::move(cursor));
    }
    for (std::size_t i = 0; i < cursors_.size(); ++i) {
        const std::int64_t bound =
            order == ListOrder::ascending ? cursors_[i].source.bound : std::int64_t{INT64_MAX};
        heads_.push_back({{bound, {}}, i});
    }
    std::make_heap(heads_.begin(), heads_.end(),
                   [this](const Head& a, const Head& b) { return later(a, b); });
}

bool DeliveryReader::before(const ListPlace& a, const ListPlace& b) const {
    return order_ == ListOrder::ascending ? a < b : b < a;
}

Reply DeliveryReader::range(const Cursor& cursor, std::size_t first, std::size_t last) {
    return redis_.command({order_ == ListOrder::ascending ? "ZRANGE" : "ZREVRANGE", cursor.source.key,
                           std::to_string(first), std::to_string(last), "WITHSCORES"});
}

/// Finds the first member behind `last` by bisection.
void DeliveryReader::locate(Cursor* cursor) {
    std::size_t low = 0,
                high = static_cast<std::size_t>(redis_.command({"ZCARD", cursor->source.key}).number());
    while (low < high) {
        const std::size_t middle = low + (high - low) / 2;
        const auto found = deliveries_from(cursor->source.partition, range(*cursor, middle, middle));
        if (!found.empty() && !before(*cursor->last, ListPlace::of(found[0]))) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    cursor->offset = low;
    cursor->located = true;
}

/// Reads from the last member on: if it is still there, nothing has moved.
std::vector<Delivery> DeliveryReader::read_page(Cursor* cursor) {
    if (!cursor->last) return deliveries_from(cursor->source.partition, range(*cursor, 0, page_ - 1));
    if (!cursor->located) locate(cursor);
    for (;;) {
        const std::size_t overlap = cursor->offset == 0 ? 0 : 1;
        auto found = deliveries_from(cursor->source.partition,
                                     range(*cursor, cursor->offset - overlap, cursor->offset + page_ - 1));
        const auto first = std::find_if(found.begin(), found.end(), [&](const Delivery& one) {
            return before(*cursor->last, ListPlace::of(one));
        });
        const auto passed = static_cast<std::size_t>(first - found.begin());
        if (passed == overlap || cursor->offset == 0) {
            found.erase(found.begin(), first);
            return found;
        }
        locate(cursor);
        if (cursor->offset == 0) continue;
        found = deliveries_from(cursor->source.partition,
                                range(*cursor, cursor->offset, cursor->offset + page_ - 1));
        std::erase_if(found, [&](const Delivery& one) { return !before(*cursor->last, ListPlace::of(one)); });
        return found;
    }
}

void DeliveryReader::fill(Cursor* cursor) {
    while (cursor->page.empty() && !cursor->finished) {
        auto found = read_page(cursor);
        if (found.empty()) {
            cursor->finished = true;
            return;
        }
        cursor->last = ListPlace::of(found.back());
        cursor->offset = (cursor->located ? cursor->offset : 0) + found.size();
        cursor->located = true;
        if (wanted_) std::erase_if(found, [this](const Delivery& one) { return !wanted_(one); });
        read_records(redis_, &found);
        if (attributes_) complete_records(redis_, &found);
        cursor->page.assign(std::make_move_iterator(found.rbegin()), std::make_move_iterator(found.rend()));
    }
}

/// A cursor whose page has been given is only read on when its turn comes.
void DeliveryReader::push(std::size_t index) {
    const Cursor& cursor = cursors_[index];
    heads_.push_back({cursor.page.empty() ? *cursor.last : ListPlace::of(cursor.page.back()), index});
    std::push_heap(heads_.begin(), heads_.end(),
                   [this](const Head& a, const Head& b) { return later(a, b); });
}

std::optional<Delivery> DeliveryReader::next() {
    while (!heads_.empty()) {
        std::pop_heap(heads_.begin(), heads_.end(),
                      [this](const Head& a, const Head& b) { return later(a, b); });
        const std::size_t index = heads_.back().cursor;
        heads_.pop_back();
        Cursor& cursor = cursors_[index];
        if (cursor.page.empty()) {  // only a bound was known
            fill(&cursor);
            if (!cursor.page.empty()) push(index);
            continue;
        }
        Delivery delivery = std::move(cursor.page.back());
        cursor.page.pop_back();
        if (!cursor.page.empty() || !cursor.finished) push(index);
        return delivery;
    }
    return std::nullopt;
}

DeadReader::DeadReader(Redis& redis, const std::vector<Partition>& partitions, const DeliveryFilter& filter,
                       ListOrder order, std::optional<ListPlace> after, std::size_t page)
    : filter_(filter),
      order_(order),
      reader_(redis, dead_sources(partitions), order, begin_of(filter.time(), order, std::move(after)),
              page) {
    const std::string& endpoint = filter.options().endpoint;
    if (!endpoint.empty())
        reader_.only([&endpoint](const Delivery& delivery) { return endpoint_of(delivery.id) == endpoint; });
    if (filter.needs_attributes()) reader_.with_attributes();
}

std::optional<Delivery> DeadReader::next() {
    while (auto delivery = reader_.next()) {
        const TimeSpan& time = filter_.time();
        const bool behind =
            order_ == ListOrder::descending ? delivery->score < time.since : delivery->score > time.until;
        if (behind) return std::nullopt;
        if (filter_.matches(*delivery)) return delivery;
    }
    return std::nullopt;
}

WaitingReader::WaitingReader(Redis& redis, const std::vector<Partition>& partitions,
                             const DeliveryFilter& filter, std::optional<ListPlace> after, std::size_t page)
    : filter_(filter),
      reader_(redis, waiting_sources(redis, partitions, filter.options().endpoint), ListOrder::ascending,
              std::move(after), page) {
    if (filter.needs_attributes()) reader_.with_attributes();
}

std::optional<Delivery> WaitingReader::next() {
    while (auto delivery = reader_.next()) {
        if (filter_.time().contains(number_of(delivery->record, "created")) && filter_.matches(*delivery))
            return delivery;
    }
    return std::nullopt;
}

}  // namespace webhook::ctl
