#include "module/redis/connection.hpp"

#include <algorithm>
#include <cstring>
#include <type_traits>

#include "module/ngx/pool.hpp"

namespace webhook::module {

namespace {

static_assert(std::is_same_v<Msec, ngx_msec_t>);

constexpr std::size_t read_size = 16 << 10;
constexpr unsigned reads_a_turn = 16;  // then others are served

/// Describes the error of the system call that nginx made last.
const char* last_error(const char* otherwise) {
    const ngx_err_t error = ngx_socket_errno;
    return error != 0 ? std::strerror(error) : otherwise;
}

ngx_log_t quiet(const ngx_log_t& log) {
    ngx_log_t copy = log;
    copy.log_level = std::min<ngx_uint_t>(log.log_level, NGX_LOG_ALERT);
    return copy;
}

}  // namespace

Connection::Connection(Owner* owner, Patience patience, ngx_log_t* log)
    : Wire(&ngx_current_msec), owner_(owner), patience_(patience), quiet_log_(quiet(*log)) {
    turn_event_.set_up<&Connection::on_turn>(this, log);
    fail_event_.set_up<&Connection::on_failed>(this, log);
    timer_.set_up<&Connection::on_timer>(this, log);
    timer_.cancelable = 1;
}

const char* Connection::connect(const SocketAddress& address) {
    if (!pipeline_.open()) return "out of memory";
    ngx_str_t name = ngx_string("redis");
    ngx_peer_connection_t peer{};
    peer.sockaddr = const_cast<sockaddr*>(address.get());  // nginx only reads it
    peer.socklen = address.size();
    peer.name = &name;
    peer.get = ngx_event_get_peer;
    peer.log = &quiet_log_;
    peer.log_error = NGX_ERROR_INFO;
    peer.so_keepalive = 1;
    ngx_set_socket_errno(0);
    const ngx_int_t result = ngx_event_connect_peer(&peer);
    if (result == NGX_ERROR || result == NGX_DECLINED) return last_error("nginx has no connection left");
    peer_ = peer.connection;
    peer_->data = this;
    // Both at once: nginx calls the handlers of every open connection when a shutdown takes too long.
    peer_->read->handler = on_event;
    peer_->write->handler = on_event;
    connecting_ = true;
    let_worker_go();  // what was needed of the last connection was answered
    ngx_add_timer(&timer_, patience_.connect);
    if (result == NGX_OK) {
        ngx_post_event(peer_->write, &ngx_posted_events);  // several statements
    }
    return nullptr;
}

void Connection::on_event(ngx_event_t* event) {
    auto* peer = static_cast<ngx_connection_t*>(event->data);
    auto* self = static_cast<Connection*>(peer->data);
    // Nothing may follow these calls: the connection may be gone.
    if (peer->close) {
        self->lose("the worker process is shutting down");
    } else if (event->write) {
        self->on_writable();
    } else {
        self->on_readable();
    }
}

bool Connection::finish_connecting() {
    int error = 0;
    socklen_t size = sizeof error;
    if (getsockopt(peer_->fd, SOL_SOCKET, SO_ERROR, &error, &size) == -1) error = ngx_socket_errno;
    if (error != 0) {
        lose(std::strerror(error));
        return false;
    }
    connecting_ = false;
    ngx_del_timer(&timer_);
    (void)ngx_tcp_nodelay(peer_);
    owner_->on_connected();
    return true;
}

void Connection::on_writable() {
    if (connecting_ && !finish_connecting()) return;
    flush();
}

void Connection::on_readable() {
    if (connecting_ && !finish_connecting()) return;
    if (!read()) return;
    let_worker_go();
    if (pipeline_.is_idle()) owner_->on_idle();
}

bool Connection::read() {
    for (unsigned n = 0; n < reads_a_turn; ++n) {
        u_char buffer[read_size];
        ngx_set_socket_errno(0);
        const ssize_t size = peer_->recv(peer_, buffer, sizeof buffer);
        if (size == NGX_AGAIN) break;
        if (size <= 0) {
            lose(size == 0 ? "it closed the connection" : last_error("receiving failed"));
            return false;
        }
        const std::string_view problem =
            pipeline_.feed(reinterpret_cast<const char*>(buffer), static_cast<std::size_t>(size));
        if (peer_ == nullptr) return false;
        if (!problem.empty()) {
            lose(problem);
            return false;
        }
        if (!peer_->read->ready) break;
    }
    if (peer_->read->ready) {
        ngx_post_event(peer_->read, &ngx_posted_next_events);  // several statements
    } else if (ngx_handle_read_event(peer_->read, 0) != NGX_OK) {
        lose("nginx cannot wait for the socket");
        return false;
    }
    return true;
}

void Connection::on_added() {
    watch();
    schedule();
}

void Connection::schedule() {
    ngx_post_event(&turn_event_, &ngx_posted_events);
}

void Connection::on_turn() {
    if (peer_ == nullptr || connecting_) return;
    owner_->on_turn();
    flush();
}

void Connection::flush() {
    if (peer_ == nullptr || connecting_ || failing_ || pipeline_.is_broken()) return;
    for (std::string_view rest = pipeline_.unsent(); !rest.empty(); rest = pipeline_.unsent()) {
        ngx_set_socket_errno(0);
        const ssize_t size = peer_->send(peer_, to_ngx(rest).data, rest.size());
        if (size == NGX_AGAIN) break;
        if (size <= 0) {
            fail(last_error("sending failed"));
            return;
        }
        pipeline_.advance(static_cast<std::size_t>(size));
    }
    if (ngx_handle_write_event(peer_->write, 0) != NGX_OK) fail("nginx cannot wait for the socket");
}

void Connection::fail(std::string_view reason) {
    if (peer_ == nullptr || failing_) return;
    failing_ = true;
    guarded(&quiet_log_, 0, [&] { return reason_.assign(reason), 0; });
    ngx_post_event(&fail_event_, &ngx_posted_events);
}

void Connection::on_failed() {
    lose(reason_);
}

void Connection::lose(std::string_view reason) {
    if (peer_ == nullptr) return;
    disconnect();
    owner_->on_lost(reason);
    pipeline_.abandon();
}

void Connection::close() {
    disconnect();
    pipeline_.abandon();
}

void Connection::disconnect() {
    if (peer_ != nullptr) ngx_close_connection(peer_);
    peer_ = nullptr;
    connecting_ = failing_ = false;
    turn_event_.unpost();
    fail_event_.unpost();
    if (timer_.timer_set) ngx_del_timer(&timer_);
}

void Connection::watch() {
    // One timer for all, looked at when it fires: setting one for each command would cost more than the rest.
    if (!timer_.timer_set) ngx_add_timer(&timer_, patience_.reply);
    if (pipeline_.is_needed()) timer_.cancelable = 0;
}

void Connection::let_worker_go() {
    timer_.cancelable = !held_ && !pipeline_.is_needed();
}

void Connection::hold_worker(bool on) {
    held_ = on;
    let_worker_go();
}

void Connection::on_timer() {
    if (connecting_) {
        lose("connecting timed out");
        return;
    }
    if (pipeline_.is_idle()) return;
    const auto age = ngx_current_msec - static_cast<ngx_msec_t>(pipeline_.oldest());
    if (age >= patience_.reply) {
        lose("redis did not answer in time");
    } else {
        ngx_add_timer(&timer_, patience_.reply - age);
    }
}

}  // namespace webhook::module
