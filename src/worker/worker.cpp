#include "worker/worker.hpp"

#include <spdlog/spdlog.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <csignal>

#include "worker/due_deliveries.hpp"
#include "worker/expiry.hpp"
#include "worker/intake.hpp"
#include "worker/log.hpp"
#include "worker/maintenance.hpp"
#include "worker/operations.hpp"
#include "worker/parking.hpp"
#include "worker/settler.hpp"

namespace webhook::worker {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

constexpr auto failing_pause = 200ms;  // between two claims of a failing endpoint
constexpr auto farewell_time =
    1500ms;  // after the drain deadline, for the last settling step and the release

/// Ends the whole worker when a part ends by an exception (a defect), so that another worker takes over.
void part_ended(std::exception_ptr error) {
    if (error) std::rethrow_exception(error);
}

}  // namespace

Worker::Worker(asio::io_context& loop, Settings settings, std::function<std::optional<Settings>()> reload)
    : loop_(loop),
      core_(loop.get_executor(), std::move(settings)),
      read_settings_(std::move(reload)),
      holds_(core_),
      leases_(core_),
      discovery_(core_, [this] { membership_.look(); }),
      membership_(
          core_, [this] { return discovery_.partitions(); },
          [this](const std::string& stream) { return discovery_.partition_count(stream); },
          [this](const PartitionPtr& partition) { acquired(partition); },
          [this](std::size_t workers) { leases_.set_workers(workers); }),
      watch_(core_, holds_,
             [this] {
                 membership_.look();
                 core_.look_for_due();
             }),
      signals_(loop, SIGTERM, SIGINT, SIGHUP) {
    connect_dispatcher();
}

void Worker::connect_dispatcher() {
    core_.dispatcher.on_answer = [this](const EndpointPtr& endpoint, const Attempt& attempt) {
        holds_.answered(endpoint, attempt);
    };
    core_.dispatcher.on_starved = [this](const EndpointPtr& endpoint) { leases_.want(endpoint); };
    core_.dispatcher.on_place = [](const EndpointPtr& endpoint) {
        if (endpoint->taken() * 2 > endpoint->limit()) return;
        // A failing endpoint must not take more of this worker than a working one because it answers fast.
        const auto when = endpoint->failing() ? Clock::now() + failing_pause : SteadyTime::min();
        for (const auto& waiting : std::exchange(endpoint->due_in, {})) {
            if (const auto partition = waiting.lock()) partition->due_at(when);
        }
    };
    core_.dispatcher.on_health = [](const Endpoint& endpoint) {
        if (!endpoint.problem.empty()) return;
        const char* const what = endpoint.failing() ? "fails"
                                 : endpoint.slow    ? "does not answer"
                                 : endpoint.behind  ? "is slower than its events arrive"
                                                    : "works again";
        spdlog::info("endpoint {}: {}", endpoint.document.id, what);
    };
}

void Worker::start() {
    const auto executor = loop_.get_executor();
    spdlog::info("webhook-worker {} starts, Redis at {}", core_.id, core_.settings.redis.text());
    asio::co_spawn(executor, core_.link.run(), part_ended);
    asio::co_spawn(executor, core_.reader.run(), part_ended);
    asio::co_spawn(executor, watch_.run(), part_ended);
    asio::co_spawn(executor, discovery_.run(), part_ended);
    asio::co_spawn(executor, membership_.run(), part_ended);
    asio::co_spawn(executor, read_events(core_), part_ended);
    asio::co_spawn(executor, tick_partitions(core_), part_ended);
    asio::co_spawn(executor, sweep_partitions(core_), part_ended);
    asio::co_spawn(executor, end_expired(core_), part_ended);
    asio::co_spawn(executor, watch_operations(core_), part_ended);
    wait_signal();
}

void Worker::acquired(const PartitionPtr& partition) {
    asio::co_spawn(loop_.get_executor(), settle_partition(core_, partition), part_ended);
    asio::co_spawn(loop_.get_executor(), serve_waiting(core_, partition), part_ended);
    asio::co_spawn(loop_.get_executor(), serve_parked(core_, partition), part_ended);
}

void Worker::wait_signal() {
    signals_.async_wait([this](const boost::system::error_code& error, int signal) {
        if (error) return;
        if (signal == SIGHUP) {
            reload();
        } else {
            terminate();
        }
        wait_signal();
    });
}

void Worker::reload() {
    auto fresh = read_settings_();
    if (!fresh) return;
    if (!fresh->redis.same_place(core_.settings.redis)) {
        spdlog::warn("reload: \"redis\" has changed: restart the worker to use it; the old one stays in use");
        fresh->redis = core_.settings.redis;
    } else if (!(fresh->redis == core_.settings.redis)) {
        core_.link.log_in_as(fresh->redis);
        core_.reader.log_in_as(fresh->redis);
    }
    std::string error;
    if (!open_log(fresh->log, &error)) spdlog::error("reload: {}; the log stays where it is", error);
    core_.settings = std::move(*fresh);
    core_.dispatcher.set_max_inflight(core_.settings.max_inflight);
    core_.renew_sender();
    core_.endpoints.prepare_again(false);
    discovery_.look_again();
    for (const auto& [name, partition] : core_.partitions)
        partition->next_sweep = SteadyTime::min();
    spdlog::info("reloaded");
}

/// Drains at the first signal; ends at once at the second.
void Worker::terminate() {
    if (core_.stopping) return loop_.stop();
    core_.stopping = true;
    spdlog::info("stopping: no new events; {} attempts are running", core_.dispatcher.running());
    core_.readable.notify();
    membership_.look();
    asio::co_spawn(loop_.get_executor(), drain(), part_ended);
}

asio::awaitable<void> Worker::drain() {
    const auto deadline = Clock::now() + core_.settings.drain_timeout;
    membership_.begin_leaving(deadline + farewell_time / 2);
    bool broken_off = false;
    while (!membership_.released_all() && Clock::now() < deadline + farewell_time) {
        if (core_.link.ready()) {
            co_await membership_.beat_leaving();
            co_await membership_.release_drained();
        }
        if (membership_.released_all()) break;
        if (!broken_off && Clock::now() >= deadline) {
            broken_off = true;
            spdlog::warn("stopping: {} attempts are cancelled", core_.dispatcher.running());
            core_.dispatcher.begin_stop();
            core_.stop_senders();
        }
        co_await link::sleep_for(10ms);
    }
    for (const auto& [name, partition] : core_.partitions)
        spdlog::warn("partition {}: not released", name.text());
    if (core_.link.ready() && Clock::now() < deadline + farewell_time) co_await membership_.leave();
    spdlog::info("stopped");
    loop_.stop();
}

}  // namespace webhook::worker
