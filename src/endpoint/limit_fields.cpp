#include "endpoint/limit_fields.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace webhook::endpoint {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr std::uint64_t max_rate = 100000, max_burst = 100000;

std::optional<milliseconds> unit_of(std::string_view text) {
    if (text == "s") return milliseconds(1000);
    if (text == "m") return minutes(1);
    if (text == "h") return hours(1);
    return std::nullopt;
}

/// Cuts `head` off `*text`, which must begin with it.
bool cut(std::string_view head, std::string_view* text) {
    if (text->substr(0, head.size()) != head) return false;
    text->remove_prefix(head.size());
    return true;
}

}  // namespace

std::optional<Rate> parse_rate(std::string_view text) {
    Rate rate;
    const std::size_t slash = text.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    const auto per = unit_of(text.substr(slash + 1, 1));
    std::string_view rest = text.substr(std::min(text.size(), slash + 2));
    if (!per || !base::to_number(text.substr(0, slash), &rate.count)) return std::nullopt;
    if (rate.count == 0 || rate.count > max_rate) return std::nullopt;
    rate.per = *per;
    if (rest.empty()) return rate;
    if (!cut(" burst=", &rest) || !base::to_number(rest, &rate.burst)) return std::nullopt;
    if (rate.burst == 0 || rate.burst > max_burst) return std::nullopt;
    return rate;
}

std::string format_rate(const Rate& rate) {
    const char* const unit = rate.per == minutes(1) ? "/m" : rate.per == hours(1) ? "/h" : "/s";
    std::string text = std::to_string(rate.count) + unit;
    if (rate.burst != 1) text += " burst=" + std::to_string(rate.burst);
    return text;
}

void take_rate(const FieldReader& reader, std::optional<Rate>* rate) {
    if (reader.value().is_null()) return rate->reset();
    std::string text;
    if (!reader.take_string(&text)) return;
    *rate = parse_rate(text);
    if (!*rate) reader.fail(R"(must be a rate such as "50/s", "30/m burst=5" or "10/h", at most 100000)");
}

void take_breaker(const FieldReader& reader, std::optional<Breaker>* breaker) {
    static const FieldTable<Breaker> fields{{"failures",
                                             [](const FieldReader& field, Breaker* target) {
                                                 std::uint64_t value = target->failures;
                                                 field.take_integer(1, 10000, &value);
                                                 target->failures = static_cast<unsigned>(value);
                                             }},
                                            {"probe", [](const FieldReader& field, Breaker* target) {
                                                 field.take_time(milliseconds(100), hours(24),
                                                                 &target->probe);
                                             }}};
    if (reader.value().is_null()) return breaker->reset();
    if (!reader.is_object()) return;
    breaker->emplace();
    reader.take_members(fields, &**breaker);
}

void take_permanent(const FieldReader& reader, std::optional<std::vector<int>>* statuses) {
    if (reader.value().is_null()) return statuses->reset();
    if (!reader.is_list(100)) return;
    statuses->emplace();
    for (std::size_t i = 0; i < reader.value().size(); ++i) {
        std::uint64_t status = 0;
        if (reader.item(i).take_integer(300, 599, &status)) (*statuses)->push_back(static_cast<int>(status));
    }
    std::sort((*statuses)->begin(), (*statuses)->end());
    (*statuses)->erase(std::unique((*statuses)->begin(), (*statuses)->end()), (*statuses)->end());
}

void take_limit_time(const FieldReader& reader, milliseconds* time) {
    if (reader.value().is_null()) {
        *time = milliseconds(0);
    } else {
        reader.take_time(milliseconds(100), hours(24 * 365), time);
    }
}

void take_labels(const FieldReader& reader, std::vector<std::pair<std::string, std::string>>* labels) {
    if (!reader.is_object()) return;
    if (reader.value().size() > 64) return reader.fail("must have at most 64 labels");
    for (const auto& [name, value] : reader.value().items()) {
        const FieldReader field = reader.member(name, value);
        std::string text;
        if (!field.take_string(&text)) continue;
        if (name.empty() || name.size() > 64 || text.size() > 256)
            field.fail("must be a name of 1 to 64 bytes and a text of at most 256 bytes");
        labels->emplace_back(name, std::move(text));
    }
}

}  // namespace webhook::endpoint
