// webhook-worker: delivers the events of the Redis streams to the endpoints.

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <boost/asio/io_context.hpp>
#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "base/suggest.hpp"
#include "base/text.hpp"
#include "base/version.hpp"
#include "base/visible.hpp"
#include "worker/log.hpp"
#include "worker/preflight.hpp"
#include "worker/worker.hpp"

namespace {

using webhook::worker::Settings;

constexpr int usage_error = 2;

struct Options {
    std::string config, redis;
    bool test = false;
};

void complain(std::string_view text) {
    fmt::print(stderr, "webhook-worker: {}\n", webhook::base::visible(text, "\n"));
}

std::optional<Settings> load(const Options& options, std::vector<std::string>* errors) {
    return webhook::worker::load_settings(options.config, options.redis, errors);
}

void log_warnings(const Settings& settings) {
    for (const auto& warning : settings.warnings)
        spdlog::warn("{}", warning);
}

std::optional<Settings> reload(const Options& options) {
    std::vector<std::string> errors;
    auto settings = load(options, &errors);
    for (const auto& error : errors)
        spdlog::error("reload: {}; the old configuration stays in use", error);
    if (settings) log_warnings(*settings);
    return settings;
}

/// Describes an error of the command line. Values are not shown: they may be secret.
std::string explain(const CLI::App& app, const CLI::ParseError& error) {
    for (const std::string& word : app.remaining()) {
        if (word.size() < 2 || word[0] != '-') continue;
        const std::string name = word.substr(0, word.find('='));
        return "there is no option " + webhook::base::in_quotes(name) +
               webhook::base::did_you_mean(name, {"--config", "--redis", "--version", "--help"});
    }
    return app.remaining().empty() ? error.what() : "there is an argument too many";
}

/// Raises the soft limit of file descriptors: each attempt and each idle connection needs one, and the
/// default is 1024.
void raise_file_limit() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

/// Checks what the worker will need and creates nothing.
int test(const Settings& settings) {
    const auto problems = webhook::worker::missing_for(settings);
    for (const auto& problem : problems)
        complain(problem);
    for (const auto& warning : settings.warnings)
        complain("warning: " + warning);
    if (!problems.empty()) return usage_error;
    fmt::print(stderr, "webhook-worker: the configuration is good\n");
    return 0;
}

int run(const Options& options) {
    std::vector<std::string> errors;
    auto settings = load(options, &errors);
    for (const auto& error : errors) {
        complain(options.config + (options.config.empty() ? "" : ": ") + error);
    }
    if (!settings) return usage_error;
    if (options.test) return test(*settings);
    std::string problem;
    if (!webhook::worker::open_log(settings->log, &problem)) {
        complain(problem);
        return usage_error;
    }
    log_warnings(*settings);
    boost::asio::io_context loop(1);
    webhook::worker::Worker worker(loop, std::move(*settings), [&options] { return reload(options); });
    worker.start();
    loop.run();
    return 0;
}

}  // namespace

int main(int count, char** words) {
    Options options;
    CLI::App app("Delivers the events of the Redis streams to the endpoints.", "webhook-worker");
    app.footer(
        "Signals: SIGHUP reads configuration and secrets again, SIGTERM drains and exits.\n"
        "Examples:\n"
        "  webhook-worker --config /etc/webhook/worker.json\n"
        "  webhook-worker --config worker.json -t\n"
        "  webhook-worker --redis unix:/run/redis/redis.sock");
    app.add_option("--config", options.config, "configuration file (JSON, comments allowed)");
    app.add_option("--redis", options.redis, "redis://host:port/db or unix:/path[:db]; overrides the file")
        ->envname("WEBHOOK_REDIS");
    app.add_flag("-t", options.test, "test the configuration and exit");
    app.set_version_flag("--version", std::string("webhook-worker ") + std::string(webhook::version));
    try {
        app.parse(count, words);
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() == 0 && app.remaining().empty()) return app.exit(error);
        complain(explain(app, error));
        complain("run with --help for more information");
        return usage_error;
    }
    std::signal(SIGPIPE, SIG_IGN);
    raise_file_limit();
    try {
        return run(options);
    } catch (const std::exception& error) {
        spdlog::critical("{}", error.what());
        return 1;
    }
}
