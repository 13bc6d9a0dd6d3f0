#pragma once

#include "module/ngx/ngx.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "event/extractor.hpp"
#include "module/ngx/template.hpp"
#include "module/redis/server.hpp"
#include "module/verdict.hpp"
#include "signature/model/scheme.hpp"
#include "signature/verify/verifier.hpp"
#include "store/reservation.hpp"

namespace webhook::module {

// What requests use of the configuration. How it is written: conf/location_conf.hpp, conf/main_conf.hpp.

/// The duplicate check of a gate.
struct GateOnce {
    store::Reserver reserver;
    RedisServer* server;
};

/// A configured response: of webhook_respond, or what the provider wants to read.
struct Response {
    unsigned status = 200;
    bool has_body = false;  ///< else that of the default response
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
    event::By by = event::By::both;         ///< the deduplication key
    bool dedup = false;                     ///< duplicates are looked for
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

/// The part of a location's configuration that requests use. It is the first member of that, so that nginx'
/// pointer leads to it.
struct LocationSettings {
    Location* location = nullptr;                          ///< nullptr: no webhook is taken here
    StatusFormat status_format = StatusFormat::by_accept;  ///< of a status page
};

/// The fields of the http level that nginx' stock setters fill in.
struct MainPlain {
    ngx_uint_t max_inflight = NGX_CONF_UNSET_UINT;
};
/// The part of the http level's configuration that requests use.
struct MainSettings : MainPlain {
    ngx_shm_zone_t* zone = nullptr;          ///< of webhook_zone
    std::vector<std::string> secret_params;  ///< query parameters whose value is secret in some location
    std::vector<std::unique_ptr<RedisServer>> servers;
};

inline MainSettings* main_settings(const ngx_http_request_t* request) {
    auto* plain = static_cast<MainPlain*>(ngx_http_get_module_main_conf(request, ngx_http_webhook_module));
    return static_cast<MainSettings*>(plain);
}

inline const LocationSettings& location_settings(const ngx_http_request_t* request) {
    return *static_cast<const LocationSettings*>(
        ngx_http_get_module_loc_conf(request, ngx_http_webhook_module));
}

/// nullptr: no webhook is taken there.
inline const Location* location_of(const ngx_http_request_t* request) {
    return location_settings(request).location;
}

}  // namespace webhook::module
