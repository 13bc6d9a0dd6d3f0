#pragma once

#include "module/ngx/ngx.hpp"

#include "module/request/request_state.hpp"

namespace webhook::module {

/// The view of a body that stays with nginx, for as long as this lives: memory buffers where they lie, a
/// temporary file mapped. `state->headers.body` is empty again afterwards.
class BodyInPlace {
  public:
    /// Throws std::bad_alloc; usable() is false when the file cannot be mapped.
    explicit BodyInPlace(RequestState* state);
    ~BodyInPlace();
    BodyInPlace(const BodyInPlace&) = delete;
    BodyInPlace& operator=(const BodyInPlace&) = delete;

    bool usable() const { return usable_; }

  private:
    bool map(const ngx_buf_t& buffer, std::string_view* content);

    RequestState* state_;
    void* mapped_ = nullptr;  ///< nginx keeps a body in at most one file
    std::size_t mapped_size_ = 0;
    bool usable_;  ///< last: finding out maps the file
};

}  // namespace webhook::module
