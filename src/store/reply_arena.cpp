#include "store/reply_arena.hpp"

#include <cstring>
#include <new>

namespace webhook::store {

namespace {

constexpr std::size_t max_elements = 1 << 16;  // of one array: far more than any reply of ours has

}  // namespace

ReplyArena::ReplyArena() {
    functions_.createString = make<&ReplyArena::fill_text, char*, std::size_t>;
    functions_.createInteger = make<&ReplyArena::fill_integer, long long>;
    functions_.createNil = make<&ReplyArena::fill_nil>;
    functions_.createArray = [](const redisReadTask* task, auto count) {  // int before 1.0
        return make<&ReplyArena::fill_array>(task, static_cast<std::size_t>(count));
    };
#if HIREDIS_MAJOR >= 1
    functions_.createDouble = [](const redisReadTask* task, double, char* text, std::size_t size) {
        return make<&ReplyArena::fill_text>(task, text, size);
    };
    functions_.createBool = [](const redisReadTask* task, int value) {
        return make<&ReplyArena::fill_integer>(task, value);
    };
#endif
    functions_.freeObject = [](void*) {};  // the next reply's root does it
}

void ReplyArena::serve(redisReader* reader) {
    reader->fn = &functions_;
    reader->privdata = this;
}

/// nullptr, for hiredis "out of memory", is all that may leave it.
template <auto fill, class... Values>
void* ReplyArena::make(const redisReadTask* task, Values... values) noexcept {
    auto* self = static_cast<ReplyArena*>(task->privdata);
    try {
        redisReply* reply = self->place(*task);
        (self->*fill)(reply, values...);
        return reply;
    } catch (const std::bad_alloc&) {
        return nullptr;
    }
}

redisReply* ReplyArena::place(const redisReadTask& task) {
    if (task.parent == nullptr) memory_.release();
    auto* reply = static_cast<redisReply*>(take(sizeof(redisReply)));
    *reply = {};
    reply->type = task.type;
    if (task.parent != nullptr) static_cast<redisReply*>(task.parent->obj)->element[task.idx] = reply;
    return reply;
}

void ReplyArena::fill_text(redisReply* reply, char* text, std::size_t size) {
    reply->str = static_cast<char*>(take(size + 1));  // hiredis' own are C strings as well
    std::memcpy(reply->str, text, size);
    reply->str[size] = '\0';
    reply->len = size;
}

void ReplyArena::fill_array(redisReply* reply, std::size_t count) {
    if (count > max_elements)
        throw std::bad_alloc();  // a broken reply must not decide how much memory is taken
    reply->elements = count;
    reply->element = static_cast<redisReply**>(take(count * sizeof(redisReply*)));
}

void ReplyArena::fill_integer(redisReply* reply, long long value) {
    reply->integer = value;
}

void ReplyArena::fill_nil(redisReply* reply) {
    reply->type = REDIS_REPLY_NIL;  // its task is that of the string or array that is not there
}

}  // namespace webhook::store
