#pragma once

#include "module/ngx/ngx.hpp"

namespace webhook::module {

/// A timer, or an event that is posted for a later moment of the loop: calls a method, and has no socket. Its
/// destructor takes it out of nginx' lists.
class Timer : public ngx_event_t {
  public:
    Timer() : ngx_event_t{} {}
    ~Timer() {
        unpost();
        if (timer_set) ngx_del_timer(this);
    }
    Timer(const Timer&) = delete;
    Timer& operator=(const Timer&) = delete;

    template <auto method, class Owner>
    void set_up(Owner* owner, ngx_log_t* log_to) {
        connection_.fd = static_cast<ngx_socket_t>(-1);
        connection_.data = owner;
        data = &connection_;
        log = log_to;
        handler = [](ngx_event_t* event) {
            (static_cast<Owner*>(static_cast<ngx_connection_t*>(event->data)->data)->*method)();
        };
    }

    void unpost() {
        if (posted) {
            ngx_delete_posted_event(this);  // several statements
        }
    }

  private:
    ngx_connection_t connection_{};  ///< nginx' debug log expects a connection in every event
};

}  // namespace webhook::module
