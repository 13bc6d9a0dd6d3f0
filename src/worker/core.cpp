#include "worker/core.hpp"

#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <random>
#include <utility>

#include "store/resp.hpp"

namespace webhook::worker {

namespace {

constexpr std::uint64_t window_bytes_total = 64u << 20;

std::string make_id() {
    char host[64] = "worker";
    gethostname(host, sizeof host - 1);
    std::random_device random;
    return fmt::format("{}-{}-{:08x}", host, getpid(), random());
}

std::shared_ptr<Sender> new_sender(const boost::asio::any_io_executor& executor, const Settings& settings,
                                   const std::string& key) {
    SenderOptions options;
    options.secrets_dir = settings.secrets_dir;
    options.schemes = settings.schemes;
    options.guard = settings.guard;
    options.proxy = settings.egress_proxy;
    options.max_idle_per_origin = std::max<std::size_t>(64, settings.max_inflight / 4);
    options.key = key;
    return std::make_shared<Sender>(executor, std::move(options));
}

}  // namespace

Core::Core(boost::asio::any_io_executor executor_, Settings settings_)
    : executor(std::move(executor_)),
      settings(std::move(settings_)),
      id(make_id()),
      link(executor, settings.redis, "redis"),
      reader(executor, settings.redis, "redis (reading)"),
      sender(new_sender(executor, settings, {})),
      dispatcher(executor, sender, settings.max_inflight),
      endpoints([this](const endpoint::Document& document,
                       std::string* problem) { return sender->prepare(document, problem); },
                [this](const EndpointPtr& endpoint) {
                    dispatcher.changed(endpoint);
                    check_waiting();
                },
                [this](Endpoint* endpoint, const std::string& problem) {
                    dispatcher.set_problem(endpoint, problem);
                    look_for_due();
                }),
      readable(executor),
      read_anew(executor),
      memory_is_short(executor) {
    link.on_info = [this](std::string_view info) { note_server(info); };
}

void Core::note_acquired() {
    ++acquisitions;
    readable.notify();
    read_anew.notify();
}

void Core::look_for_due(const OwnedPartition* last) {
    auto next = last == nullptr ? partitions.begin() : partitions.upper_bound(last->name());
    for (std::size_t n = partitions.size(); n > 0; --n, ++next) {
        if (next == partitions.end()) next = partitions.begin();
        next->second->due_at(SteadyTime::min());
    }
}

void Core::check_waiting() {
    for (const auto& [name, partition] : partitions)
        partition->check_all = true;
    look_for_due();
}

boost::asio::awaitable<void> Core::look_at_memory() {
    const auto reply = co_await link.request(store::resp_command("INFO", "memory"));
    if (reply && !reply->root().is_error()) note_memory(reply->root().text);
}

void Core::look_at_memory_soon() {
    if (std::exchange(looking_, true)) return;
    link.send(store::resp_command("INFO", "memory"), [this](const ReplyPtr& reply) {
        looking_ = false;
        if (reply && !reply->root().is_error()) note_memory(reply->root().text);
    });
}

void Core::note_server(std::string_view info) {
    note_memory(info);
    if (!std::exchange(lacks_file_, store::lacks_append_only_file(info)) && lacks_file_) {
        spdlog::warn(
            "redis keeps no append-only file: events accepted after its last snapshot are lost when it "
            "stops; "
            "set \"appendonly yes\" (docs/operations.md, Durability)");
    }
}

void Core::note_memory(std::string_view info) {
    const bool pressed = pressure.pressed(), was_short = pressure.is_short();
    pressure.saw(store::memory_use(info), Clock::now());
    if (pressure.pressed() && !pressed) memory_is_short.notify();
    if (pressure.is_short() == was_short) return;
    if (was_short) {
        spdlog::info("redis has room again: \"retention\" applies to settled events again");
    } else {
        spdlog::warn(
            "redis holds {} of {} bytes (maxmemory): settled events and the attempt log are trimmed early",
            pressure.memory().used, pressure.memory().limit);
    }
}

void Core::renew_sender() {
    std::erase_if(old_senders, [](const auto& old) { return old.expired(); });
    old_senders.push_back(sender);
    sender = new_sender(executor, settings, key);
    dispatcher.set_sender(sender);
}

void Core::stop_senders() {
    sender->stop();
    for (const auto& old : old_senders) {
        if (const auto running = old.lock()) running->stop();
    }
}

WindowLimit Core::window_limit() const {
    WindowLimit limit;
    limit.bytes =
        std::max<std::uint64_t>(window_bytes_total / std::max<std::size_t>(partitions.size(), 1), 2u << 20);
    return limit;
}

void Core::lose(const PartitionPtr& partition, const char* why) {
    if (partition->lost()) return;
    spdlog::warn("partition {}: {}", partition->name().text(), why);
    const auto found = partitions.find(partition->name());
    if (found != partitions.end() && found->second == partition) partitions.erase(found);
    partition->lose();
}

}  // namespace webhook::worker
