#include "worker/endpoint_table.hpp"

#include <spdlog/spdlog.h>

#include <set>

#include "endpoint/document_parser.hpp"
#include "endpoint/field_reader.hpp"
#include "endpoint/stored_values.hpp"
#include "worker/send/prepared_endpoint.hpp"

namespace webhook::worker {

EndpointTable::EndpointTable(Prepare prepare, std::function<void(const EndpointPtr&)> changed,
                             std::function<void(Endpoint*, const std::string&)> set_problem)
    : prepare_(std::move(prepare)), changed_(std::move(changed)), set_problem_(std::move(set_problem)) {}

void EndpointTable::update(const ConfigurationText& text) {
    std::set<std::string_view> disabled;
    for (const auto& [id, state] : text.disabled)
        disabled.insert(id);
    std::set<std::string_view> present;
    for (const auto& [id, json] : text.endpoints) {
        present.insert(id);
        put(id, json, disabled.count(id) != 0);
    }
    for (auto it = endpoints_.begin(); it != endpoints_.end();) {
        if (present.count(it->first) != 0) {
            ++it;
            continue;
        }
        const EndpointPtr endpoint = it->second;
        endpoint->deleted = true;
        texts_.erase(it->first);
        it = endpoints_.erase(it);
        spdlog::info("endpoint {}: deleted", endpoint->document.id);
        changed_(endpoint);
    }
    rebuild_index();
}

void EndpointTable::put(const std::string& id, const std::string& json, bool disabled) {
    std::string& known = texts_[id];
    EndpointPtr& endpoint = endpoints_[id];
    const bool fresh = endpoint == nullptr;
    const bool other = fresh || known != json;
    if (!other && endpoint->disabled == disabled) return;
    if (fresh) endpoint = std::make_shared<Endpoint>();
    known = json;
    if (other && !read_document(endpoint, id, json, fresh)) return;
    if (disabled != endpoint->disabled) {
        endpoint->disabled = disabled;
        spdlog::info("endpoint {}: {}", id, disabled ? "disabled" : "enabled");
    }
    changed_(endpoint);
}

/// Replaces the document of an endpoint. Returns false if it cannot be read: then the former one stays.
bool EndpointTable::read_document(const EndpointPtr& endpoint, const std::string& id, const std::string& json,
                                  bool fresh) {
    std::vector<endpoint::FieldError> errors;
    auto document = endpoint::parse_document(json, &errors, {nullptr, true});
    if (!document) {
        const endpoint::FieldError error = errors.empty() ? endpoint::FieldError{} : errors.front();
        spdlog::error("endpoint {}: its document cannot be read ({}: {})", id, error.where, error.what);
        if (fresh) {
            endpoint->document.id = id;
            endpoint->document.paused = true;  // its waiting deliveries must not be cancelled
        }
        return false;
    }
    const bool paused = !fresh && endpoint->document.paused;
    endpoint->document = std::move(*document);
    prepare(endpoint);
    if (!fresh && paused != endpoint->document.paused)
        spdlog::info("endpoint {}: {}", id, endpoint->document.paused ? "paused" : "resumed");
    return true;
}

void EndpointTable::prepare(const EndpointPtr& endpoint) {
    std::string problem;
    endpoint->prepared = prepare_(endpoint->document, &problem);
    note_warning(endpoint.get());
    if (problem == endpoint->problem) return;
    if (problem.empty()) {
        spdlog::info("endpoint {}: ready", endpoint->document.id);
    } else {
        spdlog::error("endpoint {}: {}; its deliveries wait", endpoint->document.id, problem);
    }
    set_problem_(endpoint.get(), problem);
}

/// Logs a warning once, not each time the secrets are read.
void EndpointTable::note_warning(Endpoint* endpoint) {
    const std::string warning = endpoint->prepared == nullptr ? std::string() : endpoint->prepared->warning();
    if (warning == endpoint->warning) return;
    endpoint->warning = warning;
    if (!warning.empty()) spdlog::warn("endpoint {}: {}", endpoint->document.id, warning);
}

void EndpointTable::prepare_again(bool only_problems) {
    for (const auto& [id, endpoint] : endpoints_) {
        if (endpoint->prepared == nullptr || (only_problems && endpoint->problem.empty())) continue;
        prepare(endpoint);
    }
}

void EndpointTable::rebuild_index() {
    std::vector<endpoint::Document> documents;
    indexed_.clear();
    for (const auto& [id, endpoint] : endpoints_) {
        if (endpoint->deleted || endpoint->prepared == nullptr) continue;
        documents.push_back(endpoint->document);
        indexed_.push_back(endpoint);
    }
    index_.emplace(documents);
}

const std::vector<EndpointPtr>& EndpointTable::route(const Event& event) {
    found_.clear();
    if (!index_) return found_;
    index_->find(event.field("tenant"), event.source(), event.type(), &positions_);
    // Operational events go only to endpoints that ask for their source.
    const bool own = event.source() == own_source;
    const endpoint::StoredValues values(event);  // reads the body when a condition asks for it, and once
    for (const auto position : positions_) {
        const EndpointPtr& endpoint = indexed_[position];
        if (endpoint->deleted || (own && endpoint->document.match.source.empty())) continue;
        const endpoint::Condition* where = endpoint->prepared->where();
        if (where == nullptr || where->holds(values)) found_.push_back(endpoint);
    }
    return found_;
}

EndpointPtr EndpointTable::find(std::string_view id) const {
    const auto found = endpoints_.find(id);
    return found == endpoints_.end() ? nullptr : found->second;
}

}  // namespace webhook::worker
