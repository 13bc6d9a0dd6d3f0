#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <map>
#include <memory>
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

/// What all parts of the worker share. One thread, one loop; nothing here is locked.
struct Core {
    Core(boost::asio::any_io_executor executor, Settings settings);

    boost::asio::any_io_executor executor;
    Settings settings;
    std::string id;    ///< of this worker: host, pid and a random part
    RedisLink link;    ///< commands
    RedisLink reader;  ///< XREAD, which may block
    std::shared_ptr<Sender> sender;
    Dispatcher dispatcher;
    EndpointTable endpoints;

    std::string epoch, version;      ///< of the configuration; empty epoch: there is none, nothing is read
    std::string key;                 ///< of the configuration's keyed hashes, see store::configuration_key()
    unsigned long config_reads = 0;  ///< readings of the configuration begun
    std::map<PartitionName, PartitionPtr> partitions;  ///< that we own
    link::Wakeup readable;                             ///< a partition has come or has room again
    link::Wakeup read_anew;          ///< a partition has come: a read that waits does not know it
    unsigned long acquisitions = 0;  ///< partitions that have come so far
    SteadyTime sure_until{};         ///< until then nobody can have taken what is ours
    Pressure pressure;               ///< on Redis' memory
    link::Wakeup memory_is_short;    ///< pressure has begun
    bool stopping = false;           ///< SIGTERM: nothing new is taken

    WindowLimit window_limit() const;
    /// False after a stall, or when Redis was away for long: others may have taken our partitions.
    bool is_sure() const { return Clock::now() < sure_until; }
    /// A partition has become ours.
    void note_acquired();
    /// Looks at once for due deliveries of all partitions.
    void look_for_due();
    /// The same, and compares endpoints that have something waiting with the configuration.
    void check_waiting();
    /// Reads how full Redis is.
    boost::asio::awaitable<void> look_at_memory();
    void look_at_memory_soon();
    /// Forgets a partition that is not ours any more, as a step in Redis has said, or for another reason.
    void lose(const PartitionPtr& partition,
              const char* why = "another worker owns it now, or Redis has lost it");
    /// A new Sender with the present settings; attempts under way end with the old one.
    void make_sender();
    /// Breaks off all attempts, also those of old Senders.
    void stop_senders();

    std::vector<std::weak_ptr<Sender>> old_senders;  ///< with attempts under way since a reload

  private:
    void note_server(std::string_view info);
    void note_memory(std::string_view info);

    bool looking_ = false;     ///< the reply to a look at Redis' memory is on its way
    bool lacks_file_ = false;  ///< Redis has no append-only file, which was said
};

}  // namespace webhook::worker
