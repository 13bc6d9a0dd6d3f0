#include "endpoint/document_parser.hpp"

#include <map>

#include "base/text.hpp"
#include "endpoint/document_fields.hpp"
#include "endpoint/field_reader.hpp"
#include "endpoint/strict_json.hpp"

namespace webhook::endpoint {
namespace {

using Json = nlohmann::json;

std::optional<Json> parse_json(std::string_view text, std::vector<FieldError>* errors) {
    std::vector<std::string> problems;
    auto json = parse_strict_json(text, &problems);
    for (std::string& problem : problems)
        errors->push_back({"", std::move(problem)});
    return json;
}

/// The list of documents in a file, whichever of the two forms it has; nullptr: neither.
const Json* documents_in(const Json& file, std::vector<FieldError>* errors) {
    if (file.is_array()) return &file;
    if (!file.is_object() || !file.contains("endpoints") || !file["endpoints"].is_array()) {
        errors->push_back({"", "must be a list of endpoint documents or {\"endpoints\": [...]}"});
        return nullptr;
    }
    for (const auto& [name, value] : file.items()) {
        if (name != "endpoints") errors->push_back({name, "unknown field " + base::in_quotes(name)});
    }
    return &file["endpoints"];
}

void check_ids(const std::vector<Document>& documents, std::vector<FieldError>* errors) {
    std::map<std::string_view, std::size_t> seen;
    for (std::size_t i = 0; i < documents.size(); ++i) {
        const std::string& id = documents[i].id;
        const auto [first, is_new] = seen.emplace(id, i);
        if (id.empty() || is_new) continue;
        errors->push_back({"endpoints[" + std::to_string(i) + "].id",
                           "is the id of endpoints[" + std::to_string(first->second) + "] too"});
    }
}

}  // namespace

std::optional<Document> parse_document(std::string_view json, std::vector<FieldError>* errors,
                                       KnownSchemes schemes) {
    const std::size_t before = errors->size();
    const auto parsed = parse_json(json, errors);
    if (!parsed) return std::nullopt;
    Document document = take_document({*parsed, "", errors}, schemes);
    if (errors->size() != before) return std::nullopt;
    return document;
}

std::optional<std::vector<Document>> parse_file(std::string_view json, std::vector<FieldError>* errors,
                                                KnownSchemes schemes) {
    const std::size_t before = errors->size();
    const auto parsed = parse_json(json, errors);
    const Json* list = parsed ? documents_in(*parsed, errors) : nullptr;
    if (list == nullptr) return std::nullopt;
    std::vector<Document> documents;
    for (std::size_t i = 0; i < list->size(); ++i) {
        documents.push_back(
            take_document({(*list)[i], "endpoints[" + std::to_string(i) + "]", errors}, schemes));
    }
    check_ids(documents, errors);
    if (errors->size() != before) return std::nullopt;
    return documents;
}

}  // namespace webhook::endpoint
