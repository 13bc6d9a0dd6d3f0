#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "event/request.hpp"
#include "signature/model/scheme.hpp"
#include "signature/verify/challenge.hpp"

namespace webhook::signature {

/// How a request was judged. `encoded` and `too_large` come from schemes that must parse the body.
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

/// What a signature covers beside the body: the method; path and query of the signed URL; its path; the
/// request's query.
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

/// Settings of one location (or of one `webhookctl verify`).
struct VerifierOptions {
    std::vector<std::string> secrets;  ///< as configured; any may match; decoded by the scheme's key rule
    std::map<std::string, std::string> params;  ///< values a scheme asks for ({config:NAME})
    bool check_window = true;                   ///< false: `webhook_tolerance off`
    std::optional<std::int64_t>
        tolerance_seconds;           ///< both directions; absent: the scheme's own, at least 300
    std::size_t json_max = 1 << 20;  ///< largest body that is parsed when the signature needs that
    /// Ids of public keys that bring none (their file names), in the order of `secrets`. May be shorter.
    std::vector<std::string> secret_names = {};
};

/// A scheme with its keys, prepared once (HMAC midstates, decoded keys, compiled template). Immutable;
/// check() may be called from any thread, allocates nothing for schemes that stream, and hashes each byte of
/// the body once per key.
class Verifier {
  public:
    /// Refuses (nullptr, `error` says why) an empty or undecodable key, a missing parameter, no secret at
    /// all.
    static std::unique_ptr<Verifier> make(const Scheme& scheme, const VerifierOptions& options,
                                          std::string* error);
    ~Verifier();

    /// `now_ms`: Unix milliseconds. Order of judgement: doubled or unreadable header -> malformed; no
    /// signature -> no_signature; not matching -> forged; matching outside the window -> stale; else genuine.
    Outcome check(const event::Request& request, std::int64_t now_ms) const noexcept;

    /// Why one of the secrets can be guessed, for a warning; empty: none can.
    const std::string& weakness() const;

    /// See Challenges::missing_param.
    const std::string& missing_param() const;

    /// Whether the request is a handshake of that stage; see Challenges::judge. `verified`: `outcome` is what
    /// check() said.
    bool judge_challenge(Stage stage, const event::Request& request, Outcome* outcome,
                         Reply* reply) const noexcept;

    /// False when a request of this method that is no handshake on arrival can be nothing else.
    bool verifies_method(std::string_view method) const;

    const Scheme& scheme() const;

  private:
    struct Impl;
    explicit Verifier(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace webhook::signature
