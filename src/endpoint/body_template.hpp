#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "endpoint/condition.hpp"
#include "endpoint/rendering.hpp"

namespace webhook::endpoint {

/// A JSON value whose texts are templates, {"json": ...} of a document's body. A text that is one expression
/// keeps the type of its value; {"$each": "/lines", "$as": ...} makes a list of a list.
class JsonTemplate {
  public:
    /// At most 32 levels and 256 operands and filters.
    static std::optional<JsonTemplate> parse(const nlohmann::json& json, const std::string& where,
                                             std::vector<PlacedError>* errors);

    /// Appends the JSON. left_out: nothing was appended, for what is optional is missing.
    Renderer::Result render(Renderer* renderer, std::string* out) const;

    void collect_secrets(SecretNames* names) const;

    static constexpr std::size_t max_elements = 10000;  ///< of lists that $each makes, in all

  private:
    friend class JsonTemplateParser;

    Renderer::Result render(Renderer* renderer, std::size_t* elements, std::string* out) const;
    bool append_part(Renderer* renderer, const std::string* name, bool* first, std::size_t* elements,
                     std::string* out) const;
    Renderer::Result render_text(Renderer* renderer, std::string* out) const;
    Renderer::Result render_list(Renderer* renderer, std::size_t* elements, std::string* out) const;
    Renderer::Result render_object(Renderer* renderer, std::size_t* elements, std::string* out) const;
    Renderer::Result render_each(Renderer* renderer, std::size_t* elements, std::string* out) const;

    enum class Kind : unsigned char { fixed, text, list, object, each };
    Kind kind_ = Kind::fixed;
    std::string where_;  ///< for messages
    std::string fixed_;  ///< JSON without templates
    TextTemplate text_;
    std::optional<Expression> each_;
    std::vector<JsonTemplate> items_;  ///< of a list; of $each: $as
    std::vector<std::pair<std::string, JsonTemplate>> members_;
};

/// Pairs of a form, {"form": {...}}: percent-encoded values in the order of their names.
class FormTemplate {
  public:
    static std::optional<FormTemplate> parse(const nlohmann::json& json, const std::string& where,
                                             std::vector<PlacedError>* errors);
    Renderer::Result render(Renderer* renderer, std::string* out) const;

    void collect_secrets(SecretNames* names) const;

  private:
    struct Pair {
        std::string name, where;
        TextTemplate value;
    };
    std::vector<Pair> pairs_;
};

}  // namespace webhook::endpoint
