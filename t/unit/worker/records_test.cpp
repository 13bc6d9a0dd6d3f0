#include <gtest/gtest.h>

#include "endpoint/stored_values.hpp"
#include "worker/delivery.hpp"
#include "worker/records.hpp"

namespace webhook::worker {
namespace {

using namespace std::chrono_literals;

TEST(WorkerRecords, DepthIsLimited) {
    const std::string deep(100000, '[');
    EXPECT_EQ(parse_record("{\"error\":" + deep).attempts, 0u);
    EXPECT_EQ(parse_record("{\"attempts\":3}").attempts, 3u);
    Event event;
    event.fields = {{"headers", "{\"x-a\":[\"v\"],\"x-b\":" + deep + std::string(100000, ']') + "}"}};
    EXPECT_EQ(endpoint::kept_header(event, "x-a"), "");
    event.fields = {{"headers", R"({"X-A":["v"]})"}};
    EXPECT_EQ(endpoint::kept_header(event, "x-a"), "v");
}

TEST(WorkerRecords, ContentSurvivesPacking) {
    Event event;
    event.fields = {{"id", "1"}, {"data", std::string("a\0,b:3", 6)}, {"type", ""}};
    Event back;
    ASSERT_TRUE(back.unpack(event.pack()));
    EXPECT_EQ(back.fields, event.fields);
    EXPECT_FALSE(back.unpack("3:ab"));
}

TEST(WorkerRecords, ContentKeepsWhatNamesTheEvent) {
    Event event, back;
    event.entry = back.entry = "1-0";
    event.fields = {{"id", "page_7"},
                    {"key", "00112233445566778899aabbccddeeff"},
                    {"path", "/c/1"},
                    {"partitionkey", "p"},
                    {"idnames", "thing"}};
    ASSERT_TRUE(back.unpack(event.pack()));
    EXPECT_EQ(back.webhook_id(), "msg_00112233445566778899aabbccddeeff");
    EXPECT_EQ(back.ce_id(), "page_7~00112233");
    EXPECT_EQ(back.field("path"), "/c/1");
    Delivery delivery;
    delivery.event = std::make_shared<Event>(event);
    for (const std::string& text : {delivery_record(delivery), attempt_json(delivery, {})}) {
        EXPECT_NE(
            text.find(
                R"("entry":"1-0","event":"page_7","webhook_id":"msg_00112233445566778899aabbccddeeff")"),
            std::string::npos)
            << text;
    }
}

TEST(WorkerRecords, DeliveriesAreListedByWhatTheEventIs) {
    Event event;
    event.entry = "1-0";
    event.fields = {{"id", "1"}, {"source", "stripe"}, {"type", "order.new"}, {"tenant", "acme"}};
    Delivery delivery;
    delivery.event = std::make_shared<Event>(event);
    EXPECT_NE(delivery_record(delivery).find(R"("source":"stripe","type":"order.new","tenant":"acme")"),
              std::string::npos);
    event.fields.pop_back();
    delivery.event = std::make_shared<Event>(event);
    EXPECT_EQ(delivery_record(delivery).find("tenant"), std::string::npos);
}

TEST(WorkerRecords, ResponsesKeepTheirBytes) {
    Event event;
    Delivery delivery;
    delivery.event = std::make_shared<Event>(event);
    Attempt attempt;
    attempt.response = "text \xc3\xa9";
    EXPECT_NE(attempt_json(delivery, attempt).find("\"response\":\"text \xc3\xa9\""), std::string::npos);
    EXPECT_EQ(attempt_json(delivery, attempt).find("response_headers"), std::string::npos);
    attempt.response = "\x1f\x8b\xff";
    attempt.headers = "server: x\n";
    EXPECT_NE(
        attempt_json(delivery, attempt).find(R"("response_base64":"H4v/","response_headers":"server: x\n"})"),
        std::string::npos)
        << attempt_json(delivery, attempt);
}

}  // namespace
}  // namespace webhook::worker
