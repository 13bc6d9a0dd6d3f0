#include "link/deadline.hpp"

namespace webhook::link {

AttemptDeadline::AttemptDeadline(Deadlines& deadlines, Clock::time_point limit)
    : deadlines_(deadlines.shared_from_this()), limit_(limit) {
    deadlines_->add(this);
}

AttemptDeadline::~AttemptDeadline() {
    deadlines_->remove(this);
}

void AttemptDeadline::check(Clock::time_point now) noexcept {
    if (now >= limit_) expired = true;
    if (current != nullptr && (stopped || expired || now >= step)) current->cancel();
}

void Deadlines::add(AttemptDeadline* flight) {
    flight->stopped = stopped_;
    flight->next_ = first_;
    if (first_ != nullptr) first_->previous_ = flight;
    first_ = flight;
    if (!armed_ && !stopped_) arm();
}

void Deadlines::remove(AttemptDeadline* flight) noexcept {
    if (flight->next_ != nullptr) flight->next_->previous_ = flight->previous_;
    if (flight->previous_ != nullptr) {
        flight->previous_->next_ = flight->next_;
    } else {
        first_ = flight->next_;
    }
}

void Deadlines::arm() {
    armed_ = true;
    timer_.expires_after(tick);
    timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& ec) {
        const auto self = weak.lock();
        if (!self) return;
        self->armed_ = false;
        if (!ec) self->on_tick();
    });
}

void Deadlines::on_tick() {
    const auto now = Clock::now();
    for (AttemptDeadline* flight = first_; flight != nullptr; flight = flight->next_)
        flight->check(now);
    if (first_ != nullptr && !stopped_) arm();
}

void Deadlines::stop() {
    stopped_ = true;
    for (AttemptDeadline* flight = first_; flight != nullptr; flight = flight->next_) {
        flight->stopped = true;
        if (flight->current != nullptr) flight->current->cancel();
    }
    timer_.cancel();
}

}  // namespace webhook::link
