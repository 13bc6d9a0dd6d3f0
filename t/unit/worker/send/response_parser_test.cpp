// What an attempt makes of the answer, and of one that does not come.

#include "t/unit/worker/send/support.hpp"

namespace webhook::test {
namespace {

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
    EXPECT_EQ(answer_with("SSH-2.0-OpenSSH\r\n\r\n").error,
              R"(answer: no HTTP status line: "SSH-2.0-OpenSSH")");
    EXPECT_EQ(answer_with("HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n").result, Result::delivered);
}

TEST_F(SenderTest, OnlyRedirectsAreCalledSo) {
    const auto error = [this](const char* status) {
        return answer_with("HTTP/1.1 " + std::string(status) + "\r\nContent-Length: 0\r\n\r\n").error;
    };
    EXPECT_EQ(error("302 Found"), "status 302: redirects are not followed");
    EXPECT_EQ(error("308 Permanent Redirect"), "status 308: redirects are not followed");
    EXPECT_EQ(error("300 Multiple Choices"), "status 300");
    EXPECT_EQ(error("304 Not Modified"), "status 304");
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

TEST_F(SenderTest, HeadersOfFailuresAreKept) {
    const auto headers = [this](const std::string& head) { return answer_with("HTTP/1.1 " + head).headers; };
    EXPECT_EQ(headers("500 Oops\r\nServer: x\r\nSet-Cookie: secret\r\nX-Request-ID: 7\r\n"
                      "Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\nab"),
              "server: x\nx-request-id: 7\ncontent-encoding: gzip\n");
    EXPECT_EQ(headers("200 OK\r\nServer: x\r\nContent-Length: 2\r\n\r\nab"), "");
    EXPECT_EQ(headers("200 OK\r\nServer: x\r\nContent-Encoding: br\r\nContent-Length: 2\r\n\r\nab"),
              "content-encoding: br\n");
    EXPECT_EQ(
        headers("500 Oops\r\nServer: " + std::string(2000, 'x') + "\r\nVia: v\r\nContent-Length: 0\r\n\r\n"),
        "via: v\n")
        << "bounded";
}

TEST_F(SenderTest, EndlessHeadersEnd) {
    Server flood(io, [](const Received&) {
        std::string head = "HTTP/1.1 200 OK\r\n";
        for (int i = 0; i < 2000; ++i)
            head += "X-More: " + std::string(100, 'z') + "\r\n";
        return Reply{head, Reply::Then::hang};
    });
    const Attempt attempt = send(document_for(flood.url(), R"(,"timeout":"15s")"));
    EXPECT_EQ(attempt.result, Result::delivered) << "the status that was read counts: " << attempt.error;
    EXPECT_EQ(attempt.status, 200);
    Server interim(io, [](const Received&) {
        return Reply{"HTTP/1.1 100 Continue\r\n\r\n", Reply::Then::keep, 0ms, 0ms, true};
    });
    EXPECT_EQ(send(document_for(interim.url(), R"(,"timeout":"15s")")).error,
              "answer: more than 65536 bytes of header and chunk syntax");
}

// A connection that could bring an answer to something else is used once.
TEST_F(SenderTest, KeepsOnlyConnectionsThatAreClear) {
    const auto connections = [this](const std::string& answer) {
        Server server(io, [=](const Received&) { return Reply{answer}; });
        EXPECT_EQ(send(document_for(server.url()), sample(), 3).result, Result::delivered) << answer;
        EXPECT_EQ(server.requests->size(), 3u) << answer;
        return *server.connections;
    };
    EXPECT_EQ(
        connections("HTTP/1.1 200 OK\r\nConnection: keep-alive;timeout=5\r\nContent-Length: 2\r\n\r\nok"), 1);
    EXPECT_EQ(connections("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok"), 3);
    EXPECT_EQ(connections("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 500 No\r\n\r\n"), 3);
    EXPECT_EQ(connections("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"), 3);
}

TEST_F(SenderTest, TrailersControlNothing) {
    const Attempt attempt = answer_with(
        "HTTP/1.1 503 No\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nwebhook-delivery: disable\r\n"
        "Retry-After: 60\r\n\r\n");
    EXPECT_EQ(attempt.result, Result::failed);
    EXPECT_FALSE(attempt.disable);
    EXPECT_EQ(attempt.retry_after, std::nullopt);
    EXPECT_FALSE(
        answer_with("HTTP/1.1 103 x\r\nwebhook-delivery: disable\r\n\r\n" + std::string(ok)).disable);
}

TEST_F(SenderTest, TimesOut) {
    Server hang(io, [](const Received&) { return Reply{"", Reply::Then::hang}; });
    const Attempt attempt = send(document_for(hang.url(), R"(,"timeout":"200ms")"));
    EXPECT_EQ(attempt.result, Result::failed);
    EXPECT_EQ(attempt.error, "timeout");
    EXPECT_GE(attempt.took, 200ms);
    EXPECT_LT(attempt.took, 15s) << "the default";
    Server slow(io, [](const Received&) { return Reply{ok, Reply::Then::keep, 0ms, 50ms}; });
    EXPECT_EQ(send(document_for(slow.url(), R"(,"timeout":"300ms")")).error, "timeout");
    Server late(io, [](const Received&) { return Reply{ok, Reply::Then::keep, 150ms}; });
    EXPECT_EQ(send(document_for(late.url(), R"(,"timeout":"15s")")).result, Result::delivered);
}

TEST_F(SenderTest, JudgesStatuses) {
    const auto status = [&](const std::string& line, const std::string& more = "") {
        return answer_with("HTTP/1.1 " + line + "\r\nContent-Length: 0\r\n\r\n", Reply::Then::keep, more);
    };
    EXPECT_EQ(status("201 Created").result, Result::delivered);
    EXPECT_EQ(status("500 No").error, "status 500");
    EXPECT_EQ(status("408 Slow\r\nRetry-After: 7").result, Result::failed);
    EXPECT_EQ(status("408 Slow\r\nRetry-After: 7").retry_after, std::nullopt);
    EXPECT_EQ(status("401 No").error, "status 401");
    EXPECT_EQ(status("302 Found\r\nLocation: http://127.0.0.1:1/").result, Result::failed);
    EXPECT_EQ(status("410 Gone").result, Result::failed);
    EXPECT_FALSE(status("410 Gone").disable);
    EXPECT_EQ(status("400 No\r\nwebhook-delivery: disable").result, Result::failed);
    EXPECT_TRUE(status("400 No\r\nwebhook-delivery: disable").disable);
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

}  // namespace
}  // namespace webhook::test
