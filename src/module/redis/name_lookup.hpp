#pragma once

#include "module/ngx/ngx.hpp"

#include <string>
#include <vector>

#include "module/ngx/socket_address.hpp"
#include "module/ngx/thread_pool.hpp"
#include "module/ngx/timer.hpp"

namespace webhook::module {

/// A host's addresses, or why there are none.
struct HostAddresses {
    std::vector<SocketAddress> found;
    std::string problem;
};

/// Asks the system's resolver, which blocks.
HostAddresses look_up(const std::string& host, in_port_t port);

/// Looks a host's name up in a thread, so that a slow resolver does not hold up the event loop.
class NameLookup {
  public:
    /// Called from the event loop when an answer is there.
    using Done = void (*)(void* owner);

    NameLookup(ThreadPool* pool, std::string host, in_port_t port, Done done, void* owner);
    NameLookup(const NameLookup&) = delete;
    NameLookup& operator=(const NameLookup&) = delete;

    /// `done` follows, once for all that ask while the answer is awaited. False: the pool takes nothing now,
    /// or the worker exits, which must not wait for one server's name after the other.
    bool ask();
    /// The last answer.
    const HostAddresses& answer() const { return answer_; }

  private:
#if (NGX_THREADS)
    void on_hold();
    void on_done();

#endif
    std::string host_;
    in_port_t port_;
    HostAddresses answer_;
#if (NGX_THREADS)
    ThreadPool* pool_;
    Done done_;
    void* owner_;
    ngx_thread_task_t task_{};
    Timer hold_;  ///< an exiting worker sleeps for the answer; nginx' pool would wait in a busy loop
#endif
};

}  // namespace webhook::module
