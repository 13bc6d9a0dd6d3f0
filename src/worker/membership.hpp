#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "worker/core.hpp"
#include "worker/liveness.hpp"

namespace webhook::worker {

/// A worker that is alive.
struct Member {
    std::string id;
    std::vector<std::string> streams;  ///< that its configuration names; empty: it serves all
};

/// The partitions of a worker. Streams that the same workers serve are shared out together: of their sorted
/// partitions number i goes to number i mod W of these workers, sorted. So workers agree that know different
/// streams, too.
std::vector<PartitionName> share_of(const std::vector<PartitionName>& partitions, std::vector<Member> workers,
                                    const std::string& self);

/// Gives signs of life, takes the partitions that are this worker's share and hands over those that are
/// another's. A worker that dies is noticed after 9 to 12 s, one that leaves at once.
class Membership {
  public:
    /// `partitions` gives all partitions there are, sorted; `acquired` is called for each that has become
    /// ours.
    Membership(Core& core, std::function<std::vector<PartitionName>()> partitions,
               std::function<unsigned(const std::string& stream)> partition_count,
               std::function<void(const PartitionPtr&)> acquired);

    boost::asio::awaitable<void> run();
    /// Look again at once: partitions or the epoch have changed.
    void look();
    /// Hands everything over: partitions are released as soon as nothing of them is under way, or at
    /// `deadline`.
    void begin_leaving(SteadyTime deadline);
    /// Releases what has drained, and what Redis takes for ours though it is not.
    boost::asio::awaitable<void> release_drained();
    /// Redis takes nothing for ours any more.
    bool released_all() const { return claims_.empty(); }
    /// Shows from time to time that this worker, which is leaving, lives: it has no share, and keeps what has
    /// not drained.
    boost::asio::awaitable<void> beat_leaving();
    /// Tells the others that this worker is gone.
    boost::asio::awaitable<void> leave();

  private:
    /// A token that Redis may have as a partition's holder: from the question on until Redis has said
    /// otherwise.
    struct Claim {
        PartitionName name;
        store::Ownership owner;
    };

    boost::asio::awaitable<void> beat();
    void note_workers(SteadyTime sent, const Reply& reply);
    boost::asio::awaitable<bool> check_partitions();
    boost::asio::awaitable<void> take(const PartitionName& name);
    boost::asio::awaitable<ReplyPtr> ask_for(const store::Ownership& owner);
    boost::asio::awaitable<bool> release(const Claim& claim);
    std::vector<Claim> forgotten() const;
    void note_trouble(const std::string& name, std::string_view error);
    std::string gone_holder(const ReplyPtr& reply);
    void drain_foreign(const std::vector<PartitionName>& mine);
    void drain(const PartitionPtr& partition, SteadyTime until);

    Core& core_;
    std::function<std::vector<PartitionName>()> all_partitions_;
    std::function<unsigned(const std::string&)> partition_count_;
    std::function<void(const PartitionPtr&)> acquired_;
    Liveness liveness_;
    std::vector<Member> workers_;  ///< that are alive
    link::Wakeup look_;
    SteadyTime next_beat_{}, next_leaving_beat_{};
    std::vector<Claim> claims_;     ///< of the partitions that are ours, and of those that may be
    bool beaten_ = false;           ///< the last beat has been answered
    unsigned long connection_ = 0;  ///< on which the partitions were ours last
    unsigned long tokens_ = 0;
    std::map<std::string, std::string> trouble_;  ///< partition -> error that was logged last
};

}  // namespace webhook::worker
