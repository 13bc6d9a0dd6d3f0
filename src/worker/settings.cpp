#include "worker/settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/file.hpp"
#include "base/suggest.hpp"
#include "endpoint/field_reader.hpp"
#include "endpoint/strict_json.hpp"
#include "signature/catalogue/scheme_text.hpp"
#include "signature/keys/secret_file.hpp"
#include "store/keys.hpp"
#include "worker/egress_proxy.hpp"

namespace webhook::worker {

namespace {

using endpoint::FieldReader;
using endpoint::FieldTable;
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

constexpr milliseconds longest_age = std::chrono::hours(24) * 36500;

void refuse(const FieldReader& member, const std::string& name, const std::vector<std::string_view>& known) {
    member.fail("unknown setting" + base::did_you_mean(name, known));
}

/// Reads an object; `form` says what it looks like.
template <class T>
void take_object(const FieldReader& field, const FieldTable<T>& table, const char* form, T* target) {
    if (!field.value().is_object()) return field.fail(std::string("must be ") + form);
    field.take_members(table, refuse, target);
}

void take_redis(const FieldReader& field, Settings* settings) {
    std::string url, problem;
    if (!field.take_text(&url)) return;
    if (!set_redis(url, &settings->redis, &problem)) field.fail(problem);
}

/// As text, or as file:/path, which is read again at each SIGHUP.
void take_password(const FieldReader& field, Settings* settings) {
    constexpr std::string_view prefix = "file:";
    std::string& password = settings->redis.password;
    if (!field.take_text(&password) || password.compare(0, prefix.size(), prefix) != 0) return;
    const std::string file = password.substr(prefix.size());
    password.clear();
    const std::string origin = "secret file \"" + file + "\" ";
    if (std::string problem; !signature::read_secret_file(file, &password, &problem))
        return field.fail(origin + problem);
    if (const std::string warning = signature::warning_of_secret(password); !warning.empty())
        settings->warnings.push_back("redis_auth.password: " + origin + warning);
}

void take_redis_auth(const FieldReader& field, Settings* settings) {
    static const FieldTable<Settings> table{
        {"user", [](const FieldReader& user, Settings* target) { user.take_text(&target->redis.user); }},
        {"password", take_password},
    };
    const std::size_t before = field.error_count();
    take_object(field, table, R"({"user": ..., "password": ...})", settings);
    // Without one there is no AUTH, and the worker would be the default user.
    if (settings->redis.password.empty() && field.error_count() == before) field.fail("needs a password");
}

void take_stream_name(const FieldReader& field, StreamSetting* stream) {
    if (field.value().is_string() && store::valid_stream_name(field.value().get_ref<const std::string&>()))
        stream->name = field.value().get<std::string>();
    else
        field.fail("must be a name of 1 to 64 letters, digits, \"_\", \".\" or \"-\"");
}

void take_partitions(const FieldReader& field, StreamSetting* stream) {
    std::uint64_t count = 0;
    if (field.take_integer(1, 4096, &count)) stream->partitions = static_cast<unsigned>(count);
}

void take_stream(const FieldReader& field, Settings* settings) {
    static const FieldTable<StreamSetting> table{{"name", take_stream_name}, {"partitions", take_partitions}};
    const std::size_t before = field.error_count();
    StreamSetting stream;
    if (field.value().is_object())
        field.take_members(table, refuse, &stream);
    else
        take_stream_name(field, &stream);
    if (field.error_count() != before) return;
    if (stream.name.empty()) return field.fail("needs a name");
    for (const auto& other : settings->streams) {
        if (other.name == stream.name) return field.fail("this stream is named twice");
    }
    settings->streams.push_back(std::move(stream));
}

void take_streams(const FieldReader& field, Settings* settings) {
    if (!field.value().is_array()) return field.fail("must be a list of names or of {name, partitions}");
    for (std::size_t i = 0; i < field.value().size(); ++i)
        take_stream(field.item(i), settings);
}

void take_scheme(const FieldReader& field, const std::string& name, signature::SchemeSet* set) {
    std::string lines;
    const Json& value = field.value();
    for (const Json& line : value.is_array() ? value : Json::array({value})) {
        if (!line.is_string()) return field.fail("must be the text of a scheme, or a list of its lines");
        lines.append(line.get_ref<const std::string&>()).append("\n");
    }
    signature::TextError error;
    if (signature::add_scheme_text(name, lines, set, &error)) return;
    field.fail(error.message + " in line " + std::to_string(error.line));
}

/// A file of blocks, as nginx includes it, or the insides of blocks by name.
void take_schemes(const FieldReader& field, Settings* settings) {
    auto set = std::make_shared<signature::SchemeSet>();
    signature::TextError error;
    std::string file, content, problem;
    if (field.value().is_object()) {
        for (const auto& [name, text] : field.value().items())
            take_scheme(field.member(name, text), name, set.get());
    } else if (!field.take_text(&file)) {
        return;
    } else if (!read_settings_file(file, &content, &problem)) {
        return field.fail("the file " + problem);
    } else if (!signature::add_scheme_blocks(content, set.get(), &error)) {
        return field.fail(error.message + " in line " + std::to_string(error.line) + " of the file");
    }
    settings->schemes = std::move(set);
}

/// How long, and how much of, something is kept.
struct Keep {
    milliseconds* age;
    std::uint64_t* bytes;
};

void take_keep(const FieldReader& field, Keep keep) {
    static const FieldTable<Keep> table{
        {"age", [](const FieldReader& age,
                   Keep* target) { age.take_time(milliseconds(0), longest_age, target->age); }},
        {"bytes", [](const FieldReader& bytes, Keep* target) { bytes.take_size(0, target->bytes); }},
    };
    take_object(field, table, R"({"age": ..., "bytes": ...})", &keep);
}

void take_allow_private(const FieldReader& field, Settings* settings) {
    const Json& value = field.value();
    if (value.is_boolean()) {
        settings->guard = value.get<bool>() ? AddressGuard::everywhere() : AddressGuard::nowhere();
        return;
    }
    const auto is_text = [](const Json& network) { return network.is_string(); };
    if (!value.is_array() || !std::all_of(value.begin(), value.end(), is_text))
        return field.fail("must be true, false or a list of networks");
    std::string problem;
    auto guard = AddressGuard::inside(value.get<std::vector<std::string>>(), &problem);
    if (!guard) return field.fail(problem);
    settings->guard = std::move(guard);
}

/// Reads the proxy when all else is read: its password may be a file in secrets_dir.
void finish_egress_proxy(const FieldReader& all, Settings* settings) {
    const auto field = all.value().find("egress_proxy");
    if (field == all.value().end()) return;
    const FieldReader reader = all.member("egress_proxy", *field);
    std::string url, problem, warning;
    if (!reader.take_text(&url)) return;
    settings->egress_proxy = parse_egress_proxy(url, settings->secrets_dir, &problem, &warning);
    if (!settings->egress_proxy) return reader.fail(problem);
    if (!warning.empty()) settings->warnings.push_back("egress_proxy: " + warning);
}

void take_max_inflight(const FieldReader& field, Settings* settings) {
    std::uint64_t count = 0;
    if (field.take_integer(4, 65536, &count)) settings->max_inflight = static_cast<unsigned>(count);
}

void take_later(const FieldReader& field, Settings*) {
    field.fail("is not supported by this version (no HTTP API yet)");
}

const FieldTable<Settings>& settings_table() {
    using Field = const FieldReader&;
    static const FieldTable<Settings> table{
        {"redis", take_redis},
        {"redis_auth", take_redis_auth},
        {"streams", take_streams},
        {"secrets_dir", [](Field field, Settings* target) { field.take_text(&target->secrets_dir); }},
        {"state_dir", [](Field field, Settings* target) { field.take_text(&target->state_dir); }},
        {"schemes", take_schemes},
        {"listen", take_later},
        {"tokens", take_later},
        {"max_inflight", take_max_inflight},
        {"retention",
         [](Field field, Settings* target) {
             take_keep(field, {&target->retention_age, &target->retention_bytes});
         }},
        {"dead",
         [](Field field, Settings* target) {
             take_keep(field, {&target->dead_age, &target->dead_bytes});
         }},
        {"allow_private", take_allow_private},
        {"egress_proxy", [](Field, Settings*) {}},  // finish_egress_proxy()
        {"drain_timeout",
         [](Field field, Settings* target) {
             field.take_time(milliseconds(0), std::chrono::hours(24), &target->drain_timeout);
         }},
        {"log", [](Field field, Settings* target) { field.take_text(&target->log); }},
    };
    return table;
}

}  // namespace

std::optional<Settings> parse_settings(std::string_view json, std::vector<std::string>* errors) {
    Settings settings;
    const auto before = errors->size();
    if (const auto parsed = endpoint::parse_strict_json(json, errors)) {
        std::vector<endpoint::FieldError> found;
        const FieldReader all(*parsed, "", &found);
        if (parsed->is_object()) {
            all.take_members(settings_table(), refuse, &settings);
            finish_egress_proxy(all, &settings);
        } else {
            errors->push_back("the configuration: must be an object");
        }
        for (const auto& [where, what] : found)
            errors->push_back(where + ": " + what);
    }
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
