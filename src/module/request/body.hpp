#pragma once

#include "module/ngx/ngx.hpp"

#include <functional>
#include <string_view>

#include "module/request/request_state.hpp"

namespace webhook::module {

/// Gets the content of a buffer that lies in a file; false when it cannot.
using FromFile = std::function<bool(const ngx_buf_t& buffer, std::string_view* content)>;

/// Makes the view of the body that nginx has read: memory buffers where they lie, a temporary file by
/// `from_file`, or read into one buffer. False when that file cannot be had. Throws std::bad_alloc.
bool gather_body(RequestState* state, const FromFile& from_file);
bool gather_body(RequestState* state);

/// True in a subrequest of auth_request: nginx has not read the client's body, and it must not be read there;
/// it gives the subrequest an empty one.
bool lacks_body(const ngx_http_request_t* request);

}  // namespace webhook::module
