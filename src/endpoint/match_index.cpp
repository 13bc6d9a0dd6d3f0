#include "endpoint/match_index.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <unordered_map>

#include "base/glob.hpp"

namespace webhook::endpoint {
namespace {

/// An endpoint with more combinations of patterns than this is filed under its shorter lists only.
constexpr std::size_t max_keys_per_endpoint = 64;

/// How much of one value is part of a key: all of it, or its first or last `length` bytes.
struct Extent {
    enum class Part : std::uint8_t { whole, first, last };
    Part part = Part::first;
    std::uint32_t length = 0;
    bool operator==(const Extent& other) const { return part == other.part && length == other.length; }

    bool fits(std::string_view value) const { return part == Part::whole || value.size() >= length; }
    std::string_view of(std::string_view value) const {
        if (part == Part::whole) return value;
        return part == Part::first ? value.substr(0, length) : value.substr(value.size() - length);
    }
};

/// The text of a pattern before its first `*`, or where there is none that after its last.
struct Head {
    Extent extent;
    std::string_view text;
};

Head head_of(std::string_view pattern) {
    const std::size_t star = pattern.find('*');
    if (star == std::string_view::npos) return {{Extent::Part::whole, 0}, pattern};
    const bool from_start = star != 0;
    const std::string_view text =
        from_start ? pattern.substr(0, star) : pattern.substr(pattern.rfind('*') + 1);
    const auto length = static_cast<std::uint32_t>(text.size());
    return {{from_start || text.empty() ? Extent::Part::first : Extent::Part::last, length}, text};
}

using Heads = std::vector<Head>;

Heads heads_of(const std::vector<std::string>& patterns) {
    if (patterns.empty()) return {Head{}};
    Heads heads;
    for (const std::string& pattern : patterns)
        heads.push_back(head_of(pattern));
    return heads;
}

/// Lengths keep ("ab","c") and ("a","bc") apart.
void append_part(std::string_view text, std::string* key) {
    const auto size = static_cast<std::uint32_t>(text.size());
    key->append(reinterpret_cast<const char*>(&size), sizeof size);
    key->append(text);
}

struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};

using Extents = std::array<Extent, 3>;
using Buckets = std::unordered_map<std::string, std::vector<std::uint32_t>, Hash, std::equal_to<>>;

bool wants_one(const std::vector<std::string>& patterns, std::string_view text) {
    if (patterns.empty()) return true;
    return std::any_of(patterns.begin(), patterns.end(),
                       [&](const std::string& pattern) { return base::matches(pattern, text); });
}

}  // namespace

bool wants(const Match& match, std::string_view tenant, std::string_view source, std::string_view type) {
    return wants_one(match.tenant, tenant) && wants_one(match.source, source) && wants_one(match.type, type);
}

/// All keys of one shape: the same extents of tenant, source and type.
struct Shape {
    Extents extents;
    Buckets buckets;
};

struct MatchIndex::Impl {
    std::vector<Match> matches;
    std::vector<Shape> shapes;

    Buckets& buckets_of(const Extents& extents) {
        for (Shape& shape : shapes) {
            if (shape.extents == extents) return shape.buckets;
        }
        return shapes.emplace_back(Shape{extents, {}}).buckets;
    }

    void file(std::uint32_t position, const std::array<const Head*, 3>& heads) {
        std::string key;
        for (const Head* head : heads)
            append_part(head->text, &key);
        auto& bucket = buckets_of({heads[0]->extent, heads[1]->extent, heads[2]->extent})[key];
        if (bucket.empty() || bucket.back() != position) bucket.push_back(position);
    }

    void add(std::uint32_t position, const Match& match) {
        std::array<Heads, 3> heads{heads_of(match.tenant), heads_of(match.source), heads_of(match.type)};
        while (heads[0].size() * heads[1].size() * heads[2].size() > max_keys_per_endpoint) {
            *std::max_element(heads.begin(), heads.end(),
                              [](const Heads& a, const Heads& b) { return a.size() < b.size(); }) = {Head{}};
        }
        for (const Head& tenant : heads[0]) {
            for (const Head& source : heads[1]) {
                for (const Head& type : heads[2])
                    file(position, {&tenant, &source, &type});
            }
        }
    }
};

MatchIndex::MatchIndex(const std::vector<Document>& documents) : impl_(std::make_unique<Impl>()) {
    for (const Document& document : documents)
        impl_->matches.push_back(document.match);
    for (std::size_t i = 0; i < impl_->matches.size(); ++i) {
        impl_->add(static_cast<std::uint32_t>(i), impl_->matches[i]);
    }
}

MatchIndex::~MatchIndex() = default;
MatchIndex::MatchIndex(MatchIndex&&) noexcept = default;
MatchIndex& MatchIndex::operator=(MatchIndex&&) noexcept = default;

void MatchIndex::find(std::string_view tenant, std::string_view source, std::string_view type,
                      std::vector<std::uint32_t>* found) const {
    found->clear();
    const std::array<std::string_view, 3> values{tenant, source, type};
    std::string key;
    for (const Shape& shape : impl_->shapes) {
        key.clear();
        bool possible = true;
        for (std::size_t i = 0; i < values.size() && possible; ++i) {
            const Extent& extent = shape.extents[i];
            possible = extent.fits(values[i]);
            if (possible) append_part(extent.of(values[i]), &key);
        }
        if (!possible) continue;
        const auto bucket = shape.buckets.find(std::string_view(key));
        if (bucket == shape.buckets.end()) continue;
        for (const std::uint32_t position : bucket->second) {
            if (wants(impl_->matches[position], tenant, source, type)) found->push_back(position);
        }
    }
    std::sort(found->begin(), found->end());
    found->erase(std::unique(found->begin(), found->end()), found->end());
}

}  // namespace webhook::endpoint
