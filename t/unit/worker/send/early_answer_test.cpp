// Receivers that answer before they have read the body.

#include "t/unit/worker/send/certificate.hpp"
#include "t/unit/worker/send/support.hpp"

namespace webhook::test {
namespace {

using asio::awaitable;
using asio::use_awaitable;
using asio::ip::tcp;

constexpr std::size_t large = 16 << 20;  // more than the buffers of a connection take

/// A receiver that answers after the head of a request and then does as it likes with the body.
class EarlyReceiver {
  public:
    enum class Then { reads_nothing, reads_later, reads_slowly };

    EarlyReceiver(asio::io_context& io, std::string answer, Then then, asio::ssl::context* tls = nullptr)
        : acceptor_(io, tcp::endpoint(asio::ip::address_v4::loopback(), 0)),
          tls_(tls),
          answer_(std::move(answer)),
          then_(then) {
        asio::co_spawn(io, serve(), asio::detached);
    }

    std::string url() const {
        return (tls_ ? "https://127.0.0.1:" : "http://127.0.0.1:") +
               std::to_string(acceptor_.local_endpoint().port());
    }

    std::size_t got = 0;  ///< bytes of the body

  private:
    awaitable<void> serve() {
        tcp::socket socket = co_await acceptor_.async_accept(use_awaitable);
        if (tls_ == nullptr) {
            co_await talk(socket);
            co_return;
        }
        asio::ssl::stream<tcp::socket> stream(std::move(socket), *tls_);
        co_await stream.async_handshake(asio::ssl::stream_base::server, use_awaitable);
        co_await talk(stream);
    }

    template <class Stream>
    awaitable<void> talk(Stream& stream) {
        std::string buffer;
        const std::size_t head =
            co_await asio::async_read_until(stream, asio::dynamic_buffer(buffer), "\r\n\r\n", use_awaitable);
        got = buffer.size() - head;
        co_await asio::async_write(stream, asio::buffer(answer_), use_awaitable);
        asio::steady_timer timer(acceptor_.get_executor(), then_ == Then::reads_later ? 400ms : 0ms);
        buffer.resize(1 << 18);
        while (true) {
            if (then_ == Then::reads_nothing) timer.expires_after(1h);
            co_await timer.async_wait(use_awaitable);
            got += co_await stream.async_read_some(asio::buffer(buffer), use_awaitable);
            if (then_ == Then::reads_slowly) timer.expires_after(50ms);
        }
    }

    tcp::acceptor acceptor_;
    asio::ssl::context* tls_;
    std::string answer_;
    Then then_;
};

class EarlyAnswer : public SenderTest {
  protected:
    Attempt send_large(const EarlyReceiver& receiver, const std::string& timeout) {
        return send(document_for(receiver.url(), R"(,"timeout":")" + timeout + "\""),
                    sample(std::string(large, 'b')));
    }
};

TEST_F(EarlyAnswer, CountsWhenNothingIsRead) {
    EarlyReceiver refuses(io, "HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig",
                          EarlyReceiver::Then::reads_nothing);
    const Attempt refused = send_large(refuses, "1s");
    EXPECT_EQ(refused.error, "status 413");
    EXPECT_EQ(refused.status, 413);
    EXPECT_EQ(refused.response, "big");
    EarlyReceiver takes(io, std::string("HTTP/1.1 103 Early Hints\r\n\r\n") + ok,
                        EarlyReceiver::Then::reads_nothing);
    EXPECT_EQ(send_large(takes, "1s").result, Result::delivered);
    EXPECT_LT(takes.got, large);
    EarlyReceiver silent(io, "HTTP/1.1 100 Continue\r\n\r\n", EarlyReceiver::Then::reads_nothing);
    EXPECT_EQ(send_large(silent, "300ms").error, "timeout");
}

TEST_F(EarlyAnswer, CountsOverTls) {
    TestCertificate certificate;
    setenv("SSL_CERT_FILE", certificate.file.c_str(), 1);
    make();
    unsetenv("SSL_CERT_FILE");
    EarlyReceiver refuses(io, "HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n",
                          EarlyReceiver::Then::reads_nothing, &certificate.context);
    EXPECT_EQ(send_large(refuses, "1s").error, "status 413");
}

TEST_F(EarlyAnswer, DoesNotCutTheBody) {
    EarlyReceiver receiver(io, ok, EarlyReceiver::Then::reads_later);
    EXPECT_EQ(send_large(receiver, "15s").result, Result::delivered);
    run_until([&] { return receiver.got == large; });
}

TEST_F(EarlyAnswer, DoesNotCountWhileTheBodyIsRead) {
    EarlyReceiver receiver(io, ok, EarlyReceiver::Then::reads_slowly);
    EXPECT_EQ(send_large(receiver, "1500ms").error, "timeout");
    EXPECT_LT(receiver.got, large);
}

}  // namespace
}  // namespace webhook::test
