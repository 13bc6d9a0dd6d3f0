#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "store/script.hpp"

namespace webhook::store {

/// Everything under `webhook:{config}:` that a worker needs, at one moment. Reply of the step when epoch or
/// version differ from the given ones: [epoch, version, [id, document, ...], [id, disabled JSON, ...], key,
/// [paused source, JSON, ...]]; else [epoch, version]. Empty when there is no configuration. The key is empty
/// where an earlier version made the configuration.
Call read_configuration(std::string_view known_epoch, std::string_view known_version);

/// The configuration as one reading gave it.
struct ConfigurationText {
    std::string epoch, version;
    std::string key;  ///< see configuration_key(); empty: not made yet
    std::vector<std::pair<std::string, std::string>> endpoints, disabled;  ///< endpoint id -> JSON
    std::vector<std::pair<std::string, std::string>> paused_sources;       ///< source -> {"at","by"}
};

/// Writes a copy back, under its (new) epoch and with its key (else a new one), where the configuration is
/// missing. Reply: 1, or 0 when there is one.
Call restore_configuration(const ConfigurationText& copy);

/// For a configuration that is made anew: 32 hex digits, unlike any other's.
std::string new_epoch();

/// For a configuration that has no key yet: 64 hex digits.
std::string new_key();

/// Gives the key of the configuration's keyed hashes and makes it `fresh` where there is none. Programs with
/// the same Redis share it; it never leaves Redis and the workers' copies. Reply: the key.
Call configuration_key(std::string_view fresh);

/// Disables an endpoint that exists and is not disabled yet. Reply: 1, or 0.
Call disable_endpoint(std::string_view epoch, std::string_view endpoint, std::string_view reason);

/// The command by which a worker sees whether anything has changed. Reply: epoch, version,
/// `wake` and the number of changes of holds (see endpoint_limits.hpp), nil where there is none.
std::string read_versions();

/// Makes all workers look at once at what they otherwise know from memory: due deliveries, other workers.
Call wake_workers();

/// Worker id and the mark it left.
using WorkerMark = std::pair<std::string, std::string>;

/// Sign of life of a worker that serves the named streams (separated by spaces; empty: all): its mark
/// changes, and where it is new or serves others than before, `wake` too. Those of `forget` go where they
/// have not changed since. Reply: all workers, [id, mark, streams, ...].
Call heartbeat(std::string_view worker, std::string_view streams, const std::vector<WorkerMark>& forget = {});
/// The worker does not count from now on. Reply: 1, or 0 when it did not.
Call leave(std::string_view worker);

}  // namespace webhook::store
