#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <string>

#include "endpoint/auth.hpp"
#include "endpoint/url.hpp"
#include "link/waiter.hpp"
#include "worker/send/oauth2.hpp"
#include "worker/send/transport.hpp"

namespace webhook::worker {

/// Value of the header Authorization.
using Token = std::shared_ptr<const std::string>;

/// Holds the OAuth 2.0 token of endpoints with equal settings: fetches it when it is needed, again before it
/// ends, and when a receiver rejects it. One fetch at a time; all attempts wait for it. A fetch does not end
/// with the attempt that began it.
class TokenSource : public std::enable_shared_from_this<TokenSource> {
  public:
    static constexpr std::chrono::seconds timeout{15}, connect_timeout{5};

    TokenSource(std::shared_ptr<Transport> transport, std::shared_ptr<Origin> origin, endpoint::Url url,
                endpoint::Auth auth)
        : transport_(std::move(transport)),
          origin_(std::move(origin)),
          url_(std::move(url)),
          auth_(std::move(auth)) {}

    /// Returns a token that can be used at once, or nullptr. Begins a fetch if one is due.
    Token ready();
    /// Waits for a token. Returns nullptr and an error ("auth: ...") that holds no secret.
    boost::asio::awaitable<Token> get(link::AttemptDeadline& deadline, std::string* error);
    /// Waits for another token than the one that a receiver rejected. Returns nullptr without an error if
    /// another one was fetched for that reason a moment ago.
    boost::asio::awaitable<Token> replace(Token rejected, link::AttemptDeadline& deadline,
                                          std::string* error);

  private:
    static boost::asio::awaitable<void> fetch(std::shared_ptr<TokenSource> self);
    boost::asio::awaitable<bool> ask(bool credentials_in_body, link::AttemptDeadline& deadline);
    void begin_fetch();

    std::shared_ptr<Transport> transport_;
    std::shared_ptr<Origin> origin_;
    endpoint::Url url_;
    endpoint::Auth auth_;
    Token token_;
    TokenLife life_;
    std::string error_;  ///< of the last fetch; empty: it gave a token
    bool fetching_ = false;
    bool credentials_in_body_ = false;  ///< as the server took them last
    link::Waiters waiters_;
};

}  // namespace webhook::worker
