#include "worker/redis/reply.hpp"

#include <algorithm>
#include <cstring>
#include <new>

namespace webhook::worker {

void* ReplyTree::take(std::size_t size) {
    size = (size + alignof(RedisReply) - 1) / alignof(RedisReply) * alignof(RedisReply);
    if (size > left_) {
        const std::size_t grown =
            blocks_.empty() ? 256 : std::size_t{16384} << std::min<std::size_t>(blocks_.size(), 4);
        left_ = std::max(size, grown);
        blocks_.emplace_back(new char[left_]);
        free_ = blocks_.back().get();
    }
    void* const place = free_;
    free_ += size;
    left_ -= size;
    return place;
}

ReplyReader::ReplyReader() {
    functions_.createString = guarded<make_text, char*, std::size_t>;
    functions_.createArray = [](const redisReadTask* task, auto count) {  // int before hiredis 1.0
        return guarded<make_array>(task, static_cast<std::size_t>(count));
    };
    functions_.createInteger = guarded<make_integer, long long>;
    functions_.createNil = guarded<place>;
    functions_.freeObject = [](void*) {};  // the arena is freed as a whole
    reader_ = redisReaderCreateWithFunctions(&functions_);
    if (reader_ == nullptr) throw std::bad_alloc();
    reader_->privdata = this;
}

ReplyReader::~ReplyReader() {
    redisReaderFree(reader_);
}

void ReplyReader::feed(const char* data, std::size_t size) {
    if (redisReaderFeed(reader_, data, size) != 0) broken_ = true;
}

ReplyPtr ReplyReader::next() {
    if (!tree_) tree_ = std::make_shared<ReplyTree>();
    void* root = nullptr;
    if (redisReaderGetReply(reader_, &root) != 0) broken_ = true;
    if (root == nullptr || broken_) return nullptr;
    tree_->root_ = static_cast<RedisReply*>(root);
    return std::move(tree_);
}

/// Keeps exceptions out of C code: returns nullptr, which hiredis treats as out of memory.
template <auto make, typename... Values>
void* ReplyReader::guarded(const redisReadTask* task, Values... values) noexcept {
    try {
        return make(task, values...);
    } catch (const std::bad_alloc&) {
        return nullptr;
    }
}

/// Returns where the value is stored: hiredis fills arrays element by element and passes the parent and the
/// index.
RedisReply* ReplyReader::place(const redisReadTask* task) {
    if (task->parent != nullptr) return static_cast<RedisReply*>(task->parent->obj)->items + task->idx;
    auto* const self = static_cast<ReplyReader*>(task->privdata);
    return new (self->tree_->take(sizeof(RedisReply))) RedisReply();
}

RedisReply* ReplyReader::make_text(const redisReadTask* task, char* data, std::size_t size) {
    auto* const self = static_cast<ReplyReader*>(task->privdata);
    RedisReply* const reply = place(task);
    char* const copy = static_cast<char*>(self->tree_->take(size));
    std::memcpy(copy, data, size);
    reply->type = task->type == REDIS_REPLY_ERROR ? RedisReply::Type::error : RedisReply::Type::text;
    reply->text = {copy, size};
    return reply;
}

RedisReply* ReplyReader::make_array(const redisReadTask* task, std::size_t count) {
    auto* const self = static_cast<ReplyReader*>(task->privdata);
    RedisReply* const reply = place(task);
    reply->type = RedisReply::Type::array;
    reply->count = count;
    reply->items = static_cast<RedisReply*>(self->tree_->take(sizeof(RedisReply) * reply->count));
    std::uninitialized_default_construct_n(reply->items, reply->count);
    return reply;
}

RedisReply* ReplyReader::make_integer(const redisReadTask* task, long long value) {
    RedisReply* const reply = place(task);
    reply->type = RedisReply::Type::integer;
    reply->integer = value;
    return reply;
}

}  // namespace webhook::worker
