#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "store/script.hpp"

namespace webhook::store {

/// Everything under `webhook:{config}:` that a worker needs, at one moment. Reply of the step when epoch or version
/// differ from the given ones: [epoch, version, [id, document, ...], [id, disabled JSON, ...]]; else [epoch, version].
/// Both are nil when there is no configuration.
Call read_configuration(std::string_view known_epoch, std::string_view known_version);

/// Writes a copy back under a new epoch where the configuration is missing. Reply: 1, or 0 when there is one.
struct ConfigurationCopy {
    std::string epoch, version;
    std::vector<std::pair<std::string, std::string>> endpoints, disabled;
};
Call restore_configuration(const ConfigurationCopy& copy);

/// Disables an endpoint that exists and is not disabled yet. Reply: 1, or 0.
Call disable_endpoint(std::string_view epoch, std::string_view endpoint, std::string_view reason);

/// Sign of life of a worker that serves the named streams (separated by spaces; empty: all). Reply: the workers alive,
/// [id, streams, ...].
Call heartbeat(std::string_view worker, std::string_view streams);
Call leave(std::string_view worker);

/// A worker that has been silent for this long does not count.
inline constexpr unsigned worker_silence_ms = 10000;

}  // namespace webhook::store
