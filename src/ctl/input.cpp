#include "ctl/input.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "ctl/failure.hpp"
#include "ctl/time.hpp"
#include "event/secret_text.hpp"
#include "event/text.hpp"

namespace webhook::ctl {

namespace {

std::string read_all(std::FILE* file, std::string_view name) {
    std::string text;
    char buffer[65536];
    while (const std::size_t size = std::fread(buffer, 1, sizeof buffer, file))
        text.append(buffer, size);
    if (std::ferror(file) != 0) throw Failure(fmt::format("cannot read {}: {}", name, std::strerror(errno)));
    return text;
}

std::string secret_of_file(const std::string& path) {
    std::string secret = read_file(path);
    if (!secret.empty() && secret.back() == '\n') secret.pop_back();
    return secret;
}

std::string secret_of_environment(const std::string& name) {
    const char* value = std::getenv(name.c_str());
    if (value == nullptr) throw Failure(fmt::format("the environment variable {} is not set", name));
    return value;
}

}  // namespace

std::string read_stdin() {
    return read_all(stdin, "standard input");
}

std::string read_file(const std::string& path) {
    if (path == "-") return read_stdin();
    const auto close = [](std::FILE* file) { std::fclose(file); };
    const std::unique_ptr<std::FILE, decltype(close)> file(std::fopen(path.c_str(), "rb"), close);
    if (!file) throw Failure(fmt::format("cannot open {}: {}", path, std::strerror(errno)));
    return read_all(file.get(), path);
}

std::string read_data(const std::string& argument) {
    return argument.starts_with("@") ? read_file(argument.substr(1)) : argument;
}

std::string read_secret(const std::string& argument) {
    const bool is_file = argument.starts_with("file:"), is_variable = argument.starts_with("env:");
    std::string secret = is_file       ? secret_of_file(argument.substr(5))
                         : is_variable ? secret_of_environment(argument.substr(4))
                                       : argument;
    if (secret.empty()) throw Failure("a secret is empty");
    if (is_file || is_variable) return secret;
    if (const auto mistake = event::secret_mistake(secret); !mistake.empty())
        throw Failure(fmt::format("the secret {}: {}", mistake, event::secret_advice));
    return secret;
}

std::pair<std::string, std::string> parse_header(const std::string& argument) {
    const auto colon = argument.find(':');
    const std::string_view text = argument;
    if (colon == std::string::npos || colon == 0 || text.find_first_of("\r\n") != std::string_view::npos) {
        throw Failure("a header is not of the form -H 'Name: value'");
    }
    return {std::string(event::trim_blanks(text.substr(0, colon))),
            std::string(event::trim_blanks(text.substr(colon + 1)))};
}

std::pair<std::string, std::string> parse_assignment(const std::string& argument) {
    const auto equals = argument.find('=');
    if (equals == std::string::npos || equals == 0) throw Failure("--param wants NAME=VALUE");
    return {argument.substr(0, equals), argument.substr(equals + 1)};
}

std::int64_t clock_ms(const std::string& argument) {
    if (argument.empty()) return now_ms();
    const auto clock = parse_clock(argument);
    if (!clock) throw Failure("--clock wants Unix seconds or a time like 2026-11-21T10:00:00Z");
    return *clock;
}

}  // namespace webhook::ctl
