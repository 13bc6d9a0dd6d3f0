#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "signature/keys/hmac.hpp"

namespace webhook::worker {

/// Implements the header `webhook-hops`, which ends loops: a list of items `INSTALLATION:COUNT:MAC`, one for
/// each installation that has forwarded the event. An installation trusts and increments only its own item,
/// which its MAC protects, and forwards the others. So a loop through several installations ends, and no
/// client can make an event undeliverable.
class Hops {
  public:
    static constexpr unsigned most = 5;  ///< how often one installation forwards an event
    static constexpr std::size_t most_foreign =
        7;  ///< forwarded items of other installations; the last ones if there are more
    static constexpr std::size_t longest_item = 100;  ///< longer items are dropped

    struct Passage {
        unsigned count = 1;  ///< how often we have forwarded the event, including this time
        std::string header;  ///< value to send
        bool is_loop() const { return count > most; }
    };

    /// Takes the key of the configuration, which all workers of an installation share. Empty: not known yet,
    /// no item is trusted.
    explicit Hops(std::string_view key = {});

    /// Computes the header to send from the `received` one, which is empty if there was none.
    Passage pass(std::string_view received) const;

  private:
    std::string item(unsigned count) const;
    unsigned own_count(std::string_view item) const;

    std::optional<signature::HmacKey> key_;
    std::string prefix_;  ///< "INSTALLATION:"
    std::string first_;   ///< item of an event that was not forwarded before
};

}  // namespace webhook::worker
