#pragma once

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>

namespace webhook::base {

/// Measures how far `candidate` is from what was written: small numbers are near, `too_far` is no suggestion.
/// Letters left out, added, changed or swapped count one each; case does not count; a word that begins with
/// the other ("hubspot" for "hubspot-v3") is far, but near enough.
std::size_t typing_distance(std::string_view word, std::string_view candidate);
inline constexpr std::size_t too_far = static_cast<std::size_t>(-1);

/// Returns the candidate that was probably meant, or an empty view. Of several equally near ones the first.
template <class Range>
std::string_view nearest(std::string_view word, const Range& candidates) {
    std::string_view best;
    std::size_t least = too_far;
    for (const std::string_view candidate : candidates) {
        const std::size_t distance = typing_distance(word, candidate);
        if (distance >= least) continue;
        least = distance;
        best = candidate;
    }
    return best;
}

inline std::string_view nearest(std::string_view word, std::initializer_list<std::string_view> candidates) {
    return nearest<std::initializer_list<std::string_view>>(word, candidates);
}

/// Returns the end of a message: `, did you mean "stripe"?`, or nothing (also for a word that is known, but
/// wrong in its place).
template <class Range>
std::string did_you_mean(std::string_view word, const Range& candidates) {
    const std::string_view near = nearest(word, candidates);
    return near.empty() || near == word ? std::string() : ", did you mean \"" + std::string(near) + "\"?";
}

inline std::string did_you_mean(std::string_view word, std::initializer_list<std::string_view> candidates) {
    return did_you_mean<std::initializer_list<std::string_view>>(word, candidates);
}

}  // namespace webhook::base
