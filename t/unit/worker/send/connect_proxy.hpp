#pragma once

#include <boost/asio.hpp>
#include <memory>
#include <string>
#include <vector>

namespace webhook::test {

namespace asio = boost::asio;

/// An HTTP proxy on 127.0.0.1 that knows CONNECT only and passes bytes on in both directions. With an
/// `answer` it says that instead.
class ConnectProxy {
  public:
    explicit ConnectProxy(asio::io_context& io, std::string answer = "")
        : acceptor_(std::make_shared<tcp::acceptor>(io, tcp::endpoint(asio::ip::address_v4::loopback(), 0))) {
        asio::co_spawn(io, accept(acceptor_, heads, std::move(answer)), asio::detached);
    }
    ~ConnectProxy() {
        boost::system::error_code ignored;
        acceptor_->close(ignored);
    }
    unsigned short port() const { return acceptor_->local_endpoint().port(); }

    std::shared_ptr<std::vector<std::string>> heads = std::make_shared<std::vector<std::string>>();

  private:
    using tcp = asio::ip::tcp;
    using Socket = std::shared_ptr<tcp::socket>;
    using Heads = std::shared_ptr<std::vector<std::string>>;

    static asio::awaitable<void> accept(std::shared_ptr<tcp::acceptor> acceptor, Heads heads,
                                        std::string answer) {
        while (acceptor->is_open()) {
            boost::system::error_code error;
            tcp::socket socket =
                co_await acceptor->async_accept(asio::redirect_error(asio::use_awaitable, error));
            if (error) co_return;
            asio::co_spawn(acceptor->get_executor(),
                           serve(std::make_shared<tcp::socket>(std::move(socket)), heads, answer),
                           asio::detached);
        }
    }

    static asio::awaitable<void> serve(Socket client, Heads heads, std::string answer) try {
        std::string head;
        co_await asio::async_read_until(*client, asio::dynamic_buffer(head), "\r\n\r\n", asio::use_awaitable);
        heads->push_back(head);
        if (!answer.empty()) {
            co_await asio::async_write(*client, asio::buffer(answer), asio::use_awaitable);
            co_return;
        }
        const std::string target = head.substr(8, head.find(' ', 8) - 8);
        const std::size_t colon = target.rfind(':');
        auto server = std::make_shared<tcp::socket>(client->get_executor());
        const auto port = static_cast<unsigned short>(std::stoi(target.substr(colon + 1)));
        co_await server->async_connect({asio::ip::make_address(target.substr(0, colon)), port},
                                       asio::use_awaitable);
        const std::string good = "HTTP/1.1 200 Connection established\r\n\r\n";
        co_await asio::async_write(*client, asio::buffer(good), asio::use_awaitable);
        asio::co_spawn(client->get_executor(), pass(client, server), asio::detached);
        co_await pass(server, client);
    } catch (const std::exception&) {
        co_return;
    }

    static asio::awaitable<void> pass(Socket from, Socket to) {
        boost::system::error_code error;
        std::string bytes(65536, '\0');
        while (!error) {
            const std::size_t got = co_await from->async_read_some(
                asio::buffer(bytes), asio::redirect_error(asio::use_awaitable, error));
            if (error) break;
            co_await asio::async_write(*to, asio::buffer(bytes, got),
                                       asio::redirect_error(asio::use_awaitable, error));
        }
        from->close(error);
        to->close(error);
    }

    std::shared_ptr<tcp::acceptor> acceptor_;
};

}  // namespace webhook::test
