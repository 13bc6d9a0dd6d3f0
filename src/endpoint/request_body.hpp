#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "endpoint/body_template.hpp"

namespace webhook::endpoint {

/// The `body` of a document: what an attempt sends. Immutable.
class RequestBody {
  public:
    /// raw: the event's body as it was received.
    enum class Kind : unsigned char { raw, cloudevents, json, form, text };

    static std::optional<RequestBody> parse(const nlohmann::json& json, std::vector<PlacedError>* errors);
    /// Of a document's field as it was stored; empty: raw.
    static std::optional<RequestBody> parse_stored(const std::string& json);

    Kind kind() const { return kind_; }
    bool is_raw() const { return kind_ == Kind::raw; }
    /// Of what is sent; empty for raw, whose type is the event's.
    const std::string& content_type() const { return content_type_; }

    /// Appends the body, which is not raw. `ce_id`: the id as CloudEvents wants it.
    Renderer::Result render(Renderer* renderer, std::string_view ce_id, std::string* out) const;
    void collect_secrets(SecretNames* names) const;

  private:
    Kind kind_ = Kind::raw;
    std::string content_type_;
    std::optional<JsonTemplate> json_;
    std::optional<FormTemplate> form_;
    TextTemplate text_;
};

}  // namespace webhook::endpoint
