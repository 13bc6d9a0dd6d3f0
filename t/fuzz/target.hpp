#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace webhook::fuzz {

/// One parser (or a few that belong together) under hostile input. A target ends the process when a property
/// does not hold (REQUIRE); everything else is found by the sanitizers.
struct Target {
    const char* name;
    void (*run)(std::string_view input);
    /// Inputs to begin with, beside the files in t/fuzz/corpus/NAME.
    std::vector<std::string> (*seeds)();
};

const std::vector<Target>& targets();

std::vector<Target> event_targets();
std::vector<Target> signature_targets();
std::vector<Target> forgery_targets();
std::vector<Target> key_targets();
std::vector<Target> token_targets();
std::vector<Target> store_targets();
std::vector<Target> outgoing_targets();

/// Ends the process, with a line that says what did not hold.
[[noreturn]] void broken(const char* property, const char* file, int line);

/// Takes the first line (without its end) off the front.
std::string_view take_line(std::string_view* text);

}  // namespace webhook::fuzz

#define REQUIRE(property)                                                        \
    do {                                                                         \
        if (!(property)) ::webhook::fuzz::broken(#property, __FILE__, __LINE__); \
    } while (false)
