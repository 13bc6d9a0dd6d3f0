#include "module/pool.hpp"
#include "module/redis_client.hpp"

namespace webhook::module {

namespace {

using State = Appended::State;
using Result = store::Appender::Result;

Appended unavailable(std::string_view reason) {
    return {State::unavailable, {}, reason};
}

}  // namespace

bool RedisClient::submit(Operation* operation, Appended* refused) {
    if (state_ != RedisClient::State::ready) {
        *refused = unavailable(noted_.empty() ? std::string_view("redis is not connected yet") : noted_);
        return false;
    }
    if (!operation->stream->problem.empty()) {
        *refused = unavailable(operation->stream->problem);
        return false;
    }
    const std::size_t waiting = out_.size() - out_sent_;
    if (waiting != 0 && waiting + operation->event->data.size > max_output) {
        *refused = {Appended::State::busy, {}, "too many bytes wait for redis"};
        return false;
    }
    if (send_append(operation)) return true;
    *refused = unavailable("the command could not be sent");
    return false;
}

bool RedisClient::send_append(Operation* operation) {
    const std::size_t before = out_.size();
    const bool added = guarded(log_, false, [this, operation] { return add_append(operation); });
    if (!added) {
        out_.resize(before);
        fail_soon("out of memory");
        return false;
    }
    add_under_way(operation);
    return true;
}

bool RedisClient::add_append(Operation* operation) {
    const store::AppendCommand command = operation->stream->appender.build(
        *operation->event, operation->partition, operation->id, operation->text_sent, &out_);
    for (unsigned i = 1; i < command.replies; ++i) {
        if (!expect([](redisAsyncContext*, void*, void*) {}, nullptr)) return false;
    }
    return expect(
        [](redisAsyncContext* context, void* reply, void* data) {
            static_cast<RedisClient*>(context->data)
                ->on_append(static_cast<Operation*>(data), static_cast<const redisReply*>(reply));
        },
        operation);
}

void RedisClient::add_under_way(Operation* operation) {
    operation->sent = ngx_current_msec;
    ngx_queue_insert_tail(&under_way_, &operation->link);
    // One timer for all, looked at when it fires: setting one for each command would cost more than the rest.
    if (!command_timer_.timer_set) ngx_add_timer(&command_timer_, server_->timeout);
}

void RedisClient::on_command_timer() {
    if (ngx_queue_empty(&under_way_)) return;
    const auto* oldest = ngx_queue_data(ngx_queue_head(&under_way_), Operation, link);
    const ngx_msec_t age = ngx_current_msec - oldest->sent;
    if (age < server_->timeout) {
        ngx_add_timer(&command_timer_, server_->timeout - age);
    } else {
        drop("redis did not answer in time");
    }
}

void RedisClient::on_append(Operation* operation, const redisReply* reply) {
    ngx_queue_remove(&operation->link);
    if (reply == nullptr) {
        state_ = RedisClient::State::waiting;  // the context is about to go: nothing new may use it
        finish(operation, unavailable("the connection to redis was lost"));
        return;
    }
    const store::Appender::Reply answer = operation->stream->appender.read(reply);
    switch (answer.result) {
        case Result::accepted:
            finish(operation, {Appended::State::accepted, answer.stream_id, {}});
            return;
        case Result::duplicate:
            finish(operation, {Appended::State::duplicate, {}, {}});
            return;
        case Result::conflict:
            finish(operation, {Appended::State::conflict, {}, {}});
            return;
        case Result::full:
            finish(operation, {Appended::State::busy, {}, "the stream's backlog is full"});
            return;
        case Result::no_script:
            on_no_script(operation, answer.detail);
            return;
        case Result::wrong_partitions:
            set_life_timer(0);  // the test says what is wrong, and shuts the stream
            finish(operation, unavailable("the stream has another number of partitions"));
            return;
        case Result::refused:
            on_refused(operation, answer.detail);
            return;
        case Result::broken:
            on_broken(operation, answer);
            return;
    }
}

void RedisClient::on_no_script(Operation* operation, std::string_view error) {
    if (operation->owner == nullptr) {
        finish(operation, {});
        return;
    }
    const bool first = !operation->text_sent;
    operation->text_sent = true;
    if (!first || state_ != RedisClient::State::ready || !send_append(operation))
        on_refused(operation, error);
}

void RedisClient::on_refused(Operation* operation, std::string_view error) {
    Stream* stream = operation->stream;
    if (is_server_error(error)) {
        fail_soon(error);
    } else if (stream->refusal != error) {
        stream->refusal = error;
        ngx_log_error(NGX_LOG_ERR, log_, 0, "webhook: redis %s refused an event for stream \"%s\": %*s",
                      server_->address.url.c_str(), stream->appender.settings().name.c_str(), error.size(),
                      error.data());
    }
    finish(operation, unavailable(error));
}

void RedisClient::on_broken(Operation* operation, const store::Appender::Reply& reply) {
    ngx_log_error(NGX_LOG_ERR, log_, 0, "webhook: redis %s gave a broken reply for stream \"%s\": %*s",
                  server_->address.url.c_str(), operation->stream->appender.settings().name.c_str(),
                  reply.detail.size(), reply.detail.data());
    if (reply.undo.empty()) {
        fail_soon("it gave a broken reply");
        finish(operation, unavailable("redis gave a broken reply"));
        return;
    }
    operation->undo = reply.undo;
    operation->stream->appender.build_undo(operation->partition, reply.undo, &out_);
    const bool sent = expect(
        [](redisAsyncContext* context, void* undone, void* data) {
            auto* client = static_cast<RedisClient*>(context->data);
            auto* undoing = static_cast<Operation*>(data);
            ngx_queue_remove(&undoing->link);
            client->on_undone(undoing, static_cast<const redisReply*>(undone));
        },
        operation);
    state_ = RedisClient::State::waiting;  // nothing new goes to a server that cannot be trusted
    if (sent) {
        add_under_way(operation);
    } else {
        on_undone(operation, nullptr);
    }
}

void RedisClient::on_undone(Operation* operation, const redisReply* reply) {
    if (reply == nullptr || reply->type != REDIS_REPLY_INTEGER) {
        ngx_log_error(
            NGX_LOG_ERR, log_, 0,
            "webhook: entry %s of stream \"%s\" partition %ui on redis %s could not be taken back, a "
            "retry of its sender may store it twice (%ui since the start)",
            operation->undo.c_str(), operation->stream->appender.settings().name.c_str(),
            static_cast<ngx_uint_t>(operation->partition), server_->address.url.c_str(), ++undo_lost_);
    }
    if (reply != nullptr) fail_soon("it gave a broken reply");
    finish(operation, unavailable("redis gave a broken reply"));
}

void RedisClient::finish(Operation* operation, const Appended& appended) {
    Stream* stream = operation->stream;
    if (appended.state != Appended::State::unavailable && !stream->refusal.empty()) stream->refusal.clear();
    void* owner = operation->owner;
    const Operation::Done done = operation->done;
    operations().give_back(operation);
    if (owner != nullptr) done(owner, appended);
}

}  // namespace webhook::module
