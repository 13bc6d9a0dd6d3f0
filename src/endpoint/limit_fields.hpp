#pragma once

#include <optional>
#include <string_view>

#include "endpoint/document.hpp"
#include "endpoint/field_reader.hpp"

namespace webhook::endpoint {

/// Parses "50/s", "30/m" or "5/h", with " burst=N" behind; nothing if it is no rate from 1/h to 100000/s with
/// a burst of at most 100000.
std::optional<Rate> parse_rate(std::string_view text);
/// Writes a rate so that parse_rate() reads it back.
std::string format_rate(const Rate& rate);

// Readers of the fields that limit, hold or end deliveries; null stands for no limit.
void take_rate(const FieldReader& reader, std::optional<Rate>* rate);
void take_breaker(const FieldReader& reader, std::optional<Breaker>* breaker);
void take_permanent(const FieldReader& reader, std::optional<std::vector<int>>* statuses);
/// Reads a time, or null as 0.
void take_limit_time(const FieldReader& reader, milliseconds* time);
void take_labels(const FieldReader& reader, std::vector<std::pair<std::string, std::string>>* labels);

}  // namespace webhook::endpoint
