#include "module/gate/mapped_body.hpp"

#include <sys/mman.h>

#include "module/request/body.hpp"

namespace webhook::module {

BodyInPlace::BodyInPlace(RequestState* state)
    : state_(state), usable_(gather_body(state, [this](const ngx_buf_t& buffer, std::string_view* content) {
          return map(buffer, content);
      })) {}

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
