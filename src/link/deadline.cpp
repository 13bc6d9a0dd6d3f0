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

void Deadlines::add(AttemptDeadline* deadline) {
    deadline->stopped = stopped_;
    deadline->next_ = first_;
    if (first_ != nullptr) first_->previous_ = deadline;
    first_ = deadline;
    if (!armed_ && !stopped_) arm();
}

void Deadlines::remove(AttemptDeadline* deadline) noexcept {
    if (deadline->next_ != nullptr) deadline->next_->previous_ = deadline->previous_;
    if (deadline->previous_ != nullptr) {
        deadline->previous_->next_ = deadline->next_;
    } else {
        first_ = deadline->next_;
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
    for (AttemptDeadline* deadline = first_; deadline != nullptr; deadline = deadline->next_)
        deadline->check(now);
    if (first_ != nullptr && !stopped_) arm();
}

void Deadlines::stop() {
    stopped_ = true;
    for (AttemptDeadline* deadline = first_; deadline != nullptr; deadline = deadline->next_) {
        deadline->stopped = true;
        if (deadline->current != nullptr) deadline->current->cancel();
    }
    timer_.cancel();
}

}  // namespace webhook::link
