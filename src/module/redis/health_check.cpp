#include "module/redis/health_check.hpp"

#include <algorithm>
#include <memory>

#include "store/reply.hpp"
#include "store/server_info.hpp"

namespace webhook::module {

namespace {

constexpr Msec test_interval = 5000, test_interval_in_trouble = 1000;
constexpr Msec quiet_after = 10000, quiet_interval = 60000;

}  // namespace

template <class Write>
void HealthCheck::send_greeting(const Write& write) {
    wire_->send(write, {make_taker<&HealthCheck::on_greeting>(this, 1, false)});
    ++greetings_due_;
}

void HealthCheck::send_words(const store::Words& words) {
    send_greeting([&words](std::string* out) { store::resp_words(words, out); });
}

void HealthCheck::greet() {
    phase_ = Phase::greeting;
    greetings_due_ = 0;
    // Without a password the user is the default one, who need not log in.
    const std::string_view user = login_.password.empty() ? std::string_view() : login_.user;
    for (const store::Words& words : store::greeting(user, login_.password, login_.database))
        send_words(words);
    wire_->send(store::Appender::build_load, {make_taker<&HealthCheck::on_loaded>(this, 1, false)});
    // Without MULTI each XADD would be carried out alone.
    send_words({"MULTI"});
    send_words({"EXEC"});
    ask_server();
}

void HealthCheck::test() {
    phase_ = Phase::testing;
    greetings_due_ = 0;
    ask_server();
    ask_streams();
}

/// Asks whether the step is there and allowed, and for INFO: its reply is last, and judged.
void HealthCheck::ask_server() {
    send_greeting(store::Appender::build_probe);
    send_words({"INFO"});
}

void HealthCheck::fail(std::string_view reason) {
    stop();
    owner_->fail(reason);
}

void HealthCheck::on_loaded(const redisReply* reply) {
    if (!is_examined(reply) || store::Appender::is_loaded(*reply)) return;
    fail(reply->type == REDIS_REPLY_ERROR ? store::text(*reply) : "unreadable reply to FUNCTION LOAD");
}

void HealthCheck::on_greeting(const redisReply* reply) {
    if (!is_examined(reply)) return;
    if (reply->type == REDIS_REPLY_ERROR) {
        fail(store::text(*reply));
        return;
    }
    if (--greetings_due_ != 0) return;
    const bool readable = reply->type == REDIS_REPLY_STRING;
    const std::string problem =
        readable ? store::judge_server(store::text(*reply)) : "unreadable reply to INFO";
    if (!problem.empty()) {
        fail(problem);
        return;
    }
    owner_->on_info(store::text(*reply));
    if (phase_ == Phase::greeting) {
        phase_ = Phase::preparing;
        ask_streams();
    }
    if (tested_.empty()) finish();  // a server of gates only, or with quiet streams
}

/// Chooses all for a new connection. Later those to which something happens, for their backlogs; of the
/// others one a minute, so that what a quiet server costs Redis does not depend on the number of its streams.
void HealthCheck::choose_streams() {
    tested_.clear();
    const Msec now = wire_->now();
    for (const auto& stream : *streams_) {
        const bool used = stream->used != 0 && now - stream->used < quiet_after;
        if (phase_ == Phase::preparing || used || stream->backlog != 0 || !stream->problem.empty())
            tested_.push_back(stream.get());
    }
    if (streams_->empty() || now - quiet_tested_ < quiet_interval) return;
    quiet_tested_ = now;
    quiet_ = (quiet_ + 1) % streams_->size();
    Stream* const next = (*streams_)[quiet_].get();
    if (std::find(tested_.begin(), tested_.end(), next) == tested_.end()) tested_.push_back(next);
}

void HealthCheck::ask_streams() {
    choose_streams();
    stream_ = 0;
    begin_stream();
    for (Stream* const stream : tested_) {
        const bool whole = phase_ == Phase::preparing || !stream->problem.empty();
        const auto& appender = stream->appender;
        for (unsigned p = 0; p < appender.settings().partitions; ++p) {
            wire_->send(
                [&](std::string* out) {
                    whole ? appender.build_prepare(p, out) : appender.build_look(p, out);
                },
                {make_taker<&HealthCheck::on_prepared>(this, 1, false)});
        }
    }
}

void HealthCheck::on_prepared(const redisReply* reply) {
    if (!is_examined(reply)) return;
    Stream* stream = tested_[stream_];
    const unsigned partitions = stream->appender.settings().partitions;
    if (reply->type == REDIS_REPLY_ERROR) {
        if (store::is_server_error(store::text(*reply))) {
            fail(store::text(*reply));
            return;
        }
        problem_ = store::text(*reply);
    } else {
        judge_partition(store::Appender::read_prepare(*reply), partitions);
    }
    if (++partition_ < partitions) return;
    judge_stream(stream);
    begin_stream();
    if (++stream_ == tested_.size()) finish();
}

void HealthCheck::begin_stream() {
    partition_ = 0;
    problem_.clear();
    backlog_ = backlog_bytes_ = 0;
}

void HealthCheck::judge_partition(const store::Appender::Prepared& prepared, unsigned partitions) {
    backlog_ += prepared.backlog;
    backlog_bytes_ += prepared.backlog_bytes;
    if (prepared.usable) return;
    if (prepared.other_partitions == 0) {
        problem_ = "unreadable reply to the test of a partition";
        return;
    }
    const std::string number = std::to_string(prepared.other_partitions);
    problem_ = "it has " + number + " partitions in redis, but " + std::to_string(partitions) +
               " are configured: set \"partitions=" + number + "\" or use another stream name";
}

void HealthCheck::judge_stream(Stream* stream) {
    if (problem_.empty()) {
        stream->checked = wire_->now();
        stream->backlog = backlog_;
        stream->backlog_bytes = backlog_bytes_;
    }
    if (stream->problem == problem_) return;
    stream->problem = problem_;
    owner_->on_stream_changed(*stream);
}

void HealthCheck::finish() {
    stop();
    owner_->on_healthy();
}

Msec HealthCheck::interval() const {
    const bool trouble = std::any_of(streams_->begin(), streams_->end(),
                                     [](const auto& stream) { return !stream->problem.empty(); });
    return trouble ? test_interval_in_trouble : test_interval;
}

}  // namespace webhook::module
