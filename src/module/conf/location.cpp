#include "module/conf/location.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "module/conf/dropped_headers.hpp"
#include "module/conf/key_watch.hpp"
#include "module/conf/location_identity.hpp"
#include "module/conf/main_conf.hpp"
#include "module/conf/respond.hpp"
#include "module/ngx/conf_error.hpp"
#include "module/ngx/conf_place.hpp"
#include "module/ngx/core_conf.hpp"
#include "module/ngx/pool.hpp"
#include "module/redis/redis_url.hpp"
#include "signature/language/header_names.hpp"
#include "signature/model/signed_id.hpp"

namespace webhook::module {

namespace {

char* check_secrets(ngx_conf_t* cf, const LocationConf& conf) {
    const signature::Scheme& scheme = *conf.scheme->scheme;
    const ngx_str_t name = to_ngx(signature::name_of(scheme));
    if (!conf.secrets && view(name) != "none") {
        return refuse(cf, "\"webhook %V\" requires \"webhook_secret\"", &name);
    }
    bool variable = false;
    for (std::size_t i = 0; conf.secrets && i < conf.secrets->size(); ++i)
        variable |= (*conf.secrets)[i].complex != nullptr;
    const bool shared = conf.source && conf.source->complex != nullptr;
    if (shared && conf.secrets && conf.secrets->size() > 1 + store::Alternates::capacity) {
        return refuse(cf, "\"webhook_source\" with variables takes up to 8 keys in \"webhook_secret\"");
    }
    if (variable && !shared) {
        return refuse(cf, "\"webhook_secret\" with variables requires \"webhook_source\" with variables");
    }
    return conf_ok;
}

/// Secrets that are files: for public keys they are read as such, with all that directories hold.
char* use_key_files(ngx_conf_t* cf, const signature::Scheme& scheme, WatchedKeys* keys,
                    signature::VerifierOptions* options) {
    if (!signature::uses_public_keys(scheme)) {
        for (const KeySource& source : keys->sources) {
            if (source.path.empty() || !source.text.empty()) continue;
            return refuse(cf, "secret file \"%s\" is a directory", source.path.c_str());
        }
        return conf_ok;
    }
    std::string error;
    if (!read_key_sources(keys->sources, &keys->current, &error)) return refuse(cf, "%s", error.c_str());
    options->secrets = keys->current.texts;
    options->secret_names = keys->current.names;
    return conf_ok;
}

/// Has the key files read again when they change.
char* watch_keys(ngx_conf_t* cf, Location* location, WatchedKeys keys) {
    const bool has_files = signature::uses_public_keys(*location->scheme) &&
                           std::any_of(keys.sources.begin(), keys.sources.end(),
                                       [](const KeySource& source) { return !source.path.empty(); });
    if (!has_files) return conf_ok;
    keys.location = location;
    keys.options = location->options;
    MainConf* main = main_conf(cf);
    if (main->keys == nullptr) main->keys = std::make_shared<KeyWatch>();
    return main->keys->add(cf, std::move(keys));
}

void warn_of(ngx_conf_t* cf, const Location& location, std::string_view param, const char* consequence) {
    const ngx_str_t name = to_ngx(signature::name_of(*location.scheme)), missing = to_ngx(param);
    ngx_conf_log_error(NGX_LOG_WARN, cf, 0, "\"webhook %V\" without \"webhook_param %V\" %s", &name, &missing,
                       consequence);
}

void warn_of_params(ngx_conf_t* cf, const Location& location) {
    const std::string& param = location.verifier->missing_param();
    if (!param.empty()) warn_of(cf, location, param, "refuses challenges");
    const std::string_view topic = signature::sns_topic_param;
    if (signature::is_sns(*location.scheme) && location.options.params.count(std::string(topic)) == 0)
        warn_of(cf, location, topic, "takes the messages of all topics");
}

void warn_of_weakness(ngx_conf_t* cf, const Location& location) {
    const std::string& weakness = location.verifier->weakness();
    const ngx_str_t name = to_ngx(signature::name_of(*location.scheme));
    if (!weakness.empty())
        ngx_conf_log_error(NGX_LOG_WARN, cf, 0, "\"webhook %V\": %s", &name, weakness.c_str());
}

/// Keys in the same directive as variables are read once, and the files of a directory could not be
/// distinguished.
char* refuse_directories(ngx_conf_t* cf, const WatchedKeys& keys) {
    for (const KeySource& source : keys.sources) {
        if (source.path.empty() || !is_directory(source.path)) continue;
        return refuse(cf, "directory \"%s\" together with a secret with variables", source.path.c_str());
    }
    return conf_ok;
}

char* make_verifier(ngx_conf_t* cf, const LocationConf& conf, Location* location) {
    signature::VerifierOptions& options = location->options;
    bool variable = false;
    WatchedKeys keys;
    if (conf.secrets && signature::name_of(*location->scheme) != "none") {
        for (const Secret& secret : *conf.secrets) {
            variable |= secret.complex != nullptr;
            options.secrets.push_back(secret.literal);
            keys.sources.push_back({secret.file, secret.literal});
        }
    }
    if (char* bad = use_key_files(cf, *location->scheme, &keys, &options); bad != conf_ok) return bad;
    if (conf.params) options.params = *conf.params;
    if (conf.tolerance) {
        options.check_window = conf.tolerance->check;
        if (conf.tolerance->check) options.tolerance_seconds = conf.tolerance->seconds;
    }
    options.json_max = conf.json_max;
    if (variable) {
        options.secrets.clear();
        location->variable_secrets.assign(conf.secrets->begin(), conf.secrets->end());
        return refuse_directories(cf, keys);
    }
    std::string error;
    location->verifier = signature::Verifier::make(*location->scheme, options, &error);
    if (location->verifier == nullptr) {
        const ngx_str_t name = to_ngx(signature::name_of(*location->scheme));
        return refuse(cf, "\"webhook %V\": %s", &name, error.c_str());
    }
    warn_of_params(cf, *location);
    warn_of_weakness(cf, *location);
    note_scopes(conf, location);
    options.secrets.clear();
    options.secret_names.clear();
    return watch_keys(cf, location, std::move(keys));
}

char* make_extractor(ngx_conf_t* cf, const LocationConf& conf, Location* location) {
    const signature::Scheme& scheme = *location->scheme;
    event::Extractor::Fields fields;
    fields.id = conf.id ? *conf.id : signature::id_sources(scheme);
    fields.type = conf.type ? *conf.type : signature::type_sources(scheme);
    fields.tenant = conf.tenant ? *conf.tenant : signature::tenant_sources(scheme);
    if (conf.partition) fields.partition = *conf.partition;
    std::vector<std::string> names = signature::header_names(scheme);
    for (const auto* texts : {&fields.id, &fields.type, &fields.tenant, &fields.partition})
        signature::add_header_names(*texts, &names);
    if (conf.headers) names.insert(names.end(), conf.headers->begin(), conf.headers->end());
    warn_of_dropped_headers(cf, names);
    if (conf.id && !signature::trusts_id(scheme, *conf.id)) {
        ngx_conf_log_error(
            NGX_LOG_WARN, cf, 0,
            "\"webhook_id\" names an id that is not signed, nor is the body: who saw one request can send "
            "it again under other ids");
    }
    std::string error;
    location->extractor = event::Extractor::make(fields, &error, event::SourceSet::directive);
    if (location->extractor == nullptr) return refuse(cf, "%s", error.c_str());
    if (location->extractor->reads_claims() && !signature::has_claims(scheme)) {
        const ngx_str_t name = to_ngx(signature::name_of(scheme));
        return refuse(cf, "\"claim:\" is a source of schemes with tokens (JWT), which \"webhook %V\" is not",
                      &name);
    }
    return compile_templates(cf, location->extractor->variables(), &location->variables) ? conf_ok
                                                                                         : conf_failed;
}

void copy_settings(const LocationConf& conf, const Dedup& dedup, Location* location) {
    location->json_max = conf.json_max;
    if (conf.source) {
        location->source = *conf.source;
    } else {
        location->source.literal = signature::name_of(*location->scheme);
    }
    location->url = conf.url;
    if (conf.accept_types) location->accept_types = *conf.accept_types;
    if (conf.headers) location->headers = *conf.headers;
    location->reject_duplicates = dedup.reject;
    location->signs_url = signature::signs_url(*location->scheme);
}

ServerSettings server_settings(const LocationConf& conf, RedisAddress address) {
    ServerSettings settings{std::move(address), {}, {}, conf.redis_timeout, conf.redis_connect_timeout};
    if (conf.auth) {
        settings.user = conf.auth->user;
        settings.password = conf.auth->password;
    }
    return settings;
}

RedisAddress redis_address(ngx_conf_t* cf, const LocationConf& conf) {
    if (conf.redis) return *conf.redis;
    RedisAddress address;
    parse_redis_url(cf, "redis://127.0.0.1:6379", &address);
    return address;
}

/// Names the first setting in which a stream's earlier location differs, as that location has it.
std::string difference(const store::StreamSettings& earlier, const store::StreamSettings& settings) {
    if (earlier.partitions != settings.partitions) return "partitions=" + std::to_string(earlier.partitions);
    if (earlier.max_backlog != settings.max_backlog) {
        return "max_backlog=" + std::to_string(earlier.max_backlog);
    }
    if (earlier.max_backlog_bytes != settings.max_backlog_bytes) {
        return "max_backlog_bytes=" + std::to_string(earlier.max_backlog_bytes);
    }
    return "a \"webhook_dedup\" window of " + std::to_string(earlier.dedup_window_ms / 1000) + "s";
}

char* choose_stream(ngx_conf_t* cf, const LocationConf& conf, const Dedup& dedup, Location* location) {
    RedisAddress address = redis_address(cf, conf);
    const StreamChoice& choice = *conf.stream;
    store::StreamSettings settings;
    settings.name = choice.name;
    settings.partitions = choice.partitions;
    settings.max_backlog = choice.max_backlog;
    settings.max_backlog_bytes = choice.max_backlog_bytes;
    settings.dedup_window_ms = location->dedup ? dedup.window_ms : 0;

    MainConf* main = main_conf(cf);
    const Stream* other = find_other_settings(main->servers, address, settings);
    if (other != nullptr) {
        return refuse(cf, "stream \"%s\" has %s in %s, all locations that write it must agree",
                      settings.name.c_str(), difference(other->appender.settings(), settings).c_str(),
                      other->where.c_str());
    }
    location->stream =
        find_or_add_stream(&main->servers, server_settings(conf, std::move(address)), settings);
    if (location->stream->where.empty()) {
        location->stream->where = text_of(choice.place);
    }
    return conf_ok;
}

char* prepare_stream(ngx_conf_t* cf, const LocationConf& conf, const Dedup& dedup, Location* location) {
    const AtPlace place(cf, conf.stream->place);
    if (char* bad = choose_stream(cf, conf, dedup, location); bad != conf_ok) return bad;
    if (char* bad = check_shared_source(cf, conf, *location); bad != conf_ok) return bad;
    warn_of_partition(cf, conf, *location);
    return conf_ok;
}

void prepare_gate(ngx_conf_t* cf, const LocationConf& conf, const Dedup& dedup, Location* location) {
    main_conf(cf)->has_gates = true;
    location->dry_run = conf.dry_run != 0;
    if (!conf.dedup || !location->dedup) return;
    RedisServer* server =
        find_or_add_server(&main_conf(cf)->servers, server_settings(conf, redis_address(cf, conf)));
    location->once =
        std::make_unique<GateOnce>(GateOnce{store::Reserver(conf.gate, dedup.window_ms), server});
}

/// Makes the location known to the checks that need all of the configuration, and to requests.
void publish_location(ngx_conf_t* cf, LocationConf* conf, Location* location) {
    const auto& secret = signature::secret_query_params(*location->scheme);
    auto& all = main_conf(cf)->secret_params;
    all.insert(all.end(), secret.begin(), secret.end());
    conf->settings.location = location;
    const auto* server =
        static_cast<ngx_http_core_srv_conf_t*>(ngx_http_conf_get_module_srv_conf(cf, ngx_http_core_module));
    main_conf(cf)->judged.push_back({conf, core_location(cf), server, conf->scheme->place});
}

}  // namespace

char* prepare_location(ngx_conf_t* cf, LocationConf* conf, bool own_dedup) {
    const Dedup dedup = conf->dedup.value_or(Dedup{});
    if (dedup.by == event::By::body && conf->partition) {
        return refuse(cf, "\"webhook_partition\" is useless with \"webhook_dedup\" \"by=body\"");
    }
    auto* location = make_in_pool<Location>(cf->pool);
    location->scheme = conf->scheme->scheme;
    if (char* bad = check_secrets(cf, *conf); bad != conf_ok) return bad;
    if (char* bad = make_verifier(cf, *conf, location); bad != conf_ok) return bad;
    if (char* bad = make_extractor(cf, *conf, location); bad != conf_ok) return bad;
    copy_settings(*conf, dedup, location);
    choose_identity(cf, *conf, dedup, location);
    if (signature::repeats(*location->scheme) && !own_dedup) location->dedup = false;
    location->responses = conf->responses;
    if (char* bad = add_acknowledgements(cf, *location->scheme, dedup.reject, &location->responses);
        bad != conf_ok) {
        return bad;
    }
    if (conf->stream) {
        if (char* bad = prepare_stream(cf, *conf, dedup, location); bad != conf_ok) return bad;
    } else {
        prepare_gate(cf, *conf, dedup, location);
    }
    publish_location(cf, conf, location);
    return conf_ok;
}

}  // namespace webhook::module
