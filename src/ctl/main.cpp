#include <fmt/format.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <csignal>
#include <cstdio>
#include <exception>

#include "ctl/command.hpp"
#include "ctl/failure.hpp"
#include "ctl/output.hpp"
#include "event/version.hpp"

namespace webhook::ctl {

namespace {

constexpr const char* description = "webhookctl: look at and steer nginx-webhook";
constexpr const char* footer =
    "Exit codes: 0 yes or done, 1 no (not found, forged, unbalanced, refused), 2 usage, Redis or input error.\n"
    "Environment: WEBHOOK_REDIS (URL), WEBHOOK_REDIS_PASSWORD.\n\n"
    "Examples:\n"
    "  webhookctl apply endpoints.json\n"
    "  webhookctl events --follow\n"
    "  webhookctl dead replay --endpoint crm\n"
    "  webhookctl COMMAND --help";

void add_commands(CLI::App& app, Context& context) {
    add_config_commands(app, context);
    add_endpoint_commands(app, context);
    add_event_commands(app, context);
    add_delivery_commands(app, context);
    add_dead_commands(app, context);
    add_ledger_command(app, context);
    add_signature_commands(app, context);
    add_send_command(app, context);
    add_listen_command(app, context);
}

int run(int argc, char** argv) {
    Context context;
    CLI::App app(description, "webhookctl");
    app.fallthrough();
    app.require_subcommand(1);
    app.set_version_flag("--version", std::string("webhookctl ") + std::string(webhook::version));
    app.add_option("--redis", context.redis,
                   "Redis: redis://host:port/db or unix:/path[:db] (default: WEBHOOK_REDIS, redis://127.0.0.1:6379)");
    app.add_flag("--json", context.json, "One JSON object per line instead of tables");
    app.footer(footer);
    add_commands(app, context);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? exit_yes : exit_error;
    }
    return context.chosen();
}

int guarded_run(int argc, char** argv) {
    try {
        return run(argc, argv);
    } catch (const OutputClosed&) {
        return exit_error;
    } catch (const std::exception& error) {
        fmt::print(stderr, "webhookctl: {}\n", error.what());
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
