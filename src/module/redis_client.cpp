#include "module/redis_client.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "module/pool.hpp"
#include "store/reply.hpp"
#include "store/server_info.hpp"

namespace webhook::module {

namespace {

constexpr ngx_msec_t first_backoff = 10, longest_backoff = 1000;
constexpr ngx_msec_t test_interval = 5000, test_interval_in_trouble = 1000;
constexpr std::size_t kept_capacity = 1 << 20;  // a burst's memory is given back

}  // namespace

RedisClient::RedisClient(RedisServer* server, ngx_log_t* log) : server_(server), log_(log), events_(this) {
    ngx_queue_init(&gathered_);
    ngx_queue_init(&under_way_);
    flush_event_.set_up<&RedisClient::flush>(this, log);
    fail_event_.set_up<&RedisClient::on_failed>(this, log);
    life_timer_.set_up<&RedisClient::on_life_timer>(this, log);
    command_timer_.set_up<&RedisClient::on_command_timer>(this, log);
    life_timer_.cancelable = 1;
}

RedisClient::~RedisClient() {
    freeing_ = true;
    drop("the worker process exits");
}

bool RedisClient::send(std::string_view resp, Command* command) {
    if (is_starting()) {
        life_timer_.cancelable = 0;
        return guarded(log_, false, [&] { return early_.push_back({std::string(resp), command}), true; });
    }
    if (state_ != State::ready || out_.size() - out_sent_ > max_output) return false;
    if (!guarded(log_, false, [&] { return out_.append(resp), true; })) return false;
    return expect(forward<&RedisClient::on_reply, Command>, command);
}

void RedisClient::send_early() {
    for (const Early& early : std::exchange(early_, {})) {
        if (!send(early.resp, early.command)) early.command->done(early.command, nullptr);
    }
}

void RedisClient::on_reply(Command* command, const redisReply* reply) {
    if (reply == nullptr) {
        state_ = State::waiting;  // the context is about to go: nothing new may use it
    } else if (reply->type == REDIS_REPLY_ERROR && store::is_server_error(store::text(*reply))) {
        fail_soon(store::text(*reply));
    }
    command->done(command, reply);
}

std::string_view RedisClient::problem() const {
    if (state_ == State::ready) return "too many bytes wait for redis";
    return noted_.empty() ? std::string_view("redis is not connected yet") : noted_;
}

void RedisClient::connect() {
    const auto& endpoint = server_->address.endpoints[next_endpoint_++ % server_->address.endpoints.size()];
    redisAsyncContext* context = endpoint.port == 0 ? redisAsyncConnectUnix(endpoint.host.c_str())
                                                    : redisAsyncConnect(endpoint.host.c_str(), endpoint.port);
    std::string_view problem;
    if (context == nullptr) {
        problem = "out of memory";
    } else if (context->err != 0) {
        problem = context->errstr;
    } else if (!events_.attach(context, log_)) {
        problem = "nginx has no connection left";
    }
    if (context == nullptr || !problem.empty()) {
        note_down(problem);
        if (context != nullptr) redisAsyncFree(context);
        set_life_timer(backoff());
        return;
    }
    context_ = context;
    context_->data = this;
    replies_.serve(context_->c.reader);
    state_ = State::connecting;
    set_life_timer(server_->connect_timeout);
    // After the hooks are set: this is what asks for the first write event.
    redisAsyncSetConnectCallback(context_, [](const redisAsyncContext* fresh, int status) {
        static_cast<RedisClient*>(fresh->data)->on_connected(status);
    });
}

void RedisClient::on_connected(int status) {
    if (status != REDIS_OK) {
        keep(context_->c.errstr, &reason_);  // hiredis frees the context itself and calls on_context_freed()
        return;
    }
    const int on = 1;  // not by hiredis, for which a unix socket is an error
    (void)setsockopt(context_->c.fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    state_ = State::greeting;
    set_life_timer(server_->timeout);
    shielded([this] { greet(); });
}

void RedisClient::finish_prepare() {
    testing_ = false;
    if (state_ == State::preparing) note_ready();
    const bool trouble = std::any_of(server_->streams.begin(), server_->streams.end(),
                                     [](const auto& stream) { return !stream->problem.empty(); });
    set_life_timer(trouble ? test_interval_in_trouble : test_interval);
}

void RedisClient::start_test() {
    testing_ = true;
    greetings_due_ = 0;
    set_life_timer(server_->timeout);
    ask_server();
    prepare_streams();
}

void RedisClient::on_life_timer() {
    if (context_ == nullptr) {
        connect();
    } else if (state_ == State::ready && !testing_) {
        shielded([this] { start_test(); });
    } else if (state_ == State::waiting) {
        drop({});
    } else {
        drop(state_ == State::connecting ? "connecting timed out" : "redis did not answer in time");
    }
}

void RedisClient::set_life_timer(ngx_msec_t delay) {
    if (life_timer_.timer_set)
        ngx_del_timer(&life_timer_);  // nginx would keep a timer that is nearly the same
    ngx_add_timer(&life_timer_, delay);
}

void RedisClient::keep(std::string_view text, std::string* where) {
    guarded(log_, 0, [&] { return where->assign(text), 0; });
}

void RedisClient::fail_soon(std::string_view reason) {
    state_ = State::waiting;
    if (reason_.empty()) keep(reason, &reason_);
    ngx_post_event(&fail_event_, &ngx_posted_events);
}

void RedisClient::drop(std::string_view reason) {
    if (context_ == nullptr) return;
    if (!reason.empty()) keep(reason, &reason_);
    state_ = State::waiting;
    redisAsyncFree(context_);  // answers everything under way, then on_context_freed()
}

void RedisClient::on_context_freed() {
    if (reason_.empty()) keep(context_->c.err != 0 ? context_->c.errstr : "connection closed", &reason_);
    events_.close(context_);
    context_ = nullptr;
    state_ = State::waiting;
    testing_ = false;
    out_ = std::string();
    out_sent_ = 0;
    flush_event_.unpost();
    fail_event_.unpost();
    if (!freeing_) {
        note_down(reason_);
        set_life_timer(backoff());
    }
    reason_.clear();
    life_timer_.cancelable = 1;
    gathered_bytes_ = 0;
    gathered_count_ = 0;
    batches_.clear();
    refuse(&gathered_);
    refuse(&under_way_);  // those that hiredis never heard of
    send_early();         // to nobody: they hear that
}

void RedisClient::note_down(std::string_view reason) {
    ++tries_;
    if (noted_ == reason) return;
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
    life_timer_.cancelable = 1;
    send_early();
    if (!ngx_queue_empty(&gathered_)) {
        ngx_post_event(&flush_event_, &ngx_posted_events);  // several statements
    }
}

ngx_msec_t RedisClient::backoff() {
    const ngx_msec_t whole = std::min(first_backoff << std::min(tries_, 8u), longest_backoff);
    return whole / 2 + static_cast<ngx_msec_t>(ngx_random()) % (whole / 2 + 1);
}

bool RedisClient::expect(redisCallbackFn* callback, void* data) {
    // hiredis gets the callback only; it reads the command's name and appends none of its bytes.
    static constexpr char any_command[] = "*1\r\n$4\r\nPING\r\n";
    if (redisAsyncFormattedCommand(context_, callback, data, any_command, 0) == REDIS_OK) return true;
    // Out of step with what was written: nothing after this could be trusted.
    fail_soon("no place for its replies");
    return false;
}

void RedisClient::on_output() {
    if ((context_->c.flags & REDIS_CONNECTED) == 0) {
        events_.want_write(true);
    } else {
        ngx_post_event(&flush_event_, &ngx_posted_events);
    }
}

void RedisClient::on_writable() {
    if ((context_->c.flags & REDIS_CONNECTED) == 0) {
        redisAsyncHandleWrite(context_);
    } else {
        flush();
    }
}

void RedisClient::flush() {
    if (context_ == nullptr) return;
    if (is_due() && !shielded([this] { send_gathered(); })) return;
    write_out();
}

void RedisClient::write_out() {
    while (out_sent_ < out_.size()) {
        const ssize_t n =
            ::send(context_->c.fd, out_.data() + out_sent_, out_.size() - out_sent_, MSG_NOSIGNAL);
        if (n >= 0) {
            out_sent_ += static_cast<std::size_t>(n);
        } else if (errno == EAGAIN) {
            events_.want_write(true);
            if (out_sent_ > out_.size() / 2) {
                out_.erase(0, out_sent_);
                out_sent_ = 0;
            }
            return;
        } else if (errno != EINTR) {
            fail_soon(std::strerror(errno));
            return;
        }
    }
    if (out_.capacity() > kept_capacity) {
        out_ = std::string();
    } else {
        out_.clear();
    }
    out_sent_ = 0;
    events_.want_write(false);
}

void RedisClient::on_readable() {
    if (has_unasked_input()) {
        drop("redis sent something that was not asked for");
        return;
    }
    redisAsyncHandleRead(context_);
}

bool RedisClient::has_unasked_input() {
    // hiredis ends the process by an assertion on such a reply.
    char byte;
    return (context_->c.flags & REDIS_CONNECTED) != 0 && context_->replies.head == nullptr &&
           ::recv(context_->c.fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

/// For each reply. The assertion also waits for what was read together with the last reply that was due:
/// a callback of ours takes it, and nothing of it becomes the answer to a later command.
void RedisClient::look_behind() {
    const redisReader& reader = *context_->c.reader;
    if (context_->replies.head != nullptr || reader.pos == reader.len) return;
    fail_soon("it sent something that was not asked for");
    expect(forward<&RedisClient::on_unasked>);
}

}  // namespace webhook::module
