#include "event/filter.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "base/fail.hpp"
#include "base/json_text.hpp"
#include "base/suggest.hpp"
#include "base/text.hpp"
#include "base/urlencoded.hpp"
#include "event/fields.hpp"

namespace webhook::event {

namespace {

enum class Arg : std::uint8_t { none, required, optional };

struct FilterWord {
    std::string_view word;
    Filter::Kind kind;
    Arg arg;
    bool scheme_only = false;  ///< means nothing outside signature schemes
};

constexpr FilterWord filter_words[] = {
    {"lower", Filter::Kind::lower, Arg::none},
    {"before", Filter::Kind::before, Arg::required},
    {"without", Filter::Kind::without, Arg::required},
    {"sortedquery", Filter::Kind::sorted_query, Arg::none},
    {"crc32", Filter::Kind::crc32, Arg::none},
    {"jsonesc", Filter::Kind::json_escape, Arg::none},
    {"sorted", Filter::Kind::sorted, Arg::optional, true},
    {"hmac", Filter::Kind::hmac, Arg::optional, true},
    {"sha256", Filter::Kind::sha256, Arg::required, true},
    {"sized", Filter::Kind::sized, Arg::none, true},
    {"decoded", Filter::Kind::decoded, Arg::optional, true},
};

/// Byte-exact but for the one pair: the sender signed the rest as it is.
std::string without_param(std::string_view value, bool of_url, std::string_view name) {
    const std::size_t mark = of_url ? value.find('?') : std::string_view::npos;
    if (of_url && mark == std::string_view::npos) return std::string(value);
    std::string_view query = mark == std::string_view::npos ? value : value.substr(mark + 1);
    std::string out(value);
    std::string_view pair;
    while (base::next_pair(&query, &pair)) {
        if (!base::name_is(base::pair_name(pair), name)) continue;
        const auto at = static_cast<std::size_t>(pair.data() - value.data());
        out.erase(at, pair.size() + (at + pair.size() < value.size() ? 1 : 0));
        break;
    }
    if (!out.empty() && ((of_url && out.back() == '?') || out.back() == '&')) out.pop_back();
    return out;
}

std::string sorted_pairs(std::string_view query) {
    std::vector<std::string_view> pairs;
    std::string_view pair;
    while (base::next_pair(&query, &pair))
        pairs.push_back(pair);
    std::stable_sort(pairs.begin(), pairs.end(), [](std::string_view a, std::string_view b) {
        return base::pair_name(a) < base::pair_name(b);
    });
    std::string out;
    for (const std::string_view each : pairs) {
        if (!out.empty()) out.push_back('&');
        out.append(each);
    }
    return out;
}

/// Polynomial 0xEDB88320, as in zip and PNG.
std::uint32_t crc32_of(std::string_view text) {
    static const std::array<std::uint32_t, 256> table = [] {
        std::array<std::uint32_t, 256> made{};
        for (std::uint32_t n = 0; n < made.size(); ++n) {
            std::uint32_t c = n;
            for (int k = 0; k < 8; ++k)
                c = (c & 1) != 0 ? 0xEDB88320U ^ (c >> 1) : c >> 1;
            made[n] = c;
        }
        return made;
    }();
    std::uint32_t crc = ~0U;
    for (const char c : text)
        crc = table[(crc ^ static_cast<unsigned char>(c)) & 255] ^ (crc >> 8);
    return ~crc;
}

}  // namespace

bool parse_filter(std::string_view text, bool in_scheme, Filter* filter, std::string* error) {
    const std::size_t colon = text.find(':');
    for (const FilterWord& known : filter_words) {
        if (known.word != text.substr(0, colon)) continue;
        const std::string_view arg = colon == std::string_view::npos ? "" : text.substr(colon + 1);
        if (known.arg != Arg::optional && (known.arg == Arg::required) == arg.empty()) break;
        if (known.scheme_only && !in_scheme) break;
        *filter = {known.kind, std::string(arg)};
        SortedFields rule;
        if (known.kind != Filter::Kind::sorted || parse_sorted(arg, &rule)) return true;
        return base::fail(error,
                          base::in_quotes(text) + " is not \"sorted:ASSIGN:JOIN\", such as \"sorted:=:&\"");
    }
    std::vector<std::string_view> known;
    for (const FilterWord& each : filter_words)
        known.push_back(each.word);
    base::fail(error, base::in_quotes(text) + " is not a filter");
    *error += base::did_you_mean(text.substr(0, colon), known);
    return false;
}

void apply_filter(const Filter& filter, std::string_view raw_query, std::string* value) {
    switch (filter.kind) {
        case Filter::Kind::lower:
            std::transform(value->begin(), value->end(), value->begin(),
                           [](char c) { return base::lower(c); });
            break;
        case Filter::Kind::before:
            value->resize(std::min(value->size(), value->find(filter.arg)));
            break;
        case Filter::Kind::without:
            *value = without_param(*value, filter.of_url, filter.arg);
            break;
        case Filter::Kind::sorted_query:
            *value = sorted_pairs(raw_query);
            break;
        case Filter::Kind::crc32:
            *value = std::to_string(crc32_of(*value));
            break;
        case Filter::Kind::json_escape: {
            std::string escaped;
            base::append_json(*value, &escaped, base::InvalidUtf8::kept);
            *value = std::move(escaped);
            break;
        }
        case Filter::Kind::sized:
            value->insert(0, std::to_string(value->size()));
            break;
        case Filter::Kind::decoded:
            *value = base::decode_escapes(*value, filter.arg);
            break;
        case Filter::Kind::sorted:
        case Filter::Kind::hmac:  // needs a key: the scheme applies it
        case Filter::Kind::sha256:
            break;
    }
}

}  // namespace webhook::event
