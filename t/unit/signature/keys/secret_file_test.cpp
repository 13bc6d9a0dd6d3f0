#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "signature/keys/secret_file.hpp"

namespace webhook::test {
namespace {

using namespace std::string_literals;
namespace fs = std::filesystem;

class SecretFileTest : public ::testing::Test {
  protected:
    SecretFileTest() { fs::create_directory(folder); }
    ~SecretFileTest() override { fs::remove_all(folder); }

    /// Reads a file of that content: the secret, or "! " and the problem.
    std::string read(const std::string& content) {
        std::ofstream(folder / "key", std::ios::binary) << content;
        return read_path(folder / "key");
    }

    static std::string read_path(const std::string& path) {
        std::string secret, problem;
        return signature::read_secret_file(path, &secret, &problem) ? secret : "! " + problem;
    }

    const fs::path folder = fs::temp_directory_path() / ("secret_file_test." + std::to_string(getpid()));
};

TEST_F(SecretFileTest, OneLineEndIsDropped) {
    EXPECT_EQ(read("s3cret"), "s3cret");
    EXPECT_EQ(read("s3cret\n"), "s3cret");
    EXPECT_EQ(read("s3cret\r\n"), "s3cret");
    EXPECT_EQ(read("s3cret\n\n"), "s3cret\n");
    EXPECT_EQ(read("s3cret\r\n\r\n"), "s3cret\r\n");
    EXPECT_EQ(read("s3cret\r"), "s3cret\r");
    EXPECT_EQ(read("\ns3cret"), "\ns3cret");
    EXPECT_EQ(read("a\nb\n"), "a\nb");
    EXPECT_EQ(read("gr\xc3\xbc\xc3\x9f"
                   "e\n"),
              "gr\xc3\xbc\xc3\x9f"
              "e");
    EXPECT_EQ(read("\xff\x80\x01random\n"), "\xff\x80\x01random") << "any bytes are a key";
}

TEST_F(SecretFileTest, WhatIsNoKey) {
    EXPECT_EQ(read(""), "! is empty: write the secret into it");
    EXPECT_EQ(read("\n"), "! is empty: write the secret into it");
    EXPECT_EQ(read("\r\n"), "! is empty: write the secret into it");
    for (const auto& blank : {" "s, "\n\n"s, "\t \r\n"s, "\xc2\xa0\n"s, "\xe2\x80\x8b"s, "\r"s})
        EXPECT_EQ(read(blank), "! holds nothing but blanks: write the secret into it") << blank.size();
    EXPECT_EQ(read("\xef\xbb\xbfs3cret\n"), "! begins with a byte order mark: save it as UTF-8 without BOM");
    EXPECT_EQ(read("\xef\xbb\xbf"), "! begins with a byte order mark: save it as UTF-8 without BOM");
    for (const auto& wide :
         {"\xff\xfes\0003\0\n\0"s, "\xfe\xff\0s\0003\0\n"s, "s\0003\0\r\0\n\0"s, "\0s\0003"s, "s\0003\0c\0"s})
        EXPECT_EQ(read(wide), "! is UTF-16: save it as UTF-8 without BOM") << wide.size();
    for (const auto& nul : {"s3\0cret"s, "s3cret\0"s, "s3cret\0\n"s, "\0"s, "\0\0\0\0"s, "\0\n"s})
        EXPECT_NE(read(nul).find("! "), std::string::npos) << nul.size();
    EXPECT_EQ(read("s3cret\0\n"s), "! holds a NUL byte: give binary keys as base64 or hex");
}

TEST_F(SecretFileTest, WhatIsNoFile) {
    EXPECT_EQ(read_path(folder / "none"), "! cannot be read (No such file or directory)");
    EXPECT_EQ(read_path(folder), "! is not a regular file");
    EXPECT_EQ(read_path("/dev/zero"), "! is not a regular file");
    ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
    EXPECT_EQ(read_path(folder / "pipe"), "! is not a regular file");
    fs::create_symlink("key", folder / "link");
    read("s3cret\n");
    EXPECT_EQ(read_path(folder / "link"), "s3cret") << "as Kubernetes mounts secrets";
    EXPECT_EQ(read(std::string(256 << 10, 'k')).size(), 256u << 10);
    EXPECT_EQ(read(std::string((256 << 10) + 1, 'k')), "! is too large: at most 256 KiB are read");
}

TEST_F(SecretFileTest, KeysInAFileKeepTheirLines) {
    const std::string pem = "-----BEGIN PUBLIC KEY-----\nMCow\n-----END PUBLIC KEY-----\n";
    EXPECT_EQ(read(pem) + "\n", pem);
    EXPECT_EQ(signature::warning_of_secret("\n" + pem + "\n\n"), "");
    EXPECT_EQ(signature::warning_of_secret("\n{\"kty\": \"OKP\"}\n\n"), "");
}

TEST(SecretWarningTest, BlanksAndQuotes) {
    const auto about = [](std::string_view text) { return signature::warning_of_secret(text).substr(0, 10); };
    for (const auto good : {"s3cret", "two words", "it's", "\"", "'", "\"half", "a\"b\"", "\xff\xa0"})
        EXPECT_EQ(about(good), "") << good;
    for (const auto blank : {" s3cret", "s3cret ", "s3cret\n", "s3cret\r", "\ts3cret", "s3cret\xc2\xa0",
                             "s3cret\xe2\x80\x8b", "\xe2\x80\x8bs3cret", " \"s3cret\""})
        EXPECT_EQ(about(blank), "has blanks") << blank;
    for (const auto quoted : {"\"s3cret\"", "'s3cret'", "`s3cret`", "\xe2\x80\x9cs3cret\xe2\x80\x9d", "\"\""})
        EXPECT_EQ(about(quoted), "has quotes") << quoted;
}

}  // namespace
}  // namespace webhook::test
