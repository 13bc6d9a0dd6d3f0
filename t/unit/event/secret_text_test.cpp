#include "event/secret_text.hpp"

#include <gtest/gtest.h>

#include <string_view>

namespace webhook::event {
namespace {

TEST(SecretText, FindsPathsAndReferences) {
    for (const std::string_view text : {"/etc/nginx/secrets/stripe",
                                        "./secret",
                                        "../secret",
                                        "~/secret",
                                        " /etc/x",
                                        "/",
                                        "FILE:/etc/x",
                                        "File:x",
                                        "file=/etc/x",
                                        "file//etc/x",
                                        "file/etc/x",
                                        "file /etc/x",
                                        "files:/x",
                                        "fiel:/x",
                                        "flie:/x",
                                        "@file:/x",
                                        "file(/x)",
                                        "file\\x",
                                        "C:\\keys\\x",
                                        "c:/keys/x",
                                        "\\\\server\\x",
                                        ".\\x"}) {
        EXPECT_EQ(secret_mistake(text), "looks like a path") << text;
        EXPECT_EQ(secret_mistake(text, true), "looks like a path") << text;
    }
    for (const std::string_view text :
         {"ENV:NAME", "Env:NAME", "env NAME", "env=NAME", "env/NAME", "envs:NAME", "evn:NAME", "getenv(NAME)",
          "environment:NAME", "process.env=x", "%NAME%", "{{NAME}}", "{{ NAME }}"}) {
        EXPECT_EQ(secret_mistake(text), "looks like the name of a variable") << text;
    }
    for (const std::string_view text : {"$NAME", "${NAME}", "$ENV{NAME}", "$(cat /etc/x)", "$name_1"}) {
        EXPECT_EQ(secret_mistake(text), "looks like the name of a variable") << text;
        EXPECT_EQ(secret_mistake(text, true), "") << text;
    }
    EXPECT_EQ(secret_mistake("secret:stripe"), "names a secret of the worker");
}

TEST(SecretText, FindsPlaceholders) {
    for (const std::string_view text : {"whsec_...",
                                        "...",
                                        "whsec_\xe2\x80\xa6",
                                        "sha256=...",
                                        "PASSWORD",
                                        "SECRET",
                                        "KEY",
                                        "TOKEN",
                                        "VALUE",
                                        "USER:PASSWORD",
                                        "<secret>",
                                        "<your secret>",
                                        "xxx",
                                        "XXXXXXXX",
                                        "***",
                                        "whsec_XXXX",
                                        "changeme",
                                        "change-me",
                                        "CHANGE_ME",
                                        "ChangeThis",
                                        "replace-me",
                                        "TODO",
                                        "your-secret",
                                        "YOUR_SECRET_HERE",
                                        "your_webhook_secret",
                                        "yourPassword",
                                        "insert-your-key-here",
                                        "your api key"}) {
        EXPECT_EQ(secret_mistake(text), "is a placeholder, which everybody knows") << text;
    }
}

TEST(SecretText, TakesEverythingElse) {
    for (const std::string_view text : {"",
                                        "s3cret",
                                        "secret",
                                        "password",
                                        "x",
                                        "xx",
                                        "key",
                                        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                                        "whsec_",
                                        "user:pass/word",
                                        "filename-of-mine",
                                        "environmental",
                                        "a/b",
                                        "abc+/def==",
                                        "MIIBIjAN/x",
                                        "100%",
                                        "5%%",
                                        "pa$$word",
                                        "$",
                                        "$$",
                                        "$1x",
                                        "{\"keys\":[]}",
                                        "-----BEGIN PUBLIC KEY-----",
                                        "0123456789abcdef",
                                        "====",
                                        "yours truly",
                                        "<",
                                        "<>",
                                        "x*x1"}) {
        EXPECT_EQ(secret_mistake(text), "") << text;
        EXPECT_EQ(secret_mistake(text, true), "") << text;
    }
}

TEST(SecretText, NeverShowsTheText) {
    for (const std::string_view text : {"/hidden", "ENV:hidden", "$hidden", "<hidden>"})
        EXPECT_EQ(secret_mistake(text).find("hidden"), std::string_view::npos);
}

}  // namespace
}  // namespace webhook::event
