#pragma once

#include <string>
#include <string_view>

namespace webhook::endpoint {

// Files that hold secrets. `folder` is an open folder, or AT_FDCWD for a path. Problems say what to do and
// name no file: the caller knows it.

/// Makes a file that only its owner may read, fills it and waits until it is on disk. Refuses a name that
/// exists, so that a file or link that another user put there is neither followed nor overwritten. Nothing
/// is left behind on failure.
bool write_private_file(int folder, const std::string& name, std::string_view text, std::string* problem);

/// Reads a regular file that only its owner, who must be the caller or root, can have written; no link is
/// followed. False with an empty problem when there is none.
bool read_private_file(int folder, const std::string& name, std::string* text, std::string* problem);

}  // namespace webhook::endpoint
