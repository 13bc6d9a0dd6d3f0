#pragma once

#include <string_view>

#include "store/script.hpp"

namespace webhook::store {

/// Asks which of the commands that the steps behind the stream are made of this user of Redis may not call. Reply: their
/// names with blanks between them; empty: he may call them all.
Call missing_rights();

/// An error that says so of a command, or of one within a step. The step then stopped half-way, and what it had done stays.
bool is_missing_right(std::string_view error);

}  // namespace webhook::store
