#include "worker/config_watch.hpp"

#include <spdlog/spdlog.h>

#include <cstdlib>

#include "store/configuration.hpp"
#include "worker/parking.hpp"

namespace webhook::worker {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

constexpr auto poll_time = 500ms;
constexpr unsigned polls_per_secret_check = 10;  // every 5 s

void read_pairs(const RedisReply& list, std::vector<std::pair<std::string, std::string>>* pairs) {
    for (std::size_t i = 0; i + 1 < list.count; i += 2)
        pairs->emplace_back(list[i].text, list[i + 1].text);
}

}  // namespace

asio::awaitable<void> ConfigWatch::run() {
    for (unsigned n = 0; !core_.stopping; ++n) {
        co_await core_.link.wait_ready();
        co_await poll();
        if (n % polls_per_secret_check == 0) core_.endpoints.prepare_again(true);
        co_await link::sleep_for(poll_time);
    }
}

asio::awaitable<void> ConfigWatch::poll() {
    ++core_.config_reads;
    const auto reply = co_await core_.link.request(store::read_versions());
    if (!reply || !reply->root().is_array() || reply->root().count != 4) co_return;
    const RedisReply& seen = reply->root();
    const bool woken = std::exchange(wake_, std::string(seen[2].text)) != seen[2].text;
    if (seen[0].type == RedisReply::Type::nil) {
        co_await missing();
    } else if (core_.epoch != seen[0].text || core_.version != (seen[1].text.empty() ? "0" : seen[1].text)) {
        co_await read();
    }
    ++core_.config_reads;
    if (!core_.epoch.empty() && std::exchange(known_, std::string(seen[3].text)) != seen[3].text)
        co_await holds_.read();
    if (woken) woken_();
}

asio::awaitable<void> ConfigWatch::read() {
    const auto reply = co_await core_.link.run(store::read_configuration(core_.epoch, core_.version));
    if (!reply || !reply->root().is_array()) co_return;
    if (reply->root().count == 0) {
        co_await missing();
    } else if (reply->root().count == 6) {
        std::string key = co_await key_of(reply->root());
        if (!key.empty()) adopt(reply->root(), std::move(key));
    }
}

asio::awaitable<void> ConfigWatch::missing() {
    if (!core_.epoch.empty()) {
        core_.epoch.clear();
        core_.version.clear();
        drop_partitions();
    }
    const bool restored = co_await restore();  // in the condition itself g++ 12 makes a trap of it
    if (restored || missing_logged_) co_return;
    missing_logged_ = true;
    spdlog::error(
        "there is no configuration in Redis: no events are read until \"webhookctl apply\" creates one");
}

/// Writes the copy back. The first of several workers wins; the others read its configuration at the next
/// poll.
asio::awaitable<bool> ConfigWatch::restore() {
    if (core_.settings.state_dir.empty()) co_return false;
    std::string problem;
    auto copy = load_copy(core_.settings.state_dir, &problem);
    if (problem != copy_problem_ && !problem.empty())
        spdlog::error("the copy of the endpoints is not used: {}", problem);
    copy_problem_ = problem;
    if (!copy) co_return false;
    copy->epoch = store::new_epoch();
    copy->version = std::to_string(std::strtoull(copy->version.c_str(), nullptr, 10) + 1);
    const auto reply = co_await core_.link.run(store::restore_configuration(*copy));
    if (reply && reply->root().is(1)) {
        spdlog::warn("the configuration was missing in Redis: {} endpoints written back from {}",
                     copy->endpoints.size(), core_.settings.state_dir);
    }
    co_return reply && !reply->root().is_error();
}

/// Returns the key; creates it if an earlier version wrote the configuration. Empty: Redis did not reply; the
/// next poll tries again.
asio::awaitable<std::string> ConfigWatch::key_of(const RedisReply& reply) {
    if (!reply[4].text.empty()) co_return std::string(reply[4].text);
    const auto made = co_await core_.link.run(store::configuration_key(store::new_key()));
    co_return made ? std::string(made->root().text) : std::string();
}

void ConfigWatch::adopt(const RedisReply& reply, std::string key) {
    ConfigurationText text;
    text.key = std::move(key);
    text.epoch = reply[0].text;
    text.version = reply[1].text;
    read_pairs(reply[2], &text.endpoints);
    read_pairs(reply[3], &text.disabled);
    read_pairs(reply[5], &text.paused_sources);
    missing_logged_ = false;
    const bool other = text.epoch != core_.epoch;
    if (other) drop_partitions();
    core_.endpoints.update(text);
    set_paused_sources(core_, text);
    core_.epoch = text.epoch;
    core_.version = text.version;
    core_.key = text.key;
    core_.sender->set_key(core_.key);
    spdlog::info("configuration version {}: {} endpoints", text.version, text.endpoints.size());
    if (!core_.settings.state_dir.empty()) save(text);
    if (other) woken_();
}

/// Saves the copy; logs a problem if it differs from the last one.
void ConfigWatch::save(const ConfigurationText& text) {
    const std::string& folder = core_.settings.state_dir;
    std::string problem;
    if (!save_copy(folder, text, &problem) && problem != copy_problem_)
        spdlog::error("cannot keep a copy of the endpoints: {}", problem);
    copy_problem_ = problem;
    const std::string risk = state_folder_risk(folder);
    if (!risk.empty() && !std::exchange(risk_logged_, true)) spdlog::warn("state_dir {}", risk);
}

void ConfigWatch::drop_partitions() {
    const auto partitions = core_.partitions;
    for (const auto& [name, partition] : partitions)
        core_.lose(partition, "dropped: the configuration was replaced");
}

}  // namespace webhook::worker
