#include "worker/settings.hpp"

#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>

#include "base/file.hpp"
#include "base/suggest.hpp"
#include "endpoint/strict_json.hpp"
#include "endpoint/units.hpp"
#include "signature/catalogue/scheme_text.hpp"
#include "signature/keys/secret_file.hpp"
#include "store/keys.hpp"

namespace webhook::worker {

namespace {

using Json = nlohmann::json;

constexpr std::size_t max_file = std::size_t{16} << 20;

bool read_settings_file(const std::string& path, std::string* text, std::string* problem) {
    return base::read_file(path, max_file, base::FileKind::any, text, problem);
}

/// A URL without user or password keeps the present one.
bool set_redis(const std::string& url, store::RedisAddress* redis, std::string* problem) {
    auto address = store::parse_redis_url(url, problem);
    if (!address) return false;
    if (address->password.empty()) {
        address->password = redis->password;
        if (address->user.empty()) address->user = redis->user;
    }
    *redis = std::move(*address);
    return true;
}

/// Reads the members of the configuration into the settings.
class Reader {
  public:
    Reader(Settings* settings, std::vector<std::string>* errors) : settings_(*settings), errors_(*errors) {}

    void read(const Json& json) {
        if (!json.is_object()) return fail("the configuration", "must be an object");
        for (const auto& [key, value] : json.items()) {
            const auto reader = readers().find(key);
            if (reader == readers().end()) {
                fail(key, "unknown setting" + base::did_you_mean(key, names()));
            } else {
                (this->*reader->second)(key, value);
            }
        }
    }

  private:
    using Method = void (Reader::*)(const std::string&, const Json&);

    static const std::map<std::string, Method>& readers() {
        static const std::map<std::string, Method> table{
            {"redis", &Reader::redis},
            {"redis_auth", &Reader::redis_auth},
            {"streams", &Reader::streams},
            {"secrets_dir", &Reader::path},
            {"state_dir", &Reader::path},
            {"schemes", &Reader::schemes},
            {"listen", &Reader::later},
            {"tokens", &Reader::later},
            {"max_inflight", &Reader::max_inflight},
            {"retention", &Reader::retention},
            {"dead", &Reader::dead},
            {"allow_private", &Reader::allow_private},
            {"drain_timeout", &Reader::drain_timeout},
            {"log", &Reader::log},
        };
        return table;
    }

    static std::vector<std::string_view> names() {
        std::vector<std::string_view> names;
        for (const auto& [name, method] : readers())
            names.push_back(name);
        return names;
    }

    void fail(const std::string& where, const std::string& what) { errors_.push_back(where + ": " + what); }

    void later(const std::string& key, const Json&) {
        fail(key, "is not supported by this version (no HTTP API yet)");
    }

    bool text(const std::string& key, const Json& value, std::string* out) {
        if (!value.is_string() || value.get_ref<const std::string&>().empty()) {
            fail(key, "must be a string that is not empty");
            return false;
        }
        *out = value.get<std::string>();
        return true;
    }

    void redis(const std::string& key, const Json& value) {
        std::string url;
        std::string problem;
        if (!text(key, value, &url)) return;
        if (!set_redis(url, &settings_.redis, &problem)) fail(key, problem);
    }

    void redis_auth(const std::string& key, const Json& value) {
        const std::size_t before = errors_.size();
        if (!value.is_object()) return fail(key, R"(must be {"user": ..., "password": ...})");
        for (const auto& [name, part] : value.items()) {
            const std::string where = key + "." + name;
            if (name == "user") {
                text(where, part, &settings_.redis.user);
            } else if (name == "password") {
                password(where, part);
            } else {
                fail(where, "unknown setting");
            }
        }
        // Without one there is no AUTH, and the worker would be the default user.
        if (settings_.redis.password.empty() && errors_.size() == before) fail(key, "needs a password");
    }

    /// As text, or as file:/path, which is read again at each SIGHUP.
    void password(const std::string& where, const Json& value) {
        constexpr std::string_view prefix = "file:";
        std::string& password = settings_.redis.password;
        if (!text(where, value, &password) || password.compare(0, prefix.size(), prefix) != 0) return;
        const std::string file = password.substr(prefix.size());
        password.clear();
        const std::string origin = "secret file \"" + file + "\" ";
        if (std::string problem; !signature::read_secret_file(file, &password, &problem))
            return fail(where, origin + problem);
        if (const std::string warning = signature::warning_of_secret(password); !warning.empty())
            settings_.warnings.push_back(where + ": " + origin + warning);
    }

    void streams(const std::string& key, const Json& value) {
        if (!value.is_array()) return fail(key, "must be a list of names or of {name, partitions}");
        for (std::size_t i = 0; i < value.size(); ++i)
            stream(key + "[" + std::to_string(i) + "]", value[i]);
    }

    void stream(const std::string& where, const Json& value) {
        StreamSetting stream;
        const Json& name = value.is_object() ? value.value("name", Json()) : value;
        if (!name.is_string() || !store::valid_stream_name(name.get_ref<const std::string&>())) {
            return fail(where, "needs a name of 1 to 64 letters, digits, \"_\", \".\" or \"-\"");
        }
        stream.name = name.get<std::string>();
        if (value.is_object()) {
            for (const auto& [field, part] : value.items()) {
                if (field == "name") continue;
                if (field != "partitions") return fail(where + "." + field, "unknown setting");
                if (!part.is_number_integer() || part < 1 || part > 4096) {
                    return fail(where + ".partitions", "must be a number from 1 to 4096");
                }
                stream.partitions = part.get<unsigned>();
            }
        }
        for (const auto& other : settings_.streams) {
            if (other.name == stream.name) return fail(where, "this stream is named twice");
        }
        settings_.streams.push_back(std::move(stream));
    }

    void path(const std::string& key, const Json& value) {
        text(key, value, key == "secrets_dir" ? &settings_.secrets_dir : &settings_.state_dir);
    }

    /// A file of blocks, as nginx includes it, or the insides of blocks by name.
    void schemes(const std::string& key, const Json& value) {
        auto set = std::make_shared<signature::SchemeSet>();
        signature::TextError error;
        std::string file, content, problem;
        if (value.is_object()) {
            for (const auto& [name, text] : value.items())
                scheme(key + "." + name, name, text, set.get());
        } else if (!text(key, value, &file)) {
            return;
        } else if (!read_settings_file(file, &content, &problem)) {
            return fail(key, "the file " + problem);
        } else if (!signature::add_scheme_blocks(content, set.get(), &error)) {
            return fail(key, error.message + " in line " + std::to_string(error.line) + " of the file");
        }
        settings_.schemes = std::move(set);
    }

    void scheme(const std::string& where, const std::string& name, const Json& value,
                signature::SchemeSet* set) {
        std::string lines;
        for (const Json& line : value.is_array() ? value : Json::array({value})) {
            if (!line.is_string()) return fail(where, "must be the text of a scheme, or a list of its lines");
            lines.append(line.get_ref<const std::string&>()).append("\n");
        }
        signature::TextError error;
        if (signature::add_scheme_text(name, lines, set, &error)) return;
        fail(where, error.message + " in line " + std::to_string(error.line));
    }

    void max_inflight(const std::string& key, const Json& value) {
        if (!value.is_number_integer() || value < 4 || value > 65536) {
            return fail(key, "must be a number from 4 to 65536");
        }
        settings_.max_inflight = value.get<unsigned>();
    }

    bool time(const std::string& where, const Json& value, milliseconds* out) {
        const auto parsed =
            value.is_string() ? endpoint::parse_time(value.get_ref<const std::string&>()) : std::nullopt;
        if (parsed) *out = *parsed;
        if (!parsed) fail(where, R"(must be a time such as "30s" or "2h")");
        return parsed.has_value();
    }

    bool size(const std::string& where, const Json& value, std::uint64_t* out) {
        if (value.is_number_unsigned()) {
            *out = value.get<std::uint64_t>();
            return true;
        }
        const auto parsed =
            value.is_string() ? endpoint::parse_size(value.get_ref<const std::string&>()) : std::nullopt;
        if (parsed) *out = *parsed;
        if (!parsed) fail(where, R"(must be a size such as 65536, "64k" or "256m")");
        return parsed.has_value();
    }

    void keep(const std::string& key, const Json& value, milliseconds* age, std::uint64_t* bytes) {
        if (!value.is_object()) return fail(key, R"(must be {"age": ..., "bytes": ...})");
        for (const auto& [name, part] : value.items()) {
            const std::string where = key + "." + name;
            if (name == "age") {
                time(where, part, age);
            } else if (name == "bytes") {
                size(where, part, bytes);
            } else {
                fail(where, "unknown setting");
            }
        }
    }

    void retention(const std::string& key, const Json& value) {
        keep(key, value, &settings_.retention_age, &settings_.retention_bytes);
    }

    void dead(const std::string& key, const Json& value) {
        keep(key, value, &settings_.dead_age, &settings_.dead_bytes);
    }

    void allow_private(const std::string& key, const Json& value) {
        if (value.is_boolean()) {
            settings_.guard = value.get<bool>() ? AddressGuard::everywhere() : AddressGuard::nowhere();
            return;
        }
        std::vector<std::string> networks;
        if (!value.is_array()) return fail(key, "must be true, false or a list of networks");
        for (const auto& network : value) {
            if (!network.is_string()) return fail(key, "must be true, false or a list of networks");
            networks.push_back(network.get<std::string>());
        }
        std::string problem;
        auto guard = AddressGuard::inside(networks, &problem);
        if (!guard) return fail(key, problem);
        settings_.guard = std::move(guard);
    }

    void drain_timeout(const std::string& key, const Json& value) {
        if (!time(key, value, &settings_.drain_timeout)) return;
        if (settings_.drain_timeout > std::chrono::hours(24)) fail(key, "must be a time from 0s to 24h");
    }

    void log(const std::string& key, const Json& value) { text(key, value, &settings_.log); }

    Settings& settings_;
    std::vector<std::string>& errors_;
};

}  // namespace

std::optional<Settings> parse_settings(std::string_view json, std::vector<std::string>* errors) {
    Settings settings;
    const auto before = errors->size();
    if (const auto parsed = endpoint::parse_strict_json(json, errors))
        Reader(&settings, errors).read(*parsed);
    if (errors->size() != before) return std::nullopt;
    return settings;
}

std::optional<Settings> load_settings(const std::string& path, const std::string& redis,
                                      std::vector<std::string>* errors) {
    std::optional<Settings> settings = Settings();
    if (!path.empty()) {
        std::string text, problem;
        if (!read_settings_file(path, &text, &problem)) {
            errors->push_back(fmt::format("\"{}\" {}", path, problem));
            return std::nullopt;
        }
        settings = parse_settings(text, errors);
    }
    if (!settings || redis.empty()) return settings;
    std::string problem;
    if (!set_redis(redis, &settings->redis, &problem)) {
        errors->push_back(problem);
        return std::nullopt;
    }
    return settings;
}

}  // namespace webhook::worker
