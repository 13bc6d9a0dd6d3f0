#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "link/wakeup.hpp"
#include "worker/dispatcher.hpp"
#include "worker/endpoint_table.hpp"
#include "worker/partition.hpp"
#include "worker/pressure.hpp"
#include "worker/redis/link.hpp"
#include "worker/send/sender.hpp"
#include "worker/settings.hpp"

namespace webhook::worker {

/// Holds what all parts of the worker share. There is one thread and one loop, so no locks.
struct Core {
    Core(boost::asio::any_io_executor executor, Settings settings);

    boost::asio::any_io_executor executor;
    Settings settings;
    std::string id;    ///< of this worker: host, pid and a random suffix
    RedisLink link;    ///< commands
    RedisLink reader;  ///< XREAD, which may block
    std::shared_ptr<Sender> sender;
    Dispatcher dispatcher;
    EndpointTable endpoints;

    std::string epoch, version;  ///< of the configuration; an empty epoch: there is none, no events are read
    std::string key;             ///< of the configuration's keyed hashes, see store::configuration_key()
    std::set<std::string, std::less<>> paused_sources;  ///< of the configuration: their events are parked
    unsigned long config_reads = 0;  ///< counts polls of the configuration: twice each, at begin and end
    std::map<PartitionName, PartitionPtr> partitions;  ///< owned by this worker
    link::Wakeup readable;                             ///< a partition was acquired or has room again
    link::Wakeup read_anew;          ///< a partition was acquired: a blocking XREAD does not include it
    unsigned long acquisitions = 0;  ///< partitions acquired so far
    SteadyTime sure_until{};         ///< until then no other worker can have taken our partitions
    Pressure pressure;               ///< on Redis' memory
    link::Wakeup memory_is_short;    ///< memory pressure has begun
    bool stopping = false;           ///< after SIGTERM: no new events and partitions are taken

    WindowLimit window_limit() const;
    /// Returns false after a stall or a long outage of Redis: other workers may have taken our partitions.
    bool is_sure() const { return Clock::now() < sure_until; }
    /// Wakes the reader: a partition was acquired.
    void note_acquired();
    /// Makes all partitions look for due deliveries at once, first the one after `last`.
    void look_for_due(const OwnedPartition* last = nullptr);
    /// Does the same, and compares endpoints that have waiting deliveries with the configuration.
    void check_waiting();
    /// Reads the memory use of Redis.
    boost::asio::awaitable<void> look_at_memory();
    void look_at_memory_soon();
    /// Drops a partition that this worker does not own any more; `why` is logged.
    void lose(const PartitionPtr& partition,
              const char* why = "another worker owns it now, or Redis has lost it");
    /// Replaces the Sender by one with the present settings. Running attempts finish with the old one.
    void renew_sender();
    /// Cancels all running attempts, also those of former Senders.
    void stop_senders();

    std::vector<std::weak_ptr<Sender>> old_senders;  ///< former ones; they live while attempts of theirs run

  private:
    void note_server(std::string_view info);
    void note_memory(std::string_view info);

    bool looking_ = false;     ///< a request for the memory use is pending
    bool lacks_file_ = false;  ///< Redis has no append-only file (logged)
};

}  // namespace webhook::worker
