#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "signature/keys/prepared.hpp"
#include "signature/model/outcome.hpp"
#include "signature/verify/evaluation.hpp"

namespace webhook::signature {

/// Input of a check that is code rather than a message template.
struct CodeInput {
    const Prepared& prepared;
    Evaluation* evaluation;
    std::int64_t now_ms = 0;
    Window window;

    const Scheme& scheme() const { return *prepared.scheme; }
    const event::Request& request() const { return evaluation->request(); }
};

using CodeCheck = Outcome (*)(const CodeInput&);

/// Genuine, or stale when `unix_ms` lies outside the window.
Outcome check_age(const CodeInput& input, std::int64_t unix_ms, std::string_view timestamp);

/// True when one of the shared secrets gives `mac` (HMAC-SHA-256) for the text.
bool matches_hmac(const Prepared& prepared, std::string_view text, std::string_view mac);

}  // namespace webhook::signature
