#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "event/request.hpp"
#include "signature/model/outcome.hpp"
#include "signature/model/scheme.hpp"
#include "signature/verify/challenge.hpp"

namespace webhook::signature {

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

    /// Returns why one of the secrets can be guessed, for a warning; empty: none can.
    const std::string& weakness() const;

    /// See Challenges::missing_param.
    const std::string& missing_param() const;

    /// Returns whether the request is a challenge of that stage; see Challenges::judge. `verified`: `outcome`
    /// is what check() said.
    bool judge_challenge(Stage stage, const event::Request& request, Outcome* outcome,
                         Reply* reply) const noexcept;

    /// False when a request of this method that is no challenge on arrival can be nothing else.
    bool verifies_method(std::string_view method) const;

    const Scheme& scheme() const;

  private:
    struct Impl;
    explicit Verifier(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace webhook::signature
