#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "worker/core.hpp"

namespace webhook::worker {

/// Lists the partitions: those of the streams that the settings name, or of all streams found in Redis.
class Discovery {
  public:
    Discovery(Core& core, std::function<void()> changed) : core_(core), changed_(std::move(changed)) {}

    /// Compares the number of keys every few seconds and scans for streams when it has changed, less often if
    /// scans take long. Ends when the worker stops.
    boost::asio::awaitable<void> run();
    /// Scans again soon: the settings name other streams.
    void look_again() { again_ = true; }

    std::vector<PartitionName> partitions() const;              ///< all that are known, sorted
    unsigned partition_count(const std::string& stream) const;  ///< 1 where the stream is not known

  private:
    boost::asio::awaitable<bool> look_now();
    boost::asio::awaitable<std::string> count_keys();
    boost::asio::awaitable<bool> scan(std::map<std::string, unsigned>* found);
    boost::asio::awaitable<bool> read_count(const std::string& stream, unsigned* count);
    boost::asio::awaitable<void> rest(std::chrono::nanoseconds looked);
    boost::asio::awaitable<bool> look(std::map<std::string, unsigned>* found);

    Core& core_;
    std::function<void()> changed_;
    std::map<std::string, unsigned> streams_;  ///< stream -> number of partitions
    bool again_ = false;
};

}  // namespace webhook::worker
