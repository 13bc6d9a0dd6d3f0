#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ctl/output.hpp"
#include "ctl/partitions.hpp"

namespace webhook::ctl {

/// Counts of events and deliveries by their state, of one partition or of all together.
struct Ledger {
    std::int64_t accepted = 0, unrouted = 0, routed = 0;
    std::int64_t created = 0, replayed = 0, delivered = 0, waiting = 0, dead = 0, cancelled = 0;

    /// accepted = unrouted + routed, nothing unrouted twice, created + replayed = delivered + waiting + dead
    /// + cancelled.
    bool balanced() const;
    Ledger& operator+=(const Ledger& other);
};

/// From the reply of store::read_ledger.
Ledger ledger_from(ReplyView reply);

struct PartitionLedger {
    Partition partition;
    Ledger ledger;
};

/// One atomic read per partition.
std::vector<PartitionLedger> read_ledgers(Redis& redis, const std::vector<Partition>& partitions);

/// {"balanced","total","partitions"} as docs/commands.md describes it.
Json ledger_json(const std::vector<PartitionLedger>& rows);
std::string ledger_table(const std::vector<PartitionLedger>& rows);

}  // namespace webhook::ctl
