#include "worker/records.hpp"

#include <charconv>
#include <nlohmann/json.hpp>

#include "base/encoding.hpp"
#include "base/json_text.hpp"
#include "base/utf8.hpp"
#include "endpoint/strict_json.hpp"
#include "worker/delivery.hpp"

namespace webhook::worker {

namespace {

void append_number(std::int64_t value, std::string* out) {
    char digits[24];
    out->append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
}

void append_field(std::string_view name, std::string_view value, std::string* out) {
    out->append(name);
    base::append_json_string(value, out, base::InvalidUtf8::replaced);
}

void append_field(std::string_view name, std::int64_t value, std::string* out) {
    out->append(name);
    append_number(value, out);
}

std::string_view name_of(Attempt::Result result) {
    switch (result) {
        case Attempt::Result::delivered:
            return "delivered";
        case Attempt::Result::failed:
            return "failed";
        case Attempt::Result::unfilled:
            return "template";
        case Attempt::Result::aborted:
            return "aborted";
        case Attempt::Result::not_ready:
            return "not_ready";
    }
    return "failed";
}

/// Adds by what names an event is found.
void append_event(const Event& event, std::string* out) {
    append_field(",\"entry\":", event.entry, out);
    if (event.fields.empty()) return;  // its content is lost
    append_field(",\"event\":", event.id(), out);
    append_field(",\"webhook_id\":", event.webhook_id(), out);
}

/// Adds by what deliveries are listed and selected.
void append_attributes(const Event& event, std::string* out) {
    if (event.fields.empty()) return;
    append_field(",\"source\":", event.source(), out);
    append_field(",\"type\":", event.type(), out);
    if (const auto tenant = event.field("tenant"); !tenant.empty()) append_field(",\"tenant\":", tenant, out);
}

/// Adds the response: text as it is, and bytes that are no text (compressed ones) in base64.
void append_response(const Attempt& attempt, std::string* out) {
    if (base::valid_utf8(attempt.response)) {
        append_field(",\"response\":", attempt.response, out);
    } else {
        out->append(",\"response_base64\":\"");
        base::encode_text(attempt.response, base::Encoding::base64, out);
        out->push_back('"');
    }
    if (!attempt.headers.empty()) append_field(",\"response_headers\":", attempt.headers, out);
}

}  // namespace

std::string delivery_record(const Delivery& delivery) {
    std::string out;
    append_field("{\"endpoint\":", delivery.endpoint_id, &out);
    append_event(*delivery.event, &out);
    append_attributes(*delivery.event, &out);
    append_field(",\"attempts\":", delivery.attempts, &out);
    if (delivery.refusals != 0) append_field(",\"refusals\":", delivery.refusals, &out);
    append_field(",\"bytes\":", static_cast<std::int64_t>(delivery.bytes), &out);
    if (!delivery.lane.empty()) append_field(",\"lane\":", delivery.lane, &out);
    append_field(",\"status\":", delivery.status, &out);
    append_field(",\"error\":", delivery.error, &out);
    if (delivery.made_ms != 0) append_field(",\"made\":", delivery.made_ms, &out);
    if (delivery.created_ms != 0) append_field(",\"created\":", delivery.created_ms, &out);
    return out;
}

ParsedRecord parse_record(std::string_view text) {
    ParsedRecord record;
    const auto json = endpoint::parse_bounded_json<nlohmann::json>(text);
    if (!json.is_object()) return record;
    const auto number = [&json](const char* name) {
        const auto found = json.find(name);
        return found != json.end() && found->is_number() ? found->get<std::int64_t>() : 0;
    };
    record.attempts = static_cast<unsigned>(number("attempts"));
    record.refusals = static_cast<unsigned>(number("refusals"));
    record.status = static_cast<int>(number("status"));
    record.created_ms = number("created");
    record.made_ms = number("made");
    record.bytes = static_cast<std::uint64_t>(number("bytes"));
    if (const auto error = json.find("error"); error != json.end() && error->is_string())
        record.error = *error;
    if (const auto lane = json.find("lane"); lane != json.end() && lane->is_string()) record.lane = *lane;
    return record;
}

std::string attempt_json(const Delivery& delivery, const Attempt& attempt) {
    std::string out;
    out.reserve(256 + attempt.response.size());
    append_field("{\"delivery\":", delivery.name(), &out);
    append_field(",\"endpoint\":", delivery.endpoint_id, &out);
    append_event(*delivery.event, &out);
    append_field(",\"at\":", attempt.started_ms, &out);
    append_field(",\"ms\":", (attempt.took.count() + 500) / 1000, &out);
    append_field(",\"status\":", attempt.status, &out);
    append_field(",\"error\":", attempt.error, &out);
    append_field(",\"result\":", name_of(attempt.result), &out);
    append_response(attempt, &out);
    out.push_back('}');
    return out;
}

}  // namespace webhook::worker
