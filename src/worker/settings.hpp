#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "link/proxy.hpp"
#include "signature/catalogue/scheme_set.hpp"
#include "store/redis_address.hpp"
#include "worker/send/address_guard.hpp"

namespace webhook::worker {

using std::chrono::milliseconds;

/// A stream named in the configuration. Without a number of partitions it is the stored one that counts.
struct StreamSetting {
    std::string name;
    std::optional<unsigned> partitions;
};

/// The worker's configuration (docs/commands.md), with defaults that work on one machine.
struct Settings {
    store::RedisAddress redis;
    std::vector<StreamSetting> streams;  ///< empty: all that are found
    std::string secrets_dir, state_dir;
    std::shared_ptr<const signature::SchemeSet> schemes =
        std::make_shared<signature::SchemeSet>();  ///< of one's own
    unsigned max_inflight = 1024;  ///< attempts at once; troubled endpoints together get a quarter
    milliseconds retention_age{std::chrono::hours(1)};
    std::uint64_t retention_bytes = 256u << 20;  ///< per stream
    milliseconds dead_age{std::chrono::hours(24 * 30)};
    std::uint64_t dead_bytes = 1u << 30;  ///< per stream
    std::shared_ptr<const AddressGuard> guard = AddressGuard::nowhere();
    std::optional<link::Proxy> egress_proxy;  ///< connects to all receivers
    milliseconds drain_timeout{10000};
    std::string log = "stderr";
    std::vector<std::string> warnings;  ///< of what is likely not meant so

    bool keeps_nothing() const { return retention_age.count() == 0 || retention_bytes == 0; }
};

/// Reads the JSON text (comments allowed). Every mistake is a line in `errors`; then nothing is returned.
std::optional<Settings> parse_settings(std::string_view json, std::vector<std::string>* errors);

/// The file, or the defaults when `path` is empty; `redis` (a URL) overrides what the file says when not
/// empty.
std::optional<Settings> load_settings(const std::string& path, const std::string& redis,
                                      std::vector<std::string>* errors);

}  // namespace webhook::worker
