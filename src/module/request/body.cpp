#include "module/request/body.hpp"

#include <new>

namespace webhook::module {

namespace {

std::size_t count_chunks(const ngx_chain_t* chain) {
    std::size_t count = 0;
    for (; chain != nullptr; chain = chain->next)
        count += ngx_buf_size(chain->buf) > 0 ? 1 : 0;
    return count;
}

std::string_view* room_for(RequestState* state, std::size_t count) {
    if (count <= sizeof state->chunk / sizeof state->chunk[0]) return state->chunk;
    void* room = ngx_palloc(state->request->pool, count * sizeof(std::string_view));
    if (room == nullptr) throw std::bad_alloc();
    return static_cast<std::string_view*>(room);
}

bool read_buffer(ngx_pool_t* pool, const ngx_buf_t& buffer, std::string_view* content) {
    const auto size = static_cast<std::size_t>(buffer.file_last - buffer.file_pos);
    auto* bytes = static_cast<u_char*>(ngx_palloc(pool, size));
    if (bytes == nullptr) throw std::bad_alloc();
    for (std::size_t done = 0; done < size;) {
        const ssize_t n =
            ngx_read_file(buffer.file, bytes + done, size - done, buffer.file_pos + static_cast<off_t>(done));
        if (n <= 0) return false;
        done += static_cast<std::size_t>(n);
    }
    *content = {reinterpret_cast<char*>(bytes), size};
    return true;
}

}  // namespace

bool gather_body(RequestState* state, const FromFile& from_file) {
    const ngx_http_request_body_t* read = state->request->request_body;
    if (read == nullptr) return true;
    base::BodyView body;
    std::string_view* chunk = room_for(state, count_chunks(read->bufs));
    body.chunk = chunk;
    for (const ngx_chain_t* link = read->bufs; link != nullptr; link = link->next) {
        const ngx_buf_t& buffer = *link->buf;
        if (ngx_buf_size(link->buf) <= 0) continue;
        if (ngx_buf_in_memory(link->buf)) {
            *chunk = {reinterpret_cast<char*>(buffer.pos),
                      static_cast<std::size_t>(buffer.last - buffer.pos)};
        } else if (!from_file(buffer, chunk)) {
            return false;
        }
        body.size += chunk->size();
        ++chunk;
        ++body.count;
    }
    state->headers.body = body;
    return true;
}

bool gather_body(RequestState* state) {
    return gather_body(state,
                       [pool = state->request->pool](const ngx_buf_t& buffer, std::string_view* content) {
                           return read_buffer(pool, buffer, content);
                       });
}

bool lacks_body(const ngx_http_request_t* request) {
    const ngx_http_request_t* main = request->main;
    const bool comes_with_body = main->headers_in.content_length_n > 0 || main->headers_in.chunked;
    const bool has_it = request->request_body != nullptr && request->request_body == main->request_body;
    return request != main && comes_with_body && !has_it;
}

}  // namespace webhook::module
