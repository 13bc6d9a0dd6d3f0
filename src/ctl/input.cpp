#include "ctl/input.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>

#include "base/file.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "ctl/failure.hpp"
#include "ctl/output.hpp"
#include "ctl/time.hpp"
#include "event/secret_text.hpp"
#include "signature/keys/secret_file.hpp"

namespace webhook::ctl {

namespace {

/// More than Redis takes as one value.
constexpr std::size_t max_input = std::size_t{1} << 30;

/// Origin of a secret, for messages, and a warning about it.
void note(const std::string& origin, const std::string& secret) {
    if (const std::string warning = signature::warning_of_secret(secret); !warning.empty())
        print_error(fmt::format("warning: {} {}", origin, warning));
}

std::string secret_of_file(const std::string& path) {
    const bool from_stdin = path == "-";
    const std::string origin =
        from_stdin ? "standard input" : fmt::format("secret file \"{}\"", printable(path));
    std::string secret, problem;
    if (from_stdin) secret = read_stdin();
    const bool good = from_stdin ? signature::take_secret_input(&secret, &problem)
                                 : signature::read_secret_file(path, &secret, &problem);
    if (!good) throw Failure(fmt::format("{} {}", origin, problem));
    note(origin, secret);
    return secret;
}

std::string secret_of_environment(const std::string& name) {
    const char* value = std::getenv(name.c_str());
    const std::string origin = fmt::format("environment variable \"{}\"", printable(name));
    if (value == nullptr) throw Failure(origin + " is not set");
    std::string problem;
    if (!signature::check_secret_input(value, &problem)) throw Failure(fmt::format("{} {}", origin, problem));
    note(origin, value);
    return value;
}

}  // namespace

std::string read_stdin() {
    std::string text, problem;
    if (!base::read_to_end(STDIN_FILENO, max_input, &text, &problem))
        throw Failure("standard input " + problem);
    return text;
}

std::string read_file(const std::string& path) {
    if (path == "-") return read_stdin();
    std::string text, problem;
    if (!base::read_file(path, max_input, base::FileKind::any, &text, &problem))
        throw Failure(fmt::format("\"{}\" {}", printable(path), problem));
    return text;
}

std::string read_data(const std::string& argument) {
    return argument.starts_with("@") ? read_file(argument.substr(1)) : argument;
}

std::string read_secret(const std::string& argument) {
    if (argument.starts_with("file:")) return secret_of_file(argument.substr(5));
    if (argument.starts_with("env:")) return secret_of_environment(argument.substr(4));
    if (argument.empty()) throw Failure("a secret is empty");
    if (const auto mistake = event::secret_mistake(argument); !mistake.empty())
        throw Failure(fmt::format("the secret {}: {}", mistake, event::secret_advice));
    return argument;
}

std::pair<std::string, std::string> parse_header(const std::string& argument) {
    const auto colon = argument.find(':');
    const std::string_view text = argument;
    if (colon == std::string::npos || colon == 0 || text.find_first_of("\r\n") != std::string_view::npos) {
        throw Failure("a header is not of the form -H 'Name: value'");
    }
    return {std::string(base::trim_blanks(text.substr(0, colon))),
            std::string(base::trim_blanks(text.substr(colon + 1)))};
}

std::pair<std::string, std::string> parse_assignment(const std::string& argument) {
    const auto equals = argument.find('=');
    if (equals == std::string::npos || equals == 0) throw Failure("--param wants NAME=VALUE");
    return {argument.substr(0, equals), argument.substr(equals + 1)};
}

std::int64_t clock_ms(const std::string& argument) {
    if (argument.empty()) return base::now_ms();
    const auto clock = parse_clock(argument);
    if (!clock) throw Failure("--clock wants Unix seconds or a time like 2026-11-21T10:00:00Z");
    return *clock;
}

}  // namespace webhook::ctl
