// What senders may write as multipart/form-data (RFC 7578, RFC 2046), and what is refused since readers
// differ in it.

#include "base/multipart.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "event/values.hpp"
#include "t/unit/signature/support.hpp"

namespace webhook::event {
namespace {

/// The first part of that name; nothing when the body is refused, "(none)" when there is no such part, and
/// how many there are where there are several.
std::optional<std::string> part(const std::string& body, const std::string& name = "n",
                                const std::string& boundary = "b") {
    std::string_view value;
    std::size_t count = 0;
    if (!base::find_part(body, boundary, name, &value, &count)) return std::nullopt;
    if (count == 0) return "(none)";
    return (count > 1 ? std::to_string(count) + "x" : "") + std::string(value);
}

std::optional<std::string> with_headers(const std::string& headers, const std::string& name = "n") {
    return part("--b\r\n" + headers + "\r\n\r\nv\r\n--b--\r\n", name);
}

const std::string field = "Content-Disposition: form-data; name=\"n\"\r\n\r\n";

TEST(Multipart, Layout) {
    const std::string one = "--b\r\n" + field + "v\r\n";
    for (const std::string& body :
         {one + "--b--", one + "--b--\r\n", one + "--b-- \t\r\n",
          one + "--b--\r\nepilogue\r\n--b\r\n" + field + "w\r\n--b--", "preamble\r\n" + one + "--b--",
          "\r\n" + one + "--b--", "two\r\nlines --b\r\n\r\n" + one + "--b--"})
        EXPECT_EQ(part(body), "v") << body;
    EXPECT_EQ(part("--b\r\n" + field + "v\r\n--b\t--"), std::nullopt);
    EXPECT_EQ(part("--b \t\r\n" + field + "v\r\n--b--"), "v") << "padding behind the boundary";
    EXPECT_EQ(part("--b\r\n" + field + "\r\n--b--"), "") << "an empty value";
    EXPECT_EQ(part("--b\r\n" + field + "a\r\n\r\nb\r\n--c\r\n--\r\n--b--"), "a\r\n\r\nb\r\n--c\r\n--");
    EXPECT_EQ(part("--b\r\n" + field + "1\r\n--b\r\n" + field + "2\r\n--b--"), "2x1");
    EXPECT_EQ(part("--b--"), "(none)") << "a form without fields";
    for (const char* text : {"x", "\n"})
        EXPECT_EQ(part(text + ("--b\r\n" + field) + "v\r\n--b--"), "(none)")
            << "a boundary begins a line, which ends in CR LF";
    EXPECT_EQ(part("--b\r\n--b--\r\n"), "(none)");
    EXPECT_EQ(part("--b\r\n\r\n--b--\r\n"), "(none)");
    EXPECT_EQ(part("----b\r\n" + field + "v\r\n----b--", "n", "--b"), "v") << "dashes of the boundary itself";
}

TEST(Multipart, PartsWithoutName) {
    for (const char* unnamed :
         {"", "X: y\r\n", "Content-Type: text/plain\r\n", "Content-Disposition: form-data\r\n",
          "Content-Disposition: attachment; filename=x\r\n",
          "Content-Disposition: form-data; name*=utf-8''n\r\n", "Content-Disposition: form-data;\r\n",
          "Content-Disposition: inline\r\n"}) {
        const std::string other = std::string("--b\r\n") + unnamed + "\r\nunnamed\r\n";
        EXPECT_EQ(part(other + "--b\r\n" + field + "v\r\n--b--"), "v") << unnamed;
        EXPECT_EQ(part("--b\r\n" + field + "v\r\n" + other + "--b--"), "v") << unnamed;
        EXPECT_EQ(part(other + "--b--"), "(none)") << unnamed;
    }
    EXPECT_EQ(part("--b\r\nContent-Disposition: form-data; name=n\r\n--b--"), "") << "headers alone";
    EXPECT_EQ(part("--b\r\n\r\n" + field + "x\r\n--b--"), "(none)")
        << "headers behind a blank line are content";
}

TEST(Multipart, Dispositions) {
    for (const char* good :
         {"Content-Disposition: form-data; name=\"n\"", "content-disposition:form-data;name=n",
          "CONTENT-DISPOSITION: FORM-DATA; NAME=n", "Content-Disposition : form-data ; name = \"n\" ;",
          "X: y\r\nContent-Disposition: form-data; name=n\r\nContent-Type: text/plain",
          "Content-Disposition: form-data; filename=\"a.txt\"; name=\"n\"",
          "Content-Disposition: form-data; name=\"n\"; filename*=UTF-8''%e2%82%ac",
          "Content-Disposition: form-data; name*=utf-8''other; name=\"n\"",
          "Content-Disposition: form-data; filename=\"; name=x\"; name=n",
          "Content-Disposition: form-data;\r\n\tname=\"n\"",
          "Content-Disposition:\r\n form-data; name=n\r\n ; filename=x",
          "Content-Disposition: form-data; name=\"\\n\"",
          "Content-Disposition: form-data; filename=\"a\\\"; name=\\\"x\"; name=n",
          "Content-Disposition:\tform-data;\tname=\"n\"\t",
          "Content-Disposition: form-data; filename=\"\"; name=n",
          "X:\r\n folded\r\nContent-Disposition: form-data; name=n"}) {
        EXPECT_EQ(with_headers(good), "v") << good;
    }
    EXPECT_EQ(with_headers("Content-Disposition: form-data; name=\"a\\\"b\\\\c\"", "a\"b\\c"), "v");
    EXPECT_EQ(with_headers("Content-Disposition: form-data; name=\"a;b c\"", "a;b c"), "v");
    EXPECT_EQ(with_headers("Content-Disposition: form-data; name=\"\xc3\xa9\"", "\xc3\xa9"), "v");
    EXPECT_EQ(with_headers("Content-Disposition: form-data; name=\"\"", ""), "v");
    EXPECT_EQ(with_headers("Content-Disposition: form-data; name=a[b]", "a[b]"), "v");
    EXPECT_EQ(with_headers("Content-Disposition: form-data; name=\"n\\\\\""), "(none)");
    EXPECT_EQ(with_headers("Content-Disposition: form-data; name=\"N\""), "(none)") << "names have case";
}

TEST(Multipart, WhatReadersSeeDifferentlyIsRefused) {
    for (const char* bad :
         {"Content-Disposition: attachment; name=\"n\"", "Content-Disposition: form-data; name=\"n",
          "Content-Disposition: form-data; name=\"n\\\"",
          "Content-Disposition: form-data; name=\"n\"; name=\"m\"",
          "Content-Disposition: form-data; name=\"n\"; NAME=n",
          "Content-Disposition: form-data; name=\"n\" x", "Content-Disposition: form-data; name=n\"x\"",
          "Content-Disposition: form-data name=n", "Content-Disposition: form-data; ; name=n",
          "Content-Disposition: form-data; name",
          "Content-Disposition: form-data; name=", "Content-Disposition: form-data; =n",
          "Content-Disposition: form-data; name=\"n\r\n x\"", "Content-Disposition: form-datax; name=n",
          "Content-Disposition: form-data; name=n\r\nContent-Disposition: form-data; name=m", "no header",
          "X: y\r\nno header", "Content-Disposition: form-data, name=n",
          "Content-Disposition: form-data; (comment) name=n"}) {
        EXPECT_EQ(with_headers(bad), std::nullopt) << bad;
    }
    const std::string one = "--b\r\n" + field + "v\r\n";
    for (const std::string& bad :
         {std::string(), std::string("--b"), std::string("--b\r\n"), one, one + "--b", one + "--b\r\n",
          one + "--b-", one + "--bb--", one + "--b--x", "--b x\r\n" + field + "v\r\n--b--",
          "--b\n" + field + "v\n--b--", one + "--bx\r\n\r\n--b--", std::string("a=1&n=2")}) {
        EXPECT_EQ(part(bad), std::nullopt) << bad;
    }
}

TEST(Multipart, Boundaries) {
    EXPECT_EQ(base::multipart_boundary("Multipart/Form-Data; charset=x; Boundary=abc"), "abc");
    EXPECT_EQ(base::multipart_boundary("multipart/form-data;boundary=\"a b\""), "a b");
    EXPECT_EQ(base::multipart_boundary("multipart/form-data ; boundary = \"abc\" ; charset=utf-8"), "abc");
    EXPECT_EQ(base::multipart_boundary("multipart/form-data; boundary=----=_Part_1.2:3/4"),
              "----=_Part_1.2:3/4");
    EXPECT_EQ(base::multipart_boundary("multipart/form-data; boundary=" + std::string(70, 'x')),
              std::string(70, 'x'));
    for (const std::string& bad :
         {std::string("multipart/form-data"), std::string("multipart/form-data; boundary="),
          std::string("multipart/form-data; boundary=\"\""),
          std::string("multipart/form-data; boundary=a; boundary=b"),
          "multipart/form-data; boundary=" + std::string(71, 'x'),
          std::string("multipart/form-datax; boundary=a"), std::string("multipart/mixed; boundary=a"),
          std::string("multipart/form-data; boundary=\"a"),
          std::string("multipart/form-data; boundary=\"a \""),
          std::string("multipart/form-data; boundary=\"a\\b\""),
          std::string("multipart/form-data boundary=a")})
        EXPECT_EQ(base::multipart_boundary(bad), "") << bad;
}

TEST(Multipart, AsASource) {
    test::PlainRequest request;
    request.set_header("content-type", "multipart/form-data; boundary=\"b\"");
    const std::string body = "preamble\r\n--b\r\n\r\nunnamed\r\n--b\r\n" + field + "v\r\n--b--\r\nepilogue";
    Source source;
    std::string error, scratch;
    ASSERT_TRUE(parse_source("form:n", SourceSet::event, &source, &error));
    for (std::size_t cut = 0; cut <= body.size(); ++cut) {
        request.set_body(body, {cut});
        EXPECT_EQ(plain_value(request, source, 1 << 20, &scratch), "v") << cut;
    }
}

TEST(Multipart, LargeBodiesTakeLinearTime) {
    std::string many;
    for (int i = 0; i < 50000; ++i)
        many += "--b\r\n\r\n\r\n";
    EXPECT_EQ(part(many + "--b\r\n" + field + "v\r\n--b--"), "v");
    EXPECT_EQ(part(std::string(1 << 20, '-') + "\r\n--b--"), "(none)");
    std::string folded = "Content-Disposition: form-data";
    for (int i = 0; i < 50000; ++i)
        folded += "\r\n ";
    EXPECT_EQ(with_headers(folded + "; name=n"), "v");
}

}  // namespace
}  // namespace webhook::event
