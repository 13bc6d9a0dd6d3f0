#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <string>

#include "worker/core.hpp"
#include "worker/state_copy.hpp"

namespace webhook::worker {

/// Follows the configuration in Redis: version and epoch twice a second, the whole when they differ. Where it
/// is missing, the copy in `state_dir` is written back under a new epoch; without a copy nothing is read.
class ConfigWatch {
  public:
    /// `woken` is called when the epoch has changed, or somebody has asked all workers to look
    /// (store::wake_workers()).
    ConfigWatch(Core& core, std::function<void()> woken) : core_(core), woken_(std::move(woken)) {}

    boost::asio::awaitable<void> run();
    /// Records that an endpoint is disabled; goes on until Redis has answered.
    boost::asio::awaitable<void> disable(std::string endpoint, std::string reason);

  private:
    boost::asio::awaitable<void> poll();
    boost::asio::awaitable<void> read();
    boost::asio::awaitable<void> missing();
    boost::asio::awaitable<bool> restore();
    boost::asio::awaitable<std::string> key_of(const Reply& reply);
    void adopt(const Reply& reply, std::string key);
    void save(const ConfigurationText& text);
    void drop_partitions();

    Core& core_;
    std::function<void()> woken_;
    std::string wake_;  ///< the counter as it was seen last
    bool missing_logged_ = false, risk_logged_ = false;
    std::string copy_problem_;  ///< as logged
};

}  // namespace webhook::worker
