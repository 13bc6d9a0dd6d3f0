#include "module/gate_body.hpp"

#include <sys/mman.h>

#include <new>

namespace webhook::module {

namespace {

std::size_t count_buffers(const ngx_chain_t* chain) {
    std::size_t count = 0;
    for (; chain != nullptr; chain = chain->next)
        ++count;
    return count;
}

std::string_view* room_for(RequestState* state, std::size_t count) {
    if (count <= sizeof state->chunk / sizeof state->chunk[0]) return state->chunk;
    void* room = ngx_palloc(state->request->pool, count * sizeof(std::string_view));
    if (room == nullptr) throw std::bad_alloc();
    return static_cast<std::string_view*>(room);
}

}  // namespace

BodyInPlace::BodyInPlace(RequestState* state) : state_(state) {
    const ngx_http_request_body_t* read = state->request->request_body;
    if (read == nullptr) return;
    event::BodyView body;
    std::string_view* chunk = room_for(state, count_buffers(read->bufs));
    body.chunk = chunk;
    for (const ngx_chain_t* link = read->bufs; link != nullptr; link = link->next) {
        const ngx_buf_t& buffer = *link->buf;
        if (ngx_buf_size(link->buf) <= 0) continue;
        if (ngx_buf_in_memory(link->buf)) {
            *chunk = {reinterpret_cast<char*>(buffer.pos),
                      static_cast<std::size_t>(buffer.last - buffer.pos)};
        } else if (!map(buffer, chunk)) {
            usable_ = false;
            return;
        }
        body.size += chunk->size();
        ++chunk;
        ++body.count;
    }
    state->headers.body = body;
}

BodyInPlace::~BodyInPlace() {
    state_->headers.body = {};
    if (mapped_ != nullptr) munmap(mapped_, mapped_size_);
}

bool BodyInPlace::map(const ngx_buf_t& buffer, std::string_view* content) {
    const auto end = static_cast<std::size_t>(buffer.file_last);
    const auto start = static_cast<std::size_t>(buffer.file_pos);
    void* mapped =
        mapped_ != nullptr ? MAP_FAILED : mmap(nullptr, end, PROT_READ, MAP_PRIVATE, buffer.file->fd, 0);
    if (mapped == MAP_FAILED) return false;
    mapped_ = mapped;
    mapped_size_ = end;
    *content = {static_cast<const char*>(mapped) + start, end - start};
    return true;
}

}  // namespace webhook::module
