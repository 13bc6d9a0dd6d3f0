// What a connection asks before it is used, and again every few seconds: whether the server can be trusted,
// and each stream.

#include "module/redis/redis_client.hpp"

#include <algorithm>
#include <set>
#include <string>

#include "store/reply.hpp"
#include "store/resp.hpp"
#include "store/server_info.hpp"

namespace webhook::module {

namespace {

constexpr ngx_msec_t test_interval = 5000, test_interval_in_trouble = 1000;
constexpr ngx_msec_t quiet_after = 10000, quiet_interval = 60000;

}  // namespace

template <class Write>
void RedisClient::send_greeting(const Write& write) {
    connection_.send(write, {taker<&RedisClient::on_greeting>(1, false)});
    ++greetings_due_;
}

void RedisClient::greet() {
    greetings_due_ = 0;
    if (!server_->password.empty()) {
        send_greeting([this](std::string* out) {
            store::resp_array(3, out);
            store::resp_bulk("AUTH", out);
            store::resp_bulk(server_->user, out);
            store::resp_bulk(server_->password, out);
        });
    }
    if (server_->address.database != 0) {
        send_greeting([this](std::string* out) {
            store::resp_array(2, out);
            store::resp_bulk("SELECT", out);
            store::resp_number(server_->address.database, out);
        });
    }
    connection_.send(store::Appender::build_load, {taker<&RedisClient::on_loaded>(1, false)});
    // Without MULTI each XADD would be carried out alone.
    for (const std::string_view command : {"MULTI", "EXEC"}) {
        send_greeting([command](std::string* out) {
            store::resp_array(1, out);
            store::resp_bulk(command, out);
        });
    }
    ask_server();
}

/// The step must be there and allowed; INFO is last: its reply is judged.
void RedisClient::ask_server() {
    send_greeting(store::Appender::build_probe);
    send_greeting([](std::string* out) {
        store::resp_array(1, out);
        store::resp_bulk("INFO", out);
    });
}

/// False: the connection was lost, or fails, or is being left, and its test with it.
bool RedisClient::is_examined(const redisReply* reply) const {
    return reply != nullptr &&
           (state_ == State::greeting || state_ == State::preparing || (state_ == State::ready && testing_));
}

void RedisClient::on_loaded(const redisReply* reply) {
    if (!is_examined(reply) || store::Appender::is_loaded(*reply)) return;
    fail(reply->type == REDIS_REPLY_ERROR ? store::text(*reply) : "unreadable reply to FUNCTION LOAD");
}

void RedisClient::on_greeting(const redisReply* reply) {
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
    note_persistence(store::text(*reply));
    if (state_ == State::greeting) {
        state_ = State::preparing;
        prepare_streams();
    } else if (tested_.empty()) {
        finish_prepare();
    }
}

/// One line for each change: of one nginx worker for all, and of one connection for all to the same server.
void RedisClient::note_persistence(std::string_view info) {
    static std::set<std::string> without;  // hosts
    if (ngx_worker != 0) return;
    const RedisAddress& address = server_->address;
    const std::string host = address.host + ":" + std::to_string(address.port);
    if (store::lacks_append_only_file(info)) {
        if (!without.insert(host).second) return;
        ngx_log_error(
            NGX_LOG_WARN, log_, 0,
            "webhook: redis %s keeps no append-only file: events that were accepted are lost when it "
            "ends, set \"appendonly yes\" there",
            address.url.c_str());
    } else if (without.erase(host) != 0) {
        ngx_log_error(NGX_LOG_NOTICE, log_, 0, "webhook: redis %s keeps an append-only file now",
                      address.url.c_str());
    }
}

/// All for a new connection. Later those to which something happens, for their backlogs; of the others one a
/// minute, so that what a quiet server costs Redis does not depend on the number of its streams.
void RedisClient::choose_tested() {
    tested_.clear();
    const auto& streams = server_->streams;
    for (const auto& stream : streams) {
        const bool used = stream->used != 0 && ngx_current_msec - stream->used < quiet_after;
        if (state_ == State::preparing || used || stream->backlog != 0 || !stream->problem.empty())
            tested_.push_back(stream.get());
    }
    if (streams.empty() || ngx_current_msec - quiet_tested_ < quiet_interval) return;
    quiet_tested_ = ngx_current_msec;
    quiet_ = (quiet_ + 1) % streams.size();
    Stream* const next = streams[quiet_].get();
    if (std::find(tested_.begin(), tested_.end(), next) == tested_.end()) tested_.push_back(next);
}

void RedisClient::prepare_streams() {
    choose_tested();
    test_stream_ = 0;
    begin_stream();
    if (tested_.empty() && state_ == State::preparing) finish_prepare();  // used by gates only
    for (Stream* const stream : tested_) {
        const bool whole = state_ == State::preparing || !stream->problem.empty();
        const auto& appender = stream->appender;
        for (unsigned p = 0; p < appender.settings().partitions; ++p) {
            connection_.send(
                [&](std::string* out) {
                    whole ? appender.build_prepare(p, out) : appender.build_look(p, out);
                },
                {taker<&RedisClient::on_prepared>(1, false)});
        }
    }
}

void RedisClient::on_prepared(const redisReply* reply) {
    if (!is_examined(reply)) return;
    Stream* stream = tested_[test_stream_];
    const unsigned partitions = stream->appender.settings().partitions;
    if (reply->type == REDIS_REPLY_ERROR) {
        if (store::is_server_error(store::text(*reply))) {
            fail(store::text(*reply));
            return;
        }
        test_problem_ = store::text(*reply);
    } else {
        judge_partition(store::Appender::read_prepare(*reply), partitions);
    }
    if (++test_partition_ < partitions) return;
    judge_stream(stream);
    begin_stream();
    if (++test_stream_ == tested_.size()) finish_prepare();
}

void RedisClient::begin_stream() {
    test_partition_ = 0;
    test_problem_.clear();
    test_backlog_ = test_backlog_bytes_ = 0;
}

void RedisClient::judge_partition(const store::Appender::Prepared& prepared, unsigned partitions) {
    test_backlog_ += prepared.backlog;
    test_backlog_bytes_ += prepared.backlog_bytes;
    if (prepared.usable) return;
    if (prepared.other_partitions == 0) {
        test_problem_ = "unreadable reply to the test of a partition";
        return;
    }
    const std::string number = std::to_string(prepared.other_partitions);
    test_problem_ = "it has " + number + " partitions in redis, but " + std::to_string(partitions) +
                    " are configured: set \"partitions=" + number + "\" or use another stream name";
}

void RedisClient::judge_stream(Stream* stream) {
    if (test_problem_.empty()) {
        stream->checked = ngx_current_msec;
        stream->backlog = test_backlog_;
        stream->backlog_bytes = test_backlog_bytes_;
    }
    if (stream->problem == test_problem_) return;
    const std::string& name = stream->appender.settings().name;
    if (test_problem_.empty()) {
        ngx_log_error(NGX_LOG_NOTICE, log_, 0, "webhook: stream \"%s\" on %s is usable again", name.c_str(),
                      server_->address.url.c_str());
    } else {
        ngx_log_error(NGX_LOG_ERR, log_, 0, "webhook: stream \"%s\" on %s cannot be used: %s", name.c_str(),
                      server_->address.url.c_str(), test_problem_.c_str());
    }
    stream->problem = test_problem_;
}

void RedisClient::finish_prepare() {
    testing_ = false;
    if (state_ == State::preparing) note_ready();
    const bool trouble = std::any_of(server_->streams.begin(), server_->streams.end(),
                                     [](const auto& stream) { return !stream->problem.empty(); });
    set_life_timer(trouble ? test_interval_in_trouble : test_interval);
}

void RedisClient::start_test() {
    testing_ = true;
    greetings_due_ = 0;
    ask_server();
    prepare_streams();
}

}  // namespace webhook::module
