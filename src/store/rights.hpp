#pragma once

#include <string_view>
#include <vector>

#include "store/script.hpp"

namespace webhook::store {

/// A command that the user of Redis must be allowed to call.
struct Right {
    std::string_view name;  ///< as ACL rules write it: "HSET", "XGROUP|CREATE"
    std::string_view
        arguments;  ///< of one whole call, with blanks between them; "K" stands for a key of ours
};

/// Lists each command that a script of settle, sweep, waiting, lease, configuration or admin calls, and those
/// that the worker sends itself.
const std::vector<Right>& needed_rights();

/// Asks which of these commands this user of Redis may not call. Reply: their names with blanks between them;
/// empty: the user may call them all. An error names the command that Redis does not take for one.
Call missing_rights();

/// Tells whether an error says that the user may not call a command, use a key, or do so within a step. The
/// step then stopped half-way, and what it had done stays.
bool is_missing_right(std::string_view error);

}  // namespace webhook::store
