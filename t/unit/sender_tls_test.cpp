// Attempts over TLS.

#include "sender_certificate.hpp"
#include "sender_support.hpp"

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
    EXPECT_EQ(other_name.error, "tls: certificate refused: hostname mismatch");
}

TEST_F(SenderTest, TlsToAPlainServerFails) {
    Server server(io, [](const Received&) { return Reply{"HTTP/1.1 400 Bad\r\n\r\n", Reply::Then::close}; });
    const Attempt attempt = send(
        document_for("https://127.0.0.1:" + std::to_string(server.port()), R"(,"connect_timeout":"10s")"));
    EXPECT_EQ(attempt.error.substr(0, 5), "tls: ") << attempt.error;
}

}  // namespace
}  // namespace webhook::test
