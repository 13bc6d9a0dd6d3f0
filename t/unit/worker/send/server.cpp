#include "t/unit/worker/send/server.hpp"

#include <algorithm>

namespace webhook::test {
namespace {

using asio::awaitable;
using asio::use_awaitable;
using asio::ip::tcp;

std::string lower(std::string_view text) {
    std::string result(text);
    std::transform(result.begin(), result.end(), result.begin(),
                   [](unsigned char c) { return std::tolower(c); });
    return result;
}

awaitable<void> pause(std::chrono::milliseconds time) {
    asio::steady_timer timer(co_await asio::this_coro::executor, time);
    co_await timer.async_wait(use_awaitable);
}

template <class Stream>
awaitable<Received> read_request(Stream& stream, std::string& buffer) {
    Received request;
    const std::size_t end =
        co_await asio::async_read_until(stream, asio::dynamic_buffer(buffer), "\r\n\r\n", use_awaitable);
    request.head = buffer.substr(0, end);
    buffer.erase(0, end);
    const std::string length = request.header("content-length");
    const std::size_t size = length.empty() ? 0 : std::stoul(length);
    if (buffer.size() < size) {
        co_await asio::async_read(stream, asio::dynamic_buffer(buffer),
                                  asio::transfer_exactly(size - buffer.size()), use_awaitable);
    }
    request.body = buffer.substr(0, size);
    buffer.erase(0, size);
    co_return request;
}

template <class Stream>
awaitable<void> send_reply(Stream& stream, const Reply& reply) {
    if (reply.delay.count() > 0) co_await pause(reply.delay);
    do {
        if (reply.gap.count() == 0)
            co_await asio::async_write(stream, asio::buffer(reply.bytes), use_awaitable);
        for (std::size_t i = 0; reply.gap.count() > 0 && i < reply.bytes.size(); ++i) {
            co_await asio::async_write(stream, asio::buffer(&reply.bytes[i], 1), use_awaitable);
            co_await pause(reply.gap);
        }
    } while (reply.endless);
}

template <class Stream>
awaitable<void> serve(Stream& stream, Server::Answer answer, std::shared_ptr<std::vector<Received>> log,
                      int number) {
    std::string buffer;
    while (true) {
        Received request = co_await read_request(stream, buffer);
        request.connection = number;
        log->push_back(request);
        const Reply reply = answer(request);
        co_await send_reply(stream, reply);
        if (reply.then == Reply::Then::hang)
            co_await asio::async_read_until(stream, asio::dynamic_buffer(buffer), "never", use_awaitable);
        if (reply.then == Reply::Then::close) co_return;
    }
}

awaitable<void> serve_socket(tcp::socket socket, asio::ssl::context* tls, Server::Answer answer,
                             std::shared_ptr<std::vector<Received>> log, int number) {
    try {
        if (tls == nullptr) {
            co_await serve(socket, answer, log, number);
            co_return;
        }
        asio::ssl::stream<tcp::socket> stream(std::move(socket), *tls);
        co_await stream.async_handshake(asio::ssl::stream_base::server, use_awaitable);
        co_await serve(stream, answer, log, number);
    } catch (const std::exception&) {
        co_return;
    }
}

awaitable<void> accept(std::shared_ptr<tcp::acceptor> acceptor, asio::ssl::context* tls,
                       Server::Answer answer, std::shared_ptr<std::vector<Received>> log,
                       std::shared_ptr<int> count) {
    while (acceptor->is_open()) {
        boost::system::error_code error;
        tcp::socket socket = co_await acceptor->async_accept(asio::redirect_error(use_awaitable, error));
        if (error) co_return;
        asio::co_spawn(acceptor->get_executor(), serve_socket(std::move(socket), tls, answer, log, ++*count),
                       asio::detached);
    }
}

}  // namespace

std::string Received::header(std::string_view name) const {
    std::size_t line = head.find("\r\n") + 2;
    while (line + 2 < head.size()) {
        const std::size_t end = head.find("\r\n", line);
        const std::size_t colon = head.find(':', line);
        if (colon < end && lower(head.substr(line, colon - line)) == name)
            return head.substr(colon + 2, end - colon - 2);
        line = end + 2;
    }
    return {};
}

std::string Received::target() const {
    const std::size_t begin = head.find(' ') + 1;
    return head.substr(begin, head.find(' ', begin) - begin);
}

Server::Server(asio::io_context& io, Answer answer, asio::ssl::context* tls)
    : acceptor_(std::make_shared<tcp::acceptor>(io, tcp::endpoint(asio::ip::address_v4::loopback(), 0))),
      tls_(tls != nullptr) {
    asio::co_spawn(io, accept(acceptor_, tls, std::move(answer), requests, connections), asio::detached);
}

Server::~Server() {
    boost::system::error_code ignored;
    acceptor_->close(ignored);
}

std::string Server::url(std::string_view path) const {
    return (tls_ ? "https://127.0.0.1:" : "http://127.0.0.1:") + std::to_string(port()) + std::string(path);
}

}  // namespace webhook::test
