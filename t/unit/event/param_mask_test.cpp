#include "event/param_mask.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace webhook::event {
namespace {

const std::vector<std::string> names = {"token", "api_key"};

std::string masked(std::string_view text) {
    return mask_params(text, names);
}

TEST(ParamMask, MasksTheValueAndLeavesTheRest) {
    EXPECT_EQ(masked("token=hidden"), "token=***");
    EXPECT_EQ(masked("a=1&token=hidden&b=2"), "a=1&token=***&b=2");
    EXPECT_EQ(masked("/postback?a=1&&token=hidden&token=hidden2&"), "/postback?a=1&&token=***&token=***&");
    EXPECT_EQ(masked("token="), "token=***");
    EXPECT_EQ(masked("token"), "token");
    EXPECT_EQ(masked("token=a=hidden"), "token=***");
    EXPECT_EQ(masked("api_key=hidden&x"), "api_key=***&x");
    EXPECT_EQ(mask_params("token=a", {}), "token=a");
    EXPECT_EQ(masked(""), "");
}

TEST(ParamMask, KnowsEverySpellingOfAName) {
    for (const std::string_view name :
         {"TOKEN",       "ToKeN",        "%74oken",    "%74%6F%6b%65%6E", "%54OKEN",       "%2574oken",
          "%252574oken", "%u0074oken",   "%U0074oken", "+token",          "token+",        "%20token%20",
          "%09token",    "token%00",     "%0atoken",   "token[]",         "token[a]",      "token[a][b]",
          "token%5B%5D", "token%5b0%5D", "a[token]",   "a%5Btoken%5D",    "a[b][token][]", "+%74OKEN%5b%5d",
          "api.key",     "api+key",      "API%2ekey",  "api%5Fkey"}) {
        const std::string query = "a=1&" + std::string(name) + "=hidden&b=2";
        EXPECT_EQ(masked(query), "a=1&" + std::string(name) + "=***&b=2");
        EXPECT_EQ(masked("/path?" + query).find("hidden"), std::string::npos) << name;
    }
}

TEST(ParamMask, KnowsEverySeparator) {
    EXPECT_EQ(masked("a=1;token=hidden"), "a=1;token=***");
    EXPECT_EQ(masked("a=1;token=hid;den&b=2"), "a=1;token=***&b=2");
    EXPECT_EQ(masked("/x#token=hidden"), "/x#token=***");
    EXPECT_EQ(masked("/x?a=1#token=hidden"), "/x?a=1#token=***");
    EXPECT_EQ(masked("/x?a?token=hidden"), "/x?a?token=***");
    EXPECT_EQ(masked("/x%3Ftoken=hidden"), "/x%3Ftoken=***");
    EXPECT_EQ(masked("/x;token=hidden/y"), "/x;token=***");
    EXPECT_EQ(masked("/x/token=hidden/y"), "/x/token=***");
    EXPECT_EQ(masked("a=1%26token=hidden&b=2"), "a=1%26token=***&b=2");
    EXPECT_EQ(masked("a=1%26token%3Dhidden&b=2"), "a=1%26token%3D***&b=2");
    EXPECT_EQ(masked("token%3Dhidden"), "token%3D***");
    EXPECT_EQ(masked("token%253Dhidden&b"), "token%253D***&b");
    EXPECT_EQ(masked("next=https%3A%2F%2Fh%2F%3Fa%3D1%26token%3Dhidden&b=2"),
              "next=https%3A%2F%2Fh%2F%3Fa%3D1%26token%3D***&b=2");
}

TEST(ParamMask, MasksWhatTheValueHolds) {
    EXPECT_EQ(masked("token=hid%26den&b=2"), "token=***&b=2");
    EXPECT_EQ(masked("token=hid?den#den/den;a=1&b=2"), "token=***&b=2");
    EXPECT_EQ(masked("token=%zz%&b=%"), "token=***&b=%");
}

TEST(ParamMask, LeavesOtherNames) {
    for (const std::string_view text :
         {"tokens=a", "mytoken=a", "token_id=a", "xtoken=a&tokenx=b", "a=token", "a=1&b=token%20x",
          "%74okens=a", "a%00token=1", "t%20oken=a", "%", "%7", "%%74oken=a", "=", "=token", "&;?#"})
        EXPECT_EQ(masked(text), text);
}

TEST(UrlMask, HidesWhatMayBeAPassword) {
    EXPECT_EQ(mask_url("redis://127.0.0.1:6379/1"), "redis://127.0.0.1:6379/1");
    EXPECT_EQ(mask_url("redis://[::1]:6379/1"), "redis://[::1]:6379/1");
    EXPECT_EQ(mask_url("redis-cluster://a:1,b:2"), "redis-cluster://a:1,b:2");
    EXPECT_EQ(mask_url("unix:/run/redis.sock:2"), "unix:/run/redis.sock:2");
    EXPECT_EQ(mask_url("https://hooks.example.com/x"), "https://hooks.example.com/x");
    EXPECT_EQ(mask_url(""), "");
    for (const std::string_view url : {"redis://u:hidden@h",
                                       "redis://:hidden@h:6379/1",
                                       "redis://hidden@h",
                                       "rediss://u:hid@den@h",
                                       "redis:u:hidden@h",
                                       "u:hidden@h",
                                       "redis://u:hid/den@h/1",
                                       "redis://u:hid?den@h",
                                       "redis://u:hid#den@h",
                                       "redis://h/0?password=hidden",
                                       "redis://h/0#hidden",
                                       "redis://u:hidden",
                                       "redis://u:hidden/0",
                                       "user:hidden",
                                       "http://u:hidden@h/?token=hidden",
                                       "https//u:hidden@h",
                                       "redis:hidden",
                                       "unix:/x?auth=hidden",
                                       "redis://u:12hidden/0",
                                       "redis://h:6379@hidden@h",
                                       "x://hidden://hidden@h"}) {
        EXPECT_EQ(mask_url(url).find("hid"), std::string::npos) << mask_url(url);
        EXPECT_EQ(mask_url(url).find("den"), std::string::npos) << mask_url(url);
        EXPECT_NE(mask_url(url).find(masked_text), std::string::npos) << url;
    }
}

}  // namespace
}  // namespace webhook::event
