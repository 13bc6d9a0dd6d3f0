// Attempts over TLS.

#include "t/unit/worker/send/certificate.hpp"
#include "t/unit/worker/send/support.hpp"

namespace webhook::test {
namespace {

TEST_F(SenderTest, TlsNeedsATrustedCertificate) {
    TestCertificate certificate;
    Server server(
        io, [](const Received&) { return Reply{ok}; }, &certificate.context);
    const Attempt attempt = send(document_for(server.url()));
    EXPECT_EQ(attempt.result, Result::failed);
    EXPECT_EQ(attempt.error, "tls: certificate refused: self-signed certificate");
    EXPECT_TRUE(server.requests->empty());
}

TEST_F(SenderTest, TlsWithATrustedCertificate) {
    TestCertificate certificate;
    Server server(
        io, [](const Received&) { return Reply{ok}; }, &certificate.context);
    setenv("SSL_CERT_FILE", certificate.file.c_str(), 1);
    make();
    unsetenv("SSL_CERT_FILE");
    EXPECT_EQ(send(document_for(server.url()), sample(), 3).error, "");
    EXPECT_EQ(*server.connections, 1);
    const auto large = sample(std::string(3 << 20, 'b'));
    EXPECT_EQ(send(document_for(server.url()), large).result, Result::delivered);
    EXPECT_EQ(server.requests->at(3).body.size(), 3u << 20);
    const std::string port = std::to_string(server.port());
    const Attempt other_name = send(document_for("https://127.1:" + port + "/"));
    EXPECT_EQ(other_name.error, "tls: certificate refused: hostname mismatch (it is not for 127.1)");
}

/// A server that says something as soon as somebody connects.
class Greeter {
  public:
    Greeter(asio::io_context& io, std::string text)
        : acceptor_(io, {asio::ip::address_v4::loopback(), 0}), text_(std::move(text)) {
        accept();
    }
    std::string port() const { return std::to_string(acceptor_.local_endpoint().port()); }

  private:
    void accept() {
        acceptor_.async_accept([this](const boost::system::error_code& error, asio::ip::tcp::socket socket) {
            if (error) return;
            boost::system::error_code ignored;
            asio::write(socket, asio::buffer(text_), ignored);
            socket.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
            open_.push_back(std::move(socket));
            accept();
        });
    }
    asio::ip::tcp::acceptor acceptor_;
    std::string text_;
    std::vector<asio::ip::tcp::socket> open_;
};

TEST_F(SenderTest, SaysThatThePortSpeaksNoTls) {
    Greeter plain(io, "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"), mute(io, "");
    EXPECT_EQ(send(document_for("https://127.0.0.1:" + plain.port())).error,
              "tls: the port does not speak TLS: is it http://? (wrong version number (SSL routines))");
    EXPECT_EQ(send(document_for("https://127.0.0.1:" + mute.port())).error,
              "tls: the server closed the connection during the TLS handshake: does the port speak TLS?");
}

TEST_F(SenderTest, SaysThatThePortSpeaksTls) {
    Greeter alert(io, "\x15\x03\x01" + std::string("\x00\x02\x02\x46", 4));
    EXPECT_EQ(send(document_for("http://127.0.0.1:" + alert.port())).error,
              "answer: the port speaks TLS: write https://");
    TestCertificate certificate;
    Server server(
        io, [](const Received&) { return Reply{ok}; }, &certificate.context);
    EXPECT_EQ(send(document_for("http://127.0.0.1:" + std::to_string(server.port()))).error,
              "answer: connection closed: does the port want https://?");
    const std::string nginx = "<h1>The plain HTTP request was sent to HTTPS port</h1>";
    EXPECT_EQ(answer_with("HTTP/1.1 400 Bad Request\r\nContent-Length: " + std::to_string(nginx.size()) +
                          "\r\n\r\n" + nginx)
                  .error,
              "status 400: the port wants https://");
}

TEST_F(SenderTest, SaysThatAClientCertificateIsWanted) {
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        for (const bool must : {true, false}) {
            TestCertificate certificate;
            SSL_CTX_set_max_proto_version(certificate.context.native_handle(), version);
            certificate.context.set_verify_mode(
                asio::ssl::verify_peer |
                (must ? asio::ssl::verify_fail_if_no_peer_cert : asio::ssl::verify_none));
            Server server(
                io, [](const Received&) { return Reply{"HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n"}; },
                &certificate.context);
            setenv("SSL_CERT_FILE", certificate.file.c_str(), 1);
            make();
            unsetenv("SSL_CERT_FILE");
            const std::string error = send(document_for(server.url())).error;
            EXPECT_NE(error.find(must ? "the server wants a client certificate, and there is none to give"
                                      : "status 403: the server asked for a client certificate"),
                      std::string::npos)
                << error;
        }
    }
}

TEST_F(SenderTest, SaysThatACertificateIsOutOfDate) {
    const auto error_with = [this](long begin, long end) {
        TestCertificate certificate(begin, end);
        Server server(
            io, [](const Received&) { return Reply{ok}; }, &certificate.context);
        setenv("SSL_CERT_FILE", certificate.file.c_str(), 1);
        make();
        unsetenv("SSL_CERT_FILE");
        return send(document_for(server.url())).error;
    };
    EXPECT_EQ(error_with(-7200, -3600), "tls: certificate refused: certificate has expired");
    EXPECT_EQ(error_with(3600, 7200), "tls: certificate refused: certificate is not yet valid");
}

}  // namespace
}  // namespace webhook::test
