#pragma once

#include <string>
#include <string_view>

#include "endpoint/event_values.hpp"

namespace webhook::endpoint {

/// Appends the event in the JSON format of CloudEvents 1.0 (structured mode). The body is `data` as JSON when
/// its type says that it is JSON (or there is none) and it is, `data_base64` otherwise, so that no byte of it
/// changes; a content coding is the extension `contentencoding`.
void append_cloud_event(const EventValues& event, std::string_view ce_id, std::string* out);

}  // namespace webhook::endpoint
