#include "base/file.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>

namespace webhook::base {
namespace {

class Files : public ::testing::Test {
  protected:
    Files() {
        std::string name = (std::filesystem::temp_directory_path() / "file test.XXXXXX").string();
        folder_ = ::mkdtemp(name.data());
    }
    ~Files() override { std::filesystem::remove_all(folder_); }

    std::string write(std::string_view text) const {
        const std::string path = folder_ / "file";
        std::ofstream(path, std::ios::binary) << text;
        return path;
    }

    std::filesystem::path folder_;
};

/// The content, or "! " and the problem.
std::string read(const std::string& path, std::size_t limit, FileKind kind = FileKind::any) {
    std::string text = "left over", problem;
    if (read_file(path, limit, kind, &text, &problem)) return text;
    EXPECT_EQ(text, "") << "nothing of a file that was refused";
    return "! " + problem;
}

TEST_F(Files, AreReadWhole) {
    const std::string bytes = std::string(100000, 'x') + '\0' + "\r\n";
    EXPECT_EQ(read(write(bytes), bytes.size()), bytes);
    EXPECT_EQ(read(write(bytes), bytes.size(), FileKind::regular), bytes);
    EXPECT_EQ(read(write(""), 0), "");
}

TEST_F(Files, LargerThanTheLimitAreRefused) {
    EXPECT_EQ(read(write("1234"), 3), "! is too large: at most 3 bytes are read");
    EXPECT_EQ(read(write(std::string(2049, 'x')), 2048), "! is too large: at most 2 KiB are read");
    EXPECT_EQ(read("/dev/zero", 1 << 20), "! is too large: at most 1 MiB are read") << "and never more";
}

TEST_F(Files, ThatCannotBeReadAreNamed) {
    EXPECT_EQ(read(folder_ / "none", 9), "! cannot be read (No such file or directory)");
    EXPECT_EQ(read(folder_, 9), "! cannot be read (Is a directory)");
}

TEST_F(Files, OfAnotherKindAreRefusedWithoutWaiting) {
    const std::string pipe = folder_ / "pipe";
    ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
    for (const std::string& path : {pipe, folder_.string(), std::string("/dev/zero")})
        EXPECT_EQ(read(path, 9, FileKind::regular), "! is not a regular file") << path;
}

TEST(Descriptors, AreReadToTheEnd) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const Descriptor from(ends[0]);
    Descriptor to(ends[1]);
    ASSERT_EQ(::write(to.get(), "abc", 3), 3);
    EXPECT_TRUE(to.close());
    EXPECT_FALSE(to.close()) << "it is closed";
    std::string text, problem;
    EXPECT_TRUE(read_to_end(from.get(), 3, &text, &problem)) << problem;
    EXPECT_EQ(text, "abc");
    EXPECT_FALSE(read_to_end(-1, 3, &text, &problem));
    EXPECT_EQ(problem, "cannot be read (Bad file descriptor)");
}

}  // namespace
}  // namespace webhook::base
