#pragma once

#include <array>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "link/deadline.hpp"
#include "link/tls_client.hpp"

namespace webhook::link {

/// Is one HTTP connection, plain or TLS. Every operation returns its error as a value. cancel() closes the
/// socket; the connection cannot be used afterwards. If that ends a write that was blocked for long, the
/// response received so far can still be read.
class HttpConnection final : public Cancellable {
  public:
    using Error = boost::system::error_code;

    /// Takes a connected socket; `host` is the name that was looked up.
    HttpConnection(boost::asio::ip::tcp::socket socket, std::string host);
    ~HttpConnection();
    HttpConnection(const HttpConnection&) = delete;
    HttpConnection& operator=(const HttpConnection&) = delete;

    /// Asks the proxy that the socket leads to for a tunnel to an address (RFC 9110, CONNECT), which is then
    /// the connection's. `authorization`: value of Proxy-Authorization, or empty. Sets `error` on failure.
    boost::asio::awaitable<bool> open_tunnel(boost::asio::ip::address address, std::uint16_t port,
                                             std::string authorization, std::string* error);

    /// Starts TLS and checks the server's name (DNS name or IP address) against its certificate, unless the
    /// setting does not verify. Resumes a session of `sessions` if there is one. Sets `error` on failure.
    boost::asio::awaitable<bool> tls_handshake(TlsClient& client, std::shared_ptr<TlsSessions> sessions,
                                               std::string* error);

    /// Writes without waiting; returns true if everything was written, otherwise finish_write() writes the
    /// rest.
    bool try_write(std::string_view head, std::string_view body, Error* error);
    boost::asio::awaitable<void> finish_write(Error* error);

    /// Reads at most 4 KiB, so that a flood does not delay other connections. The bytes are valid until the
    /// next call; empty with an error.
    boost::asio::awaitable<std::string_view> read(Error* error);
    bool has_early_answer() const { return !early_.empty(); }

    void cancel() noexcept override;
    /// Explains why the connection ended before a response, if TLS is the cause; otherwise returns the text
    /// of the error.
    std::string explain(const Error& error);
    bool wanted_certificate();
    const boost::asio::ip::address& address() const { return address_; }

    /// Returns false if the receiver has closed an idle connection or has sent unexpected bytes, also within
    /// TLS.
    bool is_quiet();

    Clock::time_point born = Clock::now();  ///< when it was connected
    Clock::time_point idle_since{};

  private:
    using Tls = boost::asio::ssl::stream<boost::asio::ip::tcp::socket&>;

    static constexpr std::size_t read_size = 4096;
    static constexpr std::size_t max_early_answer = 65536;

    bool write_is_stuck();
    std::size_t read_now(boost::asio::mutable_buffer space, Error* error);
    void read_early_answer();

    boost::asio::ip::tcp::socket socket_;
    std::string host_;
    boost::asio::ip::address address_;
    std::shared_ptr<TlsSessions> sessions_;  ///< outlives `tls_`, which refers to it
    std::optional<Tls> tls_;
    std::string buffer_;  ///< bytes read last
    std::string early_;   ///< received before the request was written completely
    std::array<boost::asio::const_buffer, 2> unsent_;
    Clock::time_point write_began_{};
    bool writing_ = false;
    std::string tls_request_;  ///< head and body together, so that a small request is one TLS record
};

}  // namespace webhook::link
