#pragma once

#include <string>
#include <vector>

namespace webhook::module {

/// A secret of a scheme with public keys: a file, a directory of files, or the text itself.
struct KeySource {
    std::string path;  ///< empty: `text` is the key
    std::string text;
};

/// Keys as they were read: texts, and the names of those that came out of a directory.
struct KeyTexts {
    std::vector<std::string> texts, names;

    bool operator==(const KeyTexts& other) const { return texts == other.texts && names == other.names; }
};

/// Files of a directory that are read, at most.
inline constexpr std::size_t max_key_files = 256;

bool is_directory(const std::string& path);

/// Reads all of them; blocks. Of a directory: all regular files whose names do not begin with ".". False,
/// with a message, when one cannot be read or holds no text (see signature::read_secret_file).
bool read_key_sources(const std::vector<KeySource>& sources, KeyTexts* keys, std::string* error);

}  // namespace webhook::module
