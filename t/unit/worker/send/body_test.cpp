#include <fstream>

#include "base/digest.hpp"
#include "t/unit/worker/send/support.hpp"

namespace webhook::test {
namespace {

/// A folder with secrets.
class BodyTest : public SenderTest {
  protected:
    BodyTest() : folder_(::testing::TempDir() + "body_test") {
        (void)std::system(("rm -rf '" + folder_ + "' && mkdir -m 700 '" + folder_ + "'").c_str());
    }
    void write(const std::string& name, const std::string& text) {
        std::ofstream(folder_ + "/" + name) << text;
        (void)std::system(("chmod 600 '" + folder_ + "/" + name + "'").c_str());
    }
    void make_with_secrets() {
        SenderOptions options;
        options.secrets_dir = folder_;
        make(options);
    }
    std::string folder_;
};

TEST_F(BodyTest, TheBodyIsMadeAndItsTypeSent) {
    Server server(io, [](const Received&) { return Reply{ok}; });
    const std::pair<const char*, std::pair<const char*, const char*>> cases[] = {
        {R"({"json":{"order":"{/data/id}","text":"Paid: {type}"}})",
         {R"({"order":7,"text":"Paid: order.paid"})", "application/json"}},
        {R"({"form":{"name":"{/data/name}","none":"{/none?}","type":"{type}"}})",
         {"name=a%20b&type=order.paid", "application/x-www-form-urlencoded"}},
        {R"({"text":"<id>{/data/id}</id>","type":"text/xml"})", {"<id>7</id>", "text/xml"}},
        {R"({"text":"{type}{/none?}"})", {"order.paid", "text/plain; charset=utf-8"}},
        {R"("cloudevents")",
         {R"({"specversion":"1.0","id":"evt_1","source":"stripe","type":"order.paid","time":"2026-01-02T03:04:05Z",)"
          R"("datacontenttype":"application/json","data":{"type":"order.paid","data":{"id":7,"name":"a b"}}})",
          "application/cloudevents+json"}},
    };
    for (const auto& [body, expected] : cases) {
        const std::string more = std::string(R"(,"body":)") + body;
        EXPECT_EQ(send(document_for(server.url("/"), more)).result, Result::delivered) << body;
        const Received& request = server.requests->back();
        EXPECT_EQ(request.body, expected.first);
        EXPECT_EQ(request.header("content-type"), expected.second);
        EXPECT_EQ(request.header("ce-type"), "order.paid") << "every attempt";
    }
}

TEST_F(BodyTest, ACodingTravelsWithTheBytesItIsOf) {
    Server server(io, [](const Received&) { return Reply{ok}; });
    const auto event = sample("\x1f\x8b\x01");
    event->fields.emplace_back("contentencoding", "gzip");
    send(document_for(server.url("/")), event);
    EXPECT_EQ(server.requests->at(0).header("content-encoding"), "gzip");
    send(document_for(server.url("/"), R"(,"body":{"json":{"id":"{id}"}})"), event);
    EXPECT_EQ(server.requests->at(1).header("content-encoding"), "");
    send(document_for(server.url("/"), R"(,"body":"cloudevents")"), event);
    EXPECT_NE(server.requests->at(2).body.find(R"("contentencoding":"gzip","data_base64":"H4sB"})"),
              std::string::npos)
        << server.requests->at(2).body;
}

TEST_F(BodyTest, WhatIsSignedIsWhatIsSent) {
    Server server(io, [](const Received&) { return Reply{ok}; });
    send(document_for(
        server.url("/"),
        R"(,"body":{"json":["{id}"]},"sign":[{"scheme":"github","secrets":["It's a Secret"]}])"));
    const Received& request = server.requests->at(0);
    EXPECT_EQ(request.body, R"(["evt_1"])");
    // printf '["evt_1"]' | openssl dgst -sha256 -hmac "It's a Secret"
    EXPECT_EQ(request.header("x-hub-signature-256"),
              "sha256=1ae3af6d47e806aae67a206a219e95c61be7eaa8e7e7a5eaad4647bd6c9fc7d7");
}

TEST_F(BodyTest, AMissingValueSendsNothing) {
    Server server(io, [](const Received&) { return Reply{ok}; });
    const std::pair<const char*, const char*> cases[] = {
        {R"(,"body":{"json":{"a":[{"b":"{/none}"}]}})", "body.json.a[0].b: {/none} is missing"},
        {R"(,"body":{"form":{"a":"{/none}"}})", "body.form.a: {/none} is missing"},
        {R"(,"body":{"text":"{/none|trim}"})", "body.text: {/none|trim} is missing"},
        {R"(,"headers":{"X-A":"{/none}"})", "headers.X-A: {/none} is missing"},
        {R"(,"headers":{"X-A":"{/lines}"})", "headers.X-A: the value has control characters"},
        {R"(,"body":{"json":{"$each":"/list","$as":"{/sku}"}})",
         "body.json.$as: {/sku} is missing (element 1)"},
    };
    for (const auto& [more, expected] : cases) {
        const Attempt attempt = send(document_for(server.url("/"), more),
                                     sample(R"({"lines":"a\r\nb: c","list":[{"sku":1},{}]})"));
        EXPECT_EQ(attempt.result, Result::unfilled) << more;
        EXPECT_EQ(attempt.error.substr(0, std::string(expected).size()), expected);
    }
    EXPECT_TRUE(server.requests->empty());
}

TEST_F(BodyTest, HeadersAreTemplates) {
    Server server(io, [](const Received&) { return Reply{ok}; });
    send(
        document_for(server.url("/"), R"(,"headers":{"X-A":"{{{type|upper}}}","X-B":"{/none?}","X-C":"c"})"));
    EXPECT_EQ(server.requests->at(0).header("x-a"), "{ORDER.PAID}");
    EXPECT_EQ(server.requests->at(0).head.find("X-B"), std::string::npos);
    EXPECT_EQ(server.requests->at(0).header("x-c"), "c");
}

TEST_F(BodyTest, FactsOfTheDelivery) {
    Server server(io, [](const Received&) { return Reply{ok}; });
    send(document_for(server.url("/?n={attempt}&at={now|date:unix}"), R"(,"method":"GET")"), sample(), 1,
         {1700000000123, 3});
    EXPECT_EQ(server.requests->at(0).target(), "/?n=3&at=1700000000");
}

TEST_F(BodyTest, SecretsOfTemplatesAreReadAndMasked) {
    write("token", "t0p/s3cret\n");
    make_with_secrets();
    Server server(io, [](const Received& request) {
        return Reply{
            "HTTP/1.1 400 X\r\nContent-Length: " + std::to_string((request.head + request.body).size()) +
            "\r\n\r\n" + request.head + request.body};
    });
    const Attempt attempt = send(document_for(
        server.url("/{secret:token}?k={secret:token}"),
        R"(,"headers":{"Authorization":"Basic {secret:token|base64}"},"body":{"json":"{secret:token}"})"));
    const Received& request = server.requests->at(0);
    EXPECT_EQ(request.target(), "/t0p%2Fs3cret?k=t0p%2Fs3cret");
    EXPECT_EQ(request.header("authorization"), "Basic dDBwL3MzY3JldA==");
    EXPECT_EQ(request.body, "\"t0p/s3cret\"");
    for (const char* secret : {"t0p", "s3cret", "dDBwL3MzY3JldA"})
        EXPECT_EQ((attempt.response + attempt.error).find(secret), std::string::npos) << attempt.response;
    EXPECT_NE(attempt.response.find("***"), std::string::npos);
    const Attempt unfit = send(document_for(server.url("/"), R"(,"body":{"json":"{secret:token|number}"})"));
    EXPECT_EQ(unfit.result, Result::unfilled);
    EXPECT_EQ(unfit.error.find("s3cret"), std::string::npos) << unfit.error;
    const Attempt missing = send(document_for(server.url("/"), R"(,"body":{"json":"{secret:other}"})"));
    EXPECT_EQ(missing.result, Result::not_ready);
    EXPECT_NE(missing.error.find("other"), std::string::npos);
}

TEST_F(BodyTest, MethodsWithoutABody) {
    Server server(io,
                  [](const Received&) { return Reply{"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n"}; });
    EXPECT_EQ(send(document_for(server.url("/"), R"(,"method":"HEAD")"), sample(), 2).result,
              Result::delivered);
    EXPECT_EQ(server.requests->back().head.find("content-length"), std::string::npos);
    Server other(io, [](const Received&) { return Reply{ok}; });
    EXPECT_EQ(send(document_for(other.url("/{id}"), R"(,"method":"DELETE")")).result, Result::delivered);
    EXPECT_EQ(other.requests->back().body, "");
    send(document_for(other.url("/{id}"), R"(,"method":"DELETE","body":{"json":{"id":"{id}"}})"));
    EXPECT_EQ(other.requests->back().body, R"({"id":"evt_1"})");
}

TEST_F(BodyTest, SuccessDependsOnTheBodyOfTheResponse) {
    std::string body;
    Server server(io, [&](const Received&) {
        return Reply{"HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body};
    });
    const auto document = document_for(server.url("/"), R"(,"success":{"where":{"/ok":true}})");
    const auto result = [&](std::string text) {
        body = std::move(text);
        return send(document);
    };
    EXPECT_EQ(result(R"({"ok":true})").result, Result::delivered);
    const Attempt refused = result(R"({"ok":false,"error":"x"})");
    EXPECT_EQ(refused.result, Result::failed);
    EXPECT_EQ(refused.error, "status 200: the body is not what success.where wants");
    for (const char* no : {"", "ok", R"({"ok":"true"})", "[]"})
        EXPECT_EQ(result(no).result, Result::failed) << no;
    EXPECT_EQ(result(R"({"ok":true,"more":")" + std::string(30000, 'x') + "\"}").result, Result::delivered)
        << "whole before the cut";
    EXPECT_EQ(result(R"({"more":")" + std::string(30000, 'x') + R"(","ok":true})").result, Result::failed);
}

}  // namespace
}  // namespace webhook::test
