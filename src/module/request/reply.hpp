#pragma once

#include "module/ngx/ngx.hpp"

#include <string_view>

#include "module/request/request_state.hpp"

namespace webhook::module {

/// The response to a judged request, from its verdict and the location's configuration. The views live as
/// long as the request.
struct ComposedReply {
    unsigned status;
    std::string_view type, body;
    bool own_body;  ///< the configuration or the scheme chose this body: error_page does not replace it
};

/// Throws std::bad_alloc.
ComposedReply compose_reply(const RequestState& state);

}  // namespace webhook::module
