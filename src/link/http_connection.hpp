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

namespace webhook::link {

/// One connection to a receiver, plain or TLS. Every operation reports its error as a value; cancel() closes
/// the socket, after which the connection is good for nothing. When that ends a write that had long been
/// stuck, what the receiver has answered meanwhile can still be read.
class HttpConnection final : public Cancellable {
  public:
    using Error = boost::system::error_code;

    /// Over a socket that is connected; `host`: the name that was asked for.
    HttpConnection(boost::asio::ip::tcp::socket socket, std::string host);
    HttpConnection(const HttpConnection&) = delete;
    HttpConnection& operator=(const HttpConnection&) = delete;

    /// TLS with the server's name checked (DNS name or IP address) against its certificate, unless the
    /// context verifies none. `error` gets the reason.
    boost::asio::awaitable<bool> handshake(boost::asio::ssl::context& context, std::string* error);

    /// Writes what goes into the socket at once; true when that was all, else finish_write() does the rest.
    bool try_write(std::string_view head, std::string_view body, Error* error);
    boost::asio::awaitable<void> finish_write(Error* error);

    /// What came next, at most 4 KiB of it, so that a flood takes turns with all others; valid until the next
    /// call. Empty with an error.
    boost::asio::awaitable<std::string_view> read(Error* error);
    bool has_early_answer() const { return !early_.empty(); }

    void cancel() noexcept override;
    /// Says why the connection ended before an answer, where that has to do with TLS; else what the error
    /// says.
    std::string explain(const Error& error);
    bool wanted_certificate();
    const boost::asio::ip::address& address() const { return address_; }

    /// False when the receiver has closed an idle connection or sent something unasked, also within TLS.
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
    std::optional<Tls> tls_;
    std::string buffer_;  ///< what was read last
    std::string early_;   ///< came before all of the request was written
    std::array<boost::asio::const_buffer, 2> unsent_;
    Clock::time_point write_began_{};
    bool writing_ = false;
    std::string tls_request_;  ///< head and body together, so that small requests are one TLS record
};

}  // namespace webhook::link
