#include "link/http_connection.hpp"

#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <utility>

#include "link/error_text.hpp"
#include "link/http_reader.hpp"
#include "link/tls_problem.hpp"

namespace webhook::link {
namespace {

namespace asio = boost::asio;
using asio::redirect_error;
using asio::use_awaitable;

/// Bodies up to this size are copied after the head for TLS, which copies them anyway.
constexpr std::size_t max_copied_body = 16384;

/// Requires a certificate for the host: for its address, or its name without the dot of the root. A wildcard
/// stands for a whole label.
bool expect_name(SSL* ssl, std::string host) {
    boost::system::error_code ec;
    const auto address = asio::ip::make_address(host, ec);
    if (!ec) return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), address.to_string().c_str()) == 1;
    if (host.size() > 1 && host.back() == '.') host.pop_back();
    SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    return SSL_set_tlsext_host_name(ssl, host.c_str()) == 1 && SSL_set1_host(ssl, host.c_str()) == 1;
}

/// Reads a proxy's response to CONNECT, up to the end of its header.
class TunnelReply final : public HttpReader {
  public:
    TunnelReply() : HttpReader(Kind::response, Limits{16384, 16384}) {}
    bool has_more() const { return more_; }

  private:
    void on_field(std::string_view, std::string_view) override {}
    void on_body(std::string_view) override { more_ = true; }
    bool more_ = false;
};

std::string connect_request(const std::string& target, const std::string& authorization) {
    std::string text = "CONNECT " + target + " HTTP/1.1\r\nhost: " + target + "\r\n";
    if (!authorization.empty()) text += "proxy-authorization: " + authorization + "\r\n";
    return text + "\r\n";
}

std::string refusal_of(int code, const std::string& target) {
    const std::string status = "status " + std::to_string(code);
    if (code == 407) return status + ": it wants a user and password, or others";
    return status + ": it refuses CONNECT to " + target;
}

}  // namespace

HttpConnection::HttpConnection(asio::ip::tcp::socket socket, std::string host)
    : socket_(std::move(socket)), host_(std::move(host)) {
    Error ignored;
    address_ = socket_.remote_endpoint(ignored).address();
    socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
    socket_.non_blocking(true, ignored);
}

/// Closes without the shutdown of TLS. OpenSSL must not take that for a reason to forget the session.
HttpConnection::~HttpConnection() {
    if (tls_) SSL_set_shutdown(tls_->native_handle(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
}

asio::awaitable<bool> HttpConnection::open_tunnel(asio::ip::address address, std::uint16_t port,
                                                  std::string authorization, std::string* error) {
    const std::string host = address.is_v6() ? "[" + address.to_string() + "]" : address.to_string();
    const std::string target = host + ":" + std::to_string(port);
    const std::string request = connect_request(target, authorization);
    Error failure;
    if (!try_write(request, {}, &failure)) co_await finish_write(&failure);
    TunnelReply reply;
    while (!failure && !reply.has_head() && !reply.ended()) {
        const std::string_view bytes = co_await read(&failure);
        if (reply.put(bytes) < bytes.size()) failure = asio::error::invalid_argument;
    }
    if (!reply.has_head() && !reply.ended()) {
        *error = failure == asio::error::eof ? "closes the connection" : describe(failure);
    } else if (!reply.has_head()) {
        *error = "answer: " + reply.error();
    } else if (reply.status() < 200 || reply.status() > 299) {
        *error = refusal_of(reply.status(), target);
    } else if (reply.has_more() || failure) {
        *error = "sends bytes before the tunnel is used";
    } else {
        address_ = std::move(address);
        co_return true;
    }
    co_return false;
}

asio::awaitable<bool> HttpConnection::tls_handshake(TlsClient& client, std::shared_ptr<TlsSessions> sessions,
                                                    std::string* error) {
    sessions_ = std::move(sessions);
    tls_.emplace(socket_, client.context());
    SSL* ssl = tls_->native_handle();
    if (!expect_name(ssl, host_)) {
        *error = "tls: the host name cannot be checked";
        co_return false;
    }
    if (sessions_) sessions_->offer(ssl, Clock::now());
    Error failure;
    co_await tls_->async_handshake(asio::ssl::stream_base::client, redirect_error(use_awaitable, failure));
    if (!failure) {
        if (sessions_) sessions_->established(ssl, Clock::now());
        co_return true;
    }
    if (sessions_) sessions_->forget();
    *error = tls_problem(ssl, failure, host_);
    co_return false;
}

bool HttpConnection::wanted_certificate() {
    return tls_ && certificate_was_wanted(tls_->native_handle());
}

/// Looks for a TLS cause here, too: a TLS 1.3 server rejects a client without a certificate only after the
/// TLS handshake.
std::string HttpConnection::explain(const Error& error) {
    const bool of_tls = tls_ && error.category() == asio::error::get_ssl_category();
    return of_tls || wanted_certificate() ? tls_problem(tls_->native_handle(), error, host_)
                                          : describe(error);
}

bool HttpConnection::try_write(std::string_view head, std::string_view body, Error* error) {
    *error = {};
    unsent_ = {asio::buffer(head), asio::buffer(body)};
    if (tls_) {
        if (body.size() > max_copied_body) return false;
        tls_request_.assign(head).append(body);
        unsent_ = {asio::buffer(tls_request_), asio::const_buffer()};
        return false;
    }
    std::size_t sent = socket_.write_some(unsent_, *error);
    if (*error == asio::error::would_block) *error = {};
    for (asio::const_buffer& part : unsent_) {
        const std::size_t taken = std::min(sent, part.size());
        part += taken;
        sent -= taken;
    }
    return *error || unsent_[0].size() + unsent_[1].size() == 0;
}

asio::awaitable<void> HttpConnection::finish_write(Error* error) {
    write_began_ = Clock::now();
    writing_ = true;
    if (tls_) {
        co_await asio::async_write(*tls_, unsent_, redirect_error(use_awaitable, *error));
    } else {
        co_await asio::async_write(socket_, unsent_, redirect_error(use_awaitable, *error));
    }
    writing_ = false;
}

asio::awaitable<std::string_view> HttpConnection::read(Error* error) {
    if (!early_.empty()) {
        buffer_ = std::exchange(early_, {});
        co_return buffer_;
    }
    buffer_.resize(read_size);
    const auto space = asio::buffer(buffer_);
    const std::size_t got =
        tls_ ? co_await tls_->async_read_some(space, redirect_error(use_awaitable, *error))
             : co_await socket_.async_read_some(space, redirect_error(use_awaitable, *error));
    co_return std::string_view(buffer_).substr(0, got);
}

/// Returns whether nothing could be sent for at least half of the time, so that the receiver does not read.
/// The response of a receiver that is merely slow must not count as one to the whole body.
bool HttpConnection::write_is_stuck() {
    tcp_info info{};
    socklen_t size = sizeof info;
    if (::getsockopt(socket_.native_handle(), IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return false;
    return 2 * std::chrono::milliseconds(info.tcpi_last_data_sent) >= Clock::now() - write_began_;
}

std::size_t HttpConnection::read_now(asio::mutable_buffer space, Error* error) {
    return tls_ ? tls_->read_some(space, *error) : socket_.read_some(space, *error);
}

/// Reads only bytes that were received already.
void HttpConnection::read_early_answer() {
    Error error;
    while (!error && early_.size() < max_early_answer) {
        const std::size_t before = early_.size();
        early_.resize(before + read_size);
        early_.resize(before + read_now(asio::buffer(early_) + before, &error));
    }
}

void HttpConnection::cancel() noexcept {
    if (std::exchange(writing_, false) && write_is_stuck()) read_early_answer();
    Error ignored;
    socket_.close(ignored);
}

bool HttpConnection::is_quiet() {
    char byte = 0;
    Error error;
    read_now(asio::buffer(&byte, 1), &error);
    return error == asio::error::would_block || error == asio::error::try_again;
}

}  // namespace webhook::link
