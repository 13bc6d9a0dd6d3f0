#include "ctl/command.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <sstream>

#include "base/suggest.hpp"
#include "base/text.hpp"
#include "base/version.hpp"
#include "ctl/completion.hpp"
#include "ctl/failure.hpp"
#include "ctl/output.hpp"

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

/// The command that was chosen last: `program`, a family, or one of its commands.
const CLI::App& chosen(const CLI::App& program) {
    const CLI::App* app = &program;
    while (!app->get_subcommands().empty())
        app = app->get_subcommands().back();
    return *app;
}

/// Long options of the chosen command and of those above it.
std::vector<std::string> options_of(const CLI::App& program) {
    std::vector<std::string> names;
    const CLI::App* app = &program;
    for (;;) {
        for (const CLI::Option* option : app->get_options()) {
            for (const std::string& name : option->get_lnames())
                names.push_back("--" + name);
        }
        if (app->get_subcommands().empty()) return names;
        app = app->get_subcommands().back();
    }
}

std::vector<std::string> commands_of(const CLI::App& family) {
    std::vector<std::string> names;
    for (const CLI::App* command : family.get_subcommands({}))
        names.push_back(command->get_name());
    return names;
}

/// Words that are neither a command, an option nor an argument. Values of options are not shown: they may be
/// secret.
std::string explain_unknown(const CLI::App& program, const std::vector<std::string>& words) {
    const CLI::App& command = chosen(program);
    const auto option = std::find_if(words.begin(), words.end(), [](const std::string& word) {
        return word.size() > 1 && word[0] == '-';
    });
    if (option != words.end()) {
        const std::string name = option->substr(0, option->find('='));
        return "there is no option " + base::in_quotes(name) + base::did_you_mean(name, options_of(program));
    }
    if (command.get_require_subcommand_min() == 0) return "there is an argument too many";
    const std::string family = &command == &program ? std::string() : command.get_name() + " ";
    return "there is no command " + base::in_quotes(family + words.front()) +
           base::did_you_mean(words.front(), commands_of(command));
}

std::vector<std::string> unknown_words(const CLI::App& program) {
    std::vector<std::string> words = program.remaining(true);
    words.erase(std::remove(words.begin(), words.end(), "--"), words.end());
    return words;
}

/// CLI11 says only "A subcommand is required" to `webhookctl evnts`.
std::string explain(const CLI::App& program, const CLI::Error& error) {
    const auto unknown = unknown_words(program);
    const auto code = static_cast<CLI::ExitCodes>(error.get_exit_code());
    const bool mistyped = code == CLI::ExitCodes::RequiredError || code == CLI::ExitCodes::ExtrasError;
    const std::string what = mistyped && !unknown.empty() ? explain_unknown(program, unknown) : error.what();
    return what + "\nRun with --help for more information.";
}

void add_commands(Command program) {
    add_config_commands(program);
    add_endpoint_commands(program);
    add_event_commands(program);
    add_delivery_commands(program);
    add_attempts_command(program);
    add_dead_commands(program);
    add_replay_command(program);
    add_ledger_command(program);
    add_stats_command(program);
    add_group_commands(program);
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

Command& Command::option(const char* names, std::size_t* target, const char* about) {
    last_ =
        app_->add_option(names, *target, about)->check(CLI::Range(std::uint64_t{0}, most).description(""));
    return *this;
}

Command& Command::option(const char* names, int* target, const char* about) {
    last_ = app_->add_option(names, *target, about);
    return *this;
}

Command& Command::range(std::uint64_t least, std::uint64_t largest) {
    last_->check(CLI::Range(least, largest).description(""));
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
    // A command may have commands of its own ("deliveries retry"): then theirs is the choice.
    app_->callback([app = app_, context = context_, function = std::move(function)] {
        if (app->get_subcommands().empty()) {
            context->chosen = function;
            return;
        }
        for (const CLI::Option* option : app->get_options()) {
            if (option->count() != 0) {
                throw CLI::ValidationError(option->get_name() + " does not belong to \"" + app->get_name() +
                                           " " + app->get_subcommands().front()->get_name() + "\"");
            }
        }
    });
}

/// The command that prints the completion; it must be made while the other commands are known.
void add_completion(CLI::App* app, Context* context) {
    auto shell = std::make_shared<std::string>();
    CLI::App* command = app->add_subcommand("completion", "Print the completion of a shell");
    command->add_option("shell", *shell, "bash or zsh")->required()->check(CLI::IsMember({"bash", "zsh"}));
    command->footer(
        "Examples:\n  webhookctl completion bash > /etc/bash_completion.d/webhookctl\n"
        "  webhookctl completion zsh > ~/.zfunc/_webhookctl");
    command->callback([app, context, shell] {
        context->chosen = [text = completion_script(*app, *shell)] {
            print(text);
            return static_cast<int>(exit_yes);
        };
    });
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
    add_completion(&app, context);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        const auto unknown = unknown_words(app);
        if (error.get_exit_code() != 0 || !unknown.empty()) {
            print_error(error.get_exit_code() == 0 ? explain_unknown(app, unknown) : explain(app, error));
            return exit_error;
        }
        std::ostringstream out;
        app.exit(error, out);
        print(out.str());
        return exit_yes;
    }
    return std::nullopt;
}

}  // namespace webhook::ctl
