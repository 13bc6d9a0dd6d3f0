#include "worker/liveness.hpp"

namespace webhook::worker {

using namespace std::chrono_literals;

namespace {

constexpr auto longest_gap =
    5000ms;  // between two replies: after a longer gap a mark that has not changed proves nothing
constexpr auto memory = 10min;  // how long workers that are not listed any more are remembered

}  // namespace

// The times favour the other worker: its silence begins when a reply was received and ends when the next
// heartbeat was sent, because a reply may have stayed unread while this worker was stopped.
void Liveness::saw(SteadyTime sent, SteadyTime answered, const std::vector<WorkerMark>& workers) {
    const bool gap = sent - sent_ > longest_gap;
    std::map<std::string_view, std::string_view> listed(workers.begin(), workers.end());
    for (const auto& [id, mark] : workers)
        sights_.try_emplace(id, Sight{mark, answered});
    for (auto it = sights_.begin(); it != sights_.end();) {
        Sight& sight = it->second;
        const auto found = listed.find(it->first);
        const std::string_view mark = found == listed.end() ? std::string_view() : found->second;
        if (!mark.empty() && sight.mark != mark) {
            sight = {std::string(mark), answered, false};
        } else if (gap && !sight.dead) {
            sight.since = answered;
        } else if (sent - sight.since >= dead_after) {
            sight.dead = true;
        }
        if (mark.empty()) sight.mark.clear();  // another worker removed it: not a sign of life
        const bool stale = mark.empty() && sent - sight.since > memory;
        it = stale ? sights_.erase(it) : std::next(it);
    }
    sent_ = sent;
    answered_ = answered;
}

bool Liveness::is_dead(std::string_view worker) {
    const auto found = sights_.find(worker);
    if (found != sights_.end()) return found->second.dead;
    sights_.emplace(worker, Sight{{}, answered_});
    return false;
}

std::vector<WorkerMark> Liveness::to_forget() const {
    std::vector<WorkerMark> dead;
    for (const auto& [id, sight] : sights_) {
        if (sight.dead && !sight.mark.empty()) dead.emplace_back(id, sight.mark);
    }
    return dead;
}

}  // namespace webhook::worker
