#include "module/redis_events.hpp"

#include "module/redis_client.hpp"

namespace webhook::module {

namespace {

// Zero is a value of its own for ngx_add_event: level-triggered.
constexpr ngx_uint_t level_triggered = 0;

}  // namespace

bool RedisEvents::attach(redisAsyncContext* context, ngx_log_t* log) {
    ngx_connection_t* connection = ngx_get_connection(context->c.fd, log);
    if (connection == nullptr) return false;
    connection->data = client_;
    connection->log = log;
    connection->read->log = log;
    connection->write->log = log;
    connection->number = ngx_atomic_fetch_add(ngx_connection_counter, 1);
    // Both at once: nginx calls the handlers of every open connection when a shutdown takes too long.
    connection->read->handler = on_event;
    connection->write->handler = on_event;
    connection_ = connection;

    context->ev.data = client_;
    context->ev.addRead = want_read;
    context->ev.addWrite = [](void* data) { static_cast<RedisClient*>(data)->on_output(); };
    context->ev.cleanup = [](void* data) { static_cast<RedisClient*>(data)->on_context_freed(); };
    return true;
}

void RedisEvents::close(redisAsyncContext* context) {
    if (connection_ == nullptr) return;
    ngx_close_connection(connection_);
    connection_ = nullptr;
    context->c.fd = -1;  // or hiredis closes the number again, which may be another connection by then
    context->ev.data = nullptr;
}

void RedisEvents::want_write(bool wanted) {
    ngx_event_t* event = connection_->write;
    const bool active = event->active;
    if (wanted && !active) ngx_add_event(event, NGX_WRITE_EVENT, level_triggered);
    if (!wanted && active) ngx_del_event(event, NGX_WRITE_EVENT, level_triggered);
}

void RedisEvents::want_read(void* data) {
    ngx_connection_t* connection = static_cast<RedisClient*>(data)->events().connection_;
    if (!connection->read->active) ngx_add_event(connection->read, NGX_READ_EVENT, level_triggered);
}

void RedisEvents::on_event(ngx_event_t* event) {
    auto* connection = static_cast<ngx_connection_t*>(event->data);
    auto* client = static_cast<RedisClient*>(connection->data);
    if (connection->close) {
        client->drop("the worker process is shutting down");
        return;
    }
    // Nothing may follow either call: the context and the connection may be gone.
    if (event->write) {
        client->on_writable();
    } else {
        client->on_readable();
    }
}

}  // namespace webhook::module
