#include "signature/verify/url_variants.hpp"

#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "base/url.hpp"
#include "base/urlencoded.hpp"

namespace webhook::signature {

namespace {

/// "host:80" -> "host"; an IPv6 address is in brackets and keeps its colons.
std::string_view without_port(std::string_view authority) {
    const std::size_t digits = authority.find_last_not_of("0123456789");
    const bool has_port =
        digits != std::string_view::npos && authority[digits] == ':' && digits + 1 < authority.size();
    return has_port ? authority.substr(0, digits) : authority;
}

/// Longer queries are not rewritten: no known webhook has that many values, and each costs a rewrite of all.
constexpr std::size_t most_params = 200;

/// Appends the text with the bytes that are not printable ASCII, and those of `set`, as %XX.
void append_escaped(std::string_view text, std::string_view set, std::string* out) {
    static constexpr char digits[] = "0123456789ABCDEF";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte > 0x20 && byte < 0x7f && set.find(c) == std::string_view::npos) {
            out->push_back(c);
        } else {
            out->append({'%', digits[byte >> 4], digits[byte & 15]});
        }
    }
}

/// Escapes what the URL standard's sets for the path and the query of http URLs hold.
std::string normalized(const base::UrlParts& url) {
    std::string out;
    append_escaped(url.path, "\"<>^`{}", &out);
    if (!url.has_query) return out;
    out.push_back('?');
    append_escaped(url.query, "\"'<>", &out);
    return out;
}

void append_component(std::string_view raw, std::string* out) {
    std::string value;
    base::decode(raw, &value);
    append_escaped(value, "\"#$%&+,/:;<=>?@[\\]^`{|}", out);
}

/// Appends all pairs of that name, which is taken off the list.
void append_same_name(std::vector<std::pair<std::string, std::string_view>>* pairs, std::string* out) {
    const std::string name = pairs->front().first;
    const auto others = std::stable_partition(pairs->begin(), pairs->end(),
                                              [&](const auto& pair) { return pair.first == name; });
    for (auto each = pairs->begin(); each != others; ++each) {
        if (!out->empty() && out->back() != '?') out->push_back('&');
        append_component(base::pair_name(each->second), out);
        out->push_back('=');
        const std::size_t size = base::pair_name(each->second).size();
        append_component(each->second.substr(std::min(size + 1, each->second.size())), out);
    }
    pairs->erase(pairs->begin(), others);
}

/// Writes the query as a form anew; empty when there is nothing to write, or too much.
std::string rewritten(const base::UrlParts& url) {
    std::vector<std::pair<std::string, std::string_view>> pairs;
    std::string_view rest = url.query, pair;
    while (base::next_pair(&rest, &pair)) {
        if (pairs.size() == most_params) return {};
        base::decode(base::pair_name(pair), &pairs.emplace_back(std::string(), pair).first);
    }
    if (pairs.empty()) return {};
    std::string out;
    append_escaped(url.path, "\"<>^`{}", &out);
    out.push_back('?');
    while (!pairs.empty())
        append_same_name(&pairs, &out);
    return out;
}

}  // namespace

std::vector<std::string> url_variants(std::string_view url) {
    const base::UrlParts parts = base::split_url(url);
    const bool https = base::equal_names(parts.scheme, "https");
    if (!https && !base::equal_names(parts.scheme, "http")) return {};
    const std::string start = std::string(parts.scheme).append("://").append(without_port(parts.authority));
    std::vector<std::string> all;
    for (const std::string& each : {std::string(parts.tail), normalized(parts), rewritten(parts)}) {
        if (each.empty() && !parts.tail.empty()) continue;
        for (const std::string_view port : {std::string_view(), std::string_view(https ? ":443" : ":80")}) {
            std::string variant = std::string(start).append(port).append(each);
            if (std::find(all.begin(), all.end(), variant) == all.end()) all.push_back(std::move(variant));
        }
    }
    return all;
}

}  // namespace webhook::signature
