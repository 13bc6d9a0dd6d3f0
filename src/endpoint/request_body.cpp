#include "endpoint/request_body.hpp"

#include <nlohmann/json.hpp>

#include "endpoint/cloud_event.hpp"
#include "endpoint/header_rules.hpp"

namespace webhook::endpoint {
namespace {

using Json = nlohmann::json;
using Result = Renderer::Result;

constexpr const char* forms =
    R"(must be "raw", "cloudevents", {"json": ...}, {"form": {...}} or {"text": "...", "type": "text/plain"})";

bool check_text(const Json& json, std::vector<PlacedError>* errors) {
    const std::size_t before = errors->size();
    if (!json["text"].is_string()) errors->push_back({"body.text", "must be a string"});
    for (const auto& [name, value] : json.items()) {
        if (name != "text" && name != "type") errors->push_back({"body." + name, "is unknown here"});
    }
    if (!json.contains("type")) return errors->size() == before;
    const Json& type = json["type"];
    if (!type.is_string() || type.get_ref<const std::string&>().empty() ||
        !valid_header_value(type.get_ref<const std::string&>()))
        errors->push_back({"body.type", "must be a media type, such as \"text/xml\""});
    return errors->size() == before;
}

}  // namespace

std::optional<RequestBody> RequestBody::parse(const Json& json, std::vector<PlacedError>* errors) {
    RequestBody body;
    if (json == "raw") return body;
    if (json == "cloudevents") {
        body.kind_ = Kind::cloudevents;
        body.content_type_ = "application/cloudevents+json";
        return body;
    }
    if (json.is_object() && json.size() == 1 && json.contains("json")) {
        body.kind_ = Kind::json;
        body.content_type_ = "application/json";
        body.json_ = JsonTemplate::parse(json["json"], "body.json", errors);
        return body.json_ ? std::optional(std::move(body)) : std::nullopt;
    }
    if (json.is_object() && json.size() == 1 && json.contains("form")) {
        body.kind_ = Kind::form;
        body.content_type_ = "application/x-www-form-urlencoded";
        body.form_ = FormTemplate::parse(json["form"], "body.form", errors);
        return body.form_ ? std::optional(std::move(body)) : std::nullopt;
    }
    if (!json.is_object() || !json.contains("text")) {
        errors->push_back({"body", forms});
        return {};
    }
    if (!check_text(json, errors)) return {};
    body.kind_ = Kind::text;
    body.content_type_ = json.value("type", "text/plain; charset=utf-8");
    std::string error;
    auto text = TextTemplate::parse(json["text"].get_ref<const std::string&>(), &error);
    if (text && text->operators() > TextTemplate::max_operators)
        error = "has more than the 256 values and filters that a template may have";
    if (!error.empty()) {
        errors->push_back({"body.text", error});
        return {};
    }
    body.text_ = std::move(*text);
    return body;
}

std::optional<RequestBody> RequestBody::parse_stored(const std::string& json) {
    if (json.empty()) return RequestBody();
    std::vector<PlacedError> errors;
    return parse(Json::parse(json, nullptr, false), &errors);
}

Result RequestBody::render(Renderer* renderer, std::string_view ce_id, std::string* out) const {
    Result result = Result::done;
    switch (kind_) {
        case Kind::raw:
            break;
        case Kind::cloudevents:
            append_cloud_event(renderer->event(), ce_id, out);
            return Result::done;  // its size is that of the event
        case Kind::json:
            result = json_->render(renderer, out);
            break;
        case Kind::form:
            result = form_->render(renderer, out);
            break;
        case Kind::text:
            result = renderer->render(text_, "body.text", nullptr, out);
            if (result == Result::left_out) result = Result::done;
            break;
    }
    if (result == Result::left_out) return renderer->fail("body.json", "is missing as a whole");
    if (result == Result::done && out->size() > Renderer::max_size)
        return renderer->fail("body", "is more than 1 MiB");
    return result;
}

void RequestBody::collect_secrets(SecretNames* names) const {
    if (json_) json_->collect_secrets(names);
    if (form_) form_->collect_secrets(names);
    text_.collect_secrets(names);
}

}  // namespace webhook::endpoint
