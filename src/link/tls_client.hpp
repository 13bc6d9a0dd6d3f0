#pragma once

#include <openssl/ssl.h>

#include <boost/asio/ssl/context.hpp>
#include <chrono>
#include <memory>
#include <string>

#include "base/openssl_handle.hpp"
#include "endpoint/tls.hpp"
#include "link/clock.hpp"

namespace webhook::link {

/// Is a TLS setting of clients, ready for connections: TLS 1.2 or later.
class TlsClient {
  public:
    /// Takes PEM texts, no `secret:NAME`. `system` lends its certificate authorities (nullptr: the system's
    /// are read). Returns nullptr and a problem ("tls.ca: ...") without any of the texts.
    static std::shared_ptr<TlsClient> make(const endpoint::Tls& texts, const TlsClient* system,
                                           std::string* problem);

    boost::asio::ssl::context& context() { return context_; }
    /// Returns what is probably wrong with the setting, though it is used; empty: nothing.
    std::string warning();

  private:
    TlsClient() : context_(boost::asio::ssl::context::tls_client) {}
    boost::asio::ssl::context context_;
    bool verify_ = true;
};

/// Remembers the TLS session of one host, port and setting, so that the next connection resumes it.
class TlsSessions {
  public:
    /// A session is resumed, and its tickets are renewed, for so long after the certificate was verified.
    static constexpr std::chrono::hours verified_for{1};

    /// Makes connections of a context pass their sessions to where they were offered one.
    static void enable(SSL_CTX* context);

    /// Offers the session to a new connection, which must not outlive this object.
    void offer(SSL* ssl, Clock::time_point now);
    void established(SSL* ssl, Clock::time_point now);
    void forget() { session_.reset(); }
    bool has_session() const { return session_ != nullptr; }

  private:
    static int on_session(SSL* ssl, SSL_SESSION* session);

    std::unique_ptr<SSL_SESSION, base::Free<SSL_SESSION_free>> session_;
    Clock::time_point verified_{};
};

}  // namespace webhook::link
