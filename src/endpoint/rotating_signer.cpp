#include "endpoint/rotating_signer.hpp"

#include <limits>
#include <set>

namespace webhook::endpoint {
namespace {

constexpr std::int64_t always = std::numeric_limits<std::int64_t>::min();

/// Returns the times at which another set of keys becomes valid.
std::set<std::int64_t> changes(const std::vector<SignSecret>& keys) {
    std::set<std::int64_t> times{always};
    for (const SignSecret& key : keys) {
        if (key.from_ms) times.insert(*key.from_ms);
        if (key.until_ms) times.insert(*key.until_ms);
    }
    return times;
}

}  // namespace

std::optional<RotatingSigner> RotatingSigner::make(const signature::Scheme& scheme,
                                                   const std::vector<SignSecret>& keys, std::string* error) {
    RotatingSigner result;
    for (const std::int64_t from : changes(keys)) {
        std::vector<std::string> valid;
        for (const SignSecret& key : keys) {
            if (key.valid_at(from)) valid.push_back(key.text);
        }
        auto signer = signature::Signer::make(scheme, valid, {}, error);
        if (!signer) return std::nullopt;
        result.periods_.push_back({from, std::move(signer)});
    }
    return result;
}

const signature::Signer& RotatingSigner::at(std::int64_t now_ms) const {
    auto period = periods_.rbegin();
    while (period->from_ms > now_ms)
        ++period;
    return *period->signer;
}

}  // namespace webhook::endpoint
