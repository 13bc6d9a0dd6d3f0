#include <gtest/gtest.h>

#include <ctime>
#include <filesystem>
#include <fstream>

#include "event/version.hpp"
#include "sender_support.hpp"

namespace webhook::worker {
namespace {

using namespace std::chrono_literals;
TEST_F(SenderTest, SendsTheContractsHeaders) {
    Server server(io, [](const Received&) { return Reply{ok}; });
    const Attempt attempt = send(document_for(server.url("/hooks?a=1"), R"(,"headers":{"X-Api":"k 1"})"));
    EXPECT_EQ(attempt.result, Result::delivered) << attempt.error;
    EXPECT_EQ(attempt.status, 200);
    EXPECT_EQ(attempt.response, "ok");
    EXPECT_GT(attempt.started_ms, 1700000000000);
    ASSERT_EQ(server.requests->size(), 1u);
    const Received& request = server.requests->at(0);
    EXPECT_EQ(request.head.substr(0, 26), "POST /hooks?a=1 HTTP/1.1\r\n");
    EXPECT_EQ(request.header("host"), "127.0.0.1:" + std::to_string(server.port()));
    EXPECT_EQ(request.header("user-agent"), "nginx-webhook/" + std::string(version));
    EXPECT_EQ(request.header("webhook-id"), sample()->webhook_id());
    EXPECT_EQ(request.header("webhook-id").size(), 36u);
    EXPECT_EQ(request.header("webhook-timestamp"), std::to_string(attempt.started_ms / 1000));
    EXPECT_EQ(request.header("webhook-hops"), "1");
    EXPECT_EQ(request.header("webhook-signature"), "");
    EXPECT_EQ(request.header("ce-specversion"), "1.0");
    EXPECT_EQ(request.header("ce-id"), "evt_1");
    EXPECT_EQ(request.header("ce-source"), "stripe");
    EXPECT_EQ(request.header("ce-type"), "order.paid");
    EXPECT_EQ(request.header("ce-time"), "2026-01-02T03:04:05Z");
    EXPECT_EQ(request.header("content-type"), "application/json");
    EXPECT_EQ(request.header("x-api"), "k 1");
    EXPECT_EQ(request.body, sample()->data());
}

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

TEST_F(SenderTest, FramingsOfTheAnswer) {
    EXPECT_EQ(answer_with("HTTP/1.1 204 No Content\r\n\r\n").status, 204);
    EXPECT_EQ(answer_with(
                  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n")
                  .response,
              "abcde");
    EXPECT_EQ(answer_with("HTTP/1.0 200 OK\r\n\r\nto the end", Reply::Then::close).response, "to the end");
    EXPECT_EQ(answer_with("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n" +
                          std::string(ok))
                  .status,
              200);
    // A readable status counts even when the body breaks off.
    EXPECT_EQ(answer_with("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", Reply::Then::close).result,
              Result::delivered);
    EXPECT_EQ(answer_with("HTTP/1.1 101 Switching Protocols\r\n\r\n").result, Result::failed);
    EXPECT_EQ(answer_with("SSH-2.0-OpenSSH\r\n\r\n").result, Result::failed);
}

TEST_F(SenderTest, BodiesAreCut) {
    const std::string body(1 << 20, 'x');
    const Attempt attempt = answer_with("HTTP/1.1 200 OK\r\nContent-Length: 1048576\r\n\r\n" + body);
    EXPECT_EQ(attempt.result, Result::delivered);
    EXPECT_EQ(attempt.response.size(), 16384u);
    Server endless(io, [](const Received&) {
        return Reply{"HTTP/1.1 200 OK\r\n\r\n" + std::string(4096, 'y'), Reply::Then::keep, 0ms, 0ms, true};
    });
    EXPECT_EQ(send(document_for(endless.url())).response.size(), 16384u);
}

TEST_F(SenderTest, EndlessHeadersEnd) {
    Server server(io, [first = true](const Received&) mutable {
        const std::string start = std::exchange(first, false) ? "HTTP/1.1 200 OK\r\n" : "";
        return Reply{start + "X-More: " + std::string(1000, 'z') + "\r\n", Reply::Then::keep, 0ms, 0ms,
                     false};
    });
    Server flood(io, [](const Received&) {
        std::string head = "HTTP/1.1 200 OK\r\n";
        for (int i = 0; i < 1000; ++i)
            head += "X-More: " + std::string(100, 'z') + "\r\n";
        return Reply{head, Reply::Then::hang};
    });
    const Attempt attempt = send(document_for(flood.url(), R"(,"timeout":"5s")"));
    EXPECT_EQ(attempt.result, Result::failed);
    EXPECT_NE(attempt.error.find("answer: "), std::string::npos) << attempt.error;
    EXPECT_LT(attempt.took, 4s);
    std::string interim;
    for (int i = 0; i < 100; ++i)
        interim += "HTTP/1.1 100 Continue\r\n\r\n";
    EXPECT_EQ(answer_with(interim).result, Result::failed);
}

TEST_F(SenderTest, TimesOut) {
    Server hang(io, [](const Received&) { return Reply{"", Reply::Then::hang}; });
    const Attempt attempt = send(document_for(hang.url(), R"(,"timeout":"200ms")"));
    EXPECT_EQ(attempt.result, Result::failed);
    EXPECT_EQ(attempt.error, "timeout");
    EXPECT_GE(attempt.took, 200ms);
    EXPECT_LT(attempt.took, 400ms);
    Server slow(io, [](const Received&) { return Reply{ok, Reply::Then::keep, 0ms, 50ms}; });
    EXPECT_EQ(send(document_for(slow.url(), R"(,"timeout":"300ms")")).error, "timeout");
    Server late(io, [](const Received&) { return Reply{ok, Reply::Then::keep, 150ms}; });
    EXPECT_EQ(send(document_for(late.url(), R"(,"timeout":"2s")")).result, Result::delivered);
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

TEST_F(SenderTest, JudgesStatuses) {
    const auto status = [&](const std::string& line, const std::string& more = "") {
        return answer_with("HTTP/1.1 " + line + "\r\nContent-Length: 0\r\n\r\n", Reply::Then::keep, more);
    };
    EXPECT_EQ(status("201 Created").result, Result::delivered);
    EXPECT_EQ(status("500 No").error, "status 500");
    EXPECT_EQ(status("302 Found\r\nLocation: http://127.0.0.1:1/").result, Result::failed);
    EXPECT_EQ(status("410 Gone").result, Result::gone);
    EXPECT_TRUE(status("410 Gone").disable);
    EXPECT_EQ(status("400 No\r\nwebhook-delivery: disable").result, Result::gone);
    EXPECT_EQ(status("200 OK\r\nwebhook-delivery: disable").result, Result::delivered);
    EXPECT_TRUE(status("200 OK\r\nwebhook-delivery: disable").disable);
    EXPECT_FALSE(status("410 Fine", R"(,"success":[410])").disable);
    EXPECT_EQ(status("422 No\r\nWebhook-Delivery: abort-message").result, Result::aborted);
    EXPECT_EQ(status("503 Busy\r\nRetry-After: 120").retry_after, 120s);
    EXPECT_EQ(status("429 Busy\r\nRetry-After: 99999999999999999999").retry_after, 24h);
    EXPECT_EQ(status("500 Busy\r\nRetry-After: 120").retry_after, std::nullopt);
    EXPECT_EQ(status("201 Created", R"(,"success":[200])").result, Result::failed);
    EXPECT_EQ(status("404 Fine", R"(,"success":[404])").result, Result::delivered);
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

TEST_F(SenderTest, EncodesCloudEventsAttributesAndMacros) {
    Server server(io, [](const Received&) { return Reply{ok}; });
    auto event = sample();
    event->fields[1].second = "a \"b\" 100% \xc3\xa9";
    event->fields.emplace_back("query", "click_id=x%26y&b=2");
    event->fields.emplace_back("headers", R"({"x-foo":["one/two"],"webhook-hops":["2"]})");
    send(document_for(
             server.url("/{source}/{/data/name}/{/none}?n={/data/id}&c={query.click_id}&h={header.X-Foo}")),
         event);
    const Received& request = server.requests->at(0);
    EXPECT_EQ(request.header("ce-id"), "a%20%22b%22%20100%25%20%C3%A9");
    EXPECT_EQ(request.target(), "/stripe/a%20b/?n=7&c=x%26y&h=one%2Ftwo");
    EXPECT_EQ(request.header("webhook-hops"), "3");
}

TEST_F(SenderTest, StopsLoops) {
    Server server(io, [](const Received&) { return Reply{ok}; });
    auto event = sample();
    event->fields.emplace_back("headers", R"({"webhook-hops":["5"]})");
    const Attempt attempt = send(document_for(server.url()), event);
    EXPECT_EQ(attempt.result, Result::aborted);
    EXPECT_EQ(attempt.error, "loop");
    EXPECT_TRUE(server.requests->empty());
}

TEST_F(SenderTest, ContentTypeCannotInject) {
    Server server(io, [](const Received&) { return Reply{ok}; });
    auto event = sample();
    event->fields[5].second = "text/plain\r\nX-Evil: 1";
    event->fields.emplace_back("contentencoding", "gzip");
    send(document_for(server.url()), event);
    EXPECT_EQ(server.requests->at(0).header("content-type"), "application/octet-stream");
    EXPECT_EQ(server.requests->at(0).header("content-encoding"), "gzip");
    EXPECT_EQ(server.requests->at(0).header("x-evil"), "");
}

TEST_F(SenderTest, PostbackHasNoBody) {
    Server server(io, [](const Received&) { return Reply{ok}; });
    send(document_for(server.url("/p?t={type}"), R"(,"method":"GET")"), sample(), 2);
    ASSERT_EQ(server.requests->size(), 2u);
    EXPECT_EQ(server.requests->at(1).head.substr(0, 30), "GET /p?t=order.paid HTTP/1.1\r\n");
    EXPECT_EQ(server.requests->at(1).header("content-length"), "");
    EXPECT_EQ(server.requests->at(1).header("content-type"), "");
}

TEST_F(SenderTest, LargeBodies) {
    Server server(io, [](const Received&) { return Reply{ok}; });
    const auto event = sample(std::string(25 << 20, 'b'));
    EXPECT_EQ(send(document_for(server.url()), event).result, Result::delivered);
    EXPECT_EQ(server.requests->at(0).body.size(), 25u << 20);
}

TEST_F(SenderTest, StopEndsWhatIsUnderWay) {
    Server hang(io, [](const Received&) { return Reply{"", Reply::Then::hang}; });
    make();
    const auto target = sender->prepare(document_for(hang.url()), &problem);
    Attempt attempt, later;
    asio::co_spawn(
        io,
        [&]() -> asio::awaitable<void> {
            attempt = co_await sender->attempt(target, sample());
            later = co_await sender->attempt(target, sample());
        },
        asio::detached);
    io.run_for(100ms);
    sender->stop();
    io.run_for(100ms);
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

TEST_F(SenderTest, SecretsComeFromTheFolder) {
    Server server(io, [](const Received&) { return Reply{ok}; });
    const auto folder = std::filesystem::temp_directory_path() / ("sender_test." + std::to_string(getpid()));
    std::filesystem::create_directory(folder);
    SenderOptions options;
    options.secrets_dir = folder;
    make(options);
    const auto document = document_for(
        server.url(), R"(,"headers":{"X-Api-Key":"secret:key"},"sign":[{"secrets":["secret:sign"]}])");
    const Attempt missing = send(document);
    EXPECT_EQ(missing.result, Result::not_ready);
    EXPECT_NE(problem.find("secret "), std::string::npos) << problem;
    std::ofstream(folder / "key") << "top\n";
    std::ofstream(folder / "sign") << "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n";
    EXPECT_EQ(send(document).result, Result::delivered);
    EXPECT_EQ(server.requests->at(0).header("x-api-key"), "top");
    EXPECT_EQ(server.requests->at(0).header("webhook-signature").substr(0, 3), "v1,");
    EXPECT_EQ(server.requests->at(0).header("webhook-signature").size(), 47u);
    std::filesystem::remove_all(folder);
}

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
    const Attempt other_name = send(document_for("https://localhost:" + port + "/"));
    EXPECT_EQ(other_name.error, "tls: certificate refused: hostname mismatch");
}

TEST_F(SenderTest, TlsToAPlainServerFails) {
    Server server(io, [](const Received&) { return Reply{"HTTP/1.1 400 Bad\r\n\r\n", Reply::Then::close}; });
    const Attempt attempt = send(
        document_for("https://127.0.0.1:" + std::to_string(server.port()), R"(,"connect_timeout":"500ms")"));
    EXPECT_EQ(attempt.error.substr(0, 5), "tls: ") << attempt.error;
}

}  // namespace
}  // namespace webhook::worker
