#include "base/suggest.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.hpp"

namespace webhook::base {

namespace {

/// Longer words are texts, not names; this also bounds the cost of a message.
constexpr std::size_t longest = 64;

/// Shortest beginning that tells a word.
constexpr std::size_t shortest_start = 3;

/// Added to the distance of words of which one begins with the other, so that a misspelling wins.
constexpr std::size_t start_penalty = longest;

using Row = std::array<std::size_t, longest + 1>;

/// Optimal string alignment: Levenshtein's distance with swapped neighbours as one change.
std::size_t edits(std::string_view a, std::string_view b) {
    Row before_last{}, last{}, row{};
    for (std::size_t j = 0; j <= b.size(); ++j)
        last[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t changed = a[i - 1] == b[j - 1] ? 0 : 1;
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + changed});
            const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if (swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
        }
        before_last = std::exchange(last, row);
    }
    return last[b.size()];
}

}  // namespace

std::size_t typing_distance(std::string_view word, std::string_view candidate) {
    if (word.empty() || candidate.empty() || word.size() > longest || candidate.size() > longest)
        return too_far;
    const std::string a = lower(word), b = lower(candidate);
    const std::size_t shorter = std::min(a.size(), b.size());
    const std::size_t allowed = std::max<std::size_t>(1, shorter / 3);
    const std::size_t distance = edits(a, b);
    // Of very short words a single change leaves nothing in common.
    if (distance <= allowed && distance < shorter) return distance;
    const bool begins = a.compare(0, shorter, b, 0, shorter) == 0;
    return begins && shorter >= shortest_start ? start_penalty + distance : too_far;
}

}  // namespace webhook::base
