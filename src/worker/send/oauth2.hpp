#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "endpoint/auth.hpp"
#include "endpoint/url.hpp"
#include "link/clock.hpp"

namespace webhook::worker {

// The client credentials grant of OAuth 2.0 (RFC 6749 section 4.4), without input and output.

struct TokenRequest {
    std::string head, body;
};

/// Makes the request for a token. The client authenticates by HTTP Basic, or by parameters in the body, which
/// some servers ask for.
TokenRequest token_request(const endpoint::Auth& auth, const endpoint::Url& url, bool credentials_in_body);

struct TokenAnswer {
    std::string authorization;  ///< value of the header: "Bearer ..."
    std::chrono::seconds lifetime{0};
};

/// Reads the response of a token endpoint. Nothing, and a problem that quotes nothing but error codes of the
/// RFC, if it is no token.
std::optional<TokenAnswer> read_token(int status, std::string_view body, std::string* problem);

/// Decides when a token is used and when the next one is fetched.
class TokenLife {
  public:
    using Time = link::Clock::time_point;

    /// A token is renewed ahead of its end by a fifth of its life, at most by this.
    static constexpr std::chrono::seconds longest_margin{60};
    /// After a failure no other fetch begins for so long.
    static constexpr std::chrono::seconds pause{1};
    /// Receivers that reject one token after another get a new one this often.
    static constexpr std::chrono::seconds between_rejections{10};

    void granted(Time now, std::chrono::seconds lifetime);
    void failed(Time now) { paused_until_ = now + pause; }
    /// Takes note that a receiver rejected the token; returns whether a new one is worth a fetch.
    bool rejected(Time now);

    bool usable(Time now) const { return now < end_; }
    /// Returns whether a fetch should begin: the token ends soon, or there is none.
    bool wants_fetch(Time now) const { return now >= renew_at_ && now >= paused_until_; }

  private:
    Time renew_at_ = Time::min(), end_ = Time::min(), paused_until_ = Time::min(),
         next_rejection_ = Time::min();
};

}  // namespace webhook::worker
