#pragma once

#include "module/ngx.hpp"

#include "module/request_state.hpp"

namespace webhook::module {

/// Verifies the signature. Verdict::none: genuine; else the verdict and its reason.
Verdict judge_signature(RequestState* state, std::string_view* reason);

/// Finds id, type, source and tenant of a genuine event and checks them. Verdict::none: all is well.
Verdict identify(RequestState* state, std::string_view* reason);

}  // namespace webhook::module
