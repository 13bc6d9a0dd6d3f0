#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "ctl/output.hpp"
#include "endpoint/document.hpp"

namespace webhook::ctl {

/// A field of a document before and after, as JSON text; empty: the default. Secrets are redacted.
struct FieldChange {
    std::string name;  ///< "url", "match.type", ...
    std::string before, after;
};

/// Change of one endpoint.
struct Change {
    enum class Kind { added, changed, removed };
    Kind kind = Kind::changed;
    std::string id;
    std::string url;           ///< of an added endpoint, redacted
    std::int64_t cancels = 0;  ///< waiting deliveries of a removed endpoint
    std::vector<FieldChange> fields;
};

/// Computes the changes that make `stored` (id -> JSON) equal to `wanted`; sorted by id. A stored document
/// that cannot be read counts as changed. `key` redacts secrets, see endpoint::redact().
std::vector<Change> difference(const std::map<std::string, std::string>& stored,
                               const std::vector<endpoint::Document>& wanted, std::string_view key);

/// Fields that differ between two redacted documents.
std::vector<FieldChange> field_changes(std::string_view before, std::string_view after);

std::string diff_text(const std::vector<Change>& changes);
Json change_json(const Change& change);
std::string_view kind_name(Change::Kind kind);

}  // namespace webhook::ctl
