#include "worker/redis/link.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <utility>

#include "link/wakeup.hpp"
#include "store/greeting.hpp"
#include "store/resp.hpp"
#include "store/rights.hpp"
#include "store/server_info.hpp"

namespace webhook::worker {

namespace asio = boost::asio;
using boost::system::error_code;
using namespace std::chrono_literals;

namespace {

constexpr auto connect_timeout = 1500ms;
constexpr auto command_timeout =
    10s;  // longer than our longest BLOCK; a slow fsync must not look like a dead server
constexpr auto shortest_pause = 50ms, longest_pause = 1000ms;
/// A connection that lasts a shorter time does not reset the back-off: its cause will probably end the next
/// one, too.
constexpr auto steady_after = 5s;
constexpr unsigned short_lives_named = 3;
constexpr auto watch_time = 250ms;
constexpr unsigned watches_per_look = 20;  // every 5 s
constexpr std::size_t read_size = std::size_t{256} * 1024;

std::string login_command(const store::RedisAddress& address) {
    std::string command;
    store::resp_words(store::auth_words(address.user, address.password), &command);
    return command;
}

}  // namespace

RedisLink::RedisLink(const asio::any_io_executor& executor, store::RedisAddress address, std::string name)
    : executor_(executor),
      address_(std::move(address)),
      name_(std::move(name)),
      socket_(executor),
      pause_(executor) {}

RedisLink::~RedisLink() = default;

asio::awaitable<void> RedisLink::run() {
    asio::co_spawn(executor_, watch(), asio::detached);
    auto pause = shortest_pause;
    while (!stopped_) {
        reason_.clear();
        ready_since_ = {};
        if (co_await connect()) {
            open_ = true;
            ++generation_;
            asio::co_spawn(executor_, read_replies(), asio::detached);
            if (co_await greet()) {
                ready_ = true;
                ready_since_ = Clock::now();
                if (short_lives_ < short_lives_named) {
                    pause = shortest_pause;
                    came_up();
                }
            }
            while (open_)
                co_await rest_until(Clock::time_point::max());
        }
        if (stopped_) break;
        went_down(reason_);
        co_await rest_until(Clock::now() + pause);
        pause = std::min<std::chrono::milliseconds>(pause * 2, longest_pause);
    }
}

void RedisLink::came_up() {
    logged_.clear();
    logged_up_ = true;
    spdlog::info("{}: connected to {}", name_, address_.text());
}

asio::awaitable<void> RedisLink::rest_until(Clock::time_point time) {
    error_code ignored;
    pause_.expires_at(time);
    co_await pause_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

/// Logs one line per change of state: the same reason again is not a change.
void RedisLink::went_down(std::string_view reason) {
    std::string line(reason.empty() ? "connection lost" : reason);
    if (ready_since_ != Clock::time_point{}) {
        short_lives_ = Clock::now() - ready_since_ < steady_after ? short_lives_ + 1 : 0;
        if (short_lives_ >= short_lives_named) {
            line = "each connection is lost soon after it was made: look at the log of Redis";
        }
    }
    logged_up_ = false;
    if (line == logged_) return;
    logged_ = line;
    spdlog::error("{}: {} ({}); trying again", name_, line, address_.text());
}

void RedisLink::stop() {
    stopped_ = true;
    close();
    pause_.cancel();
}

void RedisLink::close() {
    error_code ignored;
    socket_.close(ignored);
    open_ = false;
    ready_ = false;
    login_due_ = false;
    out_.clear();
    pause_.cancel();
    fail_pending();
}

void RedisLink::distrust(std::string_view reason) {
    if (!open_) return;
    reason_ = reason;
    close();
}

void RedisLink::fail_pending() {
    auto pending = std::exchange(pending_, {});
    for (auto& one : pending) {
        asio::post(executor_, [callback = std::move(one.callback)] { callback(nullptr); });
    }
}

asio::awaitable<void> RedisLink::wait_ready() {
    while (!ready_ && !stopped_)
        co_await link::sleep_for(20ms);
}

asio::awaitable<bool> RedisLink::connect() {
    if (address_.path.empty()) co_return co_await connect_tcp();
    const auto error = co_await connect_to(asio::local::stream_protocol::endpoint(address_.path));
    if (error) reason_ = "cannot connect: " + error.message();
    co_return !error;
}

asio::awaitable<bool> RedisLink::connect_tcp() {
    error_code error;
    asio::ip::tcp::resolver resolver(executor_);
    const auto found = co_await resolver.async_resolve(address_.host, std::to_string(address_.port),
                                                       asio::redirect_error(asio::use_awaitable, error));
    if (error) {
        reason_ = "cannot resolve: " + error.message();
        co_return false;
    }
    for (const auto& entry : found) {
        error = co_await connect_to(entry.endpoint());
        if (error) continue;
        error_code ignored;
        socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
        socket_.set_option(asio::socket_base::keep_alive(true), ignored);
        co_return true;
    }
    reason_ = "cannot connect: " + error.message();
    co_return false;
}

/// Connects to one address. Each address of a name has the whole time limit.
asio::awaitable<error_code> RedisLink::connect_to(Socket::endpoint_type endpoint) {
    socket_ = Socket(executor_);
    asio::steady_timer limit(executor_, connect_timeout);
    limit.async_wait([this](error_code error) {
        if (error || open_) return;
        error_code ignored;
        socket_.close(ignored);
    });
    error_code error;
    co_await socket_.async_connect(endpoint, asio::redirect_error(asio::use_awaitable, error));
    if (error == asio::error::operation_aborted) error = asio::error::timed_out;
    co_return error;
}

asio::awaitable<bool> RedisLink::expect_ok(std::string text, std::string_view what) {
    const auto reply = co_await request(std::move(text));
    if (reply && !reply->root().is_error()) co_return true;
    distrust(std::string(what) + ": " + (reply ? std::string(reply->root().text) : reason_));
    co_return false;
}

/// Authenticates. New credentials may have been set here before Redis has them: if they are refused, the
/// former ones are tried.
asio::awaitable<bool> RedisLink::log_in() {
    if (!address_.logs_in()) co_return true;
    if (former_) {
        const auto reply = co_await request(login_command(address_));
        if (reply && !reply->root().is_error()) former_.reset();
        if (!former_) co_return true;
    }
    const auto& known = former_ ? *former_ : address_;
    co_return !known.logs_in() || co_await expect_ok(login_command(known), "AUTH");
}

void RedisLink::log_in_as(const store::RedisAddress& address) {
    if (!former_) former_ = address_;
    address_ = address;
    login_due_ = ready_ && address_.logs_in();
    if (pending_.empty()) try_new_login();
}

/// Tries new credentials; call only while no command is pending. Redis 8 and Valkey 8 do not reply to a
/// failing AUTH sent after a command that blocks (seen with XREAD, 8.0.2 and 8.1.1), so all later replies
/// would be matched to the wrong commands.
void RedisLink::try_new_login() {
    if (!std::exchange(login_due_, false)) return;
    send(login_command(address_), [this](const ReplyPtr& reply) {
        if (!reply) return;  // the next connection tries again
        if (reply->root().is_error()) {
            spdlog::error("{}: AUTH with the new user or password: {}; the old one stays in use", name_,
                          reply->root().text);
            return;
        }
        former_.reset();
        spdlog::info("{}: logged in with the new user or password", name_);
    });
}

/// Sends AUTH and SELECT and checks the server: refused are servers that may evict keys, replicas, and
/// servers that are loading.
asio::awaitable<bool> RedisLink::greet() {
    const bool logged_in = co_await log_in();  // in the condition itself g++ 12 makes a trap of it
    if (!logged_in) co_return false;
    for (const auto& words : store::greeting({}, {}, address_.database)) {
        std::string command;
        store::resp_words(words, &command);
        const bool good = co_await expect_ok(command, words.front());
        if (!good) co_return false;
    }
    const auto info = co_await request(store::resp_command("INFO"));
    const std::string problem =
        info ? store::judge_info(info->root().is_error(), info->root().text) : reason_;
    if (!info || !problem.empty()) {
        distrust(problem);
        co_return false;
    }
    if (on_info) on_info(info->root().text);
    co_return co_await has_rights();
}

/// Checks the rights of the user, so that no operation fails half-way.
asio::awaitable<bool> RedisLink::has_rights() {
    const auto reply = co_await run(store::missing_rights());
    if (!reply) co_return false;
    const std::string text(reply->root().text);
    if (reply->root().is_error()) {
        distrust(text);
    } else if (!text.empty()) {
        distrust("the user lacks the right to " + text + ", see docs/operations.md");
    }
    co_return open_;
}

asio::awaitable<void> RedisLink::read_replies() {
    const auto generation = generation_;
    ReplyReader reader;
    std::vector<char> buffer(read_size);
    while (open_ && generation == generation_) {
        error_code error;
        const auto size = co_await socket_.async_read_some(asio::buffer(buffer),
                                                           asio::redirect_error(asio::use_awaitable, error));
        if (generation != generation_ || !open_) co_return;
        if (error) {
            distrust(error == asio::error::eof ? "connection closed by the server" : error.message());
            co_return;
        }
        reader.feed(buffer.data(), size);
        while (auto reply = reader.next()) {
            answer(std::move(reply));
            if (generation != generation_ || !open_) co_return;
        }
        if (reader.broken()) distrust("unreadable reply");
    }
}

void RedisLink::answer(ReplyPtr reply) {
    if (pending_.empty()) return distrust("unexpected reply: " + std::string(reply->root().text));
    const auto callback = std::move(pending_.front().callback);
    pending_.pop_front();
    if (pending_.empty()) try_new_login();  // before the callback sends more
    const std::string_view text = reply->root().text;
    const bool bad =
        reply->root().is_error() && (store::is_server_error(text) || store::is_missing_right(text));
    const std::string why(bad ? text : std::string_view());
    callback(std::move(reply));
    if (bad && ready_) distrust(why);
}

/// Closes the connection when a reply is late: replies come in order, so all later ones wait, too. Checks the
/// server regularly: it may have become a replica, or its eviction policy may have changed.
asio::awaitable<void> RedisLink::watch() {
    for (unsigned n = 1; !stopped_; ++n) {
        co_await link::sleep_for(watch_time);
        if (open_ && !pending_.empty() && pending_.front().deadline < Clock::now())
            distrust("no answer in time");
        if (ready_ && Clock::now() - ready_since_ >= steady_after) {
            short_lives_ = 0;
            if (!logged_up_) came_up();
        }
        if (!ready_ || n % watches_per_look != 0) continue;
        send(store::resp_command("INFO"), [this](const ReplyPtr& reply) {
            if (!reply) return;
            const std::string problem = store::judge_info(reply->root().is_error(), reply->root().text);
            if (!problem.empty()) return distrust(problem);
            if (on_info) on_info(reply->root().text);
        });
    }
}

void RedisLink::send(std::string_view text, Callback callback) {
    if (!open_) {
        asio::post(executor_, [callback = std::move(callback)] { callback(nullptr); });
        return;
    }
    out_.append(text);
    pending_.push_back({std::move(callback), Clock::now() + command_timeout});
    if (flushing_) return;
    flushing_ = true;
    asio::co_spawn(executor_, write_out(), asio::detached);
}

asio::awaitable<void> RedisLink::write_out() {
    co_await asio::post(executor_, asio::use_awaitable);  // collects the other commands of this turn
    while (!out_.empty() && open_) {
        const auto generation = generation_;
        writing_.clear();
        writing_.swap(out_);
        error_code error;
        co_await asio::async_write(socket_, asio::buffer(writing_),
                                   asio::redirect_error(asio::use_awaitable, error));
        if (error && generation == generation_) distrust(error.message());
    }
    flushing_ = false;
}

asio::awaitable<ReplyPtr> RedisLink::request(std::string text) {
    auto start = [this](auto handler, const std::string& words) {
        auto shared = std::make_shared<decltype(handler)>(std::move(handler));
        send(words, [shared](ReplyPtr reply) mutable { std::move (*shared)(std::move(reply)); });
    };
    co_return co_await asio::async_initiate<decltype(asio::use_awaitable), void(ReplyPtr)>(
        std::move(start), asio::use_awaitable, std::move(text));
}

asio::awaitable<ReplyPtr> RedisLink::run(const store::Call& call) {
    std::string text;
    call.append_to(false, &text);
    auto reply = co_await request(std::move(text));
    if (!reply || !reply->root().is_error("NOSCRIPT")) co_return reply;
    std::string again;
    call.append_to(true, &again);
    co_return co_await request(std::move(again));
}

}  // namespace webhook::worker
