#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "endpoint/document.hpp"
#include "signature/sign/signer.hpp"

namespace webhook::endpoint {

/// Signs with the keys that are valid at the time. For each period between two dates of the keys there is a
/// signer with the keys of that period. Immutable.
class RotatingSigner {
  public:
    /// Takes keys without `secret:NAME`. Returns nothing and an error if one cannot be used.
    static std::optional<RotatingSigner> make(const signature::Scheme& scheme,
                                              const std::vector<SignSecret>& keys, std::string* error);

    const signature::Signer& at(std::int64_t now_ms) const;

  private:
    struct Period {
        std::int64_t from_ms;
        std::unique_ptr<signature::Signer> signer;
    };
    std::vector<Period> periods_;  ///< never empty; the first begins before all time
};

}  // namespace webhook::endpoint
