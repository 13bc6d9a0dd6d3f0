#include "signature/verify/url_variants.hpp"

#include <strings.h>

#include <algorithm>
#include <utility>

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

/// The path and query of a URL, which begins with neither scheme nor host.
struct Tail {
    std::string_view path, query;
    bool has_query = false;
};

Tail split_tail(std::string_view text) {
    text = text.substr(0, text.find('#'));
    const std::size_t mark = text.find('?');
    if (mark == std::string_view::npos) return {text, {}, false};
    return {text.substr(0, mark), text.substr(mark + 1), true};
}

/// Escapes what the URL standard's sets for the path and the query of http URLs hold.
std::string normalized(const Tail& tail) {
    std::string out;
    append_escaped(tail.path, "\"<>^`{}", &out);
    if (!tail.has_query) return out;
    out.push_back('?');
    append_escaped(tail.query, "\"'<>", &out);
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
std::string rewritten(const Tail& tail) {
    std::vector<std::pair<std::string, std::string_view>> pairs;
    std::string_view rest = tail.query, pair;
    while (base::next_pair(&rest, &pair)) {
        if (pairs.size() == most_params) return {};
        base::decode(base::pair_name(pair), &pairs.emplace_back(std::string(), pair).first);
    }
    if (pairs.empty()) return {};
    std::string out;
    append_escaped(tail.path, "\"<>^`{}", &out);
    out.push_back('?');
    while (!pairs.empty())
        append_same_name(&pairs, &out);
    return out;
}

}  // namespace

std::vector<std::string> url_variants(std::string_view url) {
    static constexpr std::string_view mark = "://";
    const std::size_t at = url.find(mark);
    if (at == std::string_view::npos) return {};
    const std::string_view protocol = url.substr(0, at);
    const bool https = protocol.size() == 5 && strncasecmp(protocol.data(), "https", 5) == 0;
    const bool http = protocol.size() == 4 && strncasecmp(protocol.data(), "http", 4) == 0;
    if (!https && !http) return {};
    const std::string_view rest = url.substr(at + mark.size());
    const std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
    const std::string_view text = rest.substr(authority.size());
    const std::string start = std::string(url.substr(0, at + mark.size())).append(without_port(authority));
    const Tail tail = split_tail(text);
    std::vector<std::string> all;
    for (const std::string& each : {std::string(text), normalized(tail), rewritten(tail)}) {
        if (each.empty() && !text.empty()) continue;
        for (const std::string_view port : {std::string_view(), std::string_view(https ? ":443" : ":80")}) {
            std::string variant = std::string(start).append(port).append(each);
            if (std::find(all.begin(), all.end(), variant) == all.end()) all.push_back(std::move(variant));
        }
    }
    return all;
}

}  // namespace webhook::signature
