#include "module/conf/directives.hpp"

#include <cstdarg>

#include "base/suggest.hpp"
#include "base/text.hpp"
#include "event/extractor.hpp"
#include "event/param_mask.hpp"
#include "module/conf/location.hpp"
#include "module/conf/respond.hpp"
#include "module/conf/scheme_block.hpp"
#include "module/conf/secret.hpp"
#include "module/ngx/conf_place.hpp"
#include "module/ngx/pool.hpp"
#include "module/ngx/template.hpp"
#include "module/redis/redis_url.hpp"
#include "module/settings.hpp"
#include "module/stats/status.hpp"
#include "module/stats/zone.hpp"
#include "store/keys.hpp"

namespace webhook::module {

char* refuse(ngx_conf_t* cf, const char* format, ...) {
    u_char text[NGX_MAX_CONF_ERRSTR];
    va_list arguments;
    va_start(arguments, format);
    const u_char* end = ngx_vslprintf(text, text + sizeof text, format, arguments);
    va_end(arguments);
    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "%*s", static_cast<std::size_t>(end - text), text);
    return static_cast<char*>(NGX_CONF_ERROR);
}

namespace {

char* const ok = NGX_CONF_OK;
char duplicate_text[] = "is duplicate";
char* const is_duplicate = duplicate_text;

/// The words of the directive that is being read; [0] is its name.
class Words {
  public:
    explicit Words(ngx_conf_t* cf)
        : first_(static_cast<ngx_str_t*>(cf->args->elts)), count_(cf->args->nelts) {}
    ngx_str_t& operator[](std::size_t i) const { return first_[i]; }
    std::size_t size() const { return count_; }
    std::string text(std::size_t i) const { return std::string(view(first_[i])); }
    std::vector<std::string> values() const {
        std::vector<std::string> all;
        for (std::size_t i = 1; i < count_; ++i)
            all.push_back(text(i));
        return all;
    }

  private:
    ngx_str_t* first_;
    std::size_t count_;
};

using Setter = char* (*)(ngx_conf_t*, const Words&, LocationConf*);

template <Setter set>
char* checked(ngx_conf_t* cf, ngx_command_t*, void* data) {
    auto* conf = static_cast<LocationConf*>(static_cast<PlainConf*>(data));
    return guarded(cf->log, static_cast<char*>(NGX_CONF_ERROR), [&] { return set(cf, Words(cf), conf); });
}

char* invalid(ngx_conf_t* cf, ngx_str_t& word, const std::string& advice = {}) {
    return refuse(cf, "invalid parameter \"%V\"%s", &word, advice.c_str());
}

/// Nothing would ever be answered in no time. After nginx' own setter, which takes 0.
char* refuse_zero(ngx_conf_t* cf, void* /*post*/, void* value) {
    return *static_cast<ngx_msec_t*>(value) != 0 ? ok
                                                 : refuse(cf, "the time must not be 0, it is at least 1ms");
}
ngx_conf_post_t not_zero = {refuse_zero};

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
    return main_state(cf)->origins.note_use(cf, view(text)) && compile_template(cf, text, result);
}

char* set_redis(ngx_conf_t* cf, const Words& words, LocationConf* conf) {
    if (conf->redis) return is_duplicate;
    if (words.size() > 2) return refuse(cf, "several servers are not supported by this version");
    RedisAddress address;
    const char* problem = parse_redis_url(cf, view(words[1]), &address);
    if (problem != nullptr)
        return refuse(cf, "%s in \"%s\"", problem, event::mask_url(view(words[1])).c_str());
    conf->redis = std::move(address);
    return ok;
}

char* set_redis_auth(ngx_conf_t* cf, const Words& words, LocationConf* conf) {
    if (conf->auth) return is_duplicate;
    LocationConf::Auth auth{words.text(1), {}};
    SecretKind kind{};
    if (auth.user.empty()) return invalid(cf, words[1]);
    if (!read_secret(cf, words[2], &auth.password, &kind)) return static_cast<char*>(NGX_CONF_ERROR);
    conf->auth = std::move(auth);
    return ok;
}

char* set_webhook(ngx_conf_t* cf, const Words& words, LocationConf* conf) {
    if (conf->scheme) return is_duplicate;
    conf->scheme = LocationConf::Choice{view(words[1]) == "off" ? "" : words.text(1), nullptr, here(cf)};
    return ok;
}

char* set_secret(ngx_conf_t* cf, const Words& words, LocationConf* conf) {
    if (!conf->secrets) conf->secrets.emplace();
    for (std::size_t i = 1; i < words.size(); ++i) {
        Secret secret;
        SecretKind kind{};
        if (!read_secret(cf, words[i], &secret.literal, &kind, &secret.file))
            return static_cast<char*>(NGX_CONF_ERROR);
        if (kind == SecretKind::literal && !compile_unchosen(cf, words[i], &secret)) {
            return static_cast<char*>(NGX_CONF_ERROR);
        }
        conf->secrets->push_back(std::move(secret));
    }
    return ok;
}

char* set_param(ngx_conf_t* cf, const Words& words, LocationConf* conf) {
    if (!conf->params) conf->params.emplace();
    std::string value;
    SecretKind kind{};
    if (!read_secret(cf, words[2], &value, &kind)) return static_cast<char*>(NGX_CONF_ERROR);
    if (!conf->params->emplace(words.text(1), std::move(value)).second) {
        return refuse(cf, "duplicate webhook parameter \"%V\"", &words[1]);
    }
    return ok;
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
    return compile_unchosen(cf, words[1], &*conf->url) ? ok : static_cast<char*>(NGX_CONF_ERROR);
}

char* set_source(ngx_conf_t* cf, const Words& words, LocationConf* conf) {
    if (conf->source) return is_duplicate;
    conf->source.emplace();
    if (!compile_template(cf, words[1], &*conf->source)) return static_cast<char*>(NGX_CONF_ERROR);
    const bool literal = conf->source->complex == nullptr;
    if (literal && (conf->source->literal.empty() || !is_presentable(conf->source->literal))) {
        return invalid(cf, words[1]);
    }
    return ok;
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
    return ok;
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
    return ok;
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
    return ok;
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
    if (!compile_variables(cf, *extractor, &ignored)) return static_cast<char*>(NGX_CONF_ERROR);
    *where = words.values();
    return ok;
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
    return ok;
}

char* set_headers(ngx_conf_t* cf, const Words& words, LocationConf* conf) {
    if (conf->headers) return is_duplicate;
    conf->headers.emplace();
    for (std::size_t i = 1; i < words.size(); ++i) {
        ngx_strlow(words[i].data, words[i].data, words[i].len);
        if (!base::is_token(view(words[i]))) return refuse(cf, "invalid header name \"%V\"", &words[i]);
        conf->headers->push_back(words.text(i));
    }
    return ok;
}

constexpr ngx_uint_t in_location = NGX_HTTP_LOC_CONF;
constexpr ngx_uint_t in_server = NGX_HTTP_SRV_CONF | NGX_HTTP_LOC_CONF;
constexpr ngx_uint_t anywhere = NGX_HTTP_MAIN_CONF | NGX_HTTP_SRV_CONF | NGX_HTTP_LOC_CONF;

template <Setter set>
constexpr ngx_command_t directive(ngx_str_t name, ngx_uint_t where) {
    return {name, where, checked<set>, NGX_HTTP_LOC_CONF_OFFSET, 0, nullptr};
}

}  // namespace

ngx_command_t directives[] = {
    directive<set_redis>(ngx_string("webhook_redis"), anywhere | NGX_CONF_1MORE),
    directive<set_redis_auth>(ngx_string("webhook_redis_auth"), anywhere | NGX_CONF_TAKE2),
    {ngx_string("webhook_redis_timeout"), anywhere | NGX_CONF_TAKE1, ngx_conf_set_msec_slot,
     NGX_HTTP_LOC_CONF_OFFSET, offsetof(PlainConf, redis_timeout), &not_zero},
    {ngx_string("webhook_redis_connect_timeout"), anywhere | NGX_CONF_TAKE1, ngx_conf_set_msec_slot,
     NGX_HTTP_LOC_CONF_OFFSET, offsetof(PlainConf, redis_connect_timeout), &not_zero},
    {ngx_string("webhook_scheme"), NGX_HTTP_MAIN_CONF | NGX_CONF_BLOCK | NGX_CONF_TAKE1, set_scheme_block,
     NGX_HTTP_MAIN_CONF_OFFSET, 0, nullptr},
    directive<set_webhook>(ngx_string("webhook"), in_location | NGX_CONF_TAKE1),
    directive<set_secret>(ngx_string("webhook_secret"), anywhere | NGX_CONF_1MORE),
    directive<set_param>(ngx_string("webhook_param"), in_location | NGX_CONF_TAKE2),
    directive<set_url>(ngx_string("webhook_url"), in_server | NGX_CONF_TAKE1),
    directive<set_tolerance>(ngx_string("webhook_tolerance"), anywhere | NGX_CONF_TAKE1),
    directive<set_source>(ngx_string("webhook_source"), in_location | NGX_CONF_TAKE1),
    directive<set_dedup>(ngx_string("webhook_dedup"), anywhere | NGX_CONF_TAKE123),
    directive<set_stream>(ngx_string("webhook_stream"), in_location | NGX_CONF_TAKE1234),
    {ngx_string("webhook_dry_run"), anywhere | NGX_CONF_FLAG, ngx_conf_set_flag_slot,
     NGX_HTTP_LOC_CONF_OFFSET, offsetof(PlainConf, dry_run), nullptr},
    directive<set_partition>(ngx_string("webhook_partition"), in_location | NGX_CONF_TAKE1),
    directive<set_id>(ngx_string("webhook_id"), in_location | NGX_CONF_1MORE),
    directive<set_type>(ngx_string("webhook_type"), in_location | NGX_CONF_1MORE),
    directive<set_tenant>(ngx_string("webhook_tenant"), in_location | NGX_CONF_1MORE),
    directive<set_accept_types>(ngx_string("webhook_accept_types"), in_location | NGX_CONF_1MORE),
    directive<set_headers>(ngx_string("webhook_headers"), anywhere | NGX_CONF_1MORE),
    {ngx_string("webhook_respond"), anywhere | NGX_CONF_TAKE2 | NGX_CONF_TAKE3 | NGX_CONF_TAKE4, set_respond,
     NGX_HTTP_LOC_CONF_OFFSET, 0, nullptr},
    {ngx_string("webhook_zone"), NGX_HTTP_MAIN_CONF | NGX_CONF_TAKE2, set_zone, NGX_HTTP_MAIN_CONF_OFFSET, 0,
     nullptr},
    {ngx_string("webhook_status"), in_location | NGX_CONF_NOARGS | NGX_CONF_TAKE1, set_status,
     NGX_HTTP_LOC_CONF_OFFSET, 0, nullptr},
    {ngx_string("webhook_max_inflight"), NGX_HTTP_MAIN_CONF | NGX_CONF_TAKE1, ngx_conf_set_num_slot,
     NGX_HTTP_MAIN_CONF_OFFSET, offsetof(MainConf, max_inflight), nullptr},
    {ngx_string("webhook_json_max"), anywhere | NGX_CONF_TAKE1, ngx_conf_set_size_slot,
     NGX_HTTP_LOC_CONF_OFFSET, offsetof(PlainConf, json_max), nullptr},
    ngx_null_command,
};

}  // namespace webhook::module
