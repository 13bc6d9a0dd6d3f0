#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/digest.hpp"
#include "base/json_scan.hpp"
#include "event/request.hpp"
#include "signature/keys/hmac.hpp"
#include "signature/model/challenge_rule.hpp"
#include "signature/model/outcome.hpp"
#include "signature/model/scheme.hpp"

namespace webhook::signature {

/// The answer to a challenge.
struct Reply {
    unsigned status = 200;
    std::string type;  ///< empty: there is no body
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    std::vector<std::pair<std::string, std::string>> captured;  ///< to be stored as an event for the operator
};

/// When a challenge is looked for: before the signature is checked, or after it was found genuine.
enum class Stage : std::uint8_t { arrived, verified };

/// Bodies over this many bytes hold no challenge: this limits what an unverified client can make us parse.
inline constexpr std::size_t max_challenge_body = 16384;

/// The longest value that is captured.
inline constexpr std::size_t max_captured = 2048;

/// The challenges of a scheme with the parameters of one location filled in. Immutable.
class Challenges {
  public:
    Challenges();
    ~Challenges();
    Challenges(Challenges&&) noexcept;
    Challenges& operator=(Challenges&&) noexcept;

    /// False, and a message, when the rules are too many. Those whose parameters are missing are left out.
    static bool make(const Scheme& scheme, const std::map<std::string, std::string>& params, Challenges* made,
                     std::string* error);

    /// True when the request is a challenge of that stage, good or bad: `outcome` is challenge (then `reply`
    /// is filled in), forged (a token does not match) or malformed (a text that may not be echoed). `key`
    /// computes what the answer wants computed; nullptr in schemes without HMAC.
    bool judge(Stage stage, const event::Request& request, const HmacKey* key, Outcome* outcome,
               Reply* reply) const;

    /// A parameter for want of which a rule that is not `optional` was left out; or empty.
    const std::string& missing_param() const { return missing_param_; }

    /// True when some challenge comes by this method.
    bool takes(Stage stage, std::string_view method) const;

  private:
    struct Rule;
    class Reading;
    friend class Challenger;

    bool add(const ChallengeRule& rule, const std::map<std::string, std::string>& params, std::string* error);

    std::vector<Rule> rules_;
    base::PointerSet pointers_;
    std::string missing_param_;
};

}  // namespace webhook::signature
