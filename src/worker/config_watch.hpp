#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <string>

#include "worker/core.hpp"
#include "worker/state_copy.hpp"

namespace webhook::worker {

/// Follows the configuration in Redis: version and epoch four times a second, the whole when they differ. Where it is
/// missing, the copy in `state_dir` is written back under a new epoch; without a copy nothing is read.
class ConfigWatch {
  public:
    ConfigWatch(Core& core, std::function<void()> epoch_changed)
        : core_(core), epoch_changed_(std::move(epoch_changed)) {}

    boost::asio::awaitable<void> run();
    /// Records that an endpoint is disabled; goes on until Redis has answered.
    boost::asio::awaitable<void> disable(std::string endpoint, std::string reason);

  private:
    boost::asio::awaitable<void> poll();
    boost::asio::awaitable<void> missing();
    boost::asio::awaitable<bool> restore();
    boost::asio::awaitable<std::string> key_of(const Reply& reply);
    void adopt(const Reply& reply, std::string key);
    void drop_partitions();

    Core& core_;
    std::function<void()> epoch_changed_;
    bool missing_logged_ = false, copy_failed_ = false;
};

}  // namespace webhook::worker
