#pragma once

#include <cstddef>
#include <vector>

#include "ctl/delivery.hpp"
#include "ctl/delivery_reader.hpp"

namespace webhook::ctl {

/// A page of a list of deliveries.
struct DeliveryPage {
    std::vector<Delivery> deliveries;
    bool more = false;  ///< others follow
};

/// Reads up to `limit` deliveries, with everything that is shown of them.
template <class Reader>
DeliveryPage read_page(Redis& redis, Reader* reader, std::size_t limit) {
    DeliveryPage page;
    while (auto delivery = reader->next()) {
        page.more = page.deliveries.size() == limit;
        if (page.more) break;
        page.deliveries.push_back(std::move(*delivery));
    }
    complete_records(redis, &page.deliveries);
    return page;
}

/// One object a delivery; "cursor" is what --cursor takes to go on behind it.
void print_json_page(const DeliveryPage& page, const char* score_name);

void show_waiting(const DeliveryPage& page);
void show_dead(const DeliveryPage& page);

}  // namespace webhook::ctl
