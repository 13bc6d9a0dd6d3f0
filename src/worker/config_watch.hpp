#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <string>

#include "worker/core.hpp"
#include "worker/holds.hpp"
#include "worker/state_copy.hpp"

namespace webhook::worker {

/// Follows the configuration in Redis: reads version and epoch twice a second, and everything when they
/// differ. If the configuration is missing, the copy in `state_dir` is written back under a new epoch;
/// without a copy no events are read.
class ConfigWatch {
  public:
    /// Calls `woken` when the epoch has changed or store::wake_workers() was called.
    ConfigWatch(Core& core, Holds& holds, std::function<void()> woken)
        : core_(core), holds_(holds), woken_(std::move(woken)) {}

    boost::asio::awaitable<void> run();

  private:
    boost::asio::awaitable<void> poll();
    boost::asio::awaitable<void> read();
    boost::asio::awaitable<void> missing();
    boost::asio::awaitable<bool> restore();
    boost::asio::awaitable<std::string> key_of(const RedisReply& reply);
    void adopt(const RedisReply& reply, std::string key);
    void save(const ConfigurationText& text);
    void drop_partitions();

    Core& core_;
    Holds& holds_;
    std::function<void()> woken_;
    std::string wake_;   ///< the wake-up counter as read last
    std::string known_;  ///< the number of changes of holds as read last
    bool missing_logged_ = false, risk_logged_ = false;
    std::string copy_problem_;  ///< as logged last
};

}  // namespace webhook::worker
