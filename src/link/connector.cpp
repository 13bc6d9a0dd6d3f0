#include "link/connector.hpp"

#include <algorithm>

#include "link/error_text.hpp"
#include "link/tls_problem.hpp"

namespace webhook::link {
namespace {

namespace asio = boost::asio;

constexpr std::ptrdiff_t most_told = 4;  ///< addresses that one error names

void tell(std::string_view failure, std::string* error) {
    const auto told = std::count(error->begin(), error->end(), ';') + (error->empty() ? 0 : 1);
    if (told > most_told) return;
    error->append(error->empty() ? "" : "; ").append(told == most_told ? "..." : failure);
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

/// Takes what failed out of the candidates. An address that was overtaken counts as failed for the order of
/// the next time, but may be tried again in this attempt.
void Connector::judge_losses(const ConnectRace& race, bool won, Addresses& candidates, Outcome& outcome) {
    for (const auto& loss : race.losses()) {
        if (is_shortage(loss.error)) {
            outcome.shortage = loss.error;
        } else {
            failed_.add(loss.address, Clock::now());
        }
        if (won && !loss.error) continue;
        std::erase(candidates, loss.address);
        tell("connect " + loss.address.to_string() + ": " + (loss.error ? describe(loss.error) : "timeout"),
             &outcome.error);
    }
}

/// A connection to the first of the candidates that can be reached, which is none of them any more.
asio::awaitable<void> Connector::race(const Place& place, Addresses& candidates, AttemptDeadline& flight,
                                      Outcome& outcome) {
    ConnectRace race(executor_, candidates, place.port);
    bool won = false;
    {
        const Waiting waiting(flight, race);
        won = co_await race.run();
    }
    judge_losses(race, won, candidates, outcome);
    if (!won) co_return;
    failed_.remove(race.winner());
    std::erase(candidates, race.winner());
    outcome.connection = std::make_unique<HttpConnection>(race.take_winner(), place.host);
}

asio::awaitable<bool> Connector::handshake(HttpConnection& connection, bool alone, Clock::time_point until,
                                           AttemptDeadline& flight, Outcome& outcome) {
    std::string error;
    bool good = false;
    {
        const Waiting waiting(flight, connection);
        flight.step = until;
        good = co_await connection.handshake(tls_, &error);
    }
    if (good) co_return true;
    if (Clock::now() >= until) error = "tls: timeout: does the port speak TLS?";
    failed_.add(connection.address(), Clock::now());
    tell(alone ? error : "connect " + connection.address().to_string() + ": " + error, &outcome.error);
    co_return false;
}

/// A handshake gets an even share of the time while there are other addresses.
asio::awaitable<Connector::Outcome> Connector::open(Place place, Addresses addresses,
                                                    AttemptDeadline& flight) {
    const auto limit = flight.step;
    Outcome outcome;
    Addresses candidates = in_order(addresses, failed_, Clock::now());
    const bool alone = candidates.size() == 1;
    while (!candidates.empty() && !flight.cut_short() && Clock::now() < limit) {
        flight.step = limit;
        co_await race(place, candidates, flight, outcome);
        if (!outcome.connection) break;
        const auto now = Clock::now();
        const auto until = now + (limit - now) / static_cast<std::ptrdiff_t>(candidates.size() + 1);
        if (!place.tls || co_await handshake(*outcome.connection, alone, until, flight, outcome)) break;
        outcome.connection.reset();
    }
    flight.step = limit;
    if (outcome.connection) outcome.error.clear();
    if (!outcome.connection && outcome.error.empty()) outcome.error = "connect: timeout";
    co_return outcome;
}

}  // namespace webhook::link
