#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ctl/failure.hpp"
#include "ctl/redis.hpp"
#include "endpoint/document.hpp"
#include "endpoint/field_reader.hpp"
#include "store/admin.hpp"

namespace webhook::ctl {

/// The configuration as it is in Redis.
struct Config {
    std::string epoch, version;  ///< empty: there is no configuration
    std::string key;             ///< of keyed hashes; a new one when there is no configuration
    std::map<std::string, std::string> documents;  ///< endpoint id -> JSON
    std::map<std::string, std::string> disabled;   ///< endpoint id -> {"reason","at"}
};

/// Everything empty where there is none.
Config read_config(Redis& redis);

/// Reads, lets `edit` fill in the change, and writes it in one step; repeats this when another client was
/// quicker. `edit` returns false to leave everything as it is. Returns whether it was written.
bool edit_config(Redis& redis, const std::function<bool(const Config&, store::ConfigurationChange*)>& edit);

/// The stored document; nullopt when this version cannot read it.
std::optional<endpoint::Document> read_document(const std::string& json);

/// Makes the error for an endpoint that does not exist; suggests one that does.
NotFound no_endpoint(const Config& config, std::string_view id);

/// Throws no_endpoint() when an endpoint is named (not empty) and does not exist.
void require_endpoint(Redis& redis, const std::string& id);

/// Makes the error for a stored document of another version.
Failure unreadable_endpoint(std::string_view id);

/// Reason and time of {"reason","at"}; empty and 0 for what is not that.
struct Disabled {
    std::string reason;
    std::int64_t at = 0;
};
Disabled parse_disabled(std::string_view json);

/// "where: what" of each, on lines of their own.
std::string describe(const std::vector<endpoint::FieldError>& errors);

}  // namespace webhook::ctl
