#include "ctl/http_server.hpp"

#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <csignal>
#include <exception>
#include <utility>

#include "ctl/failure.hpp"

namespace webhook::ctl {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::use_awaitable;
using asio::ip::tcp;
using boost::system::system_error;

namespace {

constexpr std::size_t max_body = 64U << 20U;
constexpr std::chrono::minutes idle_timeout{10};

using Request = http::request<http::string_body>;
using Response = http::response<http::string_body>;

HttpArrival make_arrival(Request&& request) {
    HttpArrival arrival;
    arrival.method = std::string(request.method_string());
    arrival.target = std::string(request.target());
    arrival.url = "http://" + std::string(request[http::field::host]) + arrival.target;
    for (const auto& field : request)
        arrival.headers.emplace_back(field.name_string(), field.value());
    arrival.body = std::move(request.body());
    return arrival;
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
            asio::co_spawn(loop_, session(beast::tcp_stream(std::move(socket))),
                           [this](std::exception_ptr error) {
                               if (error) fail(std::move(error));
                           });
        }
    }

    asio::awaitable<void> session(beast::tcp_stream stream) {
        beast::flat_buffer buffer;
        try {
            while (co_await exchange(stream, buffer)) {
            }
        } catch (const system_error&) {
            // The sender left, or sent what is no HTTP: its connection ends, the others go on.
        }
    }

    /// One request; false when the connection is to be closed.
    asio::awaitable<bool> exchange(beast::tcp_stream& stream, beast::flat_buffer& buffer) {
        http::request_parser<http::string_body> parser;
        parser.body_limit(max_body);
        stream.expires_after(idle_timeout);
        co_await http::async_read_header(stream, buffer, parser, use_awaitable);
        if (parser.get()[http::field::expect] == "100-continue") {
            http::response<http::empty_body> go_on(http::status::continue_, 11);
            co_await http::async_write(stream, go_on, use_awaitable);
        }
        co_await http::async_read(stream, buffer, parser, use_awaitable);
        const bool keep_alive = parser.keep_alive();
        const bool head = parser.get().method() == http::verb::head;
        options_.arrived(make_arrival(parser.release()));
        if (options_.delay.count() > 0) {
            asio::steady_timer timer(loop_, options_.delay);
            co_await timer.async_wait(use_awaitable);
        }
        co_await answer(stream, keep_alive, head);
        co_return keep_alive;
    }

    asio::awaitable<void> answer(beast::tcp_stream& stream, bool keep_alive, bool head) {
        Response response(static_cast<http::status>(options_.status), 11);
        response.keep_alive(keep_alive);
        if (options_.status != 204 && options_.status != 304) {
            if (!head) response.body() = "ok\n";
            response.set(http::field::content_type, "text/plain");
            response.content_length(3);
        }
        http::response_serializer<http::string_body> serializer(response);
        stream.expires_after(idle_timeout);
        if (head) {
            co_await http::async_write_header(stream, serializer, use_awaitable);
        } else {
            co_await http::async_write(stream, serializer, use_awaitable);
        }
        if (options_.count != 0 && ++answered_ >= options_.count) loop_.stop();
    }

    const HttpServerOptions& options_;
    asio::io_context loop_{1};
    tcp::acceptor acceptor_;
    asio::signal_set signals_;
    std::size_t answered_ = 0;
    std::exception_ptr failure_;
};

}  // namespace

void serve_http(const HttpServerOptions& options) {
    Server(options).run();
}

}  // namespace webhook::ctl
