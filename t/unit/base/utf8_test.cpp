#include "base/utf8.hpp"

#include <gtest/gtest.h>

#include <string>

namespace webhook::base {
namespace {

using std::string_literals::operator""s;

TEST(PlainTextScan, AgreesWithTheWholeTextInEveryCut) {
    for (const std::string& text :
         {"plain"s, "\xc3\xab\xe6\x97\xa5\xf0\x9f\x9a\x80"s, "\xf0\x9f\x9a"s, "\xe6\x97\xa5\x80"s}) {
        for (std::size_t cut = 0; cut <= text.size(); ++cut) {
            PlainTextScan scan;
            const bool good = scan.feed(std::string_view(text).substr(0, cut)) &&
                              scan.feed(std::string_view(text).substr(cut)) && scan.done();
            EXPECT_EQ(good, valid_utf8(text)) << text << cut;
        }
    }
}

}  // namespace
}  // namespace webhook::base
