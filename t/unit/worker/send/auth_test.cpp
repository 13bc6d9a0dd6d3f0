// The field `auth`: Basic, Bearer and OAuth 2.0 tokens.

#include "t/unit/worker/send/support.hpp"
#include "worker/send/oauth2.hpp"
#include "worker/send/prepared_endpoint.hpp"
#include "worker/send/token_source.hpp"

namespace webhook::test {
namespace {

std::string json_answer(const std::string& body, const std::string& status = "200 OK") {
    return "HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

/// A token endpoint: gives token-1, token-2, ... of the given life.
struct TokenServer {
    TokenServer(asio::io_context& io, std::string more = R"(,"expires_in":3600,"token_type":"bearer")")
        : server(io, [this, more](const Received&) {
              const std::string token = "token-" + std::to_string(++given);
              return Reply{json_answer(R"({"access_token":")" + token + "\"" + more + "}")};
          }) {}
    std::string setting(const std::string& more = "") const {
        return R"(,"auth":{"oauth2":{"token_url":")" + server.url("/token") +
               R"(","client_id":"id:1","client_secret":"s3cret+/=canary")" + more + "}}";
    }
    int given = 0;
    Server server;
};

class AuthTest : public SenderTest {};

TEST_F(AuthTest, SendsBasicAndBearer) {
    Server server(io, [](const Received&) { return Reply{ok}; });
    send(document_for(server.url(), R"(,"auth":{"basic":{"user":"Aladdin","password":"open sesame"}})"));
    send(document_for(server.url(), R"(,"auth":{"bearer":"token-a"})"));
    EXPECT_EQ(server.requests->at(0).header("authorization"), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
    EXPECT_EQ(server.requests->at(1).header("authorization"), "Bearer token-a");
}

TEST_F(AuthTest, FetchesATokenOnce) {
    TokenServer tokens(io);
    Server server(io, [](const Received&) { return Reply{ok}; });
    make();
    const auto document = document_for(server.url(), tokens.setting(R"(,"scope":"read write")"));
    const auto kept = sender->prepare(document, &problem);
    EXPECT_EQ(send(document, sample(), 5).error, "");
    EXPECT_EQ(tokens.given, 1);
    const Received& request = tokens.server.requests->at(0);
    EXPECT_EQ(request.target(), "/token");
    EXPECT_EQ(request.header("content-type"), "application/x-www-form-urlencoded");
    EXPECT_EQ(request.header("authorization"), "Basic aWQlM0ExOnMzY3JldCUyQiUyRiUzRGNhbmFyeQ==")
        << "id and secret are form-encoded first (RFC 6749 section 2.3.1)";
    EXPECT_EQ(request.body, "grant_type=client_credentials&scope=read%20write");
    for (const Received& delivery : *server.requests)
        EXPECT_EQ(delivery.header("authorization"), "Bearer token-1");
    auto twin = document;
    twin.id = "twin";
    EXPECT_EQ(send(twin).error, "");
    EXPECT_EQ(tokens.given, 1) << "endpoints with equal settings share the token";
    twin.auth.scope = "other";
    EXPECT_EQ(send(twin).error, "");
    EXPECT_EQ(tokens.given, 2);
}

TEST_F(AuthTest, AttemptsWaitForOneFetch) {
    TokenServer tokens(io);
    Server server(io, [](const Received&) { return Reply{ok}; });
    make();
    const auto target = sender->prepare(document_for(server.url(), tokens.setting()), &problem);
    int done = 0;
    for (int i = 0; i < 20; ++i) {
        asio::co_spawn(
            io,
            [&]() -> asio::awaitable<void> {
                const Attempt attempt = co_await sender->attempt(target, sample(), endpoint::DeliveryFacts{});
                EXPECT_EQ(attempt.error, "");
                ++done;
            },
            asio::detached);
    }
    run_until([&] { return done == 20; });
    EXPECT_EQ(tokens.given, 1);
}

TEST_F(AuthTest, ARejectedTokenIsReplacedWithinTheAttempt) {
    TokenServer tokens(io);
    Server server(io, [](const Received& request) {
        const bool old = request.header("authorization") == "Bearer token-1";
        return Reply{old ? "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n" : ok};
    });
    make();
    const auto document = document_for(server.url(), tokens.setting());
    const auto kept = sender->prepare(document, &problem);
    const Attempt attempt = send(document);
    EXPECT_EQ(attempt.error, "");
    EXPECT_EQ(attempt.status, 200);
    EXPECT_EQ(attempt.response, "ok");
    EXPECT_EQ(server.requests->size(), 2u);
    EXPECT_EQ(send(document).error, "");
    EXPECT_EQ(tokens.given, 2);
}

TEST_F(AuthTest, EveryTokenRejectedIsAFailureWithoutAStormOfFetches) {
    TokenServer tokens(io);
    Server server(
        io, [](const Received&) { return Reply{"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n"}; });
    make();
    const auto document = document_for(server.url(), tokens.setting());
    const auto kept = sender->prepare(document, &problem);
    for (int i = 0; i < 5; ++i) {
        const Attempt attempt = send(document);
        EXPECT_EQ(attempt.result, Result::failed);
        EXPECT_EQ(attempt.error, "status 401");
    }
    EXPECT_EQ(tokens.given, 2) << "the first, and one in its place";
    EXPECT_EQ(server.requests->size(), 6u);
}

TEST_F(AuthTest, ABearerTokenIsNotReplaced) {
    Server server(
        io, [](const Received&) { return Reply{"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n"}; });
    EXPECT_EQ(send(document_for(server.url(), R"(,"auth":{"bearer":"token-a"})")).error, "status 401");
    EXPECT_EQ(server.requests->size(), 1u);
}

TEST_F(AuthTest, TheTokenIsRenewedBeforeItEnds) {
    TokenServer tokens(io, R"(,"expires_in":"1","token_type":"Bearer")");
    Server server(io, [](const Received&) { return Reply{ok}; });
    make();
    const auto document = document_for(server.url(), tokens.setting());
    const auto kept = sender->prepare(document, &problem);
    run_until([&] {
        EXPECT_EQ(send(document).error, "");
        return tokens.given >= 3;
    });
}

TEST_F(AuthTest, SaysWhatTheTokenEndpointRefuses) {
    Server receiver(io, [](const Received&) { return Reply{ok}; });
    const auto error_with = [&](const std::string& answer, Reply::Then then = Reply::Then::keep,
                                const std::string& timeout = "10s") {
        TokenServer other(io);
        Server tokens(io, [=](const Received&) { return Reply{answer, then}; });
        const std::string setting = R"(,"timeout":")" + timeout + R"(","auth":{"oauth2":{"token_url":")" +
                                    tokens.url() +
                                    R"(","client_id":"canary-id","client_secret":"canary-secret"}})";
        const Attempt attempt = send(document_for(receiver.url(), setting));
        EXPECT_EQ(attempt.result, Result::failed);
        EXPECT_EQ(attempt.error.find("canary"), std::string::npos) << attempt.error;
        EXPECT_EQ(attempt.error.find("auth: token_url: "), 0u) << attempt.error;
        return attempt.error.substr(std::min<std::size_t>(17, attempt.error.size()));
    };
    EXPECT_EQ(error_with(json_answer(R"({"error":"invalid_client"})", "401 Unauthorized")),
              "status 401 (invalid_client)");
    EXPECT_EQ(error_with(json_answer(R"({"error":"canary"})", "400 Bad Request")), "status 400");
    EXPECT_EQ(error_with(json_answer("canary", "500 No")), "status 500");
    EXPECT_EQ(error_with("HTTP/1.1 302 Found\r\nLocation: http://canary/\r\nContent-Length: 0\r\n\r\n"),
              "status 302");
    const std::string none = "the response is no JSON object with an \"access_token\"";
    for (const char* body : {"", "canary", "[]", "{}", R"({"access_token":7})", R"({"access_token":""})",
                             R"({"access_token":"a\r\nx-canary: 1"})", R"({"access_token":"a b"})"})
        EXPECT_EQ(error_with(json_answer(body)), none) << body;
    EXPECT_EQ(error_with(json_answer(R"({"access_token":"a","token_type":"mac"})")),
              "the \"token_type\" is not Bearer");
    EXPECT_EQ(error_with("", Reply::Then::close).substr(0, 7), "answer:");
    EXPECT_EQ(error_with("", Reply::Then::hang, "200ms"), "timeout");
    EXPECT_TRUE(receiver.requests->empty());
}

TEST_F(AuthTest, TheTokenEndpointIsGuardedToo) {
    TokenServer tokens(io);
    SenderOptions options;
    options.guard = AddressGuard::nowhere();
    options.look_up = [](const std::string&) {
        return link::Resolver::Answer{
            std::make_shared<const link::Addresses>(link::Addresses{asio::ip::make_address("192.0.2.1")}),
            {}};
    };
    make(options);
    EXPECT_EQ(send(document_for("http://receiver.example/", tokens.setting())).error,
              "auth: token_url: address 127.0.0.1 is not allowed");
    EXPECT_EQ(tokens.given, 0);
}

TEST_F(AuthTest, CredentialsGoIntoTheBodyWhereTheServerWantsThemThere) {
    Server tokens(io, [](const Received& request) {
        if (!request.header("authorization").empty())
            return Reply{json_answer(R"({"error":"invalid_client"})", "401 Unauthorized")};
        EXPECT_EQ(request.body, "grant_type=client_credentials&client_id=i%20d&client_secret=s%26x");
        return Reply{json_answer(R"({"access_token":"t"})")};
    });
    Server server(io, [](const Received&) { return Reply{ok}; });
    EXPECT_EQ(send(document_for(server.url(), R"(,"auth":{"oauth2":{"token_url":")" + tokens.url() +
                                                  R"(","client_id":"i d","client_secret":"s&x"}})"))
                  .error,
              "");
    EXPECT_EQ(server.requests->at(0).header("authorization"), "Bearer t");
    EXPECT_EQ(tokens.requests->size(), 2u);
}

TEST(TokenLife, RenewsAheadOfTheEnd) {
    using Life = TokenLife;
    const link::Clock::time_point start{1000h};
    Life life;
    EXPECT_FALSE(life.usable(start));
    EXPECT_TRUE(life.wants_fetch(start));
    life.granted(start, 3600s);
    EXPECT_TRUE(life.usable(start + 3599s));
    EXPECT_FALSE(life.usable(start + 3600s));
    EXPECT_FALSE(life.wants_fetch(start + 3539s));
    EXPECT_TRUE(life.wants_fetch(start + 3540s));
    life.failed(start + 3540s);
    EXPECT_FALSE(life.wants_fetch(start + 3540s)) << "a pause after a failure";
    EXPECT_TRUE(life.wants_fetch(start + 3541s));
    EXPECT_TRUE(life.usable(start + 3541s)) << "the old token is good to its end";
    life.granted(start, 10s);
    EXPECT_FALSE(life.wants_fetch(start + 7999ms));
    EXPECT_TRUE(life.wants_fetch(start + 8s));
}

TEST(TokenLife, ForgetsARejectedToken) {
    const link::Clock::time_point start{1000h};
    TokenLife life;
    life.granted(start, 3600s);
    EXPECT_TRUE(life.rejected(start + 1s));
    EXPECT_FALSE(life.usable(start + 1s));
    EXPECT_TRUE(life.wants_fetch(start + 1s));
    life.granted(start + 1s, 3600s);
    EXPECT_FALSE(life.rejected(start + 10s));
    EXPECT_TRUE(life.usable(start + 10s));
    EXPECT_TRUE(life.rejected(start + 11s));
}

TEST(OAuth2, ReadsTheLifeOfAToken) {
    std::string problem;
    const auto life = [&](const std::string& value) {
        return read_token(200, R"({"access_token":"t","expires_in":)" + value + "}", &problem)
            .value_or(TokenAnswer{})
            .lifetime;
    };
    EXPECT_EQ(life("60"), 60s);
    EXPECT_EQ(life("60.9"), 60s);
    EXPECT_EQ(life("\"60\""), 60s);
    EXPECT_EQ(life("0"), 1s);
    EXPECT_EQ(life("-5"), 1s);
    EXPECT_EQ(life("1e300"), 30 * 24h);
    EXPECT_EQ(life("null"), 1h);
    EXPECT_EQ(life("\"soon\""), 1h);
    EXPECT_EQ(read_token(200, R"({"access_token":"t"})", &problem)->lifetime, 1h);
}

}  // namespace
}  // namespace webhook::test
