#include "ctl/http_server.hpp"

#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>
#include <exception>
#include <utility>

#include "base/text.hpp"
#include "ctl/failure.hpp"
#include "link/http_connection.hpp"
#include "link/http_reader.hpp"

namespace webhook::ctl {

namespace asio = boost::asio;
using asio::use_awaitable;
using asio::ip::tcp;
using boost::system::system_error;
using link::HttpConnection;

namespace {

constexpr std::uint64_t max_request = std::uint64_t{64} << 20U;
constexpr std::chrono::minutes idle_timeout{10};
constexpr std::chrono::seconds linger{1};
constexpr int drained_pieces = 64;

class Request final : public link::HttpReader {
  public:
    Request() : HttpReader(Kind::request, Limits{Limits{}.syntax, max_request}) {}

    HttpArrival arrival;
    bool wants_go_on = false;

    /// Sets the URL by the Host header.
    HttpArrival take() {
        arrival.url = "http://" + host_ + arrival.target;
        return std::move(arrival);
    }

  private:
    void on_request_line(std::string_view method, std::string_view target) override {
        arrival.method = method;
        arrival.target = target;
    }
    void on_field(std::string_view name, std::string_view value) override {
        arrival.headers.emplace_back(name, value);
        if (base::equal_names(name, "host")) host_ = value;
        if (base::equal_names(name, "expect")) wants_go_on = base::equal_names(value, "100-continue");
    }
    void on_body(std::string_view bytes) override { arrival.body.append(bytes); }

    std::string host_;
};

const char* reason_of(int status) {
    if (status < 200) return "Continue";
    if (status < 300) return status == 204 ? "No Content" : "OK";
    return status < 400 ? "Redirect" : status < 500 ? "Refused" : "Failed";
}

class Server {
  public:
    explicit Server(const HttpServerOptions& options)
        : options_(options), acceptor_(loop_), signals_(loop_, SIGINT, SIGTERM) {
        open();
    }

    void run() {
        const auto stop_on_error = [this](std::exception_ptr error) {
            if (error) fail(std::move(error));
        };
        asio::co_spawn(loop_, accept(), stop_on_error);
        signals_.async_wait([this](const boost::system::error_code& error, int /*signal*/) {
            if (!error) loop_.stop();
        });
        const auto endpoint = acceptor_.local_endpoint();
        const std::string host = endpoint.address().is_v6()
                                     ? fmt::format("[{}]", endpoint.address().to_string())
                                     : endpoint.address().to_string();
        options_.listening(fmt::format("http://{}:{}", host, endpoint.port()));
        loop_.run();
        if (failure_) std::rethrow_exception(failure_);
    }

  private:
    void open() {
        boost::system::error_code error;
        const auto address = asio::ip::make_address(options_.address, error);
        if (error) throw Failure(fmt::format("\"{}\" is not an IP address", options_.address));
        try {
            const tcp::endpoint endpoint(address, options_.port);
            acceptor_.open(endpoint.protocol());
            acceptor_.set_option(asio::socket_base::reuse_address(true));
            acceptor_.bind(endpoint);
            acceptor_.listen();
        } catch (const system_error& why) {
            throw Failure(fmt::format("cannot listen on {} port {}: {}", options_.address, options_.port,
                                      why.code().message()));
        }
    }

    void fail(std::exception_ptr error) {
        if (!failure_) failure_ = std::move(error);
        loop_.stop();
    }

    asio::awaitable<void> accept() {
        for (;;) {
            auto socket = co_await acceptor_.async_accept(use_awaitable);
            asio::co_spawn(loop_, session(std::make_unique<HttpConnection>(std::move(socket), "")),
                           [this](std::exception_ptr error) {
                               if (error) fail(std::move(error));
                           });
        }
    }

    asio::awaitable<void> session(std::unique_ptr<HttpConnection> connection) {
        std::string rest;
        while (co_await exchange(*connection, rest)) {
        }
    }

    /// One request; false when the connection is to be closed. `rest`: what came after it.
    asio::awaitable<bool> exchange(HttpConnection& connection, std::string& rest) {
        link::AttemptDeadline flight(*deadlines_, link::Clock::now() + idle_timeout);
        const link::Waiting waiting(flight, connection);
        Request request;
        rest.erase(0, request.put(rest));
        while (!request.ended()) {
            if (request.has_head() && std::exchange(request.wants_go_on, false))
                co_await write(connection, "HTTP/1.1 100 Continue\r\n\r\n");
            boost::system::error_code error;
            const std::string_view bytes = co_await connection.read(&error);
            rest = bytes.substr(request.put(bytes));
            if (error) co_return false;
        }
        if (!request.whole()) {
            co_await refuse(connection, request.error());
            flight.step = link::Clock::now() + linger;
            co_await drain(connection);
            co_return false;
        }
        const bool keep_alive = request.keep_alive();
        const bool head = request.arrival.method == "HEAD";
        options_.arrived(request.take());
        if (options_.delay.count() > 0) {
            asio::steady_timer timer(loop_, options_.delay);
            co_await timer.async_wait(use_awaitable);
        }
        const bool written = co_await write(connection, answer_text(keep_alive, head));
        if (options_.count != 0 && ++answered_ >= options_.count) loop_.stop();
        co_return written&& keep_alive;
    }

    /// What cannot be read, or has no end, is answered with the reason.
    asio::awaitable<void> refuse(HttpConnection& connection, const std::string& why) {
        const std::string text = why + "\n";
        co_await write(connection, fmt::format("HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\n"
                                               "Content-Length: {}\r\nConnection: close\r\n\r\n{}",
                                               text.size(), text));
    }

    /// Reads what has been sent meanwhile: closing before that would take the answer away from the client.
    static asio::awaitable<void> drain(HttpConnection& connection) {
        boost::system::error_code error;
        for (int i = 0; i < drained_pieces && !error; ++i)
            co_await connection.read(&error);
    }

    std::string answer_text(bool keep_alive, bool head) const {
        const bool bodiless = options_.status == 204 || options_.status == 304 || options_.status < 200;
        return fmt::format("HTTP/1.1 {} {}\r\n{}{}\r\n{}", options_.status, reason_of(options_.status),
                           keep_alive ? "" : "Connection: close\r\n",
                           bodiless ? "" : "Content-Type: text/plain\r\nContent-Length: 3\r\n",
                           bodiless || head ? "" : "ok\n");
    }

    static asio::awaitable<bool> write(HttpConnection& connection, std::string text) {
        boost::system::error_code error;
        if (!connection.try_write(text, {}, &error)) co_await connection.finish_write(&error);
        co_return !error;
    }

    const HttpServerOptions& options_;
    asio::io_context loop_{1};
    tcp::acceptor acceptor_;
    asio::signal_set signals_;
    std::shared_ptr<link::Deadlines> deadlines_ = std::make_shared<link::Deadlines>(loop_.get_executor());
    std::size_t answered_ = 0;
    std::exception_ptr failure_;
};

}  // namespace

void serve_http(const HttpServerOptions& options) {
    Server(options).run();
}

}  // namespace webhook::ctl
