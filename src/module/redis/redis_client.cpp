#include "module/redis/redis_client.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "module/ngx/pool.hpp"
#include "store/reply.hpp"
#include "store/server_info.hpp"

namespace webhook::module {

namespace {

constexpr ngx_msec_t first_backoff = 10, longest_backoff = 1000;
constexpr ngx_msec_t look_interval = 30000;
constexpr std::string_view broken_reply = "it gave a broken reply";

HealthCheck::Login login_of(const RedisServer& server) {
    return {server.user, server.password, server.address.database};
}

}  // namespace

RedisClient::RedisClient(RedisServer* server, ngx_log_t* log)
    : server_(server),
      log_(log),
      connection_(this, {server->connect_timeout, server->timeout}, log),
      health_(&connection_, this, login_of(*server), &server->streams),
      appends_(&connection_, this) {
    life_timer_.set_up<&RedisClient::on_life_timer>(this, log);
    look_timer_.set_up<&RedisClient::on_look_timer>(this, log);
    life_timer_.cancelable = 1;
    look_timer_.cancelable = 1;
    const RedisAddress& address = server->address;
    if (!address.is_name || address.lookups == nullptr) return;
    const auto done = [](void* self) { static_cast<RedisClient*>(self)->on_looked_up(); };
    lookup_ = std::make_unique<NameLookup>(address.lookups, address.host, address.port, done, this);
    ngx_add_timer(&look_timer_, look_interval);
}

RedisClient::~RedisClient() {
    closing_ = true;
    on_lost("the worker process exits");
    connection_.close();
}

// --- connecting ---

void RedisClient::enter(State state) {
    state_ = state;
    if (state != State::examining && state != State::ready) health_.stop();
    appends_.set_mode(state == State::ready ? AppendQueue::Mode::open
                      : is_starting()       ? AppendQueue::Mode::waiting
                                            : AppendQueue::Mode::closed);
}

void RedisClient::connect() {
    if (lookup_ == nullptr || !lookup_->ask()) {
        open();
        return;
    }
    enter(State::resolving);
    set_life_timer(server_->connect_timeout);
}

void RedisClient::on_looked_up() {
    const HostAddresses& answer = lookup_->answer();
    auto& known = server_->address.endpoints;
    if (!answer.found.empty()) guarded(log_, 0, [&] { return known = answer.found, 0; });
    if (state_ == State::resolving) {
        if (known.empty()) {
            on_lost(answer.problem.empty() ? "out of memory" : answer.problem);
        } else {
            open();
        }
    } else if (state_ == State::ready && std::find(known.begin(), known.end(), address_) == known.end()) {
        move();
    }
}

void RedisClient::open() {
    const auto& endpoints = server_->address.endpoints;
    if (endpoints.empty()) {
        on_lost(noted_.empty() ? "the address of its host is not known" : std::string_view(noted_));
        return;
    }
    address_ = endpoints[next_endpoint_++ % endpoints.size()];
    enter(State::connecting);
    if (life_timer_.timer_set) ngx_del_timer(&life_timer_);
    if (const char* problem = connection_.connect(address_)) on_lost(problem);
}

void RedisClient::on_connected() {
    enter(State::examining);
    shielded(this, [this] { health_.greet(); });
}

void RedisClient::on_healthy() {
    if (state_ == State::examining) {
        enter(State::ready);
        tries_ = 0;
        const ngx_uint_t level = noted_.empty() ? NGX_LOG_INFO : NGX_LOG_NOTICE;
        ngx_log_error(level, log_, 0, "webhook: redis %s is ready", url());
        noted_.clear();
        hold_worker(false);
        send_early();
        connection_.schedule();
    }
    set_life_timer(health_.interval());
}

/// Leaves the address: commands under way get their replies, new ones wait; on_idle() goes on.
void RedisClient::move() {
    ngx_log_error(NGX_LOG_NOTICE, log_, 0, "webhook: redis %s has another address now, connecting to it",
                  url());
    enter(State::moving);
    if (life_timer_.timer_set) ngx_del_timer(&life_timer_);
    if (appends_.has_gathered()) hold_worker(true);
    if (connection_.is_idle()) on_idle();
}

void RedisClient::on_idle() {
    if (state_ == State::distrusting) {
        connection_.lose(broken_reply);
    } else if (state_ == State::moving) {
        connection_.close();
        open();
    }
}

void RedisClient::on_lost(std::string_view reason) {
    enter(State::waiting);
    if (!closing_) {
        note_down(reason);
        set_life_timer(backoff());
    }
    hold_worker(false);
    appends_.refuse_gathered();
    for (const Early& early : std::exchange(early_, {}))
        early.command->done(early.command, nullptr);
}

void RedisClient::fail(std::string_view reason) {
    enter(State::waiting);
    connection_.fail(reason);
}

void RedisClient::on_life_timer() {
    if (state_ == State::waiting && !connection_.is_open()) {
        connect();
    } else if (state_ == State::resolving) {
        open();  // with the last known addresses
    } else if (state_ == State::ready && !health_.is_testing()) {
        shielded(this, [this] { health_.test(); });
    }
}

void RedisClient::on_look_timer() {
    ngx_add_timer(&look_timer_, look_interval);
    // Otherwise the next connection asks by itself.
    if (state_ == State::ready) lookup_->ask();
}

void RedisClient::set_life_timer(ngx_msec_t delay) {
    if (life_timer_.timer_set)
        ngx_del_timer(&life_timer_);  // nginx would keep a timer that is nearly the same
    ngx_add_timer(&life_timer_, delay);
}

ngx_msec_t RedisClient::backoff() {
    const ngx_msec_t whole = std::min(first_backoff << std::min(tries_, 8u), longest_backoff);
    return whole / 2 + static_cast<ngx_msec_t>(ngx_random()) % (whole / 2 + 1);
}

bool RedisClient::is_starting() const {
    if (state_ == State::moving) return true;
    return noted_.empty() &&
           (state_ == State::resolving || state_ == State::connecting || state_ == State::examining);
}

void RedisClient::hold_worker(bool on) {
    life_timer_.cancelable = !on;
    connection_.hold_worker(on);
}

// --- appends and commands ---

bool RedisClient::submit(OwnedAppend&& append, Appended* refused) {
    if (state_ != State::ready && !is_starting()) {
        *refused = {Appended::State::unavailable, {}, problem()};
        return false;
    }
    if (!appends_.submit(std::move(append), refused)) return false;
    if (appends_.is_due()) connection_.schedule();
    if (state_ != State::ready) hold_worker(true);
    return true;
}

void RedisClient::on_turn() {
    if (appends_.is_due()) shielded(this, [this] { appends_.on_turn(); });
}

bool RedisClient::send(std::string_view resp, Command* command) {
    if (is_starting()) {
        if (command->is_needed) hold_worker(true);
        return guarded(log_, false, [&] { return early_.push_back({std::string(resp), command}), true; });
    }
    if (state_ != State::ready || connection_.unsent() > max_output) return false;
    return guarded(log_, false, [&] {
        connection_.send([resp](std::string* out) { out->append(resp); },
                         {make_taker<&RedisClient::on_reply>(this, 1, command->is_needed, command)});
        return true;
    });
}

void RedisClient::send_early() {
    for (const Early& early : std::exchange(early_, {})) {
        if (!send(early.resp, early.command)) early.command->done(early.command, nullptr);
    }
}

void RedisClient::on_reply(Command* command, const redisReply* reply) {
    if (reply != nullptr && reply->type == REDIS_REPLY_ERROR && store::is_server_error(store::text(*reply))) {
        fail(store::text(*reply));
    }
    command->done(command, reply);
}

std::string_view RedisClient::problem() const {
    if (state_ == State::ready) return "too many bytes wait for redis";
    return noted_.empty() ? std::string_view("redis is not connected yet") : noted_;
}

void RedisClient::on_wrong_partitions() {
    // The test says what is wrong, and marks the stream as unusable.
    if (state_ == State::ready && !health_.is_testing()) set_life_timer(0);
}

void RedisClient::on_broken(const Stream& stream, std::string_view detail) {
    // A connection that has failed already ends sooner, and one line does for all that is under way.
    if (state_ != State::ready && state_ != State::moving) return;
    ngx_log_error(NGX_LOG_ERR, log_, 0, "webhook: redis %s gave a broken reply for stream \"%s\": %*s", url(),
                  stream.appender.settings().name.c_str(), detail.size(), detail.data());
    enter(State::distrusting);
}

// --- the log ---

void RedisClient::note_down(std::string_view reason) {
    ++tries_;
    if (noted_ == reason && !noted_.empty()) return;
    guarded(log_, 0, [&] { return noted_.assign(reason), 0; });
    ngx_log_error(NGX_LOG_ERR, log_, 0, "webhook: redis %s is unavailable: %*s", url(), reason.size(),
                  reason.data());
}

/// Logs one line for each change: one nginx worker does for all, and one connection for all to the same
/// server.
void RedisClient::on_info(std::string_view info) {
    static std::set<std::string> without;  // hosts
    if (ngx_worker != 0) return;
    const std::string host = server_->address.host + ":" + std::to_string(server_->address.port);
    if (store::lacks_append_only_file(info)) {
        if (!without.insert(host).second) return;
        ngx_log_error(
            NGX_LOG_WARN, log_, 0,
            "webhook: redis %s keeps no append-only file: events that were accepted are lost when it "
            "ends, set \"appendonly yes\" there",
            url());
    } else if (without.erase(host) != 0) {
        ngx_log_error(NGX_LOG_NOTICE, log_, 0, "webhook: redis %s keeps an append-only file now", url());
    }
}

void RedisClient::on_stream_changed(const Stream& stream) {
    const char* name = stream.appender.settings().name.c_str();
    if (stream.problem.empty()) {
        ngx_log_error(NGX_LOG_NOTICE, log_, 0, "webhook: stream \"%s\" on %s is usable again", name, url());
    } else {
        ngx_log_error(NGX_LOG_ERR, log_, 0, "webhook: stream \"%s\" on %s cannot be used: %s", name, url(),
                      stream.problem.c_str());
    }
}

void RedisClient::on_refused(const Stream& stream, std::string_view error) {
    ngx_log_error(NGX_LOG_ERR, log_, 0, "webhook: redis %s refused an event for stream \"%s\": %*s", url(),
                  stream.appender.settings().name.c_str(), error.size(), error.data());
}

void RedisClient::on_undo_lost(const PendingAppend& append) {
    ngx_log_error(NGX_LOG_ERR, log_, 0,
                  "webhook: entry %s of stream \"%s\" partition %ui on redis %s could not be taken back, a "
                  "retry of its sender may store it twice (%ui since the start)",
                  append.undo.c_str(), append.stream->appender.settings().name.c_str(),
                  static_cast<ngx_uint_t>(append.partition), url(), ++undo_lost_);
}

}  // namespace webhook::module
