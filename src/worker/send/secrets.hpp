#pragma once

#include <string>
#include <string_view>

namespace webhook::worker {

/// A secret in use. `warning`: what is likely wrong with it; empty when nothing is.
struct Resolved {
    std::string text, warning;
};

/// Reads secrets of endpoint documents: a literal as it is, `secret:NAME` from the file NAME in the folder
/// (see signature::read_secret_file). Blocking.
class Secrets {
  public:
    explicit Secrets(std::string folder) : folder_(std::move(folder)) {}

    /// False and a reason that names no secret's value: no folder, no such file, a file without a usable
    /// secret, still redacted.
    bool resolve(std::string_view value, Resolved* secret, std::string* problem) const;

  private:
    std::string folder_;
};

}  // namespace webhook::worker
