#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "ctl/delivery.hpp"
#include "ctl/delivery_filter.hpp"

namespace webhook::ctl {

/// Where a page of a list ends: score and label of its last delivery. Lists are ordered by score, and by
/// label where scores are equal, so a place keeps its meaning when deliveries come and go.
struct ListPlace {
    std::int64_t score = 0;
    std::string label;

    std::string text() const;  ///< "SCORE~LABEL", what --cursor takes
    /// Throws Failure; nothing for an empty text.
    static std::optional<ListPlace> parse(std::string_view text);
    static ListPlace of(const Delivery& delivery) { return {delivery.score, delivery.label()}; }

    friend bool operator<(const ListPlace& a, const ListPlace& b) {
        return a.score < b.score || (a.score == b.score && a.label < b.label);
    }
};

enum class ListOrder { ascending, descending };

/// Reads sorted sets of deliveries as one list, in pages of one set, so that nothing holds Redis up and
/// nothing is read twice, however long the sets are. What leaves a set meanwhile does not disturb it.
class DeliveryReader {
  public:
    /// One sorted set.
    struct Source {
        Partition partition;
        std::string key;
        /// Nothing in it comes before this score, as far as that is known without reading it.
        std::int64_t bound = INT64_MIN;
    };
    using Wanted = std::function<bool(const Delivery& delivery)>;

    /// Begins behind `after`. `page`: deliveries read at once from one set.
    DeliveryReader(Redis& redis, std::vector<Source> sources, ListOrder order, std::optional<ListPlace> after,
                   std::size_t page);

    /// Only deliveries for which `wanted` holds get their records read, and are given. It sees id and score.
    void only(Wanted wanted) { wanted_ = std::move(wanted); }
    /// Also makes records complete, see complete_records().
    void with_attributes() { attributes_ = true; }

    std::optional<Delivery> next();  ///< nothing: that was the last

  private:
    struct Cursor {
        Source source;
        std::vector<Delivery> page;  ///< last one first
        std::optional<ListPlace> last;
        std::size_t offset = 0;  ///< of the next page, as far as known
        bool located = false, finished = false;
    };
    struct Head {
        ListPlace place;
        std::size_t cursor;
    };

    bool before(const ListPlace& a, const ListPlace& b) const;
    bool later(const Head& a, const Head& b) const { return before(b.place, a.place); }
    Reply range(const Cursor& cursor, std::size_t first, std::size_t last);
    void locate(Cursor* cursor);
    std::vector<Delivery> read_page(Cursor* cursor);
    void fill(Cursor* cursor);
    void push(std::size_t index);

    Redis& redis_;
    ListOrder order_;
    std::size_t page_;
    bool attributes_ = false;
    Wanted wanted_;
    std::vector<Cursor> cursors_;
    std::vector<Head> heads_;  ///< a heap: the next in the list on top
};

/// The dead letters of these partitions that pass the filter, by time of death.
class DeadReader {
  public:
    DeadReader(Redis& redis, const std::vector<Partition>& partitions, const DeliveryFilter& filter,
               ListOrder order, std::optional<ListPlace> after, std::size_t page = 500);

    std::optional<Delivery> next();

  private:
    const DeliveryFilter& filter_;
    ListOrder order_;
    DeliveryReader reader_;
};

/// The waiting deliveries of these partitions that pass the filter, soonest due first.
class WaitingReader {
  public:
    WaitingReader(Redis& redis, const std::vector<Partition>& partitions, const DeliveryFilter& filter,
                  std::optional<ListPlace> after, std::size_t page = 200);

    std::optional<Delivery> next();

  private:
    const DeliveryFilter& filter_;
    DeliveryReader reader_;
};

}  // namespace webhook::ctl
