#pragma once

#include "module/ngx/ngx.hpp"

#include "module/settings.hpp"

namespace webhook::module {

/// Setter of `webhook_respond VERDICT STATUS [TYPE BODY]`.
char* set_respond(ngx_conf_t* cf, ngx_command_t* command, void* data);

/// Adds what the scheme's provider wants to read for events that were taken, where the location says nothing
/// else. A setter's result.
char* add_acknowledgements(ngx_conf_t* cf, const signature::Scheme& scheme, bool reject_duplicates,
                           Responses* responses);

}  // namespace webhook::module
