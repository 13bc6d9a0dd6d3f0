#include "store/server_info.hpp"

#include <cstdlib>

#include "base/text.hpp"

namespace webhook::store {

namespace {

/// The value of "name:value\r\n" in INFO's reply; empty when there is none.
std::string_view info_value(std::string_view info, std::string_view name) {
    for (std::size_t start = 0; start < info.size();) {
        std::size_t end = info.find('\n', start);
        if (end == std::string_view::npos) end = info.size();
        std::string_view line = info.substr(start, end - start);
        start = end + 1;
        if (line.size() <= name.size() || line[name.size()] != ':' || line.substr(0, name.size()) != name)
            continue;
        line.remove_prefix(name.size() + 1);
        if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
        return line;
    }
    return {};
}

}  // namespace

std::string judge_server(std::string_view info) {
    const std::string version(info_value(info, "redis_version"));
    if (std::atoi(version.c_str()) < 7) {
        return "version 7.0 or later is needed, it says \"" + version + "\"";
    }
    if (info_value(info, "loading") != "0") return "it is loading its data";
    if (const auto role = info_value(info, "role"); role != "master") {
        return "it is no master (role \"" + std::string(role) + "\")";
    }
    if (info_value(info, "redis_mode") == "cluster") {
        return "it is a cluster node, which this version cannot use";  // a step may span partitions, so slots
    }
    if (const auto policy = info_value(info, "maxmemory_policy"); policy != "noeviction") {
        return "its maxmemory-policy \"" + std::string(policy) +
               "\" may drop events, it must be \"noeviction\"";
    }
    return {};
}

bool lacks_append_only_file(std::string_view info) {
    return info_value(info, "aof_enabled") == "0";
}

MemoryUse memory_use(std::string_view info) {
    const auto number = [info](std::string_view name) {
        return std::strtoull(std::string(info_value(info, name)).c_str(), nullptr, 10);
    };
    const std::uint64_t used = number("used_memory"), free = number("mem_not_counted_for_evict");
    return {used > free ? used - free : 0, number("maxmemory")};
}

std::string key_count(std::string_view info, unsigned database) {
    const std::string_view line = info_value(info, "db" + std::to_string(database));
    return line.empty() ? "keys=0" : std::string(line.substr(0, line.find(',')));
}

bool is_server_error(std::string_view error) {
    for (const std::string_view start : {"LOADING", "READONLY", "MASTERDOWN", "NOAUTH"}) {
        if (base::starts_with(error, start)) return true;
    }
    return false;
}

}  // namespace webhook::store
