#pragma once

#include <hiredis/hiredis.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace webhook::test {

struct FreeReply {
    void operator()(redisReply* reply) const { freeReplyObject(reply); }
};
using Reply = std::unique_ptr<redisReply, FreeReply>;

inline std::string_view text(const Reply& reply) {
    return reply && reply->str ? std::string_view(reply->str, reply->len) : std::string_view();
}

/// A redis-server of its own on a unix socket in a temporary folder; ends with the object.
class RedisServer {
  public:
    explicit RedisServer(std::vector<std::string> options = {}) {
        char folder[] = "/tmp/webhook-unit-XXXXXX";
        if (mkdtemp(folder) == nullptr) throw std::runtime_error("mkdtemp");
        folder_ = folder;
        std::vector<std::string> words = {"redis-server",
                                          "--port",
                                          "0",
                                          "--unixsocket",
                                          socket(),
                                          "--dir",
                                          folder_,
                                          "--save",
                                          "",
                                          "--daemonize",
                                          "no",
                                          "--logfile",
                                          folder_ + "/redis.log"};
        words.insert(words.end(), options.begin(), options.end());
        pid_ = fork();
        if (pid_ == 0) {
            std::vector<char*> argv;
            for (auto& word : words)
                argv.push_back(word.data());
            argv.push_back(nullptr);
            execvp("redis-server", argv.data());
            _exit(127);
        }
        connect();
    }
    ~RedisServer() {
        context_.reset();
        kill(pid_, SIGKILL);
        waitpid(pid_, nullptr, 0);
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }
    RedisServer(const RedisServer&) = delete;
    RedisServer& operator=(const RedisServer&) = delete;

    std::string socket() const { return folder_ + "/redis.sock"; }
    pid_t pid() const { return pid_; }

    /// One command, words as given.
    Reply operator()(const std::vector<std::string>& words) {
        std::vector<const char*> argv;
        std::vector<std::size_t> sizes;
        for (const auto& word : words) {
            argv.push_back(word.data());
            sizes.push_back(word.size());
        }
        redisAppendCommandArgv(context_.get(), static_cast<int>(words.size()), argv.data(), sizes.data());
        return next();
    }
    /// Raw protocol of `replies` commands; the last reply is returned.
    Reply raw(std::string_view protocol, unsigned replies = 1) {
        redisAppendFormattedCommand(context_.get(), protocol.data(), protocol.size());
        for (; replies > 1; --replies)
            next();
        return next();
    }

  private:
    struct FreeContext {
        void operator()(redisContext* context) const { redisFree(context); }
    };

    void connect() {
        for (int i = 0; i < 6000; ++i, usleep(10000)) {
            context_.reset(redisConnectUnix(socket().c_str()));
            if (context_ && !context_->err) return;
        }
        throw std::runtime_error("redis-server did not start");
    }
    Reply next() {
        void* reply = nullptr;
        if (redisGetReply(context_.get(), &reply) != REDIS_OK) throw std::runtime_error(context_->errstr);
        return Reply(static_cast<redisReply*>(reply));
    }

    std::string folder_;
    pid_t pid_ = 0;
    std::unique_ptr<redisContext, FreeContext> context_;
};

}  // namespace webhook::test
