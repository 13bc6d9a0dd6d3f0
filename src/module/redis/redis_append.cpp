#include <algorithm>

#include "module/ngx/pool.hpp"
#include "module/ngx/queue.hpp"
#include "module/redis/redis_client.hpp"
#include "store/reply.hpp"
#include "store/server_info.hpp"

namespace webhook::module {

namespace {

// Redis works on one while the other lies in its socket, so it never waits for this process.
constexpr std::size_t transactions_ahead = 2;

using Result = store::Appender::Result;

/// Not when its request ended before its turn, or the stream was found unusable meanwhile.
bool is_sendable(const Operation& operation) {
    return operation.owner != nullptr && operation.stream->problem.empty();
}

Appended unavailable(std::string_view reason) {
    return {Appended::State::unavailable, {}, reason};
}

}  // namespace

bool RedisClient::submit(OwnOperation&& operation, Appended* refused) {
    if (state_ != State::ready && !is_starting()) {
        *refused = unavailable(noted_.empty() ? std::string_view("redis is not connected yet") : noted_);
        return false;
    }
    if (!operation->stream->problem.empty()) {
        *refused = unavailable(operation->stream->problem);
        return false;
    }
    const std::size_t waiting = connection_.unsent() + gathered_bytes_;
    if (waiting != 0 && waiting + operation->event->data.size > max_output) {
        *refused = {Appended::State::busy, {}, "too many bytes wait for redis"};
        return false;
    }
    gather(operation.release());
    if (state_ != State::ready) hold_worker(true);
    return true;
}

void RedisClient::gather(Operation* operation) {
    operation->is_sent = false;
    operation->gathered_bytes = operation->event->data.size;
    gathered_bytes_ += operation->gathered_bytes;
    ++gathered_count_;
    ngx_queue_insert_tail(&gathered_, &operation->link);
    if (is_due()) connection_.schedule();
}

bool RedisClient::is_due() const {
    return batches_.size() < transactions_ahead || gathered_count_ >= Batch::capacity;
}

void RedisClient::let_go(Operation* operation) {
    // Nobody is answered from here: this is the end of a request, and may be that of its connection's others.
    const bool waits = !operation->is_sent && state_ == State::ready;
    if (waits && is_sendable(*operation) && shielded([this] { send_sendable(); })) connection_.flush();
    operation->detach();
}

void RedisClient::on_turn() {
    if (is_due()) shielded([this] { send_gathered(); });
}

void RedisClient::send_gathered() {
    if (ngx_queue_empty(&gathered_) || is_starting()) return;
    if (state_ != State::ready) {
        refuse_gathered();
        return;
    }
    send_sendable();
    while (!ngx_queue_empty(&gathered_) && !is_sendable(*first_of<Operation>(&gathered_))) {
        Operation* operation = first_of<Operation>(&gathered_);
        leave_gathered(operation);
        finish(operation, unavailable(operation->stream->problem));
    }
}

void RedisClient::send_sendable() {
    Batch batch;
    ngx_queue_t* next = nullptr;
    for (ngx_queue_t* link = ngx_queue_head(&gathered_); link != ngx_queue_sentinel(&gathered_);
         link = next) {
        next = ngx_queue_next(link);
        Operation* operation = ngx_queue_data(link, Operation, link);
        if (!is_sendable(*operation)) continue;
        if (store::Appender::is_large(*operation->event)) {
            send_events(&operation, 1);
            continue;
        }
        batch.operation[batch.count++] = operation;
        if (batch.count == Batch::capacity) send_sorted(&batch);
    }
    send_sorted(&batch);
}

void RedisClient::send_sorted(Batch* batch) {
    Operation** const first = batch->operation;
    std::sort(first, first + batch->count, [](const Operation* a, const Operation* b) {
        return a->stream != b->stream ? a->stream < b->stream : a->partition < b->partition;
    });
    for (std::size_t start = 0, end = 0; start < batch->count; start = end) {
        while (end < batch->count && first[end]->stream == first[start]->stream)
            ++end;
        send_events(first + start, end - start);
    }
    batch->count = 0;
}

/// They leave the gathered ones when their transaction is in the pipeline, so that each has one who answers
/// it, wherever memory runs out.
void RedisClient::send_events(Operation* const* operations, std::size_t count) {
    store::AppendItem item[Batch::capacity];
    Batch& batch = batches_.emplace_back();
    batch.count = count;
    for (std::size_t i = 0; i < count; ++i) {
        batch.operation[i] = operations[i];
        item[i] = {operations[i]->event, operations[i]->partition, operations[i]->identity};
        operations[i]->bytes = item[i].bytes;
    }
    try {
        const auto replies = static_cast<unsigned>(store::Appender::replies(count));
        const auto& appender = operations[0]->stream->appender;
        connection_.send(
            [&](std::string* out) { appender.build(item, count, out); },
            {taker<&RedisClient::on_queued>(replies - 1, true), taker<&RedisClient::on_executed>(1, true)});
    } catch (...) {
        batches_.pop_back();
        throw;
    }
    operations[0]->stream->used = ngx_current_msec;
    for (std::size_t i = 0; i < count; ++i)
        leave_gathered(operations[i]);
}

void RedisClient::leave_gathered(Operation* operation) {
    ngx_queue_remove(&operation->link);
    operation->is_sent = true;
    --gathered_count_;
    gathered_bytes_ -= operation->gathered_bytes;
}

void RedisClient::on_queued(const redisReply* reply) {
    if (reply == nullptr || reply->type == REDIS_REPLY_STATUS) return;
    std::string& problem = batches_.front().problem;
    if (!problem.empty()) return;
    keep(reply->type == REDIS_REPLY_ERROR ? store::text(*reply) : "unexpected reply", &problem);
}

void RedisClient::on_executed(const redisReply* reply) {
    const Batch batch = std::move(batches_.front());
    batches_.pop_front();
    if (reply != nullptr) {
        on_turn();
        connection_.flush();  // Redis works on the next while these are answered
    }
    for (std::size_t i = 0; i < batch.count; ++i) {
        store::Appender::Reply answer = store::Appender::read(reply, i, batch.count);
        if (reply != nullptr && !batch.problem.empty()) {
            // Why a command was not queued says more than that the transaction was not carried out.
            answer = {
                answer.result == Result::refused ? Result::refused : Result::broken, {}, {}, batch.problem};
        }
        on_append(batch.operation[i], reply, answer);
    }
}

void RedisClient::refuse_gathered() {
    while (!ngx_queue_empty(&gathered_)) {
        Operation* operation = first_of<Operation>(&gathered_);
        leave_gathered(operation);
        finish(operation, unavailable("the connection to redis was lost"));
    }
}

void RedisClient::on_append(Operation* operation, const redisReply* reply,
                            const store::Appender::Reply& answer) {
    if (reply == nullptr) {
        finish(operation, unavailable("the connection to redis was lost"));
        return;
    }
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
        case Result::wrong_partitions:
            if (state_ == State::ready && !testing_)
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

void RedisClient::on_refused(Operation* operation, std::string_view error) {
    Stream* stream = operation->stream;
    if (store::is_server_error(error)) {
        fail(error);
    } else if (stream->refusal != error) {
        keep(error, &stream->refusal);
        ngx_log_error(NGX_LOG_ERR, log_, 0, "webhook: redis %s refused an event for stream \"%s\": %*s",
                      server_->address.url.c_str(), stream->appender.settings().name.c_str(), error.size(),
                      error.data());
    }
    finish(operation, unavailable(error));
}

void RedisClient::on_broken(Operation* operation, const store::Appender::Reply& reply) {
    if (state_ == State::ready || state_ == State::moving) {  // one line for all that is under way
        ngx_log_error(NGX_LOG_ERR, log_, 0, "webhook: redis %s gave a broken reply for stream \"%s\": %*s",
                      server_->address.url.c_str(), operation->stream->appender.settings().name.c_str(),
                      reply.detail.size(), reply.detail.data());
    }
    distrust();
    if (reply.undo.empty()) {
        finish(operation, unavailable("redis gave a broken reply"));
        return;
    }
    keep(reply.undo, &operation->undo);
    const bool sent = guarded(log_, false, [&] {
        const auto& appender = operation->stream->appender;
        connection_.send(
            [&](std::string* out) {
                appender.build_undo(operation->partition, operation->bytes, reply.undo, out);
            },
            {taker<&RedisClient::on_undone, Operation>(1, true, operation)});
        return true;
    });
    if (!sent) on_undone(operation, nullptr);
}

void RedisClient::distrust() {
    // A connection that has failed already ends sooner.
    if (state_ == State::ready || state_ == State::moving) state_ = State::distrusting;
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
    finish(operation, unavailable("redis gave a broken reply"));
}

void RedisClient::finish(Operation* operation, const Appended& appended) {
    Stream* stream = operation->stream;
    // Repeats are known even where nothing new can be stored.
    if (appended.state == Appended::State::accepted && !stream->refusal.empty()) stream->refusal.clear();
    void* owner = operation->owner;
    const Operation::Done done = operation->done;
    OwnOperation{operation}.reset();
    if (owner != nullptr) done(owner, appended);
}

}  // namespace webhook::module
