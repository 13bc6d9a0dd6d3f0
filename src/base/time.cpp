#include "base/time.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <ctime>

#include "base/text.hpp"

namespace webhook::base {

namespace {

/// A point in time as it is written. `offset`: minutes east of UTC.
struct Parts {
    int year = 0, month = 0, day = 0;
    int hour = 0, minute = 0, second = 0, ms = 0;
    int offset = 0;
};

bool take_number(std::string_view* text, std::size_t digits, int* value) {
    if (text->size() < digits) return false;
    *value = 0;
    for (std::size_t i = 0; i < digits; ++i) {
        const char c = (*text)[i];
        if (c < '0' || c > '9') return false;
        *value = *value * 10 + (c - '0');
    }
    text->remove_prefix(digits);
    return true;
}

bool take(std::string_view* text, std::string_view any_of) {
    if (text->empty() || any_of.find(text->front()) == std::string_view::npos) return false;
    text->remove_prefix(1);
    return true;
}

bool take_fraction(std::string_view* text, int* ms) {
    if (!take(text, ".")) return true;
    int scale = 100;
    std::size_t digits = 0;
    int digit = 0;
    while (take_number(text, 1, &digit)) {
        *ms += digit * scale;
        scale /= 10;
        ++digits;
    }
    return digits >= 1 && digits <= 9;
}

/// "08:49:37" with an optional fraction; second 60 is a leap second.
bool take_clock(std::string_view* text, Parts* parts) {
    return take_number(text, 2, &parts->hour) && take(text, ":") && take_number(text, 2, &parts->minute) &&
           take(text, ":") && take_number(text, 2, &parts->second) && take_fraction(text, &parts->ms) &&
           parts->hour <= 23 && parts->minute <= 59 && parts->second <= 60;
}

/// Takes "Z", an offset, or nothing (some senders leave the zone out).
bool take_offset(std::string_view* text, int* minutes) {
    if (text->empty() || take(text, "Zz")) return true;
    const bool west = text->front() == '-';
    int hour = 0;
    int minute = 0;
    if (!take(text, "+-") || !take_number(text, 2, &hour)) return false;
    take(text, ":");
    if (!take_number(text, 2, &minute)) return false;
    *minutes = (hour * 60 + minute) * (west ? -1 : 1);
    return hour <= 23 && minute <= 59;
}

/// False for days that no calendar has: timegm() would make the first of March of the 30th of February.
bool to_unix(const Parts& parts, std::int64_t* unix_ms) {
    std::tm day{};
    day.tm_year = parts.year - 1900;
    day.tm_mon = parts.month - 1;
    day.tm_mday = parts.day;
    const std::int64_t start = ::timegm(&day);
    const bool exists = parts.year >= 1 && day.tm_year == parts.year - 1900 &&
                        day.tm_mon == parts.month - 1 && day.tm_mday == parts.day;
    const int minutes = parts.hour * 60 + parts.minute - parts.offset;
    *unix_ms = (start + std::int64_t{minutes} * 60 + parts.second) * 1000 + parts.ms;
    return exists;
}

constexpr std::array<std::string_view, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::array<std::string_view, 7> days = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 7> long_days = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                       "Thursday", "Friday", "Saturday"};

/// Takes one of the names; its number from 1 on, or 0.
template <std::size_t count>
int take_name(std::string_view* text, const std::array<std::string_view, count>& names) {
    for (std::size_t i = 0; i < count; ++i) {
        if (take_prefix(text, names[i])) return static_cast<int>(i + 1);
    }
    return 0;
}

/// "06 Nov 1994 08:49:37 GMT" or, with `mark` a hyphen, "06-Nov-94 08:49:37 GMT".
bool take_rest_of_date(std::string_view* text, char mark, Parts* parts) {
    const std::string_view between(&mark, 1);
    const bool two_digits = mark == '-';
    const bool good = take_number(text, 2, &parts->day) && take(text, between) &&
                      (parts->month = take_name(text, months)) != 0 && take(text, between) &&
                      take_number(text, two_digits ? 2 : 4, &parts->year) && take(text, " ") &&
                      take_clock(text, parts) && parts->ms == 0 && take_prefix(text, " GMT");
    if (two_digits) parts->year += parts->year < 70 ? 2000 : 1900;
    return good;
}

/// "Nov  6 08:49:37 1994", as C's asctime() writes it.
bool take_asctime(std::string_view* text, Parts* parts) {
    parts->month = take_name(text, months);
    if (parts->month == 0 || !take(text, " ")) return false;
    return take_number(text, take(text, " ") ? 1 : 2, &parts->day) && take(text, " ") &&
           take_clock(text, parts) && parts->ms == 0 && take(text, " ") && take_number(text, 4, &parts->year);
}

/// Splits into a time of the calendar and milliseconds from 0 to 999, before 1970, too.
std::tm utc(std::int64_t unix_ms, int* ms) {
    auto seconds = static_cast<std::time_t>(unix_ms / 1000);
    *ms = static_cast<int>(unix_ms % 1000);
    if (*ms < 0) {
        *ms += 1000;
        --seconds;
    }
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    return parts;
}

/// Writes two digits and `end`.
char* put(int value, char end, char* out) {
    out[0] = static_cast<char>('0' + value / 10 % 10);
    out[1] = static_cast<char>('0' + value % 10);
    out[2] = end;
    return out + 3;
}

}  // namespace

std::int64_t now_ms() {
    using namespace std::chrono;
    return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

bool parse_rfc3339(std::string_view text, std::int64_t* unix_ms) {
    Parts parts;
    return take_number(&text, 4, &parts.year) && take(&text, "-") && take_number(&text, 2, &parts.month) &&
           take(&text, "-") && take_number(&text, 2, &parts.day) && take(&text, "Tt ") &&
           take_clock(&text, &parts) && take_offset(&text, &parts.offset) && text.empty() &&
           to_unix(parts, unix_ms);
}

std::string_view write_rfc3339_ms(std::int64_t unix_ms, char* out) {
    int ms = 0;
    const std::tm parts = utc(unix_ms, &ms);
    const int year = std::clamp(parts.tm_year + 1900, 0, 9999);
    char* at = put(year / 100, '\0', out) - 1;
    at = put(year, '-', at);
    at = put(parts.tm_mon + 1, '-', at);
    at = put(parts.tm_mday, 'T', at);
    at = put(parts.tm_hour, ':', at);
    at = put(parts.tm_min, ':', at);
    at = put(parts.tm_sec, '.', at);
    *at++ = static_cast<char>('0' + ms / 100);
    put(ms, 'Z', at);
    return {out, rfc3339_ms_size};
}

std::string format_rfc3339_ms(std::int64_t unix_ms) {
    std::array<char, rfc3339_ms_size> text{};
    return std::string(write_rfc3339_ms(unix_ms, text.data()));
}

std::string format_rfc3339(std::int64_t unix_ms) {
    std::string text = format_rfc3339_ms(unix_ms);
    text.replace(text.size() - 5, 5, "Z");  // ".123Z"
    return text;
}

bool parse_http_date(std::string_view text, std::int64_t* unix_ms) {
    Parts parts;
    bool good = false;
    if (take_name(&text, long_days) != 0) {
        good = take_prefix(&text, ", ") && take_rest_of_date(&text, '-', &parts);
    } else if (take_name(&text, days) != 0) {
        good = take_prefix(&text, ", ") ? take_rest_of_date(&text, ' ', &parts)
                                        : take(&text, " ") && take_asctime(&text, &parts);
    }
    return good && text.empty() && to_unix(parts, unix_ms);
}

std::string format_http_date(std::int64_t unix_ms) {
    int ms = 0;
    const std::tm parts = utc(unix_ms, &ms);
    std::array<char, 96> text{};
    const int size = std::snprintf(text.data(), text.size(), "%s, %02d %s %04d %02d:%02d:%02d GMT",
                                   days[static_cast<std::size_t>(parts.tm_wday)].data(), parts.tm_mday,
                                   months[static_cast<std::size_t>(parts.tm_mon)].data(),
                                   parts.tm_year + 1900, parts.tm_hour, parts.tm_min, parts.tm_sec);
    return {text.data(), static_cast<std::size_t>(size)};
}

}  // namespace webhook::base
