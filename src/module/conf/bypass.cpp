#include "module/conf/bypass.hpp"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <string>

#include "module/conf/location_conf.hpp"
#include "module/ngx/conf_error.hpp"
#include "module/ngx/core_conf.hpp"
#include "module/ngx/pool.hpp"

namespace webhook::module {

namespace {

using Core = ngx_http_core_loc_conf_t;

const Core* core_of(void** loc_conf) {
    return static_cast<const Core*>(loc_conf[ngx_http_core_module.ctx_index]);
}

const LocationConf* ours(const Core* core) {
    return to_location_conf(core->loc_conf[ngx_http_webhook_module.ctx_index]);
}

/// True when requests there reach an application unjudged. Only locations know their own configuration, the
/// level of a server does not: no application stands there (`stub_status` may).
bool is_open(const Core* core) {
    return core->handler != nullptr && core->loc_conf != nullptr && ours(core)->settings.location == nullptr;
}

/// Finds the location without a regular expression that nginx takes for `path` among those of one level, as
/// ngx_http_core_find_static_location() does; nullptr: none. `exact`: it is final.
const Core* find_static(const ngx_http_location_tree_node_t* node, std::string_view path, bool* exact) {
    const Core* found = nullptr;
    while (node != nullptr) {
        const std::size_t length = node->len, common = std::min(path.size(), length);
        const int order = std::memcmp(path.data(), node->name, common);
        if (order != 0 || path.size() < length) {
            node = order > 0 ? node->right : node->left;
        } else if (path.size() == length) {
            *exact = node->exact != nullptr;
            const Core* here = *exact ? node->exact : node->inclusive;
            return here != nullptr ? here : found;
        } else if (node->inclusive != nullptr) {
            found = node->inclusive;
            path.remove_prefix(length);
            node = node->tree;
        } else {
            node = node->right;
        }
    }
    return found;
}

/// Finds the location that nginx chooses for `path` below `level`, as ngx_http_core_find_location() does.
const Core* find_location(const Core* level, std::string_view path) {
    bool exact = false;
    const Core* found = find_static(level->static_locations, path, &exact);
    if (exact) return found;
    const Core* const nested = found != nullptr ? find_location(found, path) : level;
#if (NGX_PCRE)
    if (found != nullptr && found->noregex != 0) return nested;
    ngx_str_t text = to_ngx(path);
    for (Core** regex = level->regex_locations; regex != nullptr && *regex != nullptr; ++regex) {
        int captures[3];
        if (ngx_regex_exec((*regex)->regex->regex, &text, captures, 3) >= 0)
            return find_location(*regex, path);
    }
#endif
    return nested;
}

/// Makes the path that applications often take for the same: with a slash at the end, or without.
std::string other_spelling(std::string_view path) {
    const bool has_slash = path.size() > 1 && path.back() == '/';
    return has_slash ? std::string(path.substr(0, path.size() - 1)) : std::string(path) + "/";
}

void warn_of_spellings(ngx_conf_t* cf, const JudgedLocation& gate) {
    if (gate.core->exact_match == 0 || gate.core->handler == nullptr || gate.core->noname != 0) return;
    const std::string other = other_spelling(view(gate.core->name));
    const Core* open = find_location(core_of(gate.server->ctx->loc_conf), other);
    if (!is_open(open) || open->handler != gate.core->handler) return;
    const AtPlace place(cf, gate.place);
    ngx_conf_log_error(
        NGX_LOG_WARN, cf, 0,
        "\"location = %V\" has \"webhook\", but \"%s\" comes to \"location %V\" unjudged: many "
        "applications take both for the same, so write \"location %V\" or guard the other, too",
        &gate.core->name, other.c_str(), &open->name, &gate.core->name);
}

/// With "merge_slashes off" "//hooks" is no "/hooks" to nginx, yet to many applications.
void warn_of_slashes(ngx_conf_t* cf, const JudgedLocation& gate) {
    if (gate.server->merge_slashes != 0 || gate.core->handler == nullptr || gate.core->noname != 0) return;
    const Core* open =
        find_location(core_of(gate.server->ctx->loc_conf), "//" + std::string(view(gate.core->name)));
    if (!is_open(open) || open->handler != gate.core->handler) return;
    const AtPlace place(cf, gate.place);
    ngx_conf_log_error(
        NGX_LOG_WARN, cf, 0,
        "with \"merge_slashes off\" the path of \"location %V\" written with more slashes comes to "
        "\"location %V\" unjudged",
        &gate.core->name, &open->name);
}

const Core* find_named(const ngx_http_core_srv_conf_t& server, std::string_view name) {
    for (Core** named = server.named_locations; named != nullptr && *named != nullptr; ++named)
        if (view((*named)->name) == name) return *named;
    return nullptr;
}

/// True when a request that was not judged, or was refused, may get this status and leave the body to
/// error_page: nginx itself refuses before webhook is asked (403, 429 ...). The others come from the handler
/// after a gate only.
bool can_refuse_with(const LocationConf& conf, ngx_int_t status) {
    constexpr ngx_int_t from_behind[] = {402, 404, 406, 409, 410, 416, 422, 501, 502, 504};
    const bool is_from_behind =
        std::find(std::begin(from_behind), std::end(from_behind), status) != std::end(from_behind);
    if (status < 400) return false;
    if (!is_from_behind || (status == NGX_HTTP_CONFLICT && conf.dedup && conf.dedup->reject)) return true;
    for (std::size_t i = 1; i < verdict_count; ++i) {
        const auto verdict = static_cast<Verdict>(i);
        const auto own = conf.settings.location->responses.find(verdict);
        if (own == conf.settings.location->responses.end() || own->second->has_body) continue;
        const unsigned answered = own->second->status;
        if (static_cast<ngx_int_t>(answered) == status) return true;
    }
    return false;
}

/// An error page of "@name" gets the refused request as it is, with its body.
void warn_of_error_pages(ngx_conf_t* cf, const JudgedLocation& judged) {
    if (judged.core->error_pages == nullptr) return;
    const auto* page = static_cast<const ngx_http_err_page_t*>(judged.core->error_pages->elts);
    for (ngx_uint_t i = 0; i < judged.core->error_pages->nelts; ++i) {
        const std::string_view target = view(page[i].value.value);
        const bool may_be_named = !target.empty() && (target.front() == '@' || target.front() == '$');
        if (!may_be_named || !can_refuse_with(*judged.conf, page[i].status)) continue;
        const Core* open = find_named(*judged.server, target);
        const bool is_known = page[i].value.lengths == nullptr;
        if (is_known && (open == nullptr || !is_open(open))) continue;
        const AtPlace place(cf, judged.place);
        ngx_conf_log_error(
            NGX_LOG_WARN, cf, 0, "\"error_page %i\" hands requests that were refused on to \"%V\"%s",
            page[i].status, &page[i].value.value, is_known ? ", which has a handler and no \"webhook\"" : "");
    }
}

/// True when locations stand in this one; `if` blocks are none.
bool has_nested(const Core* core) {
    if (core->locations == nullptr) return false;
    const ngx_queue_t* const head = core->locations;
    for (const ngx_queue_t* at = ngx_queue_head(head); at != ngx_queue_sentinel(head);
         at = ngx_queue_next(at)) {
        const auto* entry = reinterpret_cast<const ngx_http_location_queue_t*>(at);  // its first member
        const Core* nested = entry->exact != nullptr ? entry->exact : entry->inclusive;
        if (nested->noname == 0) return true;
    }
    return false;
}

/// The first member of the module's private configuration is the list of files.
bool has_try_files(ngx_conf_t* cf) {
    const void* conf = foreign_location_conf(cf, "ngx_http_try_files_module");
    return conf != nullptr && *static_cast<void* const*>(conf) != nullptr;
}

}  // namespace

char* check_actions(ngx_conf_t* cf) {
    if (core_location(cf)->post_action.data == nullptr) return NGX_CONF_OK;
    return refuse(
        cf,
        "\"post_action\" is carried out for requests that \"webhook\" refused, too: it cannot be used in the "
        "same location (\"mirror\" in a gate gets only genuine ones)");
}

void warn_of_missing_handler(ngx_conf_t* cf, const u_char* inherited_root) {
    const Core* core = core_location(cf);
    const bool has_files = core->root.data != inherited_root || has_try_files(cf);
    if (core->handler != nullptr || core->noname != 0 || has_files || has_nested(core)) return;
    ngx_conf_log_error(
        NGX_LOG_WARN, cf, 0,
        "\"webhook\" in \"location %V\" has no handler after it: genuine requests get a file or 404; give "
        "it \"webhook_stream\", \"proxy_pass\" or the like, or \"root\" if files are meant",
        &core->name);
}

void warn_of_bypasses(ngx_conf_t* cf, const std::vector<JudgedLocation>& judged) {
    for (const JudgedLocation& location : judged) {
        warn_of_error_pages(cf, location);
        if (location.conf->stream) continue;
        warn_of_spellings(cf, location);
        warn_of_slashes(cf, location);
    }
}

}  // namespace webhook::module
