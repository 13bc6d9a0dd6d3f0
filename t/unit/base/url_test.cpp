#include "base/url.hpp"

#include <gtest/gtest.h>

namespace webhook::base {
namespace {

TEST(Url, SplitsIntoParts) {
    const struct {
        const char *text, *scheme, *authority, *path, *query, *target, *tail;
        bool has_query;
    } cases[] = {
        {"https://u@h.example:8/a/b?c=/d#e?f", "https", "u@h.example:8", "/a/b", "c=/d", "/a/b?c=/d",
         "/a/b?c=/d#e?f", true},
        {"https://h.example", "https", "h.example", "", "", "", "", false},
        {"https://h.example?x=/a", "https", "h.example", "", "x=/a", "?x=/a", "?x=/a", true},
        {"https://h.example/?", "https", "h.example", "/", "", "/?", "/?", true},
        {"https://h.example#?x", "https", "h.example", "", "", "", "#?x", false},
        {"https://[::1]:8/a", "https", "[::1]:8", "/a", "", "/a", "/a", false},
        {"/a?b=c", "", "", "/a", "b=c", "/a?b=c", "/a?b=c", true},
        {"//h.example/a", "", "", "//h.example/a", "", "//h.example/a", "//h.example/a", false},
        {"/a://b/c", "", "", "/a://b/c", "", "/a://b/c", "/a://b/c", false},
        {"/a?to=https://h/b", "", "", "/a", "to=https://h/b", "/a?to=https://h/b", "/a?to=https://h/b", true},
        {"://h/a", "", "", "://h/a", "", "://h/a", "://h/a", false},
        {"mailto:a@b", "", "", "mailto:a@b", "", "mailto:a@b", "mailto:a@b", false},
        {"*", "", "", "*", "", "*", "*", false},
        {"", "", "", "", "", "", "", false},
    };
    for (const auto& each : cases) {
        const UrlParts parts = split_url(each.text);
        EXPECT_EQ(parts.scheme, each.scheme) << each.text;
        EXPECT_EQ(parts.authority, each.authority) << each.text;
        EXPECT_EQ(parts.path, each.path) << each.text;
        EXPECT_EQ(parts.query, each.query) << each.text;
        EXPECT_EQ(parts.target, each.target) << each.text;
        EXPECT_EQ(parts.tail, each.tail) << each.text;
        EXPECT_EQ(parts.has_query, each.has_query) << each.text;
    }
}

TEST(Url, PathOfTargetsAndAbsoluteUrls) {
    EXPECT_EQ(path_of("/a/b?c/d"), "/a/b");
    EXPECT_EQ(path_of("https://h.example/a%2fb/?x"), "/a%2fb/");
    EXPECT_EQ(path_of("https://h.example?x=/a"), "");
    EXPECT_EQ(path_of("https://h.example"), "");
    EXPECT_EQ(path_of("/a#b?c"), "/a");
    EXPECT_EQ(path_of("//a"), "//a");
    EXPECT_EQ(path_of("a/b"), "");
    EXPECT_EQ(path_of(""), "");
}

TEST(Url, QueryEndsAtTheFragment) {
    EXPECT_EQ(query_of("/a?b=c?d#e"), "b=c?d");
    EXPECT_EQ(query_of("https://h.example/a#b?c"), "");
    EXPECT_EQ(query_of("/a"), "");
}

TEST(Url, AppendsParameters) {
    const auto append = [](std::string url) {
        append_param("a b", "c&d", &url);
        return url;
    };
    EXPECT_EQ(append("https://h.example/x"), "https://h.example/x?a%20b=c%26d");
    EXPECT_EQ(append("/x?y=1"), "/x?y=1&a%20b=c%26d");
    EXPECT_EQ(append("/x#part?"), "/x?a%20b=c%26d#part?");
}

TEST(Url, SplitsAuthorities) {
    const struct {
        const char *text, *host, *port;
        bool bracketed, has_colon;
    } cases[] = {
        {"h.example", "h.example", "", false, false},
        {"h.example:8443", "h.example", "8443", false, true},
        {"h.example:", "h.example", "", false, true},
        {"[::1]", "::1", "", true, false},
        {"[::1]:80", "::1", "80", true, true},
        {"a:b:c", "a", "b:c", false, true},
        {"", "", "", false, false},
    };
    for (const auto& each : cases) {
        HostPort parts;
        EXPECT_EQ(split_authority(each.text, &parts), nullptr) << each.text;
        EXPECT_EQ(parts.host, each.host) << each.text;
        EXPECT_EQ(parts.port, each.port) << each.text;
        EXPECT_EQ(parts.bracketed, each.bracketed) << each.text;
        EXPECT_EQ(parts.has_colon, each.has_colon) << each.text;
    }
    HostPort parts;
    EXPECT_STREQ(split_authority("[::1", &parts), "has \"[\" without \"]\"");
    EXPECT_STREQ(split_authority("[::1]7", &parts), "has text between \"]\" and the port");
}

TEST(Url, PortsAreNumbersFrom1To65535) {
    std::uint16_t port = 0;
    EXPECT_TRUE(parse_port("1", &port));
    EXPECT_TRUE(parse_port("65535", &port));
    EXPECT_EQ(port, 65535);
    for (const char* bad :
         {"", "0", "65536", "65616", "-1", "+1", " 1", "1x", "0x50", "99999999999999999999"})
        EXPECT_FALSE(parse_port(bad, &port)) << bad;
}

}  // namespace
}  // namespace webhook::base
