#include "ctl/command.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <sstream>

#include "ctl/failure.hpp"
#include "ctl/output.hpp"
#include "event/version.hpp"

namespace webhook::ctl {

namespace {

constexpr const char* description = "webhookctl: look at and steer nginx-webhook";
constexpr const char* footer =
    "Exit codes: 0 yes or done, 1 no (not found, forged, unbalanced, refused), 2 usage, Redis or input "
    "error.\n"
    "Environment: WEBHOOK_REDIS (URL), WEBHOOK_REDIS_PASSWORD, WEBHOOK_SCHEMES (file).\n\n"
    "Examples:\n"
    "  webhookctl apply endpoints.json\n"
    "  webhookctl events --follow\n"
    "  webhookctl dead replay --endpoint crm\n"
    "  webhookctl COMMAND --help";

/// CLI11 says only "A subcommand is required" to `webhookctl evnts`.
std::string explain(const CLI::App* app, const CLI::Error& error) {
    const auto unknown = app->remaining(true);
    const bool mistyped = error.get_name() == "RequiredError" && !unknown.empty();
    const std::string what = mistyped ? "there is no command \"" + unknown.front() + "\"" : error.what();
    return "webhookctl: " + what + "\nRun with --help for more information.\n";
}

void add_commands(Command program) {
    add_config_commands(program);
    add_endpoint_commands(program);
    add_event_commands(program);
    add_delivery_commands(program);
    add_dead_commands(program);
    add_ledger_command(program);
    add_signature_commands(program);
    add_send_command(program);
    add_listen_command(program);
}

}  // namespace

Command Command::add(const char* name, const char* about, const char* examples) {
    CLI::App* command = app_->add_subcommand(name, about);
    command->footer(examples);
    return {command, context_};
}

Command Command::add_family(const char* name, const char* about, const char* examples) {
    Command family = add(name, about, examples);
    family.app_->require_subcommand(1);
    return family;
}

Command& Command::option(const char* names, std::string* target, const char* about) {
    last_ = app_->add_option(names, *target, about);
    return *this;
}

Command& Command::option(const char* names, std::optional<std::string>* target, const char* about) {
    last_ = app_->add_option_function<std::string>(
        names, [target](const std::string& value) { *target = value; }, about);
    return *this;
}

Command& Command::option(const char* names, std::vector<std::string>* target, const char* about) {
    last_ = app_->add_option(names, *target, about);
    if (names[0] == '-') last_->allow_extra_args(false);
    return *this;
}

// More than anybody counts to here; CLI11 itself would name the largest number there is.
constexpr std::uint64_t most = 1'000'000'000;

Command& Command::option(const char* names, std::size_t* target, const char* about) {
    last_ =
        app_->add_option(names, *target, about)->check(CLI::Range(std::uint64_t{0}, most).description(""));
    return *this;
}

Command& Command::option(const char* names, int* target, const char* about) {
    last_ = app_->add_option(names, *target, about);
    return *this;
}

Command& Command::option(const char* names, unsigned short* target, const char* about) {
    last_ = app_->add_option(names, *target, about)->check(CLI::Range(0, 65535).description(""));
    return *this;
}

Command& Command::flag(const char* names, bool* target, const char* about) {
    last_ = app_->add_flag(names, *target, about);
    return *this;
}

Command& Command::required() {
    last_->required();
    return *this;
}

void Command::on_chosen(std::function<int()> function) {
    app_->callback([context = context_, function = std::move(function)] { context->chosen = function; });
}

std::optional<int> parse_command_line(int argc, char** argv, Context* context) {
    CLI::App app(description, "webhookctl");
    app.fallthrough();
    app.require_subcommand(1);
    app.set_version_flag("--version", std::string("webhookctl ") + std::string(webhook::version));
    app.add_option(
        "--redis", context->redis,
        "Redis: redis://host:port/db or unix:/path[:db] (default: WEBHOOK_REDIS, redis://127.0.0.1:6379)");
    app.add_option("--schemes", context->schemes,
                   "File of schemes of your own: webhook_scheme blocks, as nginx includes them")
        ->envname("WEBHOOK_SCHEMES");
    app.add_flag("--json", context->json, "One JSON object per line instead of tables");
    app.footer(footer);
    add_commands({&app, context});
    app.failure_message(explain);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        std::ostringstream out;
        const int code = app.exit(error, out);
        print(out.str());
        return code == 0 ? exit_yes : exit_error;
    }
    return std::nullopt;
}

}  // namespace webhook::ctl
