#include "worker/send/origin.hpp"

#include <algorithm>

namespace webhook::worker {
namespace {

bool leads_to(const HttpConnection& connection, const Addresses& addresses) {
    return std::find(addresses.begin(), addresses.end(), connection.address()) != addresses.end();
}

}  // namespace

std::unique_ptr<HttpConnection> Origin::take(Clock::time_point now, const Addresses& addresses) {
    while (!idle_.empty()) {
        std::unique_ptr<HttpConnection> connection = std::move(idle_.back());
        idle_.pop_back();
        --limits_->held;
        if (now - connection->born > max_age || now - connection->idle_since > max_idle) continue;
        if (!leads_to(*connection, addresses)) continue;
        // Bytes after a response must not be read as the next one.
        if (connection->is_quiet()) return connection;
    }
    return nullptr;
}

void Origin::give(std::unique_ptr<HttpConnection> connection, Clock::time_point now) {
    if (idle_.size() >= limits_->per_origin || limits_->held >= limits_->total) return;
    connection->idle_since = now;
    idle_.push_back(std::move(connection));
    ++limits_->held;
}

void Origin::sweep(Clock::time_point now, const Addresses* addresses) {
    const auto useless = [&](const std::unique_ptr<HttpConnection>& connection) {
        return now - connection->idle_since > max_idle || now - connection->born > max_age ||
               (addresses != nullptr && !leads_to(*connection, *addresses)) || !connection->is_quiet();
    };
    const auto first = std::remove_if(idle_.begin(), idle_.end(), useless);
    limits_->held -= static_cast<std::size_t>(idle_.end() - first);
    idle_.erase(first, idle_.end());
}

void Origin::clear() {
    limits_->held -= idle_.size();
    idle_.clear();
}

}  // namespace webhook::worker
