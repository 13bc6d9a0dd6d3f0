#include "link/connect_race.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

namespace webhook::link {

namespace asio = boost::asio;
using asio::ip::tcp;
using Error = boost::system::error_code;

struct ConnectRace::State : std::enable_shared_from_this<ConnectRace::State> {
    struct Try {
        Try(const asio::any_io_executor& executor, asio::ip::address address)
            : socket(executor), address(std::move(address)) {}
        tcp::socket socket;
        asio::ip::address address;
        Error error;
        bool failed = false;
    };

    State(const asio::any_io_executor& executor, std::vector<asio::ip::address> addresses, std::uint16_t port)
        : executor(executor),
          addresses(std::move(addresses)),
          port(port),
          next_start(executor),
          end(executor, Clock::time_point::max()) {}

    asio::any_io_executor executor;
    std::vector<asio::ip::address> addresses;
    std::uint16_t port;
    asio::steady_timer next_start, end;  ///< `end` never expires: it is cancelled when the race is over
    std::vector<std::unique_ptr<Try>> tries;
    Try* winner = nullptr;
    std::size_t failures = 0;
    bool over = false;

    void start_next() {
        if (over || tries.size() == addresses.size()) return;
        Try& one = *tries.emplace_back(std::make_unique<Try>(executor, addresses[tries.size()]));
        one.socket.async_connect({one.address, port}, [self = shared_from_this(), &one](const Error& error) {
            self->ended(one, error);
        });
        next_start.expires_after(head_start);
        next_start.async_wait([self = shared_from_this()](const Error& error) {
            if (!error) self->start_next();
        });
    }

    void ended(Try& one, const Error& error) {
        if (over) return;
        if (!error) {
            winner = &one;
            return finish();
        }
        one.error = error;
        one.failed = true;
        if (++failures == addresses.size()) return finish();
        start_next();
    }

    void finish() noexcept {
        over = true;
        for (const auto& one : tries) {
            Error ignored;
            if (one.get() != winner) one->socket.close(ignored);
        }
        try {
            next_start.cancel();
            end.cancel();
        } catch (const boost::system::system_error&) {
            return;  // cancelling a timer does not throw in practice; only its signature allows it
        }
    }
};

ConnectRace::ConnectRace(const asio::any_io_executor& executor, std::vector<asio::ip::address> addresses,
                         std::uint16_t port)
    : state_(std::make_shared<State>(executor, std::move(addresses), port)) {}

ConnectRace::~ConnectRace() {
    cancel();
}

asio::awaitable<bool> ConnectRace::run() {
    const std::shared_ptr<State> state = state_;
    state->start_next();
    Error ignored;
    if (!state->over) co_await state->end.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    co_return state->winner != nullptr;
}

void ConnectRace::cancel() noexcept {
    if (!state_->over) state_->finish();
}

tcp::socket ConnectRace::take_winner() {
    return std::move(state_->winner->socket);
}

asio::ip::address ConnectRace::winner() const {
    return state_->winner->address;
}

std::vector<ConnectRace::Loss> ConnectRace::losses() const {
    std::vector<Loss> all;
    for (const auto& one : state_->tries) {
        if (one.get() != state_->winner) all.push_back({one->address, one->error});
    }
    return all;
}

}  // namespace webhook::link
