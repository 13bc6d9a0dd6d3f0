#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace webhook::ctl {

/// All of standard input. Throws Failure.
std::string read_stdin();

/// The whole file; "-" is standard input. Throws Failure.
std::string read_file(const std::string& path);

/// A body given on the command line: "@PATH", "@-" (standard input) or the text itself.
std::string read_data(const std::string& argument);

/// A secret value: "file:/path" (see signature::read_secret_file), "file:-" (standard input), "env:NAME" or a
/// literal. Throws Failure when it is empty or cannot be read; warns on standard error of blanks and quotes
/// around it.
std::string read_secret(const std::string& argument);

/// "Name: value" -> {"Name","value"}. Throws Failure.
std::pair<std::string, std::string> parse_header(const std::string& argument);

/// "name=value" -> {"name","value"}. Throws Failure.
std::pair<std::string, std::string> parse_assignment(const std::string& argument);

/// Unix milliseconds of --clock; the present when empty. Throws Failure.
std::int64_t clock_ms(const std::string& argument);

}  // namespace webhook::ctl
