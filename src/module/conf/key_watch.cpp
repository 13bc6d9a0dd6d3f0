#include "module/conf/key_watch.hpp"

#include <exception>
#include <utility>

#include "module/ngx/thread_pool.hpp"

namespace webhook::module {

namespace {

char* warn_of_no_threads(ngx_conf_t* cf) {
    ngx_conf_log_error(
        NGX_LOG_WARN, cf, 0,
        "this nginx has no threads, or an event method without them: key files are read at start "
        "and reload only");
    return NGX_CONF_OK;
}

}  // namespace

#if (NGX_THREADS)

namespace {

constexpr ngx_msec_t interval = 2000;

/// Runs in a thread: touches nothing but its argument.
void read_again(WatchedKeys* keys) {
    keys->next = {};
    keys->next_problem.clear();
    keys->verifier.reset();
    if (!read_key_sources(keys->sources, &keys->next, &keys->next_problem)) return;
    if (keys->next == keys->current) return;
    signature::VerifierOptions options = keys->options;
    options.secrets = keys->next.texts;
    options.secret_names = keys->next.names;
    keys->verifier = signature::Verifier::make(*keys->location->scheme, options, &keys->next_problem);
}

}  // namespace

char* KeyWatch::add(ngx_conf_t* cf, WatchedKeys keys) {
    pool_ = find_thread_pool(cf);
    if (pool_ == nullptr) return warn_of_no_threads(cf);
    watched_.push_back(std::move(keys));
    return NGX_CONF_OK;
}

void KeyWatch::start(ngx_cycle_t* cycle) {
    if (watched_.empty()) return;
    log_ = cycle->log;
    task_ = ngx_thread_task_alloc(cycle->pool, 0);
    if (task_ == nullptr) throw std::bad_alloc();
    task_->ctx = this;
    task_->handler = in_thread;
    task_->event.handler = on_done;
    task_->event.data = this;
    timer_.set_up<&KeyWatch::on_timer>(this, log_);
    // A worker that is about to end does not wait for it.
    timer_.cancelable = 1;
    wait();
}

void KeyWatch::wait() {
    ngx_add_timer(&timer_, interval);
}

void KeyWatch::on_timer() {
    // A full queue is not logged: the next round comes.
    if (ngx_thread_task_post(pool_, task_) != NGX_OK) wait();
}

void KeyWatch::in_thread(void* context, ngx_log_t*) {
    static_cast<KeyWatch*>(context)->round();
}

void KeyWatch::round() noexcept {
    for (WatchedKeys& keys : watched_) {
        try {
            read_again(&keys);
        } catch (const std::exception&) {
            keys.verifier.reset();
            keys.next_problem.assign("out of memory");
        }
    }
}

void KeyWatch::on_done(ngx_event_t* event) {
    auto* self = static_cast<KeyWatch*>(event->data);
    for (WatchedKeys& keys : self->watched_)
        self->take_over(&keys);
    self->wait();
}

void KeyWatch::take_over(WatchedKeys* keys) {
    const ngx_str_t name = to_ngx(signature::name_of(*keys->location->scheme));
    const bool changed = keys->verifier != nullptr;
    if (changed) {
        keys->location->verifier = std::move(keys->verifier);
        keys->current = std::move(keys->next);
    }
    const bool recovered = !keys->problem.empty() && keys->next_problem.empty();
    if (!keys->next_problem.empty() && keys->next_problem != keys->problem) {
        ngx_log_error(NGX_LOG_ERR, log_, 0, "webhook %V: %s, the keys stay as they were", &name,
                      keys->next_problem.c_str());
    } else if (changed || recovered) {
        ngx_log_error(NGX_LOG_NOTICE, log_, 0, "webhook %V: keys read again%s", &name,
                      changed ? "" : ", they are as they were");
    }
    keys->problem.swap(keys->next_problem);
}

#else

char* KeyWatch::add(ngx_conf_t* cf, WatchedKeys) {
    return warn_of_no_threads(cf);
}

void KeyWatch::start(ngx_cycle_t*) {}

#endif

}  // namespace webhook::module
