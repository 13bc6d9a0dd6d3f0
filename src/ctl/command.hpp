#pragma once

#include <functional>
#include <string>

#include "ctl/redis.hpp"

namespace CLI {
class App;
}

namespace webhook::ctl {

/// What every command is given, and what it leaves: the function that does the chosen command.
struct Context {
    bool json = false;
    std::string redis;           ///< --redis; empty: from the environment
    std::function<int()> chosen;  ///< gives the exit code

    Redis connect() const { return Redis(redis_url_from(redis)); }
};

// Each adds a family of commands to the program. Options live as long as the program does.
void add_config_commands(CLI::App& app, Context& context);    ///< apply, export
void add_endpoint_commands(CLI::App& app, Context& context);  ///< endpoint ...
void add_event_commands(CLI::App& app, Context& context);     ///< events, event
void add_delivery_commands(CLI::App& app, Context& context);  ///< deliveries, attempts
void add_dead_commands(CLI::App& app, Context& context);      ///< dead ...
void add_ledger_command(CLI::App& app, Context& context);
void add_send_command(CLI::App& app, Context& context);
void add_listen_command(CLI::App& app, Context& context);
void add_signature_commands(CLI::App& app, Context& context);  ///< verify, sign, schemes

}  // namespace webhook::ctl
