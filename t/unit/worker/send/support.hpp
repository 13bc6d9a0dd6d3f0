// What the tests of the sender share.

#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "endpoint/document_parser.hpp"
#include "endpoint/field_reader.hpp"
#include "t/unit/worker/send/server.hpp"
#include "worker/send/address_guard.hpp"
#include "worker/send/sender.hpp"

namespace webhook::test {

using namespace worker;
using namespace std::chrono_literals;
using Result = Attempt::Result;

inline constexpr const char* ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

inline endpoint::Document document_for(const std::string& url, const std::string& more = "") {
    std::vector<endpoint::FieldError> errors;
    const auto document = endpoint::parse_document(R"({"id":"e","url":")" + url + "\"" + more + "}", &errors);
    for (const auto& error : errors)
        ADD_FAILURE() << error.where << ": " << error.what;
    return document.value_or(endpoint::Document{});
}

inline std::shared_ptr<Event> sample(
    std::string data = R"({"type":"order.paid","data":{"id":7,"name":"a b"}})") {
    auto event = std::make_shared<Event>();
    event->entry = "1700000000000-0";
    event->stream = "events";
    event->fields = {{"specversion", "1.0"},
                     {"id", "evt_1"},
                     {"source", "stripe"},
                     {"type", "order.paid"},
                     {"time", "2026-01-02T03:04:05Z"},
                     {"datacontenttype", "application/json"},
                     {"data", std::move(data)}};
    return event;
}

class SenderTest : public ::testing::Test {
  protected:
    void make(SenderOptions options = {}) {
        if (!options.guard) options.guard = AddressGuard::everywhere();
        sender = std::make_unique<Sender>(io.get_executor(), options);
    }

    /// Runs attempts one after another and gives the last.
    Attempt send(const endpoint::Document& document, std::shared_ptr<const Event> event = sample(),
                 int times = 1, endpoint::DeliveryFacts facts = {}) {
        if (!sender) make();
        const auto target = sender->prepare(document, &problem);
        Attempt last;
        bool done = false;
        asio::co_spawn(
            io,
            [&]() -> asio::awaitable<void> {
                for (int i = 0; i < times; ++i)
                    last = co_await sender->attempt(target, event, facts);
                done = true;
            },
            asio::detached);
        run_until([&] { return done; });
        return last;
    }

    template <class Condition>
    void run_until(Condition condition) {
        const auto limit = std::chrono::steady_clock::now() + 60s;
        while (!condition() && std::chrono::steady_clock::now() < limit)
            io.run_one_for(1s);
        EXPECT_TRUE(condition());
    }

    Attempt answer_with(std::string bytes, Reply::Then then = Reply::Then::keep,
                        const std::string& more = "") {
        Server server(io, [=](const Received&) { return Reply{bytes, then}; });
        return send(document_for(server.url(), more));
    }

    std::string problem;
    asio::io_context io{1};
    std::unique_ptr<Sender> sender;
};

}  // namespace webhook::test
