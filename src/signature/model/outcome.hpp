#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace webhook::signature {

/// The result of verification. `encoded` and `too_large` come from schemes that must parse the body.
enum class Verdict : std::uint8_t {
    genuine,
    no_signature,
    forged,
    stale,
    malformed,
    challenge,
    too_large,
    encoded
};

/// Parts that a signature covers in addition to the body: the method; path and query of the signed URL; its
/// path; the request's query.
inline constexpr std::uint8_t covered_method = 1, covered_target = 2, covered_path = 4, covered_query = 8;

struct Outcome {
    Verdict verdict = Verdict::forged;
    const char* reason = "";     ///< static text for the error log, never a secret
    std::string_view timestamp;  ///< the sender's timestamp as received; empty when the scheme has none
    std::size_t key = 0;         ///< genuine: which of the secrets it was (HMAC and hash schemes)
    std::uint8_t message = 0;    ///< genuine: which of the messages was signed
    std::uint8_t url = 0;  ///< genuine: 0: the URL was signed as it came, else which of its variants, from 1
    std::uint8_t covered = 0;  ///< genuine: a sum of the above, of schemes that cover what the sender chose
    /// genuine: those of the token, as JSON, for event::Request::claims; of SNS the signed text
    std::string claims = {};
};

}  // namespace webhook::signature
