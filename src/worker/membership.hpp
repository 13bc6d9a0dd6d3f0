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
    std::vector<std::string> streams;  ///< named in its settings; empty: it serves all streams
};

/// Returns the partitions of one worker. Streams served by the same workers are distributed together: of
/// their sorted partitions number i goes to number i mod W of these W workers, sorted. So workers that know
/// different streams agree, too.
std::vector<PartitionName> share_of(const std::vector<PartitionName>& partitions, std::vector<Member> workers,
                                    const std::string& self);

/// Sends heartbeats, acquires the partitions of this worker's share and hands the others over. A worker that
/// dies is detected after 9 to 12 s, one that leaves at once.
class Membership {
  public:
    /// `partitions` returns all partitions, sorted; `acquired` is called for each acquired one, `workers`
    /// with the number of workers that are alive when it has changed.
    Membership(Core& core, std::function<std::vector<PartitionName>()> partitions,
               std::function<unsigned(const std::string& stream)> partition_count,
               std::function<void(const PartitionPtr&)> acquired, std::function<void(std::size_t)> workers);

    boost::asio::awaitable<void> run();
    /// Compares the share with the owned partitions at once: partitions or the epoch have changed.
    void look();
    /// Begins to drain all partitions: each is released when none of its attempts is running, or at
    /// `deadline`.
    void begin_leaving(SteadyTime deadline);
    /// Releases drained partitions, and those that Redis lists as ours though we do not use them.
    boost::asio::awaitable<void> release_drained();
    /// Returns whether Redis lists no partition as ours any more.
    bool released_all() const { return claims_.empty(); }
    /// Sends heartbeats of a worker that is leaving: it has no share, and keeps partitions that have not
    /// drained.
    boost::asio::awaitable<void> beat_leaving();
    /// Removes this worker's mark, so that the others take over at once.
    boost::asio::awaitable<void> leave();

  private:
    /// Is a token that Redis may list as the holder of a partition: from the request on until Redis has
    /// replied otherwise.
    struct Claim {
        PartitionName name;
        store::Ownership owner;
    };

    boost::asio::awaitable<void> beat();
    void note_workers(SteadyTime sent, const RedisReply& reply);
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
    std::function<void(std::size_t)> counted_;
    Liveness liveness_;
    std::vector<Member> workers_;  ///< alive, with this one
    link::Wakeup look_;
    SteadyTime next_beat_{}, next_leaving_beat_{};
    std::vector<Claim> claims_;     ///< of owned partitions, and of those that may be owned
    bool beaten_ = false;           ///< the last heartbeat was answered
    unsigned long connection_ = 0;  ///< generation on which the partitions were checked last
    unsigned long tokens_ = 0;
    std::map<std::string, std::string> trouble_;  ///< partition -> error that was logged last
};

}  // namespace webhook::worker
