#include <gtest/gtest.h>
#include <spdlog/spdlog.h>
#include <fstream>

#include "worker/log.hpp"

namespace webhook::worker {
namespace {

using namespace std::chrono_literals;

TEST(WorkerLog, EscapesWhatIsHidden) {
    const std::string path =
        ::testing::TempDir() + "webhook-worker-test-" + std::to_string(getpid()) + ".log";
    std::string error;
    ASSERT_TRUE(open_log(path, &error)) << error;
    spdlog::warn("endpoint {}: {}", "a\x1b[2J\n2026/01/01 [info] forged", "\xc2\x9b \xe2\x80\xae \xff");
    ASSERT_TRUE(open_log("stderr", &error)) << error;
    std::ifstream file(path);
    const std::string text(std::istreambuf_iterator<char>(file), {});
    std::remove(path.c_str());
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1) << text;
    EXPECT_NE(text.find(R"(: endpoint a\x1b[2J\n2026/01/01 [info] forged: \xc2\x9b \xe2\x80\xae \xff)"),
              std::string::npos)
        << text;
}

}  // namespace
}  // namespace webhook::worker
