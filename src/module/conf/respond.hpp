#pragma once

#include "module/ngx/ngx.hpp"

#include <string_view>

#include "module/request/request_state.hpp"
#include "module/settings.hpp"

namespace webhook::module {

/// Setter of `webhook_respond VERDICT STATUS [TYPE BODY]`.
char* set_respond(ngx_conf_t* cf, ngx_command_t* command, void* data);

/// Adds what the scheme's provider wants to read for events that were taken, where the location says nothing
/// else. A setter's result.
char* add_acknowledgements(ngx_conf_t* cf, const signature::Scheme& scheme, bool reject_duplicates,
                           Responses* responses);

/// An answer as it is sent. The views live as long as the request.
struct Reply {
    unsigned status;
    std::string_view type, body;
    bool own_body;  ///< somebody chose this body: error_page does not replace it
};

/// The answer to a judged request. Throws std::bad_alloc.
Reply compose_reply(const RequestState& state);

}  // namespace webhook::module
