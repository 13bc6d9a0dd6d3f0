#pragma once

#include "ctl/listed_event.hpp"

namespace webhook::ctl {

/// Prints all fields of an event, and its body where it is text, else in base64.
void show_event(const ListedEvent& event);

}  // namespace webhook::ctl
