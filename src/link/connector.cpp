#include "link/connector.hpp"

#include <algorithm>

#include "link/error_text.hpp"
#include "link/tls_problem.hpp"

namespace webhook::link {
namespace {

namespace asio = boost::asio;

constexpr std::ptrdiff_t most_listed = 4;  ///< addresses that one error lists

void add_failure(std::string_view failure, std::string* error) {
    const auto listed = std::count(error->begin(), error->end(), ';') + (error->empty() ? 0 : 1);
    if (listed > most_listed) return;
    error->append(error->empty() ? "" : "; ").append(listed == most_listed ? "..." : failure);
}

}  // namespace

Connector::Connector(asio::any_io_executor executor, bool verify)
    : executor_(std::move(executor)), tls_(asio::ssl::context::tls_client) {
    boost::system::error_code ignored;
    tls_.set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_tlsv1 |
                         asio::ssl::context::no_tlsv1_1 | asio::ssl::context::no_sslv3 |
                         asio::ssl::context::no_compression,
                     ignored);
    tls_.set_default_verify_paths(ignored);
    tls_.set_verify_mode(verify ? asio::ssl::verify_peer : asio::ssl::verify_none);
    notice_wanted_certificate(tls_.native_handle());
}

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

asio::awaitable<bool> Connector::tls_handshake(HttpConnection& connection, bool alone,
                                               Clock::time_point until, AttemptDeadline& deadline,
                                               Outcome& outcome) {
    std::string error;
    bool good = false;
    {
        const Waiting waiting(deadline, connection);
        deadline.step = until;
        good = co_await connection.tls_handshake(tls_, &error);
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
                                                    AttemptDeadline& deadline) {
    const auto limit = deadline.step;
    Outcome outcome;
    Addresses candidates = in_order(addresses, failed_, Clock::now());
    const bool alone = candidates.size() == 1;
    while (!candidates.empty() && !deadline.cut_short() && Clock::now() < limit) {
        deadline.step = limit;
        co_await race(place, candidates, deadline, outcome);
        if (!outcome.connection) break;
        const auto now = Clock::now();
        const auto until = now + (limit - now) / static_cast<std::ptrdiff_t>(candidates.size() + 1);
        if (!place.tls || co_await tls_handshake(*outcome.connection, alone, until, deadline, outcome)) break;
        outcome.connection.reset();
    }
    deadline.step = limit;
    if (outcome.connection) outcome.error.clear();
    if (!outcome.connection && outcome.error.empty()) outcome.error = "connect: timeout";
    co_return outcome;
}

}  // namespace webhook::link
