#include "module/redis/name_lookup.hpp"

#include <netdb.h>

#include <exception>
#include <memory>
#include <utility>

namespace webhook::module {

namespace {

constexpr std::size_t max_addresses = 64;
#if (NGX_THREADS)
constexpr ngx_msec_t hold_interval = 60000;
#endif

bool is_usable(const addrinfo& info) {
#if (NGX_HAVE_INET6)
    if (info.ai_family == AF_INET6) return true;
#endif
    return info.ai_family == AF_INET;
}

SocketAddress with_port(const addrinfo& info, in_port_t port) {
    sockaddr_storage bytes{};
    std::memcpy(&bytes, info.ai_addr, info.ai_addrlen);
    ngx_inet_set_port(reinterpret_cast<sockaddr*>(&bytes), port);
    return {reinterpret_cast<sockaddr*>(&bytes), info.ai_addrlen};
}

struct FreeList {
    void operator()(addrinfo* list) const { freeaddrinfo(list); }
};

}  // namespace

HostAddresses look_up(const std::string& host, in_port_t port) {
    HostAddresses result;
    addrinfo hints{}, *first = nullptr;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_ADDRCONFIG;
    const int error = getaddrinfo(host.c_str(), nullptr, &hints, &first);
    if (error != 0) {
        result.problem = gai_strerror(error);
        return result;
    }
    const std::unique_ptr<addrinfo, FreeList> list(first);
    for (const addrinfo* info = first; info != nullptr; info = info->ai_next) {
        if (is_usable(*info) && result.found.size() < max_addresses)
            result.found.push_back(with_port(*info, port));
    }
    if (result.found.empty()) result.problem = "it has no address that this nginx can use";
    return result;
}

#if (NGX_THREADS)

NameLookup::NameLookup(ThreadPool* pool, std::string host, in_port_t port, Done done, void* owner)
    : host_(std::move(host)), port_(port), pool_(pool), done_(done), owner_(owner) {
    task_.ctx = this;
    task_.handler = [](void* context, ngx_log_t*) {
        // In a thread; the loop does not look at the answer meanwhile.
        auto* self = static_cast<NameLookup*>(context);
        try {
            self->answer_ = look_up(self->host_, self->port_);
        } catch (const std::exception&) {
            self->answer_ = {};
        }
    };
    task_.event.data = this;
    task_.event.handler = [](ngx_event_t* event) { static_cast<NameLookup*>(event->data)->on_done(); };
    hold_.set_up<&NameLookup::on_hold>(this, ngx_cycle->log);
}

bool NameLookup::ask() {
    if (task_.event.active) return true;
    if (ngx_exiting != 0 || ngx_thread_task_post(pool_, &task_) != NGX_OK) return false;
    on_hold();
    return true;
}

void NameLookup::on_hold() {
    ngx_add_timer(&hold_, hold_interval);
}

void NameLookup::on_done() {
    ngx_del_timer(&hold_);
    done_(owner_);
}

#else

NameLookup::NameLookup(ThreadPool*, std::string host, in_port_t port, Done, void*)
    : host_(std::move(host)), port_(port) {}

bool NameLookup::ask() {
    return false;
}

#endif

}  // namespace webhook::module
