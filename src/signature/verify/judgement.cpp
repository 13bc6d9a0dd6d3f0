#include "signature/verify/judgement.hpp"

#include <utility>

namespace webhook::signature {

namespace {

/// Looks for a challenge of that stage; true when the request is one, good or bad.
bool take_challenge(const Verifier& verifier, const event::Request& request, Stage stage, bool keeps_captured,
                    Judgement* judgement) {
    Outcome outcome;
    outcome.key = judgement->outcome.key;
    if (!verifier.judge_challenge(stage, request, &outcome, &judgement->reply)) return false;
    if (!judgement->reply.captured.empty() && !keeps_captured) {
        judgement->reply = {};
        return false;
    }
    // Keep what check() found out about the sender.
    outcome.timestamp = judgement->outcome.timestamp;
    outcome.claims = std::move(judgement->outcome.claims);
    judgement->outcome = std::move(outcome);
    return true;
}

}  // namespace

Judgement judge_request(const Verifier& verifier, const event::Request& request, std::int64_t now_ms,
                        bool keeps_captured) noexcept {
    Judgement judgement;
    if (take_challenge(verifier, request, Stage::arrived, keeps_captured, &judgement)) return judgement;
    judgement.takes_method = verifier.verifies_method(request.method);
    if (!judgement.takes_method) return judgement;
    judgement.outcome = verifier.check(request, now_ms);
    if (judgement.outcome.verdict != Verdict::genuine) return judgement;
    if (take_challenge(verifier, request, Stage::verified, keeps_captured, &judgement)) return judgement;
    judgement.takes_method = delivers_by(verifier.scheme(), request.method);
    return judgement;
}

}  // namespace webhook::signature
