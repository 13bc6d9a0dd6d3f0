#include "module/redis/append_queue.hpp"

#include <algorithm>
#include <new>
#include <utility>

#include "store/reply.hpp"
#include "store/server_info.hpp"

namespace webhook::module {

namespace {

using Result = store::Appender::Result;

constexpr std::string_view lost = "the connection to redis was lost";
constexpr std::string_view broken = "redis gave a broken reply";

/// False when its request has ended, or the stream was found unusable meanwhile.
bool is_sendable(const PendingAppend& append) {
    return append.owner != nullptr && append.stream->problem.empty();
}

Appended unavailable(std::string_view reason) {
    return {Appended::State::unavailable, {}, reason};
}

/// Keeps a text for a message; the message is empty when memory is out.
void keep(std::string_view text, std::string* where) noexcept {
    try {
        where->assign(text);
    } catch (const std::bad_alloc&) {
        where->clear();
    }
}

}  // namespace

bool AppendQueue::submit(OwnedAppend&& append, Appended* refused) {
    if (!append->stream->problem.empty()) {
        *refused = unavailable(append->stream->problem);
        return false;
    }
    const std::size_t size = append->event->data.size, waiting = wire_->unsent() + gathered_bytes_;
    if (waiting != 0 && waiting + size > max_output) {
        *refused = {Appended::State::busy, {}, "too many bytes wait for redis"};
        return false;
    }
    gathered_.push_back(append.get());
    append->is_sent = false;
    append->gathered_bytes = size;
    gathered_bytes_ += size;
    (void)append.release();
    return true;
}

void AppendQueue::let_go(PendingAppend* append) {
    // Do not call any `done` here: this is the end of a request, and may be that of its connection's others.
    const bool waits = !append->is_sent && mode_ == Mode::open;
    if (waits && is_sendable(*append) && shielded(this, [this] { send_sendable(); })) wire_->flush();
    append->detach();
}

void AppendQueue::on_turn() {
    if (gathered_.empty() || mode_ == Mode::waiting) return;
    if (mode_ == Mode::closed) {
        refuse_gathered();
        return;
    }
    send_sendable();
    // The rest cannot be sent.
    if (!gathered_.empty()) refuse(std::exchange(gathered_, {}));
}

void AppendQueue::refuse_gathered() {
    std::vector<PendingAppend*> all = std::exchange(gathered_, {});
    gathered_bytes_ = 0;
    for (PendingAppend* append : all)
        append->is_sent = true;
    for (PendingAppend* append : all)
        finish(append, unavailable(lost));
}

/// Refuses each for the problem of its stream. `done` may submit others meanwhile, so the list is a copy.
void AppendQueue::refuse(std::vector<PendingAppend*> appends) {
    for (PendingAppend* append : appends) {
        append->is_sent = true;
        gathered_bytes_ -= append->gathered_bytes;
    }
    for (PendingAppend* append : appends)
        finish(append, unavailable(append->stream->problem));
}

void AppendQueue::send_sendable() {
    struct ForgetSent {
        AppendQueue* queue;
        ~ForgetSent() { queue->forget_sent(); }
    } const at_end{this};  // also where memory runs out: the others stay gathered
    Batch batch;
    for (PendingAppend* append : gathered_) {
        if (!is_sendable(*append)) continue;
        if (store::Appender::is_large(*append->event)) {
            send_transaction(&append, 1);
            continue;
        }
        batch.append[batch.count++] = append;
        if (batch.count == Batch::capacity) send_sorted(&batch);
    }
    send_sorted(&batch);
}

void AppendQueue::send_sorted(Batch* batch) {
    PendingAppend** const first = batch->append;
    std::sort(first, first + batch->count, [](const PendingAppend* a, const PendingAppend* b) {
        return a->stream != b->stream ? a->stream < b->stream : a->partition < b->partition;
    });
    for (std::size_t start = 0, end = 0; start < batch->count; start = end) {
        while (end < batch->count && first[end]->stream == first[start]->stream)
            ++end;
        send_transaction(first + start, end - start);
    }
    batch->count = 0;
}

/// Sends them in one transaction. They count as sent when their transaction is in the pipeline, so that each
/// is answered exactly once wherever memory runs out.
void AppendQueue::send_transaction(PendingAppend* const* appends, std::size_t count) {
    store::AppendItem item[Batch::capacity];
    Batch& batch = batches_.emplace_back();
    batch.count = count;
    for (std::size_t i = 0; i < count; ++i) {
        batch.append[i] = appends[i];
        item[i] = {appends[i]->event, appends[i]->partition, appends[i]->identity};
        appends[i]->bytes = item[i].bytes;
    }
    Stream* const stream = appends[0]->stream;
    try {
        const auto replies = static_cast<unsigned>(store::Appender::replies(count));
        wire_->send([&](std::string* out) { stream->appender.build(item, count, out); },
                    {make_taker<&AppendQueue::on_queued>(this, replies - 1, true),
                     make_taker<&AppendQueue::on_executed>(this, 1, true)});
    } catch (...) {
        batches_.pop_back();
        throw;
    }
    stream->used = wire_->now();
    for (std::size_t i = 0; i < count; ++i)
        appends[i]->is_sent = true;
}

void AppendQueue::forget_sent() {
    auto kept = gathered_.begin();
    for (PendingAppend* append : gathered_) {
        if (append->is_sent) {
            gathered_bytes_ -= append->gathered_bytes;
        } else {
            *kept++ = append;
        }
    }
    gathered_.erase(kept, gathered_.end());
}

void AppendQueue::on_queued(const redisReply* reply) {
    if (reply == nullptr || reply->type == REDIS_REPLY_STATUS) return;
    std::string& problem = batches_.front().problem;
    if (!problem.empty()) return;
    keep(reply->type == REDIS_REPLY_ERROR ? store::text(*reply) : "unexpected reply", &problem);
}

void AppendQueue::on_executed(const redisReply* reply) {
    const Batch batch = std::move(batches_.front());
    batches_.pop_front();
    if (reply != nullptr) {
        if (is_due()) shielded(this, [this] { on_turn(); });
        wire_->flush();  // Redis works on the next while these are answered
    }
    for (std::size_t i = 0; i < batch.count; ++i) {
        store::Appender::Reply answer = store::Appender::read(reply, i, batch.count);
        if (reply != nullptr && !batch.problem.empty()) {
            // Why a command was not queued says more than that the transaction was not carried out.
            answer = {
                answer.result == Result::refused ? Result::refused : Result::broken, {}, {}, batch.problem};
        }
        on_append(batch.append[i], reply, answer);
    }
}

void AppendQueue::on_append(PendingAppend* append, const redisReply* reply,
                            const store::Appender::Reply& answer) {
    if (reply == nullptr) {
        finish(append, unavailable(lost));
        return;
    }
    switch (answer.result) {
        case Result::accepted:
            finish(append, {Appended::State::accepted, answer.stream_id, {}});
            return;
        case Result::duplicate:
            finish(append, {Appended::State::duplicate, {}, {}});
            return;
        case Result::conflict:
            finish(append, {Appended::State::conflict, {}, {}});
            return;
        case Result::full:
            finish(append, {Appended::State::busy, {}, "the stream's backlog is full"});
            return;
        case Result::wrong_partitions:
            owner_->on_wrong_partitions();
            finish(append, unavailable("the stream has another number of partitions"));
            return;
        case Result::refused:
            on_refused(append, answer.detail);
            return;
        case Result::broken:
            on_broken(append, answer);
            return;
    }
}

void AppendQueue::on_refused(PendingAppend* append, std::string_view error) {
    Stream* stream = append->stream;
    if (store::is_server_error(error)) {
        fail(error);
    } else if (stream->refusal != error) {
        keep(error, &stream->refusal);
        owner_->on_refused(*stream, error);
    }
    finish(append, unavailable(error));
}

void AppendQueue::on_broken(PendingAppend* append, const store::Appender::Reply& reply) {
    owner_->on_broken(*append->stream, reply.detail);
    if (reply.undo.empty()) {
        finish(append, unavailable(broken));
        return;
    }
    keep(reply.undo, &append->undo);
    send_undo(append, reply.undo);
}

void AppendQueue::send_undo(PendingAppend* append, std::string_view stream_id) {
    try {
        const auto& appender = append->stream->appender;
        wire_->send(
            [&](std::string* out) { appender.build_undo(append->partition, append->bytes, stream_id, out); },
            {make_taker<&AppendQueue::on_undone>(this, 1, true, append)});
    } catch (const std::bad_alloc&) {
        on_undone(append, nullptr);
    }
}

void AppendQueue::on_undone(PendingAppend* append, const redisReply* reply) {
    if (reply == nullptr || reply->type != REDIS_REPLY_INTEGER) owner_->on_undo_lost(*append);
    finish(append, unavailable(broken));
}

void AppendQueue::finish(PendingAppend* append, const Appended& appended) {
    Stream* stream = append->stream;
    // Repeats are known even where nothing new can be stored.
    if (appended.state == Appended::State::accepted && !stream->refusal.empty()) stream->refusal.clear();
    void* owner = append->owner;
    const PendingAppend::Done done = append->done;
    OwnedAppend{append}.reset();
    if (owner != nullptr) done(owner, appended);
}

}  // namespace webhook::module
