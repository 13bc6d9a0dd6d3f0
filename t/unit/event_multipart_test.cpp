#include "event/multipart.hpp"

#include <gtest/gtest.h>

#include <string>

namespace webhook::event {
namespace {

TEST(Multipart, Strict) {
    std::string_view value;
    std::size_t count = 0;
    const auto find = [&](const std::string& header) {
        const std::string body = "--b\r\n" + header + "\r\n\r\nv\r\n--b--";
        return find_part(body, "b", "n", &value, &count);
    };
    EXPECT_TRUE(find("Content-Disposition: form-data; name=\"n\""));
    EXPECT_EQ(count, 1u);
    EXPECT_TRUE(find("X: y\r\nCONTENT-DISPOSITION:form-data;name=n"));
    EXPECT_EQ(count, 1u);
    EXPECT_TRUE(find("Content-Disposition: form-data; name=\"m\""));
    EXPECT_EQ(count, 0u);
    for (const char* bad :
         {"", "X: y", "Content-Disposition: form-data", "Content-Disposition: attachment; name=\"n\"",
          "Content-Disposition: form-data; name=\"n", "Content-Disposition: form-data; name=\"n\\\"\"",
          "Content-Disposition: form-data; name=\"n\"; name=\"m\"",
          "Content-Disposition: form-data; name=\"n\" x",
          "Content-Disposition: form-data; name=\"n\"\r\nContent-Disposition: form-data; name=\"m\""}) {
        EXPECT_FALSE(find(bad)) << bad;
    }
    EXPECT_EQ(multipart_boundary("Multipart/Form-Data; charset=x; Boundary=abc"), "abc");
    EXPECT_EQ(multipart_boundary("multipart/form-data; boundary=a; boundary=b"), "");
    EXPECT_EQ(multipart_boundary("multipart/form-data; boundary=" + std::string(71, 'x')), "");
    EXPECT_EQ(multipart_boundary("multipart/form-datax; boundary=a"), "");
}

}  // namespace
}  // namespace webhook::event
