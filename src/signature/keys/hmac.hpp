#pragma once

#include <string_view>

#include "base/digest.hpp"

namespace webhook::signature {

/// An HMAC key (RFC 2104) whose two inner states are prepared once: what a message costs is its own bytes and
/// one block.
class HmacKey {
  public:
    HmacKey(base::Hash hash, std::string_view key);
    ~HmacKey();
    HmacKey(const HmacKey&) = default;
    HmacKey& operator=(const HmacKey&) = default;

    /// A message under way: update() it, then finish(*this).
    base::HashState start() const { return inner_; }
    base::Digest finish(base::HashState* message) const;
    /// Computes it for a message that is one text.
    base::Digest digest(std::string_view message) const;

  private:
    base::HashState inner_, outer_;
};

/// Constant time in the content; false for different lengths.
bool equal(std::string_view a, std::string_view b);

}  // namespace webhook::signature
