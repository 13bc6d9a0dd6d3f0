#include "signature/model/timestamp.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

#include "base/text.hpp"

namespace webhook::signature {

namespace {

constexpr std::size_t max_digits = 15;  // as many as multiply by 1000 without leaving 64 bits
constexpr std::size_t ms_digits = 13;   // from here on a number of unknown unit is in milliseconds

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

bool leap(int year) {
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

int days_in(int year, int month) {
    static constexpr std::array<int, 12> days = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && leap(year) ? 29 : days[static_cast<std::size_t>(month - 1)];
}

std::int64_t days_before_year(std::int64_t year) {
    const std::int64_t past = year - 1;
    return past * 365 + past / 4 - past / 100 + past / 400;
}

std::int64_t days_since_epoch(int year, int month, int day) {
    std::int64_t days = days_before_year(year) - days_before_year(1970);
    for (int m = 1; m < month; ++m)
        days += days_in(year, m);
    return days + day - 1;
}

struct Clock {
    int hour = 0, minute = 0, second = 0, ms = 0;
};

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

bool take_clock(std::string_view* text, Clock* clock) {
    return take_number(text, 2, &clock->hour) && take(text, ":") && take_number(text, 2, &clock->minute) &&
           take(text, ":") && take_number(text, 2, &clock->second) && take_fraction(text, &clock->ms) &&
           clock->hour <= 23 && clock->minute <= 59 && clock->second <= 60;
}

/// Minutes east of UTC; a time without a zone is UTC (Orb).
bool take_offset(std::string_view* text, int* minutes) {
    if (text->empty() || take(text, "Zz")) return true;
    const bool west = !text->empty() && text->front() == '-';
    int hour = 0;
    int minute = 0;
    if (!take(text, "+-") || !take_number(text, 2, &hour)) return false;
    take(text, ":");
    if (!take_number(text, 2, &minute)) return false;
    *minutes = (hour * 60 + minute) * (west ? -1 : 1);
    return hour <= 23 && minute <= 59;
}

struct Date {
    int year = 0, month = 0, day = 0;
};

/// `offset`: minutes east of UTC. False for days that no calendar has.
bool to_unix(const Date& date, const Clock& clock, int offset, std::int64_t* unix_ms) {
    if (date.year < 1 || date.month < 1 || date.month > 12 || date.day < 1 ||
        date.day > days_in(date.year, date.month)) {
        return false;
    }
    const std::int64_t minutes = days_since_epoch(date.year, date.month, date.day) * 1440 +
                                 std::int64_t{clock.hour} * 60 + clock.minute - offset;
    *unix_ms = (minutes * 60 + clock.second) * 1000 + clock.ms;
    return true;
}

bool parse_rfc3339(std::string_view text, std::int64_t* unix_ms) {
    Date date;
    Clock clock;
    int offset = 0;
    return take_number(&text, 4, &date.year) && take(&text, "-") && take_number(&text, 2, &date.month) &&
           take(&text, "-") && take_number(&text, 2, &date.day) && take(&text, "Tt ") &&
           take_clock(&text, &clock) && take_offset(&text, &offset) && text.empty() &&
           to_unix(date, clock, offset, unix_ms);
}

constexpr std::array<std::string_view, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::array<std::string_view, 7> days = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
constexpr std::array<std::string_view, 7> long_days = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                                       "Friday", "Saturday", "Sunday"};

/// Takes one of the names; its number from 1 on, or 0.
template <std::size_t count>
int take_name(std::string_view* text, const std::array<std::string_view, count>& names) {
    for (std::size_t i = 0; i < count; ++i) {
        if (base::take_prefix(text, names[i])) return static_cast<int>(i + 1);
    }
    return 0;
}

/// "06 Nov 1994 08:49:37 GMT" or, with `mark` a hyphen, "06-Nov-94 08:49:37 GMT".
bool take_rest_of_date(std::string_view* text, char mark, Date* date, Clock* clock) {
    const std::string_view between(&mark, 1);
    const bool two_digits = mark == '-';
    const bool good = take_number(text, 2, &date->day) && take(text, between) &&
                      (date->month = take_name(text, months)) != 0 && take(text, between) &&
                      take_number(text, two_digits ? 2 : 4, &date->year) && take(text, " ") &&
                      take_clock(text, clock) && clock->ms == 0 && base::take_prefix(text, " GMT");
    if (two_digits) date->year += date->year < 70 ? 2000 : 1900;
    return good;
}

/// "Nov  6 08:49:37 1994", as C's asctime() writes it.
bool take_asctime(std::string_view* text, Date* date, Clock* clock) {
    date->month = take_name(text, months);
    if (date->month == 0 || !take(text, " ")) return false;
    return take_number(text, take(text, " ") ? 1 : 2, &date->day) && take(text, " ") &&
           take_clock(text, clock) && clock->ms == 0 && take(text, " ") && take_number(text, 4, &date->year);
}

/// Which day of the week it says to be is not looked at.
bool parse_http_date(std::string_view text, std::int64_t* unix_ms) {
    Date date;
    Clock clock;
    bool good = false;
    if (take_name(&text, long_days) != 0) {
        good = base::take_prefix(&text, ", ") && take_rest_of_date(&text, '-', &date, &clock);
    } else if (take_name(&text, days) != 0) {
        good = base::take_prefix(&text, ", ") ? take_rest_of_date(&text, ' ', &date, &clock)
                                              : take(&text, " ") && take_asctime(&text, &date, &clock);
    }
    return good && text.empty() && to_unix(date, clock, 0, unix_ms);
}

std::string format_date(std::int64_t unix_ms, Unit unit) {
    std::int64_t seconds = unix_ms / 1000 - (unix_ms % 1000 < 0 ? 1 : 0);
    const std::int64_t number = seconds / 86400 - (seconds % 86400 < 0 ? 1 : 0);
    const auto rest = static_cast<int>(seconds - number * 86400);
    int year = static_cast<int>(1970 + number / 366);
    while (days_since_epoch(year + 1, 1, 1) <= number)
        ++year;
    while (days_since_epoch(year, 1, 1) > number)
        --year;
    int month = 1;
    while (month < 12 && days_since_epoch(year, month + 1, 1) <= number)
        ++month;
    const auto day = static_cast<int>(number - days_since_epoch(year, month, 1) + 1);
    const int hour = rest / 3600, minute = rest / 60 % 60, second = rest % 60;
    std::array<char, 96> text{};
    int size = 0;
    if (unit == Unit::rfc3339) {
        size = std::snprintf(text.data(), text.size(), "%04d-%02d-%02dT%02d:%02d:%02dZ", year, month, day,
                             hour, minute, second);
    } else {
        const auto weekday =
            static_cast<std::size_t>(((number + 3) % 7 + 7) % 7);  // 1970 began on a Thursday
        size = std::snprintf(text.data(), text.size(), "%s, %02d %s %04d %02d:%02d:%02d GMT",
                             days[weekday].data(), day, months[static_cast<std::size_t>(month - 1)].data(),
                             year, hour, minute, second);
    }
    return {text.data(), static_cast<std::size_t>(size)};
}

}  // namespace

bool parse_timestamp(std::string_view text, Unit unit, std::int64_t* unix_ms) {
    if (unit == Unit::rfc3339) return parse_rfc3339(text, unix_ms);
    const bool digits = !text.empty() && text.front() >= '0' && text.front() <= '9';
    if (unit == Unit::http_date && !digits) return parse_http_date(text, unix_ms);
    if (text.empty() || text.size() > max_digits) return false;
    std::int64_t value = 0;
    for (const char c : text) {
        if (c < '0' || c > '9') return false;
        value = value * 10 + (c - '0');
    }
    const bool is_ms = unit == Unit::milliseconds || (unit != Unit::seconds && text.size() >= ms_digits);
    *unix_ms = is_ms ? value : value * 1000;
    return true;
}

std::string format_timestamp(std::int64_t unix_ms, Unit unit) {
    if (unit == Unit::rfc3339 || unit == Unit::http_date) return format_date(unix_ms, unit);
    return std::to_string(unit == Unit::milliseconds ? unix_ms : unix_ms / 1000);
}

const char* Window::why_stale(std::int64_t unix_ms, std::int64_t now_ms) const {
    if (check && now_ms - unix_ms > past_ms) return "timestamp too old";
    if (check && unix_ms - now_ms > future_ms) return "timestamp in the future";
    return nullptr;
}

bool unit_from_word(std::string_view word, Unit* unit) {
    if (word == "s")
        *unit = Unit::seconds;
    else if (word == "ms")
        *unit = Unit::milliseconds;
    else if (word == "auto")
        *unit = Unit::automatic;
    else if (word == "rfc3339")
        *unit = Unit::rfc3339;
    else if (word == "http-date")
        *unit = Unit::http_date;
    else
        return false;
    return true;
}

}  // namespace webhook::signature
