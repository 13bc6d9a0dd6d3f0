#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ctl/redis.hpp"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace webhook::ctl {

/// The input of every command, and the result of parsing the command line: the function that runs the
/// command.
struct Context {
    bool json = false;
    std::string redis;            ///< --redis; empty: from the environment
    std::string schemes;          ///< --schemes: a file of custom schemes; empty: none
    std::function<int()> chosen;  ///< gives the exit code

    Redis connect() const { return Redis(redis_address(redis)); }
};

/// A command of the program, or a family of commands, while it is described. Keeps CLI11's heavy headers in
/// one file. Targets of options live as long as the program runs.
class Command {
  public:
    Command(CLI::App* app, Context* context) : app_(app), context_(context) {}

    Command add(const char* name, const char* description, const char* footer);
    /// A family: one of its commands must be given.
    Command add_family(const char* name, const char* description, const char* footer);

    // "-n,--name" is an option, "name" a positional argument. A list takes one value each time an option is
    // given, and as many as there are as a positional argument.
    Command& option(const char* names, std::string* target, const char* description);
    Command& option(const char* names, std::optional<std::string>* target, const char* description);
    Command& option(const char* names, std::vector<std::string>* target, const char* description);
    Command& option(const char* names, std::size_t* target, const char* description);
    Command& option(const char* names, int* target, const char* description);
    Command& option(const char* names, unsigned short* target, const char* description);
    Command& flag(const char* names, bool* target, const char* description);
    Command& required();  ///< the option before
    /// The option before takes numbers from `least` to `largest` only; errors name them.
    Command& range(std::uint64_t least, std::uint64_t largest = most);
    /// Upper limit of counts; CLI11 itself would name the largest number of the type.
    static constexpr std::uint64_t most = 1'000'000'000;

    /// Runs it; returns the exit code.
    template <typename Options>
    void run(int (*function)(const Context&, const Options&), std::shared_ptr<Options> options) {
        on_chosen([context = context_, function, options = std::move(options)] {
            return function(*context, *options);
        });
    }
    void run(int (*function)(const Context&)) {
        on_chosen([context = context_, function] { return function(*context); });
    }
    void on_chosen(std::function<int()> function);

  private:
    CLI::App* app_;
    CLI::Option* last_ = nullptr;
    Context* context_;
};

/// The whole program: reads the command line into `context`. Returns the exit code when there is nothing to
/// do (--help, a mistake), which has been told then.
std::optional<int> parse_command_line(int argc, char** argv, Context* context);

// Each adds a family of commands.
void add_config_commands(Command& program);    ///< apply, export
void add_endpoint_commands(Command& program);  ///< endpoint ...
void add_endpoint_edit_commands(Command& family);
void add_endpoint_test(Command& family);       ///< endpoint test
void add_event_commands(Command& program);     ///< events, event
void add_delivery_commands(Command& program);  ///< deliveries ...
void add_attempts_command(Command& program);
void add_dead_commands(Command& program);  ///< dead ...
void add_replay_command(Command& program);
void add_source_commands(Command& program);  ///< source ...
void add_ledger_command(Command& program);
void add_stats_command(Command& program);
void add_group_commands(Command& program);      ///< group ...
void add_signature_commands(Command& program);  ///< verify, sign, schemes
void add_send_command(Command& program);
void add_listen_command(Command& program);

}  // namespace webhook::ctl
