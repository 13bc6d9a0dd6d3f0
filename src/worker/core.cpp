#include "worker/core.hpp"

#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <random>

namespace webhook::worker {

namespace {

constexpr std::uint64_t window_bytes_total = 64u << 20;

std::string make_id() {
    char host[64] = "worker";
    gethostname(host, sizeof host - 1);
    std::random_device random;
    return fmt::format("{}-{}-{:08x}", host, getpid(), random());
}

/// Keeps the Sender until the attempt has ended: a reload puts another in its place meanwhile.
boost::asio::awaitable<Attempt> attempt_by(std::shared_ptr<Sender> sender,
                                           std::shared_ptr<const Target> target,
                                           std::shared_ptr<const Event> event) {
    co_return co_await sender->attempt(std::move(target), std::move(event));
}

}  // namespace

Core::Core(boost::asio::any_io_executor executor_, Settings settings_)
    : executor(std::move(executor_)),
      settings(std::move(settings_)),
      id(make_id()),
      link(executor, settings.redis, "redis"),
      reader(executor, settings.redis, "redis (reading)"),
      dispatcher(
          executor,
          [this](std::shared_ptr<const Target> target, std::shared_ptr<const Event> event) {
              return attempt_by(sender, std::move(target), std::move(event));
          },
          settings.max_inflight),
      endpoints([this](const endpoint::Document& document,
                       std::string* problem) { return sender->prepare(document, problem); },
                [this](const EndpointPtr& endpoint) {
                    dispatcher.changed(endpoint);
                    for (const auto& [name, partition] : partitions) {
                        partition->check_all = true;
                        partition->waiting_work.notify();
                    }
                },
                [this](Endpoint* endpoint, const std::string& problem) {
                    dispatcher.set_problem(endpoint, problem);
                }),
      readable(executor) {
    make_sender();
}

void Core::make_sender() {
    SenderOptions options;
    options.secrets_dir = settings.secrets_dir;
    options.schemes = settings.schemes;
    options.guard = settings.guard;
    options.max_idle_per_origin = std::max<std::size_t>(64, settings.max_inflight / 4);
    options.key = key;
    std::erase_if(old_senders, [](const auto& old) { return old.expired(); });
    if (sender) old_senders.push_back(sender);
    sender = std::make_shared<Sender>(executor, std::move(options));
}

void Core::stop_senders() {
    sender->stop();
    for (const auto& old : old_senders) {
        if (const auto under_way = old.lock()) under_way->stop();
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
