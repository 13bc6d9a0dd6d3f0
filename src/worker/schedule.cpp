#include "worker/schedule.hpp"

#include <algorithm>

namespace webhook::worker {

namespace {

std::chrono::milliseconds jittered(std::chrono::milliseconds delay, double jitter, std::minstd_rand* random) {
    std::uniform_real_distribution<double> factor(1 - jitter, 1 + jitter);
    return std::chrono::milliseconds(
        static_cast<std::int64_t>(static_cast<double>(delay.count()) * factor(*random)));
}

}  // namespace

Decision decide(const Attempt& attempt, unsigned attempts, const endpoint::Document& document,
                std::minstd_rand* random) {
    using Kind = Decision::Kind;
    switch (attempt.result) {
        case Attempt::Result::delivered:
            return {Kind::delivered, {}, "", true};
        case Attempt::Result::gone:
            return {Kind::dead, {}, "disabled", true};
        case Attempt::Result::unfilled:
            return {Kind::dead, {}, "template", true};
        case Attempt::Result::aborted:
            return {Kind::dead, {}, "aborted", true};
        case Attempt::Result::not_ready:
            return {Kind::retry, not_ready_delay, "", false};
        case Attempt::Result::failed:
            break;
    }
    if (attempts >= document.schedule.size()) return {Kind::dead, {}, "exhausted", true};
    auto delay = jittered(document.schedule[attempts], document.jitter, random);
    if (attempt.retry_after) delay = std::max(delay, *attempt.retry_after);
    return {Kind::retry, delay, "", true};
}

}  // namespace webhook::worker
