#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "store/script.hpp"

namespace webhook::store {

/// Who a partition's owner is: every step of the owner carries this, and changes nothing when the partition
/// has been acquired by another worker since (field `holder` of `meta`) or lives under another configuration
/// epoch.
struct Ownership {
    std::string prefix;       ///< "webhook:{S:P}:"
    std::string token;        ///< "<worker id>:<random>", new for every acquisition
    std::string epoch;        ///< of the configuration
    unsigned partitions = 1;  ///< of the stream: limits of the whole stream are shared out evenly

    std::uint64_t share(std::uint64_t limit) const { return (limit + partitions - 1) / partitions; }
};

/// Begins a call of a step that only the owner may take. KEYS: meta. ARGV: prefix, token, epoch, then what is
/// its own.
Call owned_call(const Script& script, const Ownership& owner);

/// Takes a partition without an owner, or whose field `holder` still is `instead_of`: the token of an owner
/// that the caller believes dead (a compare-and-set, so of several workers that believe it one wins). Makes
/// stream and group where they are missing and determines the floor. A group that was made by hand without
/// our floor is taken over at its position, or just below its oldest pending entry. Reply: [1, floor,
/// [parked events, their bytes, source, how many of it are parked, ...]] or [0, token of the holder].
Call acquire(const Ownership& owner, std::string_view instead_of = {});

/// Reads whether the partition is still the owner's. Reply: its floor, or empty: lost.
Call is_owned(const Ownership& owner);

/// Gives the partition up at once. Reply: 1 or 0.
Call release(const Ownership& owner);

/// Returns the id of the worker that made a token.
std::string_view worker_of(std::string_view token);

}  // namespace webhook::store
