#pragma once

#include <vector>

#include "ctl/attempt_log.hpp"

namespace webhook::ctl {

/// Everything that is kept of an attempt; the response readable where it is text.
Json attempt_json(const LoggedAttempt& attempt);

/// Prints attempts as a table; `verbose`: each with the headers and the readable body of its response.
void show_attempts(const std::vector<LoggedAttempt>& attempts, bool verbose);

}  // namespace webhook::ctl
