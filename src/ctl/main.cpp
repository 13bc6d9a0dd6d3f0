#include <fmt/format.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>

#include "ctl/command.hpp"
#include "ctl/failure.hpp"
#include "ctl/output.hpp"
#include "ctl/signing.hpp"

namespace webhook::ctl {

namespace {

int run(int argc, char** argv) {
    Context context;
    if (const auto done = parse_command_line(argc, argv, &context)) return *done;
    if (!context.schemes.empty()) load_schemes(context.schemes);
    return context.chosen();
}

int guarded_run(int argc, char** argv) {
    try {
        const int code = run(argc, argv);
        flush_output();
        return code;
    } catch (const OutputClosed& closed) {
        if (closed.error != EPIPE)
            print_error(fmt::format("cannot write the output: {}", std::strerror(closed.error)));
    } catch (const NotFound& error) {
        print_error(error.what());
        return exit_no;
    } catch (const std::exception& error) {
        print_error(error.what());
    }
    return exit_error;
}

}  // namespace

}  // namespace webhook::ctl

int main(int argc, char** argv) {
    // A reader that leaves (`| head`) or a server that closes shows as an error of write, not as our death.
    std::signal(SIGPIPE, SIG_IGN);
    return webhook::ctl::guarded_run(argc, argv);
}
