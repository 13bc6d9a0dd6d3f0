#pragma once

#include "module/ngx/ngx.hpp"

#include <array>
#include <cstdint>
#include <string>

#include "module/ngx/timer.hpp"
#include "module/redis/redis_client.hpp"
#include "store/reservation.hpp"

namespace webhook::module {

class Reservations;

/// Result of a reservation. The reason lives only during the call that hands it over.
struct Reserved {
    enum class State : std::uint8_t { reserved, duplicate, conflict, in_progress, busy, unavailable };
    State state = State::unavailable;
    std::string_view reason;  ///< of busy and unavailable, for the log
};

/// The reservation of an event that passes a gate.
///
///     asking -> held (renewed) -> confirming | releasing -> gone
///        |                            ^      <- sent again while Redis is away, until `deadline`
///        +- refused: gone             |
///        +- abandoned, reply lost: releasing
///
/// On the heap, for it may outlive the request. It belongs to Reservations; a request has a pointer to it
/// while it is asking (until `done` gets another result than reserved) or held (until settle()).
struct Reservation {
    enum class Step : std::uint8_t { asking, held, confirming, releasing };
    using Done = void (*)(void* owner, const Reserved& reserved);

    RedisClient::Command command;  ///< first: the client returns its address
    ngx_queue_t link;
    Reservations* book = nullptr;
    const store::Reserver* gate = nullptr;  ///< in the configuration
    store::Claim claim;
    Step step = Step::asking;
    bool text_sent = false;  ///< the script went as text: a second NOSCRIPT is an error
    void* owner = nullptr;   ///< of asking; nullptr: no request waits any more
    Done done = nullptr;
    ngx_msec_t at = 0;        ///< sent: when; held: when it was renewed
    ngx_msec_t deadline = 0;  ///< of confirming and releasing
};

/// The reservations of this process on one server: asks for them, renews them, and sends the outcome until
/// Redis has confirmed it.
class Reservations {
  public:
    Reservations(RedisServer* server, ngx_log_t* log);
    /// To be called when the server's client is gone.
    ~Reservations();
    Reservations(const Reservations&) = delete;
    Reservations& operator=(const Reservations&) = delete;

    /// Asks for the event's reservation; `done` is called with the result. nullptr: `refused` says why not,
    /// and `done` is not called. At most `limit` may ask at once.
    Reservation* reserve(const store::Reserver& gate, std::string_view partition_value,
                         const store::Identity& identity, ngx_uint_t limit, void* owner,
                         Reservation::Done done, Reserved* refused);

    /// Detaches the request, which ended while asking: what is reserved nevertheless is released.
    static void abandon(Reservation* reservation) { reservation->owner = nullptr; }

    /// Requests that wait for an answer of Redis.
    ngx_uint_t asking() const { return asking_; }

    enum class End : std::uint8_t {
        confirm,  ///< the event has passed
        release,  ///< it has not: the next copy may
        leave,    ///< unknown: the reservation runs out by itself
    };
    /// Ends a held one, which the caller must not use any more.
    void settle(Reservation* reservation, End end);

  private:
    bool send(Reservation* reservation);
    void on_reply(Reservation* reservation, const redisReply* reply);
    void on_asked(Reservation* reservation, const redisReply* reply);
    void on_settled(Reservation* reservation, const redisReply* reply);
    void finish(Reservation* reservation, const Reserved& reserved);
    void hold(Reservation* reservation);
    void note_refusal(std::string_view error);
    void begin_settling(Reservation* reservation, Reservation::Step step);
    void wait(Reservation* reservation);
    void give_up(Reservation* reservation);
    void on_retry_timer();
    void on_renew_timer();

    RedisServer* server_;
    ngx_log_t* log_;
    ngx_queue_t sent_;     ///< a command is under way
    ngx_queue_t held_;     ///< the one to be renewed next first
    ngx_queue_t waiting_;  ///< outcomes to be sent (again)
    ngx_uint_t asking_ = 0, waiting_count_ = 0, lost_ = 0;
    std::array<char, 8> token_head_{};  ///< of this process
    std::uint64_t tokens_ = 0;
    std::string out_;      ///< scratch; keeps its capacity
    std::string refusal_;  ///< the last error that was logged; empty after a success
    Timer retry_timer_;    ///< cancelable, but for confirmations of the last seconds
    Timer renew_timer_;    ///< cancelable
};

}  // namespace webhook::module
