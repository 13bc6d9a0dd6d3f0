#pragma once

#include <string_view>

namespace webhook {

/// Version of module, worker and webhookctl; part of the worker's user-agent.
inline constexpr std::string_view version = "0.1.0";

}  // namespace webhook
