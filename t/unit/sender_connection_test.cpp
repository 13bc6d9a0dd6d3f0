// Where an attempt connects to, and which connections are used again.

#include <ctime>

#include "sender_support.hpp"

namespace webhook::test {
namespace {

TEST_F(SenderTest, ReusesTheConnection) {
    Server server(io, [](const Received&) { return Reply{ok}; });
    EXPECT_EQ(send(document_for(server.url()), sample(), 20).result, Result::delivered);
    EXPECT_EQ(server.requests->size(), 20u);
    EXPECT_EQ(*server.connections, 1);
}

TEST_F(SenderTest, AConnectionClosedBetweenRequestsIsNoFailure) {
    Server server(io, [](const Received&) { return Reply{ok, Reply::Then::close}; });
    for (int i = 0; i < 5; ++i)
        EXPECT_EQ(send(document_for(server.url())).result, Result::delivered);
    EXPECT_EQ(server.requests->size(), 5u);
}

TEST_F(SenderTest, AFreshConnectionThatClosesIsAFailure) {
    EXPECT_EQ(answer_with("", Reply::Then::close).error, "answer: connection closed");
    const Attempt attempt = answer_with("HTTP/1.1 200 OK\r\nContent-", Reply::Then::close);
    EXPECT_EQ(attempt.result, Result::failed);
    EXPECT_EQ(attempt.status, 0);
}

TEST_F(SenderTest, ConnectErrors) {
    unsigned short port = 0;
    {
        Server gone(io, [](const Received&) { return Reply{}; });
        port = gone.port();
    }
    EXPECT_EQ(send(document_for("http://127.0.0.1:" + std::to_string(port))).error,
              "connect: connection refused");
    const Attempt attempt = send(document_for("http://no-such-name.invalid/"));
    EXPECT_EQ(attempt.error.substr(0, 9), "resolve: ");
}

TEST_F(SenderTest, GuardsAddresses) {
    Server server(io, [](const Received&) { return Reply{ok}; });
    SenderOptions options;
    options.guard = AddressGuard::nowhere();
    make(options);
    const std::string port = std::to_string(server.port());
    for (const std::string host : {"127.0.0.1", "localhost", "0x7f.1", "2130706433", "0177.0.0.1", "[::1]",
                                   "[::ffff:127.0.0.1]", "0", "127.1"}) {
        const Attempt attempt =
            send(document_for("http://" + host + ":" + port + "/", R"(,"allow_private":true)"));
        EXPECT_EQ(attempt.result, Result::failed) << host;
        // A bare machine without /etc/hosts does not know this name.
        if (host == "localhost" && attempt.error.substr(0, 9) == "resolve: ") continue;
        EXPECT_NE(attempt.error.find("is not allowed"), std::string::npos) << host << " " << attempt.error;
    }
    EXPECT_TRUE(server.requests->empty());
}

TEST_F(SenderTest, GuardListNeedsTheEndpointsFlagToo) {
    Server server(io, [](const Received&) { return Reply{ok}; });
    SenderOptions options;
    std::string error;
    options.guard = AddressGuard::inside({"127.0.0.0/8"}, &error);
    make(options);
    EXPECT_EQ(send(document_for(server.url(), R"(,"allow_private":true)")).result, Result::delivered);
    EXPECT_EQ(send(document_for(server.url())).error, "address 127.0.0.1 is not allowed");
    EXPECT_EQ(server.requests->size(), 1u);
}

TEST_F(SenderTest, StopEndsWhatIsUnderWay) {
    Server hang(io, [](const Received&) { return Reply{"", Reply::Then::hang}; });
    make();
    const auto target = sender->prepare(document_for(hang.url()), &problem);
    Attempt attempt, later;
    bool done = false;
    asio::co_spawn(
        io,
        [&]() -> asio::awaitable<void> {
            attempt = co_await sender->attempt(target, sample());
            later = co_await sender->attempt(target, sample());
            done = true;
        },
        asio::detached);
    run_until([&] { return hang.requests->size() == 1; });
    sender->stop();
    run_until([&] { return done; });
    EXPECT_EQ(attempt.error, "stopped");
    EXPECT_EQ(later.error, "stopped");
}

TEST_F(SenderTest, ManyTargetsArePreparedInLinearTime) {
    const auto seconds_for = [this](int count) {
        make();
        std::vector<std::shared_ptr<const Target>> targets;
        std::vector<endpoint::Document> documents(count, document_for("http://receiver.example/"));
        for (int i = 0; i < count; ++i)
            documents[i].url = "http://h" + std::to_string(i) + ".example/";
        const std::clock_t began = std::clock();
        for (const auto& document : documents)
            targets.push_back(sender->prepare(document, &problem));
        return static_cast<double>(std::clock() - began) / CLOCKS_PER_SEC;
    };
    const double few = seconds_for(1000);
    EXPECT_LT(seconds_for(16000),
              few * 80);  // 16 times as many; each looking at all before it: 256 times as long
}

}  // namespace
}  // namespace webhook::test
