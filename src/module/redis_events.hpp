#pragma once

#include "module/ngx.hpp"

#include <hiredis/async.h>

namespace webhook::module {

class RedisClient;

/// The nginx side of a hiredis context: its connection in nginx' event loop. hiredis tells by its hooks when
/// it wants to read, to finish connecting, and that the context is about to be freed.
///
/// Level-triggered: hiredis reads at most 16 KiB an event, so an edge would be lost on a longer reply.
class RedisEvents {
  public:
    explicit RedisEvents(RedisClient* client) : client_(client) {}
    RedisEvents(const RedisEvents&) = delete;
    RedisEvents& operator=(const RedisEvents&) = delete;

    /// False when nginx has no connection left. `context` must be fresh: sets its hooks.
    bool attach(redisAsyncContext* context, ngx_log_t* log);
    /// Takes the connection out of the loop and closes the socket.
    void close(redisAsyncContext* context);

    /// Asks for (or no longer for) the event that the socket can be written to.
    void want_write(bool wanted);
    bool attached() const { return connection_ != nullptr; }

  private:
    static void want_read(void* data);
    static void on_event(ngx_event_t* event);

    RedisClient* client_;
    ngx_connection_t* connection_ = nullptr;
};

}  // namespace webhook::module
