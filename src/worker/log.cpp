#include "worker/log.hpp"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include <memory>

#include "base/visible.hpp"

namespace webhook::worker {

namespace {

/// Escapes the text of a message: ids, responses and errors in it may contain any bytes.
class VisibleText final : public spdlog::custom_flag_formatter {
  public:
    void format(const spdlog::details::log_msg& message, const std::tm&, spdlog::memory_buf_t& out) override {
        const std::string text = base::visible({message.payload.data(), message.payload.size()});
        out.append(text.data(), text.data() + text.size());
    }
    std::unique_ptr<custom_flag_formatter> clone() const override { return std::make_unique<VisibleText>(); }
};

std::unique_ptr<spdlog::formatter> make_formatter() {
    auto formatter = std::make_unique<spdlog::pattern_formatter>();
    formatter->add_flag<VisibleText>('*').set_pattern("%Y/%m/%d %H:%M:%S [%l] %P: %*");
    return formatter;
}

/// Returns whether another user made the symbolic link: it could redirect the log into a file of this user.
/// Links of this user and of root are allowed.
bool is_foreign_link(const std::string& path) {
    struct stat about {};
    return ::lstat(path.c_str(), &about) == 0 && S_ISLNK(about.st_mode) && about.st_uid != ::geteuid() &&
           about.st_uid != 0;
}

}  // namespace

std::string log_risk(const std::string& where) {
    return is_foreign_link(where) ? "the log " + where + " is a symbolic link of another user: remove it"
                                  : "";
}

bool open_log(const std::string& where, std::string* error) {
    *error = log_risk(where);
    if (!error->empty()) return false;
    try {
        std::shared_ptr<spdlog::sinks::sink> sink;
        if (where == "stderr") {
            sink = std::make_shared<spdlog::sinks::stderr_sink_st>();
        } else {
            sink = std::make_shared<spdlog::sinks::basic_file_sink_st>(where);
        }
        auto logger = std::make_shared<spdlog::logger>("webhook-worker", std::move(sink));
        logger->set_formatter(make_formatter());
        logger->flush_on(spdlog::level::info);
        spdlog::set_default_logger(std::move(logger));
        return true;
    } catch (const spdlog::spdlog_ex& problem) {
        *error = problem.what();
        return false;
    }
}

}  // namespace webhook::worker
