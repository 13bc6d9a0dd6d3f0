#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "signature/keys/prepared.hpp"
#include "signature/verify/evaluation.hpp"
#include "signature/verify/verifier.hpp"

namespace webhook::signature {

/// What a check that is code rather than a message template looks at.
struct CodeInput {
    const Prepared& prepared;
    Evaluation* evaluation;
    std::int64_t now_ms = 0;
    Window window;

    const Scheme& scheme() const { return *prepared.scheme; }
    const event::Request& request() const { return evaluation->request(); }
};

using CodeCheck = Outcome (*)(const CodeInput&);

/// The check of an algorithm that has rules of its own; nullptr for the others.
CodeCheck code_check(Algorithm algorithm);

/// JWTs (RFC 7519) of HS256, ES256 and RS256 as compact JWS (RFC 7515).
Outcome check_jwt(const CodeInput& input);
/// AWS SNS messages, SignatureVersion 1 and 2.
Outcome check_sns(const CodeInput& input);
/// Contentful's request verification: a canonical request with the headers that a header lists.
Outcome check_contentful(const CodeInput& input);
/// HTTP Message Signatures (RFC 9421) with Content-Digest (RFC 9530).
Outcome check_http_signature(const CodeInput& input);

/// Genuine, or stale when `unix_ms` lies outside the window.
Outcome check_age(const CodeInput& input, std::int64_t unix_ms, std::string_view timestamp);

/// True when one of the shared secrets gives `mac` (HMAC-SHA-256) for the text.
bool matches_hmac(const Prepared& prepared, std::string_view text, std::string_view mac);

}  // namespace webhook::signature
