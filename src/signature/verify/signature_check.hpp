#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

#include "base/digest.hpp"
#include "signature/keys/prepared.hpp"
#include "signature/model/outcome.hpp"
#include "signature/verify/evaluation.hpp"

namespace webhook::signature {

/// Decoded signatures of a request; undecodable ones and those of another length take a place but match
/// nothing.
struct Candidates {
    std::array<base::Digest, max_signatures> digest;
    std::array<std::string_view, max_signatures> text;  ///< of public keys, not decoded
    std::size_t decoded = 0;
    std::size_t seen = 0;
};

/// True when the body cannot be relied on; `outcome` says why.
bool failed(const Evaluation& evaluation, Outcome* outcome);

/// Compares the signatures of a request with those that the keys make of its message.
class SignatureCheck {
  public:
    explicit SignatureCheck(const Prepared& prepared) : prepared_(prepared), scheme_(*prepared.scheme) {}

    /// Gathers the request's signatures (of tokens only whether one matches); false when there is none.
    bool collect(Evaluation* evaluation, Candidates* candidates, bool* credential) const;

    /// Checks whether one of the signatures is of one of the messages that the sender may have signed;
    /// `outcome` says why not.
    bool is_signed(const Candidates& candidates, Evaluation* evaluation, Outcome* outcome) const;

    /// Compares the body with the digest of it that is signed.
    bool digest_matches(Evaluation* evaluation) const;

  private:
    bool matches_credential(std::string_view item) const;
    bool matches(const Message& message, const Candidates& candidates, const base::BodyView& body,
                 Outcome* outcome) const;
    bool answers_sign(const Message& message, const base::BodyView& body) const;
    bool matches_other_url(const event::Template& text, const Candidates& candidates, Evaluation* evaluation,
                           Outcome* outcome) const;
    bool matches_public(const Message& message, const Candidates& candidates, Evaluation* evaluation,
                        std::optional<std::size_t>* budget) const;
    const char* why_forged(const Candidates& candidates, Evaluation* evaluation) const;

    const Prepared& prepared_;
    const Scheme& scheme_;
};

}  // namespace webhook::signature
