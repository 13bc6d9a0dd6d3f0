#include "store/pipeline.hpp"

#include <algorithm>
#include <utility>

namespace webhook::store {

namespace {

constexpr std::size_t first_ring_size = 64;
constexpr std::size_t kept_capacity = 1 << 20;  // a burst's memory is given back

constexpr std::string_view unasked = "it sent something that was not asked for";

}  // namespace

bool Pipeline::open() {
    abandon();
    reader_.reset(redisReaderCreateWithFunctions(nullptr));
    if (reader_ == nullptr) return false;
    replies_.serve(reader_.get());
    reply_bytes_ = 0;
    broken_ = false;
    return true;
}

void Pipeline::push(const Expected& expected) {
    if (count_ == ring_.size()) {
        std::vector<Expected> larger(std::max(first_ring_size, 2 * ring_.size()));
        for (std::size_t i = 0; i < count_; ++i)
            larger[i] = at(i);
        ring_ = std::move(larger);
        head_ = 0;
    }
    at(count_++) = expected;
    if (expected.taker.is_needed) ++needed_;
}

void Pipeline::take_back(std::size_t bytes, std::size_t count) {
    out_.resize(bytes);
    while (count_ > count) {
        if (at(--count_).taker.is_needed) --needed_;
    }
}

void Pipeline::advance(std::size_t count) {
    sent_ += count;
    if (sent_ == out_.size()) {
        sent_ = 0;
        if (out_.capacity() > kept_capacity) {
            out_ = std::string();
        } else {
            out_.clear();
        }
    } else if (sent_ > out_.size() / 2) {
        out_.erase(0, std::exchange(sent_, 0));
    }
}

std::string_view Pipeline::feed(const char* bytes, std::size_t size) {
    if (redisReaderFeed(reader_.get(), bytes, size) != REDIS_OK) return reader_->errstr;
    reply_bytes_ += size;
    for (const unsigned life = life_; count_ != 0;) {
        void* reply = nullptr;
        if (redisReaderGetReply(reader_.get(), &reply) != REDIS_OK) return reader_->errstr;
        if (reply == nullptr) return reply_bytes_ > max_reply ? "its reply is too long" : std::string_view();
        reply_bytes_ = reader_->len - reader_->pos;
        // Before the taker is called: what it asks now must not be answered by what is here already.
        broken_ = count_ == 1 && ring_[head_].taker.replies == 1 && reply_bytes_ != 0;
        answer(static_cast<const redisReply*>(reply));
        if (life != life_) return {};
        if (broken_) return unasked;
    }
    return reader_->pos == reader_->len ? std::string_view() : unasked;
}

void Pipeline::answer(const redisReply* reply) {
    Taker& front = ring_[head_].taker;
    const Taker taker = front;
    if (--front.replies == 0) {
        head_ = (head_ + 1) & (ring_.size() - 1);
        --count_;
        if (taker.is_needed) --needed_;
    }
    taker.take(taker.owner, taker.data, reply);
}

void Pipeline::abandon() {
    ++life_;
    while (count_ != 0)
        answer(nullptr);
    reader_.reset();
    out_ = std::string();
    sent_ = 0;
    broken_ = false;
}

}  // namespace webhook::store
