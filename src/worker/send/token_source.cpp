#include "worker/send/token_source.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

namespace webhook::worker {
namespace {

namespace asio = boost::asio;
using link::AttemptDeadline;

/// Returns whether the server may want the credentials in the other way.
bool may_be_the_way(std::string_view error) {
    return error.starts_with("status 400") || error.starts_with("status 401");
}

}  // namespace

Token TokenSource::ready() {
    const auto now = Clock::now();
    if (!fetching_ && life_.wants_fetch(now)) begin_fetch();
    return life_.usable(now) ? token_ : nullptr;
}

void TokenSource::begin_fetch() {
    fetching_ = true;
    asio::co_spawn(transport_->executor(), fetch(shared_from_this()), asio::detached);
}

asio::awaitable<void> TokenSource::fetch(std::shared_ptr<TokenSource> self) {
    try {
        AttemptDeadline deadline(self->transport_->deadlines(), Clock::now() + timeout);
        const bool first = self->credentials_in_body_;
        const bool granted = co_await self->ask(first, deadline);
        if (!granted && may_be_the_way(self->error_)) co_await self->ask(!first, deadline);
    } catch (const std::exception& e) {
        self->error_ = std::string("internal error: ") + e.what();
    }
    if (!self->error_.empty()) self->life_.failed(Clock::now());
    self->fetching_ = false;
    link::wake(&self->waiters_);
}

/// Asks for a token. Of two failures the first one's error is kept: it is that of the usual way.
asio::awaitable<bool> TokenSource::ask(bool credentials_in_body, AttemptDeadline& deadline) {
    const TokenRequest request = token_request(auth_, url_, credentials_in_body);
    std::optional<ResponseParser> answer;
    const Exchange result =
        co_await transport_->request(*origin_, request.head, request.body, connect_timeout, deadline, answer);
    std::string problem = result.error;
    std::optional<TokenAnswer> token;
    if (result.answered) token = read_token(answer->status(), answer->kept(), &problem);
    if (!token) {
        if (credentials_in_body == credentials_in_body_) error_ = std::move(problem);
        co_return false;
    }
    token_ = std::make_shared<const std::string>(std::move(token->authorization));
    life_.granted(Clock::now(), token->lifetime);
    credentials_in_body_ = credentials_in_body;
    error_.clear();
    co_return true;
}

asio::awaitable<Token> TokenSource::get(AttemptDeadline& deadline, std::string* error) {
    if (Token token = ready()) co_return token;
    if (fetching_) {
        const auto waiter = std::make_shared<link::Waiter>(transport_->executor());
        waiters_.push_back(waiter);
        co_await link::wait(waiter, deadline);
        std::erase(waiters_, waiter);
    }
    if (life_.usable(Clock::now())) co_return token_;
    if (deadline.stopped) {
        *error = "stopped";
    } else {
        *error = "auth: token_url: " + (fetching_ || error_.empty() ? std::string("timeout") : error_);
    }
    co_return nullptr;
}

asio::awaitable<Token> TokenSource::replace(Token rejected, AttemptDeadline& deadline, std::string* error) {
    if (rejected == token_ && !fetching_ && !life_.rejected(Clock::now())) co_return nullptr;
    Token token = co_await get(deadline, error);
    co_return token == rejected ? nullptr : token;
}

}  // namespace webhook::worker
