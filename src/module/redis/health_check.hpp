#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "module/redis/stream.hpp"
#include "module/redis/wire.hpp"
#include "store/append.hpp"
#include "store/greeting.hpp"

namespace webhook::module {

/// Tests over one wire whether the server can be used, and each stream: at the start of a connection with the
/// login before it, and again every few seconds.
///
///     off --greet()--> greeting (AUTH, SELECT, INFO) --> preparing (streams) --> off, on_healthy()
///     off --test()---> testing (the same without login, all at once) ----------> off, on_healthy()
///
/// fail() of the owner, or stop(), ends each of them; replies that come later are not looked at.
class HealthCheck {
  public:
    class Owner {
      public:
        /// Ends the connection: the server cannot be used.
        virtual void fail(std::string_view reason) = 0;
        /// The server can be used, and the streams without a problem.
        virtual void on_healthy() = 0;
        /// The server's reply to INFO.
        virtual void on_info(std::string_view info) = 0;
        /// stream.problem has changed.
        virtual void on_stream_changed(const Stream& stream) = 0;

      protected:
        ~Owner() = default;
    };
    /// The views and the list live as long as the check.
    struct Login {
        std::string_view user, password;  ///< neither: there is no login
        unsigned database;
    };

    HealthCheck(Wire* wire, Owner* owner, const Login& login, const Streams* streams)
        : wire_(wire), owner_(owner), login_(login), streams_(streams) {}
    HealthCheck(const HealthCheck&) = delete;
    HealthCheck& operator=(const HealthCheck&) = delete;

    /// Begins with a new connection. Throws std::bad_alloc.
    void greet();
    /// Begins a repeated test. Throws std::bad_alloc.
    void test();
    void stop() { phase_ = Phase::off; }
    bool is_testing() const { return phase_ == Phase::testing; }
    /// Returns the time to the next test: shorter while a stream has a problem.
    Msec interval() const;

    /// Ends the connection, and the test with it.
    void fail(std::string_view reason);

  private:
    enum class Phase : std::uint8_t { off, greeting, preparing, testing };

    template <class Write>
    void send_greeting(const Write& write);
    void send_words(const store::Words& words);
    void ask_server();
    /// False: the connection was lost, or fails, or is being left.
    bool is_examined(const redisReply* reply) const { return reply != nullptr && phase_ != Phase::off; }
    void on_loaded(const redisReply* reply);
    void on_greeting(const redisReply* reply);
    void choose_streams();
    void ask_streams();
    void on_prepared(const redisReply* reply);
    void begin_stream();
    void judge_partition(const store::Appender::Prepared& prepared, unsigned partitions);
    void judge_stream(Stream* stream);
    void finish();

    Wire* wire_;
    Owner* owner_;
    Login login_;
    const Streams* streams_;
    Phase phase_ = Phase::off;
    unsigned greetings_due_ = 0;   ///< replies to come
    std::vector<Stream*> tested_;  ///< by this test
    std::size_t quiet_ = 0;        ///< the stream that was tested last although nothing happens to it
    Msec quiet_tested_ = 0;        ///< when that was
    // The stream whose replies come next.
    std::size_t stream_ = 0;  ///< of tested_
    unsigned partition_ = 0;
    std::string problem_;
    std::uint64_t backlog_ = 0, backlog_bytes_ = 0;
};

}  // namespace webhook::module
