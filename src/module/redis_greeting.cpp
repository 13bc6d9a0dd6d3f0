// What a connection asks before it is used, and again every few seconds: whether the server can be trusted, and each
// stream.

#include "module/redis_client.hpp"

#include "store/reply.hpp"
#include "store/resp.hpp"
#include "store/server_info.hpp"

namespace webhook::module {

void RedisClient::greet() {
    greetings_due_ = 0;
    if (!server_->password.empty()) {
        store::resp_array(3, &out_);
        store::resp_bulk("AUTH", &out_);
        store::resp_bulk(server_->user, &out_);
        store::resp_bulk(server_->password, &out_);
        expect_greeting();
    }
    if (server_->address.database != 0) {
        store::resp_array(2, &out_);
        store::resp_bulk("SELECT", &out_);
        store::resp_number(server_->address.database, &out_);
        expect_greeting();
    }
    store::Appender::build_load(&out_);
    expect(forward<&RedisClient::on_loaded>);
    // Without MULTI each XADD would be carried out alone.
    for (const std::string_view command : {"MULTI", "EXEC"}) {
        store::resp_array(1, &out_);
        store::resp_bulk(command, &out_);
        expect_greeting();
    }
    ask_server();
}

/// The step must be there and allowed; INFO is last: its reply is judged.
void RedisClient::ask_server() {
    store::Appender::build_probe(&out_);
    expect_greeting();
    store::resp_array(1, &out_);
    store::resp_bulk("INFO", &out_);
    expect_greeting();
}

void RedisClient::expect_greeting() {
    if (expect(forward<&RedisClient::on_greeting>)) ++greetings_due_;
}

void RedisClient::on_loaded(const redisReply* reply) {
    if (reply == nullptr || state_ == State::waiting || store::Appender::is_loaded(*reply)) return;
    fail_soon(reply->type == REDIS_REPLY_ERROR ? store::text(*reply) : "unreadable reply to FUNCTION LOAD");
}

void RedisClient::on_greeting(const redisReply* reply) {
    if (reply == nullptr || state_ == State::waiting) return;
    if (reply->type == REDIS_REPLY_ERROR) {
        fail_soon(store::text(*reply));
    } else if (--greetings_due_ == 0) {
        const bool readable = reply->type == REDIS_REPLY_STRING;
        const std::string problem =
            readable ? store::judge_server(store::text(*reply)) : "unreadable reply to INFO";
        if (!problem.empty()) {
            fail_soon(problem);
        } else if (state_ == State::greeting) {
            state_ = State::preparing;
            prepare_streams();
        } else if (server_->streams.empty()) {
            finish_prepare();
        }
    }
}

void RedisClient::prepare_streams() {
    test_stream_ = 0;
    begin_stream();
    if (server_->streams.empty() && state_ == State::preparing) finish_prepare();  // used by gates only
    for (const auto& stream : server_->streams) {
        for (unsigned p = 0; p < stream->appender.settings().partitions; ++p) {
            stream->appender.build_prepare(p, &out_);
            expect(forward<&RedisClient::on_prepared>);
        }
    }
}

void RedisClient::on_prepared(const redisReply* reply) {
    if (reply == nullptr || state_ == State::waiting) return;
    Stream* stream = server_->streams[test_stream_].get();
    const unsigned partitions = stream->appender.settings().partitions;
    if (reply->type == REDIS_REPLY_ERROR) {
        if (store::is_server_error(store::text(*reply))) {
            fail_soon(store::text(*reply));
            return;
        }
        test_problem_ = store::text(*reply);
    } else {
        judge_partition(store::Appender::read_prepare(*reply), partitions);
    }
    if (++test_partition_ < partitions) return;
    judge_stream(stream);
    begin_stream();
    if (++test_stream_ == server_->streams.size()) finish_prepare();
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

}  // namespace webhook::module
