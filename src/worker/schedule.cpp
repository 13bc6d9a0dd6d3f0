#include "worker/schedule.hpp"

#include <algorithm>

#include "endpoint/url.hpp"

namespace webhook::worker {

namespace {

std::chrono::milliseconds jittered(std::chrono::milliseconds delay, double jitter, std::minstd_rand* random) {
    std::uniform_real_distribution<double> factor(1 - jitter, 1 + jitter);
    return std::chrono::milliseconds(
        static_cast<std::int64_t>(static_cast<double>(delay.count()) * factor(*random)));
}

/// Decides after a response that is no success, or none.
Decision after_failure(const Attempt& attempt, const History& history, const endpoint::Document& document,
                       std::minstd_rand* random) {
    using Kind = Decision::Kind;
    // With macros the URL names one thing among many, and only that is gone.
    if (attempt.status == 410 && endpoint::has_macros(document.url))
        return {Kind::dead, {}, "gone", true, true};
    if (endpoint::is_permanent(document, attempt.status)) return {Kind::dead, {}, "permanent", true, true};
    if (attempt.retry_after && history.refusals < free_refusals) {
        const auto hold = std::min(*attempt.retry_after, document.max_hold);
        return {Kind::retry, std::min(hold, history.left), "", true, false, true};
    }
    if (history.attempts >= document.schedule.size()) return {Kind::dead, {}, "exhausted", true, true};
    const auto delay = jittered(document.schedule[history.attempts], document.jitter, random);
    return {Kind::retry, std::min(delay, history.left), "", true, true};
}

}  // namespace

Decision decide(const Attempt& attempt, const History& history, const endpoint::Document& document,
                std::minstd_rand* random) {
    using Kind = Decision::Kind;
    switch (attempt.result) {
        case Attempt::Result::delivered:
            return {Kind::delivered, {}, "", true, true};
        case Attempt::Result::unfilled:
            return {Kind::dead, {}, "template", true, true};
        case Attempt::Result::aborted:
            return {Kind::dead, {}, "aborted", true, true};
        case Attempt::Result::not_ready:
            return {Kind::retry, not_ready_delay, "", false, false};
        case Attempt::Result::failed:
            break;
    }
    return after_failure(attempt, history, document, random);
}

}  // namespace webhook::worker
