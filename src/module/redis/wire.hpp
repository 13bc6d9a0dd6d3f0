#pragma once

#include <cstddef>
#include <exception>
#include <initializer_list>
#include <string_view>

#include "module/redis/msec.hpp"
#include "store/pipeline.hpp"

namespace webhook::module {

/// A connection as its users see it: commands go out, replies come to their takers. It needs no nginx, so
/// that HealthCheck and AppendQueue can be tested over scripted bytes.
class Wire {
  public:
    Wire(const Wire&) = delete;
    Wire& operator=(const Wire&) = delete;

    /// Sends commands; see store::Pipeline::add(). They leave at the end of the event loop's turn, or with
    /// flush().
    template <class Write>
    void send(const Write& write, std::initializer_list<store::Taker> takers) {
        pipeline_.add(write, takers, now());
        on_added();
    }
    /// Writes now what waits.
    virtual void flush() = 0;
    std::size_t unsent() const { return pipeline_.unsent().size(); }
    bool is_idle() const { return pipeline_.is_idle(); }
    Msec now() const { return *now_; }

  protected:
    /// `now`: the clock, which is read at each look.
    explicit Wire(const volatile Msec* now) : now_(now) {}
    ~Wire() = default;
    virtual void on_added() = 0;

    store::Pipeline pipeline_;

  private:
    const volatile Msec* now_;
};

/// Runs work below a frame of C, through which no exception may pass: it ends the connection by
/// owner->fail(). False: it threw.
template <class Owner, class Work>
bool shielded(Owner* owner, Work&& work) noexcept {
    try {
        work();
        return true;
    } catch (const std::exception&) {
        owner->fail("out of memory");
        return false;
    }
}

/// Makes a taker that calls `method` of `self` with the reply (nullptr: the connection was lost), before it
/// the Data that was given; shielded.
template <auto method, class Self, class... Data>
store::Taker make_taker(Self* self, unsigned replies, bool is_needed, Data*... data) {
    static_assert(sizeof...(Data) <= 1);
    const auto take = [](void* owner, [[maybe_unused]] void* given, const redisReply* reply) {
        auto* self = static_cast<Self*>(owner);
        shielded(self, [&] { (self->*method)(static_cast<Data*>(given)..., reply); });
    };
    void* const pointers[] = {data..., nullptr};
    return {take, self, pointers[0], replies, is_needed};
}

}  // namespace webhook::module
