#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "worker/send/attempt.hpp"
#include "worker/send/event.hpp"

namespace webhook::worker {

struct Delivery;

/// The record of a waiting or dead delivery without its closing brace, as store::DeliveryEntry wants it.
std::string delivery_record(const Delivery& delivery);

/// What a record says; everything has a default, so an unreadable one is a delivery that was never tried.
struct ParsedRecord {
    unsigned attempts = 0, refusals = 0;
    int status = 0;
    std::int64_t created_ms = 0, made_ms = 0;
    std::uint64_t bytes = 0;
    std::string error, lane;
};
ParsedRecord parse_record(std::string_view json);

/// One line of the attempt log.
std::string attempt_json(const Delivery& delivery, const Attempt& attempt);

}  // namespace webhook::worker
