// What an attempt sends.

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "base/digest.hpp"
#include "base/version.hpp"
#include "t/unit/worker/send/support.hpp"
#include "worker/send/hops.hpp"

namespace webhook::test {
namespace {

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
    EXPECT_EQ(request.header("webhook-hops"), "") << "without a key there is nothing to say";
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

TEST_F(SenderTest, EncodesCloudEventsAttributesAndMacros) {
    Server server(io, [](const Received&) { return Reply{ok}; });
    auto event = sample();
    event->fields[1].second = "a \"b\" 100% \xc3\xa9";
    event->fields.emplace_back("query", "click_id=x%26y&b=2");
    event->fields.emplace_back("headers", R"({"x-foo":["one/two"],"webhook-hops":["2, other:3:aa"]})");
    send(document_for(
             server.url("/{source}/{/data/name}/{/none?}?n={/data/id}&c={query.click_id}&h={header.X-Foo}")),
         event);
    const Received& request = server.requests->at(0);
    EXPECT_EQ(request.header("ce-id"), "a%20%22b%22%20100%25%20%C3%A9");
    EXPECT_EQ(request.target(), "/stripe/a%20b/?n=7&c=x%26y&h=one%2Ftwo");
    EXPECT_EQ(request.header("webhook-hops"), "other:3:aa") << "items of others go along";
}

TEST_F(SenderTest, WebhookIdIsTheKeyAndThingsHaveCloudEventsIdsOfTheirOwn) {
    Server server(io, [](const Received&) { return Reply{ok}; });
    auto event = sample();
    event->fields.emplace_back("key", "00112233445566778899aabbccddeeff");
    send(document_for(server.url()), event);
    event->fields.emplace_back("idnames", "thing");
    send(document_for(server.url()), event, 2);
    for (const Received& request : *server.requests)
        EXPECT_EQ(request.header("webhook-id"), "msg_00112233445566778899aabbccddeeff");
    EXPECT_EQ(server.requests->at(0).header("ce-id"), "evt_1");
    EXPECT_EQ(server.requests->at(1).header("ce-id"), "evt_1~00112233");
    EXPECT_EQ(server.requests->at(2).header("ce-id"), "evt_1~00112233") << "the same in each attempt";
}

TEST_F(SenderTest, WithoutAKeyThePlaceOfTheEntryMakesTheWebhookId) {
    const auto at = [](const std::string& stream, unsigned partition, const std::string& entry) {
        auto event = sample();
        event->stream = stream;
        event->partition = partition;
        event->entry = entry;
        event->fields.emplace_back("idnames", "thing");
        return event;
    };
    const auto event = at("orders", 1, "1700000000000-0");
    EXPECT_EQ(event->webhook_id(), at("orders", 1, "1700000000000-0")->webhook_id());
    EXPECT_EQ(event->webhook_id(),
              "msg_" + base::to_hex(base::digest_of(base::Hash::sha256, "6:orders,1:1,15:1700000000000-0,")
                                        .view()
                                        .substr(0, 16)));
    EXPECT_EQ(event->ce_id(), "evt_1~" + event->webhook_id().substr(4, 8));
    for (const char* bad :
         {"", "0011", "00112233445566778899aabbccddee\r\n", "00112233445566778899AABBCCDDEEFF"}) {
        auto odd = at("orders", 1, "1700000000000-0");
        odd->fields.emplace_back("key", bad);
        EXPECT_EQ(odd->webhook_id(), event->webhook_id()) << "no key: " << bad;
    }
    for (const auto& other : {at("orders", 1, "1700000000000-1"), at("orders", 2, "1700000000000-0"),
                              at("order", 1, "1700000000000-0")}) {
        EXPECT_NE(other->webhook_id(), event->webhook_id());
        EXPECT_NE(other->ce_id(), event->ce_id());
    }
}

TEST_F(SenderTest, ThePathIsAValueLikeOthers) {
    Server server(io, [](const Received&) { return Reply{ok}; });
    auto event = sample();
    event->fields.emplace_back("path", "/c/a%20b/../&x=1");
    event->fields.emplace_back("partitionkey", "customer 7");
    event->fields.emplace_back("key", "00112233445566778899aabbccddeeff");
    const auto document = document_for(server.url("/x/{path}?p={path}&k={key}&of={partitionkey}"));
    EXPECT_EQ(send(document, event).result, Result::delivered);
    const Attempt attempt = send(document, sample());
    EXPECT_EQ(attempt.result, Result::unfilled) << "what an event does not have";
    EXPECT_EQ(attempt.error, "url: {path} is missing");
    send(document_for(server.url("/x/{path?}?p={path?}&q=1&k={key?}")), sample());
    EXPECT_EQ(server.requests->at(0).target(),
              "/x/%2Fc%2Fa%2520b%2F..%2F%26x%3D1?p=%2Fc%2Fa%2520b%2F..%2F%26x%3D1"
              "&k=00112233445566778899aabbccddeeff&of=customer%207");
    EXPECT_EQ(server.requests->at(1).target(), "/x/?q=1") << "pairs are left out";
}

TEST_F(SenderTest, MacrosStayInTheirPlace) {
    Server server(io, [](const Received&) { return Reply{ok}; });
    auto event = sample();
    event->fields[1].second = "..";
    for (const char* path : {"/a/{id}", "/{id}/b", "/a/{id}?q=1", "/a/{/none?}{id}"}) {
        const Attempt attempt = send(document_for(server.url(path)), event);
        EXPECT_EQ(attempt.result, Result::aborted) << path;
        EXPECT_NE(attempt.error.find("in the path"), std::string::npos) << path;
    }
    EXPECT_TRUE(server.requests->empty());
    for (const char* path : {"/a?q=/{id}/x", "/a/x{id}", "/a/{id}."})
        EXPECT_EQ(send(document_for(server.url(path)), event).error, "") << path;
}

TEST_F(SenderTest, StopsLoops) {
    Server server(io, [](const Received&) { return Reply{ok}; });
    SenderOptions options;
    options.key = "the key of this installation";
    make(options);
    std::string hops;
    for (unsigned round = 1; round <= Hops::most; ++round) {
        auto event = sample();
        event->fields.emplace_back("headers", R"({"webhook-hops":[")" + hops + "\"]}");
        EXPECT_EQ(send(document_for(server.url()), event).result, Result::delivered) << round;
        hops = server.requests->back().header("webhook-hops");
    }
    auto event = sample();
    event->fields.emplace_back("headers", R"({"webhook-hops":[")" + hops + "\"]}");
    const Attempt attempt = send(document_for(server.url()), event);
    EXPECT_EQ(attempt.result, Result::aborted);
    EXPECT_EQ(attempt.error, "loop");
    EXPECT_EQ(server.requests->size(), Hops::most);
    sender->set_key("another key");
    EXPECT_EQ(send(document_for(server.url()), event).result, Result::delivered)
        << "a stranger's item stops nothing";
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

}  // namespace
}  // namespace webhook::test
