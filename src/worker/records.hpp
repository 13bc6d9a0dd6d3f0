#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "worker/send/attempt.hpp"
#include "worker/send/event.hpp"

namespace webhook::worker {

struct Delivery;

/// Appends `text` as a JSON string; bytes that are not UTF-8 become U+FFFD.
void append_json(std::string_view text, std::string* out);

/// The record of a waiting or dead delivery without its closing brace, as store::DeliveryEntry wants it.
std::string delivery_record(const Delivery& delivery);

/// What a record says; everything has a default, so an unreadable one is a delivery that was never tried.
struct ParsedRecord {
    unsigned attempts = 0;
    int status = 0;
    std::int64_t created_ms = 0;
    std::uint64_t bytes = 0;
    std::string error;
};
ParsedRecord parse_record(std::string_view json);

/// One line of the attempt log.
std::string attempt_json(const Delivery& delivery, const Attempt& attempt);

/// The event as `content` keeps it: netstrings of its fields' names and values.
std::string pack_content(const Event& event);
/// Appends the fields; false when there are none or `content` is damaged.
bool unpack_content(std::string_view content, Event* event);

}  // namespace webhook::worker
