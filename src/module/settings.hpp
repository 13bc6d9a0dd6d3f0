#pragma once

#include "module/ngx/ngx.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "event/extractor.hpp"
#include "module/conf/bypass.hpp"
#include "module/conf/value_origin.hpp"
#include "module/ngx/conf_place.hpp"
#include "module/redis/server.hpp"
#include "module/verdict.hpp"
#include "signature/catalogue/scheme_set.hpp"
#include "signature/model/scheme.hpp"
#include "signature/verify/verifier.hpp"
#include "store/reservation.hpp"

namespace webhook::module {

/// A value that may hold nginx variables.
struct Template {
    std::string literal;                          ///< when there are none
    ngx_http_complex_value_t* complex = nullptr;  ///< when there are some

    /// The value for this request, in its pool where it is computed; false when that failed.
    bool evaluate(ngx_http_request_t* request, std::string_view* value) const;
};

/// A key of `webhook_secret`.
struct Secret : Template {
    std::string file;  ///< where it was read; with an empty literal: a directory
};

struct Dedup {
    std::uint64_t window_ms = 345600000;  ///< 4 days; 0: off
    std::optional<event::By> by;          ///< absent: as the scheme says
    bool reject = false;
};

struct StreamChoice {
    std::string name;
    unsigned partitions = 8;
    std::uint64_t max_backlog = 1000000, max_backlog_bytes = 1ull << 30;
    Place place;
};

/// Of a gate that lets an event pass once.
struct GateOnce {
    store::Reserver reserver;
    RedisServer* server;
};

/// An answer of one's own: webhook_respond, or what the provider wants to read.
struct Response {
    unsigned status = 200;
    bool has_body = false;  ///< else that of the default answer
    std::string type;
    Template body;
    std::unique_ptr<event::Extractor>
        values;  ///< a provider's: computes the body when it holds values of the request
};
using Responses = std::map<Verdict, std::shared_ptr<const Response>>;

/// A location as it is used for requests: everything is prepared.
struct Location {
    const signature::Scheme* scheme = nullptr;
    signature::VerifierOptions options;             ///< for keys that depend on the request
    std::vector<Template> variable_secrets;         ///< empty: `verifier` is ready
    std::unique_ptr<signature::Verifier> verifier;  ///< nullptr: made for each request
    std::unique_ptr<event::Extractor> extractor;
    std::vector<Template> variables;  ///< of the extractor
    std::size_t json_max = 0;
    Template source;
    std::optional<Template> url;
    std::vector<std::string> accept_types;  ///< empty: all
    std::vector<std::string> headers;       ///< lower case
    event::By by = event::By::both;         ///< what tells events apart
    bool dedup = false;                     ///< copies are looked for
    bool names_things = false;              ///< several events may have one id
    std::vector<std::string>
        scopes;  ///< of each key, where the source depends on the request and the keys do not
    bool reject_duplicates = false, signs_url = false;
    Stream* stream = nullptr;        ///< nullptr: a gate
    bool dry_run = false;            ///< gate: judges, refuses nothing
    std::unique_ptr<GateOnce> once;  ///< gate: nullptr without webhook_dedup
    Responses responses;
};

enum class StatusFormat : std::uint8_t { by_accept, json, prometheus };

/// The fields that nginx' stock setters fill in; first in LocationConf, so that their offsets are known.
struct PlainConf {
    ngx_msec_t redis_timeout = NGX_CONF_UNSET_MSEC;
    ngx_msec_t redis_connect_timeout = NGX_CONF_UNSET_MSEC;
    size_t json_max = NGX_CONF_UNSET_SIZE;
    ngx_flag_t dry_run = NGX_CONF_UNSET;
};

/// What stands in the configuration for one location, server or http block. An absent optional inherits.
struct LocationConf : PlainConf {
    struct Auth {
        std::string user, password;
    };
    struct Tolerance {
        bool check = true;
        std::int64_t seconds = 0;
    };
    struct Choice {
        std::string name;                           ///< as written; empty: off
        const signature::Scheme* scheme = nullptr;  ///< nullptr: off, or not looked up yet
        Place place;
    };
    struct Status {
        StatusFormat format;
        Place place;
    };
    using Words = std::vector<std::string>;

    std::optional<RedisAddress> redis;
    std::optional<Auth> auth;
    std::optional<Choice> scheme;
    std::optional<std::vector<Secret>> secrets;
    std::optional<std::map<std::string, std::string>> params;
    std::optional<Template> url, source;
    std::optional<Tolerance> tolerance;
    std::optional<Dedup> dedup;
    std::optional<StreamChoice> stream;
    std::optional<Words> id, type, tenant, partition, accept_types, headers;

    Responses responses;           ///< inherited one by one
    std::optional<Status> status;  ///< not inherited
    std::string gate;              ///< its name as a gate
    const u_char* root = nullptr;  ///< the folder of its files, to see whether the level below names one

    Location* location = nullptr;  ///< nullptr: no webhook is taken here
};

struct MainConf {
    ngx_uint_t max_inflight = NGX_CONF_UNSET_UINT;
};

class KeyWatch;

/// Everything that C++ owns at http level; MainConf first, for the stock setter.
struct MainState : MainConf {
    signature::SchemeSet schemes;
    ValueOrigins origins;
    ngx_shm_zone_t* zone = nullptr;  ///< of webhook_zone
    bool has_gates = false;
    std::vector<JudgedLocation> judged;
    std::vector<std::string> secret_params;  ///< query parameters whose value is secret in some location
    std::vector<std::unique_ptr<RedisServer>> servers;
    std::shared_ptr<KeyWatch> keys;  ///< nullptr: no keys in files
};

inline MainState* main_state(ngx_http_request_t* request) {
    auto* conf = static_cast<MainConf*>(ngx_http_get_module_main_conf(request, ngx_http_webhook_module));
    return static_cast<MainState*>(conf);
}

/// While the configuration is read.
inline MainState* main_state(ngx_conf_t* cf) {
    auto* conf = static_cast<MainConf*>(ngx_http_conf_get_module_main_conf(cf, ngx_http_webhook_module));
    return static_cast<MainState*>(conf);
}

inline LocationConf* location_conf(ngx_http_request_t* request) {
    auto* conf = static_cast<PlainConf*>(ngx_http_get_module_loc_conf(request, ngx_http_webhook_module));
    return static_cast<LocationConf*>(conf);
}

}  // namespace webhook::module
