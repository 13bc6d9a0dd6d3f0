#pragma once

#include <stdexcept>

namespace webhook::ctl {

/// Exit codes of every command.
enum Exit : int {
    exit_yes = 0,    ///< yes, or done
    exit_no = 1,     ///< not found, forged, unbalanced, refused, differences in a dry run
    exit_error = 2,  ///< usage, Redis or input error
};

/// An error that ends the command with exit_error. The text is for the user and says what to do.
struct Failure : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// What was asked for does not exist: ends the command with exit_no.
struct NotFound : std::runtime_error {
    using std::runtime_error::runtime_error;
};

}  // namespace webhook::ctl
