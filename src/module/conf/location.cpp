#include "module/conf/location.hpp"
#include "module/conf/dropped_headers.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "base/suggest.hpp"
#include "module/conf/bypass.hpp"
#include "module/conf/directives.hpp"
#include "module/conf/key_watch.hpp"
#include "module/conf/location_identity.hpp"
#include "module/conf/respond.hpp"
#include "module/conf/rewrite_check.hpp"
#include "module/ngx/conf_place.hpp"
#include "module/ngx/core_conf.hpp"
#include "module/ngx/pool.hpp"
#include "module/ngx/template.hpp"
#include "module/redis/redis_url.hpp"
#include "module/redis/server.hpp"
#include "module/request/handler.hpp"
#include "module/stats/status.hpp"
#include "signature/language/header_names.hpp"
#include "signature/model/signed_id.hpp"

namespace webhook::module {

namespace {

constexpr ngx_msec_t default_timeout = 500, default_connect_timeout = 250;
constexpr std::size_t default_json_max = 1 << 20;

template <class T>
void inherit(std::optional<T>* child, const std::optional<T>& parent) {
    if (!*child) *child = parent;
}

void inherit_all(const LocationConf& parent, LocationConf* child) {
    ngx_conf_merge_msec_value(child->redis_timeout, parent.redis_timeout, default_timeout);
    ngx_conf_merge_msec_value(child->redis_connect_timeout, parent.redis_connect_timeout,
                              default_connect_timeout);
    ngx_conf_merge_size_value(child->json_max, parent.json_max, default_json_max);
    ngx_conf_merge_value(child->dry_run, parent.dry_run, 0);
    inherit(&child->redis, parent.redis);
    inherit(&child->auth, parent.auth);
    inherit(&child->scheme, parent.scheme);
    inherit(&child->secrets, parent.secrets);
    inherit(&child->params, parent.params);
    inherit(&child->url, parent.url);
    inherit(&child->source, parent.source);
    inherit(&child->tolerance, parent.tolerance);
    inherit(&child->dedup, parent.dedup);
    inherit(&child->stream, parent.stream);
    inherit(&child->id, parent.id);
    inherit(&child->type, parent.type);
    inherit(&child->tenant, parent.tenant);
    inherit(&child->partition, parent.partition);
    inherit(&child->accept_types, parent.accept_types);
    inherit(&child->headers, parent.headers);
    child->responses.insert(parent.responses.begin(), parent.responses.end());
}

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
    return NGX_CONF_OK;
}

/// Secrets that are files: for public keys they are read as such, with all that directories hold.
char* use_key_files(ngx_conf_t* cf, const signature::Scheme& scheme, WatchedKeys* keys,
                    signature::VerifierOptions* options) {
    if (!signature::uses_public_keys(scheme)) {
        for (const KeySource& source : keys->sources) {
            if (source.path.empty() || !source.text.empty()) continue;
            return refuse(cf, "secret file \"%s\" is a directory", source.path.c_str());
        }
        return NGX_CONF_OK;
    }
    std::string error;
    if (!read_key_sources(keys->sources, &keys->current, &error)) return refuse(cf, "%s", error.c_str());
    options->secrets = keys->current.texts;
    options->secret_names = keys->current.names;
    return NGX_CONF_OK;
}

/// Has the key files read again when they change.
char* watch_keys(ngx_conf_t* cf, Location* location, WatchedKeys keys) {
    const bool has_files = signature::uses_public_keys(*location->scheme) &&
                           std::any_of(keys.sources.begin(), keys.sources.end(),
                                       [](const KeySource& source) { return !source.path.empty(); });
    if (!has_files) return NGX_CONF_OK;
    keys.location = location;
    keys.options = location->options;
    MainState* main = main_state(cf);
    if (main->keys == nullptr) main->keys = std::make_shared<KeyWatch>();
    return main->keys->add(cf, std::move(keys));
}

void warn_of_unused_params(ngx_conf_t* cf, const LocationConf& conf) {
    const std::vector<std::string> asked = signature::param_names(*conf.scheme->scheme);
    const ngx_str_t scheme = to_ngx(signature::name_of(*conf.scheme->scheme));
    for (const auto& [name, value] : *conf.params) {
        if (std::find(asked.begin(), asked.end(), name) != asked.end()) continue;
        ngx_conf_log_error(NGX_LOG_WARN, cf, 0,
                           "\"webhook_param %s\" is not used, \"webhook %V\" does not ask for it%s",
                           name.c_str(), &scheme, base::did_you_mean(name, asked).c_str());
    }
}

void warn_of(ngx_conf_t* cf, const Location& location, std::string_view param, const char* consequence) {
    const ngx_str_t name = to_ngx(signature::name_of(*location.scheme)), missing = to_ngx(param);
    ngx_conf_log_error(NGX_LOG_WARN, cf, 0, "\"webhook %V\" without \"webhook_param %V\" %s", &name, &missing,
                       consequence);
}

void warn_of_params(ngx_conf_t* cf, const Location& location) {
    const std::string& handshake = location.verifier->missing_param();
    if (!handshake.empty()) warn_of(cf, location, handshake, "refuses handshakes");
    const std::string_view topic = signature::sns_topic_param;
    if (signature::is_sns(*location.scheme) && location.options.params.count(std::string(topic)) == 0)
        warn_of(cf, location, topic, "takes the messages of anybody's topics");
}

void warn_of_weakness(ngx_conf_t* cf, const Location& location) {
    const std::string& weakness = location.verifier->weakness();
    const ngx_str_t name = to_ngx(signature::name_of(*location.scheme));
    if (!weakness.empty())
        ngx_conf_log_error(NGX_LOG_WARN, cf, 0, "\"webhook %V\": %s", &name, weakness.c_str());
}

/// For schemes that sign the URL, a part of which the client would choose.
void warn_of_host(ngx_conf_t* cf, const signature::Scheme& scheme) {
    if (!signature::signs_url(scheme)) return;
    const ngx_str_t name = to_ngx(signature::name_of(scheme));
    ngx_conf_log_error(
        NGX_LOG_WARN, cf, 0,
        "\"webhook %V\" signs the URL, and without \"webhook_url\" its host is what the client's "
        "\"Host\" header says: write \"webhook_url https://...;\" with the address given to the sender",
        &name);
}

/// Keys beside variables are read once: what a directory holds could not be told apart.
char* refuse_directories(ngx_conf_t* cf, const WatchedKeys& keys) {
    for (const KeySource& source : keys.sources) {
        if (source.path.empty() || !is_directory(source.path)) continue;
        return refuse(cf, "directory \"%s\" beside a secret with variables", source.path.c_str());
    }
    return NGX_CONF_OK;
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
    if (char* bad = use_key_files(cf, *location->scheme, &keys, &options); bad != NGX_CONF_OK) return bad;
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
    return compile_variables(cf, *location->extractor, &location->variables)
               ? NGX_CONF_OK
               : static_cast<char*>(NGX_CONF_ERROR);
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

/// The first setting in which a stream's earlier location differs, as that location has it.
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

    MainState* main = main_state(cf);
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
    return NGX_CONF_OK;
}

/// `own_dedup`: the location itself says something of it, or what it inherits names `by=`.
char* prepare(ngx_conf_t* cf, LocationConf* conf, bool own_dedup) {
    const Dedup dedup = conf->dedup.value_or(Dedup{});
    if (dedup.by == event::By::body && conf->partition) {
        return refuse(cf, "\"webhook_partition\" is useless with \"webhook_dedup\" \"by=body\"");
    }
    auto* location = make_in_pool<Location>(cf->pool);
    location->scheme = conf->scheme->scheme;
    if (char* bad = check_secrets(cf, *conf); bad != NGX_CONF_OK) return bad;
    if (char* bad = make_verifier(cf, *conf, location); bad != NGX_CONF_OK) return bad;
    if (char* bad = make_extractor(cf, *conf, location); bad != NGX_CONF_OK) return bad;
    copy_settings(*conf, dedup, location);
    choose_identity(cf, *conf, dedup, location);
    if (signature::repeats(*location->scheme) && !own_dedup) location->dedup = false;
    location->responses = conf->responses;
    if (char* bad = add_acknowledgements(cf, *location->scheme, dedup.reject, &location->responses);
        bad != NGX_CONF_OK) {
        return bad;
    }
    if (conf->stream) {
        const AtPlace place(cf, conf->stream->place);
        if (char* bad = choose_stream(cf, *conf, dedup, location); bad != NGX_CONF_OK) return bad;
        if (char* bad = check_shared_source(cf, *conf, *location); bad != NGX_CONF_OK) return bad;
        warn_of_partition(cf, *conf, *location);
    } else {
        main_state(cf)->has_gates = true;
        location->dry_run = conf->dry_run != 0;
        if (conf->dedup && location->dedup) {
            location->once = std::make_unique<GateOnce>(
                GateOnce{store::Reserver(conf->gate, dedup.window_ms),
                         find_or_add_server(&main_state(cf)->servers,
                                            server_settings(*conf, redis_address(cf, *conf)))});
        }
    }
    const auto& secret = signature::secret_query_params(*location->scheme);
    auto& all = main_state(cf)->secret_params;
    all.insert(all.end(), secret.begin(), secret.end());
    conf->location = location;
    const auto* server =
        static_cast<ngx_http_core_srv_conf_t*>(ngx_http_conf_get_module_srv_conf(cf, ngx_http_core_module));
    main_state(cf)->judged.push_back({conf, core_location(cf), server, conf->scheme->place});
    return NGX_CONF_OK;
}

/// Takes the location's content phase; another handler there would leave it open.
char* install_handler(ngx_conf_t* cf) {
    ngx_http_core_loc_conf_t* core = core_location(cf);
    if (core->handler == nullptr) core->handler = handle_request;
    if (core->handler == handle_request) return NGX_CONF_OK;
    return refuse(cf,
                  "\"webhook_stream\" answers by itself, another content handler (such as \"proxy_pass\") "
                  "cannot stand in the same location");
}

/// A scheme of one's own may stand behind its use, so that it is looked up when all has been read.
char* resolve_scheme(ngx_conf_t* cf, LocationConf::Choice* choice) {
    if (choice->scheme != nullptr || choice->name.empty()) return NGX_CONF_OK;
    choice->scheme = main_state(cf)->schemes.find(choice->name);
    if (choice->scheme != nullptr) return NGX_CONF_OK;
    const AtPlace place(cf, choice->place);
    const std::string suggestion = main_state(cf)->schemes.suggestion(choice->name);
    return refuse(cf, "unknown webhook scheme \"%s\"%s \"webhookctl schemes\" lists the built-in ones",
                  choice->name.c_str(), suggestion.empty() ? "," : suggestion.c_str());
}

}  // namespace

char* merge_location(ngx_conf_t* cf, const LocationConf& parent, LocationConf* child) {
    const bool own_stream = child->stream.has_value();
    const bool own_partition = child->partition.has_value(), own_headers = child->headers.has_value();
    const bool own_params = child->params.has_value(), own_dedup = child->dedup.has_value();
    inherit_all(parent, child);
    child->root = core_location(cf)->root.data;
    child->gate = is_if_block(cf) ? parent.gate : gate_name(cf);
    if (is_if_block(cf)) child->status = parent.status;
    if (char* bad = check_status(cf, *child); bad != NGX_CONF_OK) return bad;
    if (child->scheme) {
        if (char* bad = resolve_scheme(cf, &*child->scheme); bad != NGX_CONF_OK) return bad;
    }
    const bool verifies = child->scheme && child->scheme->scheme != nullptr;
    if (!verifies && own_stream) {
        const AtPlace place(cf, child->stream->place);
        return refuse(cf, "\"webhook_stream\" requires \"webhook\"");
    }
    if (!verifies) return NGX_CONF_OK;
    const AtPlace place(cf, child->scheme->place);
    if (own_params) warn_of_unused_params(cf, *child);
    if (child->stream) {
        if (char* bad = install_handler(cf); bad != NGX_CONF_OK) return bad;
        if (child->dry_run != 0) {
            return refuse(cf, "\"webhook_dry_run\" is for gates, it cannot be on beside \"webhook_stream\"");
        }
    } else {
        if (own_partition) return refuse(cf, "\"webhook_partition\" requires \"webhook_stream\"");
        if (own_headers) return refuse(cf, "\"webhook_headers\" requires \"webhook_stream\"");
    }
    if (char* bad = check_rewrites(cf); bad != NGX_CONF_OK) return bad;
    if (char* bad = check_actions(cf); bad != NGX_CONF_OK) return bad;
    if (!child->stream) warn_of_missing_handler(cf, parent.root);
    if (!child->url && !is_if_block(cf)) warn_of_host(cf, *child->scheme->scheme);
    return prepare(cf, child, own_dedup || (child->dedup && child->dedup->by));
}

}  // namespace webhook::module
