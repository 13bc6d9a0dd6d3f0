#include "ctl/body_text.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

#include "base/encoding.hpp"
#include "ctl/health.hpp"

namespace webhook::ctl {
namespace {

/// 31: gzip; 15: zlib; -15: no header.
std::string deflated(const std::string& text, int window_bits) {
    z_stream stream{};
    EXPECT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, window_bits, 9, Z_DEFAULT_STRATEGY), Z_OK);
    std::string in = text, out(text.size() + 100, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(in.data());
    stream.avail_in = static_cast<uInt>(in.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

TEST(BodyText, Decompresses) {
    EXPECT_EQ(decompress("plain", ""), "plain");
    EXPECT_EQ(decompress("plain", "Identity"), "plain");
    EXPECT_EQ(decompress(deflated("text", 31), "GZIP"), "text");
    EXPECT_EQ(decompress(deflated("text", 31), "x-gzip"), "text");
    EXPECT_EQ(decompress(deflated("text", 15), "deflate"), "text");
    EXPECT_EQ(decompress(deflated("text", -15), " deflate "), "text");
    EXPECT_FALSE(decompress("text", "br"));
    EXPECT_FALSE(decompress("no gzip", "gzip"));
    EXPECT_EQ(decompress("", "gzip"), "");
}

TEST(BodyText, ACutBodyIsReadUpToTheCut) {
    std::string text;
    for (int i = 0; i < 5000; ++i)
        text += std::to_string(i * 7919) + " ";
    const std::string whole = deflated(text, 31);
    const auto part = decompress(std::string_view(whole).substr(0, whole.size() / 2), "gzip");
    ASSERT_TRUE(part);
    EXPECT_GT(part->size(), text.size() / 4);
    EXPECT_EQ(text.substr(0, part->size()), *part);
}

TEST(BodyText, ABombIsBounded) {
    const std::string bomb = deflated(std::string(20 << 20, 'a'), 31);
    EXPECT_EQ(decompress(bomb, "gzip")->size(), 1u << 20);
}

TEST(BodyText, ReadsWhatAnAttemptKeeps) {
    EXPECT_EQ(response_header("a: 1\nContent-Encoding: gzip\n", "content-encoding"), "gzip");
    EXPECT_EQ(response_header("a: 1\n", "b"), "");
    EXPECT_EQ(response_text(parse_object(R"({"response":"caf\u00e9"})")), "caf\u00e9");
    EXPECT_EQ(response_text(parse_object("{}")), "");
    const auto with = [](const std::string& bytes, const char* headers) {
        Json json = Json::object();
        std::string text;
        base::encode_text(bytes, base::Encoding::base64, &text);
        json["response_base64"] = text;
        json["response_headers"] = headers;
        return response_text(json);
    };
    EXPECT_EQ(with(deflated("text", 31), "content-encoding: gzip\n"), "text");
    EXPECT_EQ(with("cut \xc3", ""), "cut ") << "the last character was cut";
    EXPECT_FALSE(with("\xff\xff\xff\xff", ""));
    EXPECT_FALSE(with(deflated("text", 31), "content-encoding: br\n"));
}

TEST(Health, IsReadLeniently) {
    const Health one = parse_health(
        R"({"state":"failing","since":1000,"last_success":500,"last_error":"status 500","last_error_at":2000})");
    EXPECT_EQ(one.text(61000), "failing for 1m");
    EXPECT_EQ(one.last_success_text(60500), "1m ago");
    EXPECT_EQ(one.last_error_text(62000), "status 500, 1m ago");
    EXPECT_EQ(parse_health(R"({"state":"ok","last_error":"x"})").last_error_text(5), "x");
    EXPECT_EQ(parse_health(R"({"state":"ok"})").text(5), "ok");
    EXPECT_EQ(parse_health(R"({"state":"secret missing"})").text(5), "secret missing");
    EXPECT_EQ(parse_health("[").text(5), "");
    EXPECT_EQ(parse_health(R"({"state":5,"since":"x"})").text(5), "");
}

}  // namespace
}  // namespace webhook::ctl
