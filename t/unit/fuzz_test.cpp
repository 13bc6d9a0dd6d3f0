// Every target of t/fuzz with its seeds, its corpus, and each of them cut short and with bytes changed. What
// libFuzzer once found stays found: its inputs lie in t/fuzz/corpus, beside a sample of what it learnt.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>

#include "t/fuzz/target.hpp"

namespace webhook::fuzz {
namespace {

std::vector<std::string> corpus(const std::string& name) {
    std::vector<std::string> inputs;
    const std::filesystem::path here = __FILE__;
    const auto folder = here.parent_path().parent_path() / "fuzz" / "corpus" / name;
    if (!std::filesystem::is_directory(folder)) return inputs;
    for (const auto& file : std::filesystem::directory_iterator(folder)) {
        std::ifstream in(file.path(), std::ios::binary);
        inputs.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
    }
    return inputs;
}

void run_with_changes(const Target& target, const std::string& input, std::mt19937* random) {
    target.run(input);
    for (int i = 0; i < 8 && !input.empty(); ++i) {
        target.run(std::string_view(input).substr(0, (*random)() % input.size()));
        std::string changed = input;
        for (unsigned flips = 1 + (*random)() % 3; flips > 0; --flips)
            changed[(*random)() % changed.size()] = static_cast<char>((*random)());
        target.run(changed);
    }
}

class Fuzz : public testing::TestWithParam<Target> {};

TEST_P(Fuzz, SeedsAndCorpusHold) {
    std::mt19937 random(42);  // the same inputs in every run
    auto inputs = GetParam().seeds();
    ASSERT_FALSE(inputs.empty());
    for (const auto& input : corpus(GetParam().name))
        inputs.push_back(input);
    for (const auto& input : inputs)
        run_with_changes(GetParam(), input, &random);
}

INSTANTIATE_TEST_SUITE_P(All, Fuzz, testing::ValuesIn(targets()),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace webhook::fuzz
