#include "module/conf/setters.hpp"

#include <string>
#include <utility>

#include "base/suggest.hpp"
#include "base/text.hpp"
#include "event/extractor.hpp"
#include "event/param_mask.hpp"
#include "module/conf/main_conf.hpp"
#include "module/conf/secret.hpp"
#include "module/conf/value_origin.hpp"
#include "module/ngx/conf_place.hpp"
#include "module/ngx/template.hpp"
#include "module/redis/redis_url.hpp"
#include "module/request/presentable.hpp"
#include "store/keys.hpp"

namespace webhook::module {

namespace {

/// "name=value" -> true and the value.
bool take_name(ngx_str_t word, std::string_view name, ngx_str_t* value) {
    const std::string_view text = view(word);
    if (text.substr(0, name.size()) != name) return false;
    *value = to_ngx(text.substr(name.size()));
    return true;
}

/// A count with an optional k or m (thousands, millions); 0 when it is none.
std::uint64_t parse_count(const ngx_str_t& text) {
    std::size_t digits = text.len;
    std::uint64_t unit = 1;
    if (digits != 0 && (text.data[digits - 1] | 0x20) == 'k') unit = 1000;
    if (digits != 0 && (text.data[digits - 1] | 0x20) == 'm') unit = 1000000;
    if (unit != 1) --digits;
    const off_t number = ngx_atoof(text.data, digits);
    return number <= 0 || number > 1000000000000 ? 0 : static_cast<std::uint64_t>(number) * unit;
}

/// A value that the client must not choose.
bool compile_unchosen(ngx_conf_t* cf, const ngx_str_t& text, Template* result) {
    return main_conf(cf)->origins->note_use(cf, view(text)) && compile_template(cf, text, result);
}

/// Sets what the word says. What is wrong with it, for the end of a message; empty: nothing.
std::string set_stream_option(const ngx_str_t& word, StreamChoice* stream) {
    ngx_str_t value{};
    if (take_name(word, "partitions=", &value)) {
        const ngx_int_t number = ngx_atoi(value.data, value.len);
        stream->partitions = static_cast<unsigned>(number);
        return number >= 1 && number <= 4096 ? "" : ", it must be from 1 to 4096";
    }
    if (take_name(word, "max_backlog=", &value)) {
        stream->max_backlog = parse_count(value);
        return stream->max_backlog != 0 ? "" : ", it must be a number from 1 to 1000000m, such as \"500k\"";
    }
    if (take_name(word, "max_backlog_bytes=", &value)) {
        const off_t bytes = ngx_parse_offset(&value);
        stream->max_backlog_bytes = static_cast<std::uint64_t>(bytes);
        return bytes > 0 ? "" : ", it must be a size of at least 1 byte, such as \"512m\"";
    }
    const std::string_view text = view(word), name = text.substr(0, text.find('='));
    const std::string advice = base::did_you_mean(name, {"partitions", "max_backlog", "max_backlog_bytes"});
    return advice.empty() ? ", it must be partitions=, max_backlog= or max_backlog_bytes=" : advice;
}

using Sources = std::vector<std::string>;

char* set_sources(ngx_conf_t* cf, const Words& words, std::optional<Sources>* where,
                  Sources event::Extractor::Fields::*field) {
    if (*where) return is_duplicate;
    event::Extractor::Fields fields;
    fields.*field = words.values();
    std::string error;
    const auto extractor = event::Extractor::make(fields, &error, event::SourceSet::directive);
    if (extractor == nullptr) return refuse(cf, "%s", error.c_str());
    std::vector<Template> ignored;
    if (!compile_templates(cf, extractor->variables(), &ignored)) return conf_failed;
    *where = words.values();
    return conf_ok;
}

}  // namespace

char* set_redis(ngx_conf_t* cf, const Words& words, LocationConf* conf) {
    if (conf->redis) return is_duplicate;
    if (words.size() > 2) return refuse(cf, "several servers are not supported by this version");
    RedisAddress address;
    const char* problem = parse_redis_url(cf, view(words[1]), &address);
    if (problem != nullptr)
        return refuse(cf, "%s in \"%s\"", problem, event::mask_url(view(words[1])).c_str());
    conf->redis = std::move(address);
    return conf_ok;
}

char* set_redis_auth(ngx_conf_t* cf, const Words& words, LocationConf* conf) {
    if (conf->auth) return is_duplicate;
    LocationConf::Auth auth{words.text(1), {}};
    SecretKind kind{};
    if (auth.user.empty()) return invalid(cf, words[1]);
    if (!read_secret(cf, words[2], &auth.password, &kind)) return conf_failed;
    conf->auth = std::move(auth);
    return conf_ok;
}

char* set_webhook(ngx_conf_t* cf, const Words& words, LocationConf* conf) {
    if (conf->scheme) return is_duplicate;
    conf->scheme = LocationConf::Choice{view(words[1]) == "off" ? "" : words.text(1), nullptr, here(cf)};
    return conf_ok;
}

char* set_secret(ngx_conf_t* cf, const Words& words, LocationConf* conf) {
    if (!conf->secrets) conf->secrets.emplace();
    for (std::size_t i = 1; i < words.size(); ++i) {
        Secret secret;
        SecretKind kind{};
        if (!read_secret(cf, words[i], &secret.literal, &kind, &secret.file)) return conf_failed;
        if (kind == SecretKind::literal && !compile_unchosen(cf, words[i], &secret)) {
            return conf_failed;
        }
        conf->secrets->push_back(std::move(secret));
    }
    return conf_ok;
}

char* set_param(ngx_conf_t* cf, const Words& words, LocationConf* conf) {
    if (!conf->params) conf->params.emplace();
    std::string value;
    SecretKind kind{};
    if (!read_secret(cf, words[2], &value, &kind)) return conf_failed;
    if (!conf->params->emplace(words.text(1), std::move(value)).second) {
        return refuse(cf, "duplicate webhook parameter \"%V\"", &words[1]);
    }
    return conf_ok;
}

char* set_url(ngx_conf_t* cf, const Words& words, LocationConf* conf) {
    if (conf->url) return is_duplicate;
    ngx_str_t rest{};
    const bool absolute = take_name(words[1], "https://", &rest) || take_name(words[1], "http://", &rest) ||
                          take_name(words[1], "$", &rest);
    if (!absolute || rest.len == 0) {
        return refuse(cf, "invalid URL \"%s\", it must begin with \"https://\", \"http://\" or a variable",
                      event::mask_url(view(words[1])).c_str());
    }
    conf->url.emplace();
    return compile_unchosen(cf, words[1], &*conf->url) ? conf_ok : conf_failed;
}

char* set_source(ngx_conf_t* cf, const Words& words, LocationConf* conf) {
    if (conf->source) return is_duplicate;
    conf->source.emplace();
    if (!compile_template(cf, words[1], &*conf->source)) return conf_failed;
    const bool literal = conf->source->complex == nullptr;
    if (literal && (conf->source->literal.empty() || !is_presentable(conf->source->literal))) {
        return invalid(cf, words[1]);
    }
    return conf_ok;
}

char* set_tolerance(ngx_conf_t* cf, const Words& words, LocationConf* conf) {
    if (conf->tolerance) return is_duplicate;
    LocationConf::Tolerance tolerance;
    if (view(words[1]) == "off") {
        tolerance.check = false;
    } else {
        tolerance.seconds = ngx_parse_time(&words[1], 1);
        if (tolerance.seconds <= 0) {
            return refuse(cf, "invalid value \"%V\", it must be a time such as \"5m\", or \"off\"",
                          &words[1]);
        }
    }
    conf->tolerance = tolerance;
    return conf_ok;
}

char* set_dedup(ngx_conf_t* cf, const Words& words, LocationConf* conf) {
    if (conf->dedup) return is_duplicate;
    Dedup dedup;
    if (view(words[1]) == "off") {
        if (words.size() > 2) return invalid(cf, words[2]);
        dedup.window_ms = 0;
    } else if (view(words[1]) != "on") {
        const ngx_int_t window = ngx_parse_time(&words[1], 0);
        if (window <= 0) {
            return refuse(cf, "invalid value \"%V\", it must be a time such as \"4d\", \"on\" or \"off\"",
                          &words[1]);
        }
        dedup.window_ms = static_cast<std::uint64_t>(window);
    }
    for (std::size_t i = 2; i < words.size(); ++i) {
        const std::string_view word = view(words[i]);
        if (word == "by=id" || word == "by=both" || word == "by=body") {
            dedup.by = word == "by=id"     ? event::By::id
                       : word == "by=both" ? event::By::both
                                           : event::By::body;
        } else if (word == "policy=reject" || word == "policy=ignore") {
            dedup.reject = word == "policy=reject";
        } else {
            return invalid(
                cf, words[i],
                base::did_you_mean(word, {"by=id", "by=both", "by=body", "policy=ignore", "policy=reject"}));
        }
    }
    conf->dedup = dedup;
    return conf_ok;
}

char* set_stream(ngx_conf_t* cf, const Words& words, LocationConf* conf) {
    if (conf->stream) return is_duplicate;
    StreamChoice stream;
    stream.name = words.text(1);
    stream.place = here(cf);
    if (!store::valid_stream_name(stream.name)) {
        return refuse(cf,
                      "invalid stream name \"%V\", it must be 1 to 64 letters, digits, \"_\", \".\" or \"-\"",
                      &words[1]);
    }
    for (std::size_t i = 2; i < words.size(); ++i) {
        const std::string problem = set_stream_option(words[i], &stream);
        if (!problem.empty()) return invalid(cf, words[i], problem);
    }
    conf->stream = std::move(stream);
    return conf_ok;
}

char* set_id(ngx_conf_t* cf, const Words& words, LocationConf* conf) {
    return set_sources(cf, words, &conf->id, &event::Extractor::Fields::id);
}
char* set_type(ngx_conf_t* cf, const Words& words, LocationConf* conf) {
    return set_sources(cf, words, &conf->type, &event::Extractor::Fields::type);
}
char* set_tenant(ngx_conf_t* cf, const Words& words, LocationConf* conf) {
    return set_sources(cf, words, &conf->tenant, &event::Extractor::Fields::tenant);
}
char* set_partition(ngx_conf_t* cf, const Words& words, LocationConf* conf) {
    return set_sources(cf, words, &conf->partition, &event::Extractor::Fields::partition);
}

char* set_accept_types(ngx_conf_t*, const Words& words, LocationConf* conf) {
    if (conf->accept_types) return is_duplicate;
    conf->accept_types = words.values();
    return conf_ok;
}

char* set_headers(ngx_conf_t* cf, const Words& words, LocationConf* conf) {
    if (conf->headers) return is_duplicate;
    conf->headers.emplace();
    for (std::size_t i = 1; i < words.size(); ++i) {
        ngx_strlow(words[i].data, words[i].data, words[i].len);
        if (!base::is_token(view(words[i]))) return refuse(cf, "invalid header name \"%V\"", &words[i]);
        conf->headers->push_back(words.text(i));
    }
    return conf_ok;
}

}  // namespace webhook::module
