#pragma once

#include <boost/asio.hpp>
#include <boost/asio/ssl.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace webhook::test {

namespace asio = boost::asio;

/// One request as it came over the wire.
struct Received {
    std::string head, body;
    int connection = 0;  ///< counts the accepted connections from 1

    /// First value of a header (lower-case name), empty when absent.
    std::string header(std::string_view name) const;
    std::string target() const;
};

/// What the server does with a request: bytes to send, then what to do with the connection.
struct Reply {
    enum class Then { keep, close, hang };
    std::string bytes = "HTTP/1.1 204 No Content\r\n\r\n";
    Then then = Then::keep;
    std::chrono::milliseconds delay{0};
    std::chrono::milliseconds gap{0};  ///< > 0: the bytes go out one by one with this pause
    bool endless = false;              ///< sends `bytes` again and again until the peer leaves
};

/// A receiver on 127.0.0.1 in the test's own io_context; `answer` decides per request.
class Server {
  public:
    using Answer = std::function<Reply(const Received&)>;

    Server(asio::io_context& io, Answer answer, asio::ssl::context* tls = nullptr);
    ~Server();

    unsigned short port() const { return acceptor_->local_endpoint().port(); }
    std::string url(std::string_view path = "/") const;

    std::shared_ptr<std::vector<Received>> requests = std::make_shared<std::vector<Received>>();
    std::shared_ptr<int> connections = std::make_shared<int>(0);
    void close() { acceptor_->close(); }

  private:
    std::shared_ptr<asio::ip::tcp::acceptor> acceptor_;
    bool tls_;
};

}  // namespace webhook::test
