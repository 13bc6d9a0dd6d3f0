#include "ctl/redis.hpp"

#include <fmt/format.h>
#include <hiredis/hiredis.h>

#include <cerrno>
#include <cstdlib>

#include "ctl/failure.hpp"
#include "store/greeting.hpp"
#include "store/rights.hpp"

namespace webhook::ctl {

namespace {

constexpr int connect_timeout_ms = 3000;
constexpr int command_timeout_ms = 10000;

timeval to_timeval(int milliseconds) {
    return {milliseconds / 1000, (milliseconds % 1000) * 1000L};
}

/// What the user can do about an error of Redis.
std::string_view advice(std::string_view error) {
    if (error.starts_with("NOAUTH")) return " (put the password into WEBHOOK_REDIS_PASSWORD or the URL)";
    if (error.starts_with("WRONGPASS") || error.starts_with("ERR invalid password")) {
        return " (check user and password: URL, WEBHOOK_REDIS_PASSWORD)";
    }
    if (store::is_missing_right(error)) return " (the rights that are needed: docs/operations.md)";
    if (error.starts_with("LOADING")) return " (Redis is starting: try again in a moment)";
    if (error.starts_with("READONLY")) return " (this is a replica: use the primary's address)";
    if (error.starts_with("OOM")) return " (Redis has reached maxmemory)";
    if (error.starts_with("MOVED")) return " (a Redis Cluster: not supported by this version of webhookctl)";
    return "";
}

}  // namespace

store::RedisAddress redis_address(std::string_view option) {
    const char* const environment = std::getenv("WEBHOOK_REDIS");
    if (option.empty() && environment != nullptr) option = environment;
    std::string error;
    auto address = store::parse_redis_url(option.empty() ? "redis://127.0.0.1:6379" : option, &error);
    if (!address) throw Failure(error);
    const char* const password = std::getenv("WEBHOOK_REDIS_PASSWORD");
    if (address->password.empty() && password != nullptr) address->password = password;
    return std::move(*address);
}

bool ReplyView::is_nil() const {
    return reply_ == nullptr || reply_->type == REDIS_REPLY_NIL;
}

bool ReplyView::is_array() const {
    return reply_ != nullptr && reply_->type == REDIS_REPLY_ARRAY;
}

std::size_t ReplyView::size() const {
    return is_array() ? reply_->elements : 0;
}

ReplyView ReplyView::operator[](std::size_t index) const {
    return ReplyView(index < size() ? reply_->element[index] : nullptr);
}

std::string_view ReplyView::text() const {
    if (is_nil() || reply_->str == nullptr) return {};
    return {reply_->str, static_cast<std::size_t>(reply_->len)};
}

std::int64_t ReplyView::number() const {
    if (is_nil()) return 0;
    if (reply_->type == REDIS_REPLY_INTEGER) return reply_->integer;
    return std::strtoll(string().c_str(), nullptr, 10);
}

Reply::Reply(redisReply* reply) : ReplyView(reply), owned_(reply) {}

void Reply::Free::operator()(redisReply* reply) const {
    freeReplyObject(reply);
}

void Redis::Free::operator()(redisContext* context) const {
    redisFree(context);
}

Redis::Redis(store::RedisAddress address) : address_(std::move(address)) {
    connect();
    log_in();
}

void Redis::connect() {
    const timeval timeout = to_timeval(connect_timeout_ms);
    context_.reset(address_.path.empty() ? redisConnectWithTimeout(address_.host.c_str(),
                                                                   static_cast<int>(address_.port), timeout)
                                         : redisConnectUnixWithTimeout(address_.path.c_str(), timeout));
    if (!context_) throw Failure("out of memory");
    if (context_->err != 0) {
        throw Failure(
            fmt::format("cannot connect to Redis at {}: {} (is it running? see --redis, WEBHOOK_REDIS)",
                        address_.text(), context_->errstr));
    }
    set_timeout(command_timeout_ms);
}

void Redis::log_in() {
    for (const auto& words : store::greeting(address_.user, address_.password, address_.database))
        command(words);
}

void Redis::require_rights() {
    const Reply missing = command(store::missing_rights());
    if (!missing.text().empty()) fail_reply(fmt::format("NOPERM the user may not {}", missing.text()));
}

void Redis::set_timeout(int milliseconds) {
    if (redisSetTimeout(context_.get(), to_timeval(milliseconds)) != REDIS_OK) fail_connection();
}

void Redis::append(const Arguments& words) {
    std::vector<const char*> texts;
    std::vector<std::size_t> sizes;
    for (const auto& word : words) {
        texts.push_back(word.data());
        sizes.push_back(word.size());
    }
    if (redisAppendCommandArgv(context_.get(), static_cast<int>(words.size()), texts.data(), sizes.data()) !=
        REDIS_OK) {
        fail_connection();
    }
}

void Redis::append(const store::Call& call) {
    std::string resp;
    call.append_to(true, &resp);
    if (redisAppendFormattedCommand(context_.get(), resp.data(), resp.size()) != REDIS_OK) fail_connection();
}

Reply Redis::receive() {
    void* raw = nullptr;
    if (redisGetReply(context_.get(), &raw) != REDIS_OK || raw == nullptr) fail_connection();
    auto* reply = static_cast<redisReply*>(raw);
    Reply owned(reply);
    if (reply->type == REDIS_REPLY_ERROR) fail_reply(owned.text());
    return owned;
}

Reply Redis::command(const Arguments& words) {
    append(words);
    return receive();
}

Reply Redis::command(const store::Call& call) {
    append(call);
    return receive();
}

template <typename Command>
std::vector<Reply> Redis::send_all(const std::vector<Command>& commands) {
    for (const auto& command : commands)
        append(command);
    std::vector<Reply> replies;
    replies.reserve(commands.size());
    while (replies.size() < commands.size())
        replies.push_back(receive());
    return replies;
}

std::vector<Reply> Redis::pipeline(const std::vector<Arguments>& commands) {
    return send_all(commands);
}

std::vector<Reply> Redis::pipeline(const std::vector<store::Call>& calls) {
    return send_all(calls);
}

Reply Redis::blocking_command(const Arguments& words, int block_ms) {
    set_timeout(command_timeout_ms + block_ms);
    Reply reply = command(words);
    set_timeout(command_timeout_ms);
    return reply;
}

void Redis::fail_connection() const {
    const bool late = context_->err == REDIS_ERR_IO && (errno == EAGAIN || errno == EWOULDBLOCK);
    const char* hint = context_->err == REDIS_ERR_PROTOCOL ? " (is that a Redis server?)" : "";
    throw Failure(fmt::format("lost the connection to Redis at {}: {}{}", address_.text(),
                              late ? "no reply in time" : context_->errstr, hint));
}

void Redis::fail_reply(std::string_view error) const {
    throw Failure(fmt::format("Redis at {}: {}{}", address_.text(), error, advice(error)));
}

}  // namespace webhook::ctl
