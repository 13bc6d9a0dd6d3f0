#pragma once

#include <string>
#include <string_view>

namespace webhook::worker {

/// Reads secrets of endpoint documents: a literal as it is, `secret:NAME` from the file NAME in the folder,
/// one trailing newline dropped. Blocking.
class Secrets {
  public:
    explicit Secrets(std::string folder) : folder_(std::move(folder)) {}

    /// False and a reason that names no secret's value: no folder, no such file, empty, over 64 KiB, still
    /// redacted.
    bool resolve(std::string_view value, std::string* secret, std::string* problem) const;

  private:
    std::string folder_;
};

}  // namespace webhook::worker
