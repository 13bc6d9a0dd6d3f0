#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "store/append.hpp"
#include "store/script.hpp"

struct redisReply;

namespace webhook::store {

/// How long a reservation holds without being renewed.
inline constexpr std::chrono::milliseconds reservation_time{30000};
/// Number of hash tags that a gate's ids are spread over.
inline constexpr unsigned reservation_partitions = 8;

/// An event that is under way through a gate: who holds it, and what is remembered of it when it has passed.
struct Claim {
    unsigned partition = 0;
    Identity identity;
    std::array<char, 16> token{};  ///< unlike any other's: the steps of another holder change nothing
};

/// The steps in Redis of one gate that lets an event pass once: a reservation while its upstream works, a
/// remembered id when that has answered well. All gates of the same name share their ids. Immutable after
/// construction.
class Reserver {
  public:
    /// `window_ms`: how long an id is remembered, at least; at most twice as long.
    Reserver(std::string_view name, std::uint64_t window_ms);

    /// `value` chooses the partition, as in partition_of(). A reservation or a confirmation under one of the
    /// identity's alternates counts like one under its key.
    static Claim make_claim(std::string_view value, const Identity& identity,
                            const std::array<char, 16>& token);

    enum class Result : std::uint8_t {
        reserved,
        duplicate,
        conflict,     ///< the key was seen with another content
        in_progress,  ///< another request holds it
        no_script,    ///< nothing happened: send again with the text
        failed,       ///< an error or an unreadable reply
    };
    /// Takes the reservation, unless the event was seen or another request holds it.
    Call reserve(const Claim& claim) const;
    static Result read_reserve(const redisReply* reply);

    /// Remembers the key and ends the reservation. Reply: 1. Can be repeated.
    Call confirm(const Claim& claim) const;
    /// Ends the reservation if it is still this one. Reply: 1 or 0. Can be repeated.
    Call release(const Claim& claim) const;
    /// Prolongs the reservation, or takes it again if it has run out. Reply: 1, or 0: another request holds
    /// it.
    Call renew(const Claim& claim) const;

    const std::string& name() const { return name_; }
    std::uint64_t window_ms() const { return window_ms_; }
    /// "webhook:{gate:<16 hex digits of a hash of the name>:P}:"
    const std::string& prefix(unsigned partition) const { return prefix_[partition]; }

  private:
    Call call(const Script& script, const Claim& claim) const;

    std::string name_;
    std::uint64_t window_ms_;
    std::vector<std::string> prefix_;
};

}  // namespace webhook::store
