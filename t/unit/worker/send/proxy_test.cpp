// Attempts through the proxy of the setting `egress_proxy`.

#include "t/unit/worker/send/authority.hpp"
#include "t/unit/worker/send/connect_proxy.hpp"
#include "t/unit/worker/send/support.hpp"

namespace webhook::test {
namespace {

class ProxyTest : public SenderTest {
  protected:
    void make_with(const ConnectProxy& proxy, const std::string& authorization = "") {
        SenderOptions options;
        options.proxy = link::Proxy{"127.0.0.1", proxy.port(), authorization};
        options.look_up = [](const std::string&) {
            return link::Resolver::Answer{
                std::make_shared<const link::Addresses>(link::Addresses{asio::ip::make_address("127.0.0.1")}),
                {}};
        };
        make(options);
    }
    std::string named(const Server& server, const char* scheme = "http") const {
        return std::string(scheme) + "://receiver.example:" + std::to_string(server.port()) + "/hook";
    }
};

TEST_F(ProxyTest, ConnectsToTheAddressForHttpAndHttps) {
    const Authority authority;
    auto context = server_context(authority.issue("DNS:receiver.example"));
    ConnectProxy proxy(io);
    make_with(proxy, "Basic dTpw");
    Server plain(io, [](const Received&) { return Reply{ok}; });
    Server tls(
        io, [](const Received&) { return Reply{ok}; }, &context);
    EXPECT_EQ(send(document_for(named(plain)), sample(), 3).error, "");
    EXPECT_EQ(send(document_for(named(tls, "https"), R"(,"tls":{"ca":)" + quoted(authority.pem()) + "}"),
                   sample(), 3)
                  .error,
              "");
    ASSERT_EQ(proxy.heads->size(), 2u) << "the connections are kept";
    const std::string target = "127.0.0.1:" + std::to_string(plain.port());
    EXPECT_EQ(proxy.heads->at(0), "CONNECT " + target + " HTTP/1.1\r\nhost: " + target +
                                      "\r\nproxy-authorization: Basic dTpw\r\n\r\n");
    EXPECT_EQ(proxy.heads->at(1).find("CONNECT 127.0.0.1:" + std::to_string(tls.port()) + " "), 0u);
    EXPECT_EQ(plain.requests->at(0).target(), "/hook");
    EXPECT_EQ(plain.requests->at(0).header("host"), "receiver.example:" + std::to_string(plain.port()));
    EXPECT_EQ(plain.requests->at(0).header("proxy-authorization"), "");
    EXPECT_EQ(tls.requests->size(), 3u);
}

TEST_F(ProxyTest, TheAddressGuardComesFirst) {
    ConnectProxy proxy(io);
    SenderOptions options;
    options.guard = AddressGuard::nowhere();
    options.proxy = link::Proxy{"127.0.0.1", proxy.port(), ""};
    make(options);
    EXPECT_EQ(send(document_for("http://127.0.0.1:1/")).error, "address 127.0.0.1 is not allowed");
    EXPECT_TRUE(proxy.heads->empty());
}

TEST_F(ProxyTest, SaysWhatTheProxyRefuses) {
    Server server(io, [](const Received&) { return Reply{ok}; });
    const auto error_with = [&](const std::string& answer) {
        ConnectProxy proxy(io, answer);
        make_with(proxy);
        const Attempt attempt = send(document_for(named(server)));
        EXPECT_EQ(attempt.result, Result::failed);
        EXPECT_EQ(attempt.status, 0) << "a status of the proxy is not the receiver's";
        const std::string name = "proxy 127.0.0.1:" + std::to_string(proxy.port()) + ": ";
        EXPECT_EQ(attempt.error.find(name), 0u) << attempt.error;
        return attempt.error.substr(name.size());
    };
    EXPECT_EQ(error_with("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"),
              "status 407: it wants a user and password, or others");
    EXPECT_EQ(error_with("HTTP/1.1 403 Forbidden\r\ncontent-length: 2\r\n\r\nno"),
              "status 403: it refuses CONNECT to 127.0.0.1:" + std::to_string(server.port()));
    EXPECT_EQ(error_with("HTTP/1.1 410 Gone\r\n\r\n").substr(0, 10), "status 410");
    EXPECT_EQ(error_with("SSH-2.0-OpenSSH\r\n"), "answer: no HTTP status line: \"SSH-2.0-OpenSSH\"");
    EXPECT_EQ(error_with("HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"),
              "sends bytes before the tunnel is used");
    EXPECT_EQ(error_with("HTTP/1.1 200"), "closes the connection");
    EXPECT_EQ(error_with("HTTP/1.1 200 OK\r\nx: " + std::string(20000, 'x')).substr(0, 7), "answer:");
    EXPECT_TRUE(server.requests->empty());
}

TEST_F(ProxyTest, SaysThatTheProxyIsGone) {
    unsigned short port = 0;
    {
        ConnectProxy proxy(io);
        port = proxy.port();
        make_with(proxy);
    }
    EXPECT_EQ(send(document_for("http://receiver.example/")).error,
              "proxy 127.0.0.1:" + std::to_string(port) + ": connect 127.0.0.1: connection refused");
}

TEST_F(ProxyTest, TriesTheReceiversNextAddress) {
    Server server(io, [](const Received&) { return Reply{ok}; });
    ConnectProxy proxy(io);
    SenderOptions options;
    options.proxy = link::Proxy{"127.0.0.1", proxy.port(), ""};
    options.look_up = [](const std::string&) {
        return link::Resolver::Answer{
            std::make_shared<const link::Addresses>(
                link::Addresses{asio::ip::make_address("127.0.0.9"), asio::ip::make_address("127.0.0.1")}),
            {}};
    };
    make(options);
    EXPECT_EQ(send(document_for(named(server))).error, "");
    EXPECT_EQ(proxy.heads->size(), 2u) << "nothing listens on 127.0.0.9";
}

}  // namespace
}  // namespace webhook::test
