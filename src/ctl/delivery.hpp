#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ctl/json.hpp"
#include "ctl/partitions.hpp"

namespace webhook::ctl {

/// A waiting or dead delivery with its record.
struct Delivery {
    Partition partition;
    std::string id;          ///< "<entry>/<endpoint>[/<n>]", unique in its partition
    std::int64_t score = 0;  ///< ms: when it is due, or when it died
    Json record;             ///< see the key table of docs/design.md

    std::string label() const;        ///< "STREAM:P/<id>": unique in this Redis
    std::string event_label() const;  ///< "STREAM:P/ENTRY" of its event
};

/// Endpoint and entry in a delivery id.
std::string_view endpoint_of(std::string_view delivery_id);
std::string_view entry_of(std::string_view delivery_id);

/// From a reply [id, score, id, score, ...]; without records.
std::vector<Delivery> deliveries_from(const Partition& partition, ReplyView ids_and_scores);

/// Reads the records of deliveries of one partition, in one command for each 100.
void read_records(Redis& redis, std::vector<Delivery>* deliveries);

/// Fills in id, source, type, tenant and webhook-id of the event where a record lacks them, from the stored
/// content.
void complete_records(Redis& redis, std::vector<Delivery>* deliveries);

/// Everything of the record, under its label; `score_name` is "due" or "died".
Json delivery_json(const Delivery& delivery, const char* score_name);

/// Number of an attempt's HTTP status for a table; "" when there was none.
std::string status_text(const Json& record);

}  // namespace webhook::ctl
