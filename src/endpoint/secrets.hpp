#pragma once

#include <string>
#include <string_view>

namespace webhook::endpoint {

/// Is a resolved secret. `warning`: what is probably wrong with it; empty: nothing.
struct Resolved {
    std::string text, warning;
};

/// Resolves secrets of endpoint documents: a literal as it is, `secret:NAME` from the file NAME in the folder
/// (see signature::read_secret_file). Blocking.
class Secrets {
  public:
    explicit Secrets(std::string folder) : folder_(std::move(folder)) {}

    /// Returns false and a reason without the value: no folder, no such file, a file without a usable secret,
    /// a redacted value.
    bool resolve(std::string_view value, Resolved* secret, std::string* problem) const;

  private:
    std::string folder_;
};

}  // namespace webhook::endpoint
