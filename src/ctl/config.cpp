#include "ctl/config.hpp"

#include <fmt/format.h>

#include "base/suggest.hpp"
#include "base/text.hpp"
#include "ctl/failure.hpp"
#include "ctl/json.hpp"
#include "ctl/output.hpp"
#include "endpoint/document_parser.hpp"
#include "endpoint/field_reader.hpp"
#include "store/configuration.hpp"

namespace webhook::ctl {

namespace {

std::map<std::string, std::string> pairs(ReplyView reply) {
    std::map<std::string, std::string> map;
    for (std::size_t i = 0; i + 1 < reply.size(); i += 2)
        map.emplace(reply[i].string(), reply[i + 1].string());
    return map;
}

/// Makes the key where an earlier version made the configuration.
std::string key_of(Redis& redis, ReplyView configuration) {
    if (configuration.size() == 0) return store::new_key();
    if (!configuration[4].text().empty()) return configuration[4].string();
    return redis.command(store::configuration_key(store::new_key())).string();
}

}  // namespace

Config read_config(Redis& redis) {
    const Reply reply = redis.command(store::read_configuration("", ""));
    return {reply[0].string(), reply[1].string(), key_of(redis, reply), pairs(reply[2]), pairs(reply[3])};
}

bool edit_config(Redis& redis, const std::function<bool(const Config&, store::ConfigurationChange*)>& edit) {
    constexpr int tries = 10;
    for (int i = 0; i < tries; ++i) {
        const Config config = read_config(redis);
        store::ConfigurationChange change;
        change.seen_version = config.version;
        change.seen_epoch = config.epoch;
        change.new_epoch = store::new_epoch();
        change.new_key = config.key;
        if (!edit(config, &change)) return false;
        if (redis.command(store::change_configuration(change)).number() > 0) return true;
    }
    throw Failure("another client keeps changing the endpoints: try again");
}

std::optional<endpoint::Document> read_document(const std::string& json) {
    std::vector<endpoint::FieldError> errors;
    return endpoint::parse_document(json, &errors, {nullptr, true});
}

NotFound no_endpoint(const Config& config, std::string_view id) {
    std::vector<std::string> ids;
    for (const auto& [known, document] : config.documents)
        ids.push_back(known);
    return NotFound(fmt::format("there is no endpoint {}{} (webhookctl endpoint list)", base::in_quotes(id),
                                base::did_you_mean(id, ids)));
}

void require_endpoint(Redis& redis, const std::string& id) {
    if (id.empty()) return;
    const Config config = read_config(redis);
    if (config.documents.count(id) == 0) throw no_endpoint(config, id);
}

Failure unreadable_endpoint(std::string_view id) {
    return Failure(fmt::format("the stored endpoint \"{}\" cannot be read by this version", id));
}

Disabled parse_disabled(std::string_view json) {
    const Json object = parse_object(json);
    return {text_of(object, "reason"), number_of(object, "at")};
}

std::string describe(const std::vector<endpoint::FieldError>& errors) {
    std::string text;
    for (const auto& error : errors) {
        if (!text.empty()) text += '\n';
        text += printable(error.where.empty() ? error.what : fmt::format("{}: {}", error.where, error.what));
    }
    return text;
}

}  // namespace webhook::ctl
