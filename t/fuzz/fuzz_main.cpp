// For libFuzzer: FUZZ_TARGET names the target; with FUZZ_SEEDS its seeds are written to that folder first.

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

#include "t/fuzz/target.hpp"

namespace {

const webhook::fuzz::Target& chosen() {
    const char* name = std::getenv("FUZZ_TARGET");
    for (const auto& target : webhook::fuzz::targets())
        if (name != nullptr && std::string(name) == target.name) return target;
    std::fprintf(stderr, "FUZZ_TARGET must be one of:");
    for (const auto& target : webhook::fuzz::targets())
        std::fprintf(stderr, " %s", target.name);
    std::fprintf(stderr, "\n");
    std::exit(2);
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***) {
    const auto& target = chosen();
    if (const char* folder = std::getenv("FUZZ_SEEDS")) {
        int number = 0;
        for (const std::string& seed : target.seeds())
            std::ofstream(std::string(folder) + "/seed" + std::to_string(number++), std::ios::binary) << seed;
    }
    return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const auto& target = chosen();
    target.run({reinterpret_cast<const char*>(data), size});
    return 0;
}
