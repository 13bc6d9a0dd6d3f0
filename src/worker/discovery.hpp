#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "worker/core.hpp"

namespace webhook::worker {

/// Which partitions there are: those of the streams the configuration names, or all whose streams are found
/// in Redis.
class Discovery {
  public:
    Discovery(Core& core, std::function<void()> changed) : core_(core), changed_(std::move(changed)) {}

    /// Looks every few seconds whether there are more keys, and if so for streams, more rarely when that
    /// takes long; ends when the worker stops.
    boost::asio::awaitable<void> run();
    /// The configuration names other streams.
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
