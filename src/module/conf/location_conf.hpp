#pragma once

#include "module/ngx/ngx.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "event/extractor.hpp"
#include "module/ngx/conf_place.hpp"
#include "module/ngx/template.hpp"
#include "module/redis/server.hpp"
#include "module/settings.hpp"
#include "signature/model/scheme.hpp"

namespace webhook::module {

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

/// The fields whose offsets nginx' macros need; the first part of LocationConf.
struct PlainConf {
    LocationSettings settings;  ///< first: see there
    ngx_msec_t redis_timeout = NGX_CONF_UNSET_MSEC;
    ngx_msec_t redis_connect_timeout = NGX_CONF_UNSET_MSEC;
    size_t json_max = NGX_CONF_UNSET_SIZE;
    ngx_flag_t dry_run = NGX_CONF_UNSET;
};

/// The directives of one location, server or http block. An absent optional inherits.
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
    using Texts = std::vector<std::string>;

    std::optional<RedisAddress> redis;
    std::optional<Auth> auth;
    std::optional<Choice> scheme;
    std::optional<std::vector<Secret>> secrets;
    std::optional<std::map<std::string, std::string>> params;
    std::optional<Template> url, source;
    std::optional<Tolerance> tolerance;
    std::optional<Dedup> dedup;
    std::optional<StreamChoice> stream;
    std::optional<Texts> id, type, tenant, partition, accept_types, headers;

    Responses responses;           ///< inherited one by one
    std::optional<Place> status;   ///< of webhook_status; not inherited
    std::string gate;              ///< its name as a gate
    const u_char* root = nullptr;  ///< the folder of its files, to see whether the level below names one

    /// Inherits from `parent` and, where the location takes webhooks, checks it and prepares its Location. A
    /// setter's result.
    char* merge(ngx_conf_t* cf, const LocationConf& parent);

  private:
    /// Directives that stand at this level itself.
    struct Own {
        bool stream, partition, headers, params, dedup;
    };
    void inherit(const LocationConf& parent);
    char* check(ngx_conf_t* cf, const Own& own, const LocationConf& parent) const;
};

/// Converts nginx' pointer.
inline LocationConf* to_location_conf(void* data) {
    return static_cast<LocationConf*>(static_cast<PlainConf*>(data));
}

}  // namespace webhook::module
