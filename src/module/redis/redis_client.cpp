#include "module/redis/redis_client.hpp"

#include <algorithm>
#include <utility>

#include "module/ngx/pool.hpp"
#include "store/reply.hpp"
#include "store/server_info.hpp"

namespace webhook::module {

namespace {

constexpr ngx_msec_t first_backoff = 10, longest_backoff = 1000;
constexpr ngx_msec_t look_interval = 30000;
constexpr std::string_view broken_reply = "it gave a broken reply";

}  // namespace

RedisClient::RedisClient(RedisServer* server, ngx_log_t* log)
    : server_(server), log_(log), connection_(this, {server->connect_timeout, server->timeout}, log) {
    ngx_queue_init(&gathered_);
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
    freeing_ = true;
    on_lost("the worker process exits");
    connection_.close();
}

// --- connecting
// ------------------------------------------------------------------------------------------------------

void RedisClient::connect() {
    if (lookup_ == nullptr || !lookup_->ask()) {
        open();
        return;
    }
    state_ = State::resolving;
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
    state_ = State::connecting;
    if (life_timer_.timer_set) ngx_del_timer(&life_timer_);
    if (const char* problem = connection_.connect(address_)) on_lost(problem);
}

void RedisClient::on_connected() {
    state_ = State::greeting;
    shielded([this] { greet(); });
}

/// What is under way gets its reply, what comes meanwhile waits; on_idle() goes on.
void RedisClient::move() {
    ngx_log_error(NGX_LOG_NOTICE, log_, 0, "webhook: redis %s has another address now, connecting to it",
                  server_->address.url.c_str());
    state_ = State::moving;
    testing_ = false;
    if (life_timer_.timer_set) ngx_del_timer(&life_timer_);
    if (!ngx_queue_empty(&gathered_)) hold_worker(true);
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
    state_ = State::waiting;
    testing_ = false;
    if (!freeing_) {
        note_down(reason);
        set_life_timer(backoff());
    }
    hold_worker(false);
    refuse_gathered();
    for (const Early& early : std::exchange(early_, {}))
        early.command->done(early.command, nullptr);
}

void RedisClient::on_life_timer() {
    if (state_ == State::waiting && !connection_.is_open()) {
        connect();
    } else if (state_ == State::resolving) {
        open();  // with the last known addresses
    } else if (state_ == State::ready && !testing_) {
        shielded([this] { start_test(); });
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
    return noted_.empty() && (state_ == State::resolving || state_ == State::connecting ||
                              state_ == State::greeting || state_ == State::preparing);
}

void RedisClient::hold_worker(bool on) {
    life_timer_.cancelable = !on;
    connection_.hold_worker(on);
}

// --- what becomes of it
// ----------------------------------------------------------------------------------------------

void RedisClient::keep(std::string_view text, std::string* where) {
    guarded(log_, 0, [&] { return where->assign(text), 0; });
}

void RedisClient::fail(std::string_view reason) {
    state_ = State::waiting;
    connection_.fail(reason);
}

void RedisClient::note_down(std::string_view reason) {
    ++tries_;
    if (noted_ == reason && !noted_.empty()) return;
    keep(reason, &noted_);
    ngx_log_error(NGX_LOG_ERR, log_, 0, "webhook: redis %s is unavailable: %*s", server_->address.url.c_str(),
                  reason.size(), reason.data());
}

void RedisClient::note_ready() {
    state_ = State::ready;
    tries_ = 0;
    const ngx_uint_t level = noted_.empty() ? NGX_LOG_INFO : NGX_LOG_NOTICE;
    ngx_log_error(level, log_, 0, "webhook: redis %s is ready", server_->address.url.c_str());
    noted_.clear();
    hold_worker(false);
    send_early();
    connection_.schedule();
}

// --- commands of others
// ----------------------------------------------------------------------------------------------

bool RedisClient::send(std::string_view resp, Command* command) {
    if (is_starting()) {
        if (command->is_needed) hold_worker(true);
        return guarded(log_, false, [&] { return early_.push_back({std::string(resp), command}), true; });
    }
    if (state_ != State::ready || connection_.unsent() > max_output) return false;
    return guarded(log_, false, [&] {
        connection_.send([resp](std::string* out) { out->append(resp); },
                         {taker<&RedisClient::on_reply>(1, command->is_needed, command)});
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

}  // namespace webhook::module
