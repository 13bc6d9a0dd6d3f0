#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "signature/keys/hmac.hpp"

namespace webhook::worker {

/// The header `webhook-hops`, by which loops end: a list of items `INSTALLATION:COUNT:MAC`, one for each
/// installation that has sent the event on. An installation believes and raises its own item only, which
/// nobody else can make, and passes the others along. So a loop through several installations ends, and no
/// client can make an event undeliverable.
class Hops {
  public:
    static constexpr unsigned most = 5;               ///< times that one installation sends an event on
    static constexpr std::size_t most_foreign = 7;    ///< items passed along; of more the last ones
    static constexpr std::size_t longest_item = 100;  ///< longer ones are dropped

    struct Passage {
        unsigned count = 1;  ///< times that it has been sent on by us, with this one
        std::string header;  ///< to be sent
        bool is_loop() const { return count > most; }
    };

    /// `key`: of the configuration, which all workers of an installation share. Empty: not known yet, nothing
    /// is believed.
    explicit Hops(std::string_view key = {});

    /// `received`: the header that the event came with, empty when there was none.
    Passage pass(std::string_view received) const;

  private:
    std::string item(unsigned count) const;
    unsigned own_count(std::string_view item) const;

    std::optional<signature::HmacKey> key_;
    std::string prefix_;  ///< "INSTALLATION:"
    std::string first_;   ///< item of an event that was not here before
};

}  // namespace webhook::worker
