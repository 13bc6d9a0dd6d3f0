#include "module/conf/location_identity.hpp"

#include <utility>
#include <vector>

#include "module/ngx/conf_error.hpp"
#include "module/ngx/core_conf.hpp"
#include "module/redis/stream.hpp"
#include "module/request/identity.hpp"
#include "signature/model/signed_id.hpp"

namespace webhook::module {

std::string text_of(const Place& place) {
    return std::string(place.file) + ":" + std::to_string(place.line);
}

void note_scopes(const LocationConf& conf, Location* location) {
    if (!conf.secrets) return;
    const bool words = signature::uses_public_keys(*location->scheme);
    for (const Secret& secret : *conf.secrets)
        location->scopes.push_back(scope_of(words && !secret.file.empty() ? secret.file : secret.literal));
}

void choose_identity(ngx_conf_t* cf, const LocationConf& conf, const Dedup& dedup, Location* location) {
    const signature::Scheme& scheme = *location->scheme;
    const bool shared = location->source.complex != nullptr;
    location->by = dedup.by.value_or(conf.id ? event::By::both : signature::default_by(scheme));
    location->names_things = conf.id.has_value() || signature::id_names(scheme) == signature::Names::thing;
    location->dedup = dedup.window_ms != 0;
    if (location->by != event::By::id) return;
    const std::vector<std::string>& ids = conf.id ? *conf.id : signature::id_sources(scheme);
    if (dedup.by && shared) {
        ngx_conf_log_error(
            NGX_LOG_WARN, cf, 0,
            "\"webhook_dedup\" \"by=id\" with a \"webhook_source\" of variables, where several "
            "senders could use one id: \"by=both\" is used");
    } else if (dedup.by && !signature::is_signed_id(scheme, ids)) {
        ngx_conf_log_error(
            NGX_LOG_WARN, cf, 0,
            "\"webhook_dedup\" \"by=id\", but the id is not signed: who saw one request can use the id "
            "of an event that has not come yet, which then is not stored. \"by=both\" stores it");
    }
    if (shared) location->by = event::By::both;
}

char* check_shared_source(ngx_conf_t* cf, const LocationConf& conf, const Location& location) {
    if (location.by != event::By::id || !location.dedup) return NGX_CONF_OK;
    Stream::Sender sender{location.source.literal, {}, text_of(conf.stream->place)};
    for (const Secret& secret : conf.secrets.value_or(std::vector<Secret>()))
        sender.secrets.push_back(secret.file.empty() ? secret.literal : secret.file);
    for (const Stream::Sender& other : location.stream->senders) {
        if (other.source != sender.source || other.secrets == sender.secrets) continue;
        return refuse(
            cf,
            "source \"%s\" of stream \"%s\" has other secrets in %s, so that one sender's ids could be taken "
            "for another's: give each its own \"webhook_source\"",
            sender.source.c_str(), location.stream->appender.settings().name.c_str(), other.where.c_str());
    }
    location.stream->senders.push_back(std::move(sender));
    return NGX_CONF_OK;
}

void warn_of_partition(ngx_conf_t* cf, const LocationConf& conf, const Location& location) {
    if (!conf.partition || !location.dedup || signature::name_of(*location.scheme) == "none") return;
    if (signature::is_signed_id(*location.scheme, *conf.partition)) return;
    ngx_conf_log_error(
        NGX_LOG_WARN, cf, 0,
        "\"webhook_partition\" names a value that is not signed: copies are recognised within one "
        "partition, and who saw one request can send it again to others");
}

}  // namespace webhook::module
