#include "endpoint/value_filters.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>
#include <utility>

#include "base/digest.hpp"
#include "base/encoding.hpp"
#include "base/letter_case.hpp"
#include "base/text.hpp"
#include "base/urlencoded.hpp"
#include "base/utf8.hpp"
#include "endpoint/decimal.hpp"
#include "signature/keys/hmac.hpp"
#include "signature/model/timestamp.hpp"

namespace webhook::endpoint {
namespace {

using base::JsonValue;
using Kind = ValueFilter::Kind;
using Is = JsonValue::Kind;

/// The first `count` characters; a byte that is not UTF-8 is one.
std::string truncate(std::string_view text, std::size_t count) {
    std::size_t end = 0;
    for (; count > 0 && end < text.size(); --count)
        end += std::max<std::size_t>(1, base::utf8_length(text.substr(end)));
    return std::string(text.substr(0, end));
}

/// A value for a message, cut.
std::string shown(const Filtered& filtered) {
    if (filtered.secret) return "the secret";
    std::string text;
    append_value(*filtered.value, &text);
    if (text.size() <= 40) return text;
    return truncate(text, 37) + "...";
}

// --- text ---

std::string trim(std::string_view text) {
    constexpr std::string_view blanks = " \t\r\n\f\v";
    const std::size_t first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return std::string(text.substr(first, text.find_last_not_of(blanks) - first + 1));
}

std::string replace(std::string_view text, std::string_view from, std::string_view to) {
    std::string out;
    for (std::size_t at = text.find(from); at != std::string_view::npos; at = text.find(from)) {
        out.append(text.substr(0, at)).append(to);
        text.remove_prefix(at + from.size());
    }
    return out.append(text);
}

struct Escape {
    char character;
    std::string_view text;
};

template <std::size_t count>
std::string escape(std::string_view text, const std::array<Escape, count>& escapes) {
    std::string out;
    for (const char c : text) {
        const auto found = std::find_if(escapes.begin(), escapes.end(),
                                        [&](const Escape& each) { return each.character == c; });
        if (found == escapes.end())
            out.push_back(c);
        else
            out.append(found->text);
    }
    return out;
}

constexpr std::array<Escape, 3> slack_escapes{{{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}}};
constexpr std::array<Escape, 5> html_escapes{
    {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&#39;"}}};

std::string url_encoded(std::string_view text) {
    std::string out;
    base::encode(text, &out);
    return out;
}

// --- dates ---

/// Microseconds of RFC 3339 text or of a number: seconds, from 13 digits on milliseconds, from 16 on
/// microseconds.
std::optional<std::int64_t> microseconds(std::string_view text) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc() && end == text.data() + text.size() && text.size() >= 16) return number;
    std::int64_t ms = 0;
    if (signature::parse_timestamp(text, signature::Unit::automatic, &ms) ||
        signature::parse_timestamp(text, signature::Unit::rfc3339, &ms))
        return ms * 1000;
    return {};
}

std::optional<std::string> formatted(std::int64_t seconds, const std::string& format) {
    const std::time_t time = seconds;
    std::tm parts{};
    if (gmtime_r(&time, &parts) == nullptr) return {};
    std::array<char, 256> text;
    const std::size_t size = std::strftime(text.data(), text.size(), format.c_str(), &parts);
    if (size == 0) return {};
    return std::string(text.data(), size);
}

std::optional<JsonValue> date(std::string_view text, const std::string& format) {
    const auto time = microseconds(text);
    if (!time) return {};
    const std::int64_t seconds = *time >= 0 ? *time / 1000000 : (*time - 999999) / 1000000;
    if (format == "unix") return JsonValue::of(Is::number, std::to_string(seconds));
    if (format == "unix_ms") return JsonValue::of(Is::number, std::to_string(*time / 1000));
    if (format == "unix_us") return JsonValue::of(Is::number, std::to_string(*time));
    auto result = formatted(seconds, format == "rfc3339" ? "%Y-%m-%dT%H:%M:%SZ" : format);
    if (!result) return {};
    return JsonValue::of(Is::string, std::move(*result));
}

// --- types ---

std::optional<JsonValue> to_bool(const JsonValue& value) {
    if (value.kind == Is::boolean) return value;
    const std::string text = base::lower(value.text);
    if (value.kind == Is::array || value.kind == Is::object) return {};
    if (text == "true" || text == "1" || text == "yes" || text == "on")
        return JsonValue::of(Is::boolean, "true");
    if (text == "false" || text == "0" || text == "no" || text == "off")
        return JsonValue::of(Is::boolean, "false");
    return {};
}

std::optional<JsonValue> to_number(const JsonValue& value) {
    if (value.kind != Is::number && value.kind != Is::string) return {};
    std::string text = trim(value.text);
    if (!is_decimal(text)) return {};
    return JsonValue::of(Is::number, std::move(text));
}

std::optional<JsonValue> calculate(const ValueFilter& filter, const JsonValue& value) {
    const auto number = to_number(value);
    if (!number) return {};
    const std::string& argument = filter.arguments[0];
    std::optional<std::string> result;
    switch (filter.kind) {
        case Kind::add:
            result = compute(Arithmetic::add, number->text, argument);
            break;
        case Kind::multiply:
            result = compute(Arithmetic::multiply, number->text, argument);
            break;
        case Kind::divide:
            result = compute(Arithmetic::divide, number->text, argument);
            break;
        default:
            result = round_decimal(number->text, static_cast<unsigned>(std::stoul(argument)));
    }
    if (!result) return {};
    return JsonValue::of(Is::number, std::move(*result));
}

JsonValue split(std::string_view text, std::string_view separator) {
    JsonValue list;
    list.kind = Is::array;
    for (std::size_t at = text.find(separator); at != std::string_view::npos; at = text.find(separator)) {
        list.items.push_back(JsonValue::of(Is::string, std::string(text.substr(0, at))));
        text.remove_prefix(at + separator.size());
    }
    list.items.push_back(JsonValue::of(Is::string, std::string(text)));
    return list;
}

/// The texts of the elements; what has none is left out.
std::optional<JsonValue> join(const JsonValue& list, std::string_view separator) {
    if (list.kind != Is::array) return {};
    std::string out;
    bool first = true;
    for (const JsonValue& item : list.items) {
        const auto text = text_of({item, false, false});
        if (!text) continue;
        if (!std::exchange(first, false)) out.append(separator);
        out.append(*text);
    }
    return JsonValue::of(Is::string, std::move(out));
}

std::optional<JsonValue> mapped(const std::vector<std::string>& pairs, std::string_view text) {
    for (std::size_t i = 0; i < pairs.size(); i += 2) {
        if (pairs[i] == text) return JsonValue::of(Is::string, pairs[i + 1]);
    }
    return {};
}

// --- the filters by what they need ---

bool is_missing(const Filtered& filtered) {
    if (!filtered.value || filtered.value->kind == Is::null) return true;
    return filtered.value->kind == Is::string && filtered.value->text.empty();
}

/// Keeps whether the value is secret.
void set(std::optional<JsonValue> value, bool bytes, Filtered* filtered) {
    filtered->value = std::move(value);
    filtered->bytes = bytes;
}

bool hash(const ValueFilter& filter, const FindSecret& find_secret, Filtered* filtered, std::string* error) {
    const std::string text = *text_of(*filtered);
    base::Digest digest;
    if (filter.kind == Kind::hmac) {
        const auto key = find_secret(filter.arguments[1], error);
        if (!key) return false;
        digest = signature::HmacKey(base::Hash::sha256, *key).digest(text);
    } else {
        digest = base::digest_of(filter.kind == Kind::md5    ? base::Hash::md5
                                 : filter.kind == Kind::sha1 ? base::Hash::sha1
                                                             : base::Hash::sha256,
                                 text);
    }
    set(JsonValue::of(Is::string, std::string(digest.view())), true, filtered);
    return true;
}

void encode(base::Encoding encoding, Filtered* filtered) {
    std::string text;
    base::encode_text(filtered->bytes ? filtered->value->text : *text_of(*filtered), encoding, &text);
    set(JsonValue::of(Is::string, std::move(text)), false, filtered);
}

/// Of lists: first and last. False when the value is none.
bool pick(Kind kind, Filtered* filtered) {
    if (filtered->value->kind != Is::array) return false;
    auto& items = filtered->value->items;
    if (items.empty()) {
        filtered->value.reset();
        return true;
    }
    JsonValue chosen = std::move(kind == Kind::first ? items.front() : items.back());
    filtered->value = std::move(chosen);
    return true;
}

std::string change_text(const ValueFilter& filter, const std::string& text) {
    switch (filter.kind) {
        case Kind::lower:
            return base::lower_case(text);
        case Kind::upper:
            return base::upper_case(text);
        case Kind::trim:
            return trim(text);
        case Kind::truncate:
            return truncate(text, std::stoul(filter.arguments[0]));
        case Kind::replace:
            return replace(text, filter.arguments[0], filter.arguments[1]);
        case Kind::url:
            return url_encoded(text);
        case Kind::html:
            return escape(text, html_escapes);
        case Kind::slack:
            return escape(text, slack_escapes);
        default:
            return text;
    }
}

/// Filters whose result depends on the kind of the value; no value: it does not fit.
std::optional<JsonValue> change_value(const ValueFilter& filter, const Filtered& filtered) {
    const JsonValue& value = *filtered.value;
    switch (filter.kind) {
        case Kind::number:
            return to_number(value);
        case Kind::boolean:
            return to_bool(value);
        case Kind::add:
        case Kind::multiply:
        case Kind::divide:
        case Kind::round:
            return calculate(filter, value);
        case Kind::date:
            return date(value.text, filter.arguments[0]);
        case Kind::join:
            return join(value, filter.arguments[0]);
        case Kind::split:
            return split(*text_of(filtered), filter.arguments[0]);
        default: {
            std::string text;
            append_value(value, &text);
            return JsonValue::of(Is::string, std::move(text));
        }
    }
}

}  // namespace

bool apply(const ValueFilter& filter, const FindSecret& find_secret, Filtered* filtered, std::string* error) {
    if (is_missing(*filtered)) {
        filtered->value.reset();
        if (filter.kind == Kind::otherwise) filtered->value = JsonValue::of(Is::string, filter.arguments[0]);
        return true;
    }
    switch (filter.kind) {
        case Kind::otherwise:
            return true;
        case Kind::hex:
            encode(base::Encoding::hex, filtered);
            return true;
        case Kind::base64:
            encode(base::Encoding::base64, filtered);
            return true;
        case Kind::md5:
        case Kind::sha1:
        case Kind::sha256:
        case Kind::hmac:
            return hash(filter, find_secret, filtered, error);
        case Kind::map:
            set(mapped(filter.arguments, *text_of(*filtered)), false, filtered);
            return true;
        case Kind::first:
        case Kind::last:
            if (pick(filter.kind, filtered)) return true;
            *error = shown(*filtered) + " is no list";
            return false;
        case Kind::lower:
        case Kind::upper:
        case Kind::trim:
        case Kind::string:
        case Kind::truncate:
        case Kind::replace:
        case Kind::url:
        case Kind::html:
        case Kind::slack:
            set(JsonValue::of(Is::string, change_text(filter, *text_of(*filtered))), false, filtered);
            return true;
        default:
            break;
    }
    if (filtered->bytes) set(JsonValue::of(Is::string, *text_of(*filtered)), false, filtered);
    auto changed = change_value(filter, *filtered);
    if (!changed) {
        *error = shown(*filtered) + (filter.kind == Kind::boolean ? " is neither true nor false"
                                     : filter.kind == Kind::date  ? " is no time"
                                     : filter.kind == Kind::join  ? " is no list"
                                                                  : " is no number, or the result is none");
        return false;
    }
    set(std::move(changed), false, filtered);
    return true;
}

}  // namespace webhook::endpoint
