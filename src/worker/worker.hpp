#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <functional>
#include <optional>

#include "worker/config_watch.hpp"
#include "worker/core.hpp"
#include "worker/discovery.hpp"
#include "worker/holds.hpp"
#include "worker/leases.hpp"
#include "worker/membership.hpp"

namespace webhook::worker {

/// Runs the whole worker on one loop: starts its parts, handles signals, drains.
class Worker {
  public:
    /// `reload` reads the settings again for SIGHUP; it returns nothing if they are invalid (and has logged
    /// why).
    Worker(boost::asio::io_context& loop, Settings settings, std::function<std::optional<Settings>()> reload);

    void start();

  private:
    void wait_signal();
    void reload();
    void terminate();
    boost::asio::awaitable<void> drain();
    void acquired(const PartitionPtr& partition);
    void connect_dispatcher();

    boost::asio::io_context& loop_;
    Core core_;
    std::function<std::optional<Settings>()> read_settings_;
    Holds holds_;
    Leases leases_;
    Discovery discovery_;
    Membership membership_;
    ConfigWatch watch_;
    boost::asio::signal_set signals_;
};

}  // namespace webhook::worker
