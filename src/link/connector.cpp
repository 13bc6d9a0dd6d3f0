#include "link/connector.hpp"

#include <algorithm>

#include "link/error_text.hpp"

namespace webhook::link {
namespace {

namespace asio = boost::asio;

constexpr std::ptrdiff_t most_listed = 4;  ///< addresses that one error lists

void add_failure(std::string_view failure, std::string* error) {
    const auto listed = std::count(error->begin(), error->end(), ';') + (error->empty() ? 0 : 1);
    if (listed > most_listed) return;
    error->append(error->empty() ? "" : "; ").append(listed == most_listed ? "..." : failure);
}

/// Returns the end of one of `parts` equal shares of the time until `limit`.
Clock::time_point share_of(Clock::time_point limit, std::size_t parts) {
    const auto now = Clock::now();
    return now + (limit - now) / static_cast<std::ptrdiff_t>(parts);
}

}  // namespace

/// Removes failed addresses from the candidates. One that was slower than the winner counts as failed for
/// later orders, but may be tried again in this attempt.
void Connector::judge_losses(const ConnectRace& race, bool won, Addresses& candidates, Outcome& outcome) {
    for (const auto& loss : race.losses()) {
        if (is_shortage(loss.error)) {
            outcome.shortage = loss.error;
        } else {
            failed_.add(loss.address, Clock::now());
        }
        if (won && !loss.error) continue;
        std::erase(candidates, loss.address);
        add_failure(
            "connect " + loss.address.to_string() + ": " + (loss.error ? describe(loss.error) : "timeout"),
            &outcome.error);
    }
}

/// Connects to the first reachable candidate and removes it from the candidates.
asio::awaitable<void> Connector::race(const Place& place, Addresses& candidates, AttemptDeadline& deadline,
                                      Outcome& outcome) {
    ConnectRace race(executor_, candidates, place.port);
    bool won = false;
    {
        const Waiting waiting(deadline, race);
        won = co_await race.run();
    }
    judge_losses(race, won, candidates, outcome);
    if (!won) co_return;
    failed_.remove(race.winner());
    std::erase(candidates, race.winner());
    outcome.connection = std::make_unique<HttpConnection>(race.take_winner(), place.host);
}

/// Gets a tunnel to the first candidate and removes it from the candidates; all of them if the proxy cannot
/// be reached. The connection is to the proxy's address, and of the receiver's host.
asio::awaitable<void> Connector::ask_proxy(const Place& place, const Through& through, Addresses& candidates,
                                           Clock::time_point until, AttemptDeadline& deadline,
                                           Outcome& outcome) {
    const std::string name = "proxy " + through.proxy.host + ":" + std::to_string(through.proxy.port) + ": ";
    const auto target = candidates.front();
    candidates.erase(candidates.begin());
    Addresses proxies = in_order(through.addresses, failed_, Clock::now());
    Outcome link;
    const Place entrance{place.host, through.proxy.port, nullptr, nullptr};
    deadline.step = until;
    co_await race(entrance, proxies, deadline, link);
    outcome.shortage = link.shortage;
    if (!link.connection) {
        candidates.clear();
        outcome.error = name + (link.error.empty() ? "timeout" : link.error);
        co_return;
    }
    std::string error;
    bool good = false;
    {
        const Waiting waiting(deadline, *link.connection);
        deadline.step = until;
        good = co_await link.connection->open_tunnel(target, place.port, through.proxy.authorization, &error);
    }
    if (good) {
        outcome.connection = std::move(link.connection);
        co_return;
    }
    failed_.add(target, Clock::now());
    add_failure(name + (Clock::now() >= until ? "timeout" : error), &outcome.error);
}

asio::awaitable<bool> Connector::tls_handshake(HttpConnection& connection, const Place& place, bool alone,
                                               Clock::time_point until, AttemptDeadline& deadline,
                                               Outcome& outcome) {
    std::string error;
    bool good = false;
    {
        const Waiting waiting(deadline, connection);
        deadline.step = until;
        good = co_await connection.tls_handshake(*place.tls, place.sessions, &error);
    }
    if (good) co_return true;
    if (Clock::now() >= until) error = "tls: timeout: does the port speak TLS?";
    failed_.add(connection.address(), Clock::now());
    add_failure(alone ? error : "connect " + connection.address().to_string() + ": " + error, &outcome.error);
    co_return false;
}

/// Opens a connection. While there are other addresses, each TLS handshake gets an equal share of the
/// remaining time.
asio::awaitable<Connector::Outcome> Connector::open(Place place, Addresses addresses,
                                                    AttemptDeadline& deadline,
                                                    std::optional<Through> through) {
    const auto limit = deadline.step;
    Outcome outcome;
    Addresses candidates = in_order(addresses, failed_, Clock::now());
    const bool alone = candidates.size() == 1;
    while (!candidates.empty() && !deadline.cut_short() && Clock::now() < limit) {
        deadline.step = limit;
        if (through) {
            const auto until = share_of(limit, candidates.size());
            co_await ask_proxy(place, *through, candidates, until, deadline, outcome);
        } else {
            co_await race(place, candidates, deadline, outcome);
        }
        if (!outcome.connection) continue;
        const auto until = share_of(limit, candidates.size() + 1);
        if (!place.tls || co_await tls_handshake(*outcome.connection, place, alone, until, deadline, outcome))
            break;
        outcome.connection.reset();
    }
    deadline.step = limit;
    if (outcome.connection) outcome.error.clear();
    if (!outcome.connection && outcome.error.empty()) outcome.error = "connect: timeout";
    co_return outcome;
}

}  // namespace webhook::link
