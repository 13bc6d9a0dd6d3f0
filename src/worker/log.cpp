#include "worker/log.hpp"

#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <memory>

namespace webhook::worker {

bool open_log(const std::string& where, std::string* error) {
    try {
        std::shared_ptr<spdlog::sinks::sink> sink;
        if (where == "stderr") {
            sink = std::make_shared<spdlog::sinks::stderr_sink_st>();
        } else {
            sink = std::make_shared<spdlog::sinks::basic_file_sink_st>(where);
        }
        auto logger = std::make_shared<spdlog::logger>("webhook-worker", std::move(sink));
        logger->set_pattern("%Y/%m/%d %H:%M:%S [%l] %P: %v");
        logger->flush_on(spdlog::level::info);
        spdlog::set_default_logger(std::move(logger));
        return true;
    } catch (const spdlog::spdlog_ex& problem) {
        *error = problem.what();
        return false;
    }
}

}  // namespace webhook::worker
