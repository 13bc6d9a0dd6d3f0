#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "endpoint/rendering.hpp"

namespace webhook::endpoint {

/// Path and query of a URL with templates. Values are percent-encoded ("/" too). A pair of the query whose
/// value may be missing and is is left out; in the path it is empty. Immutable.
class TargetTemplate {
  public:
    /// `text` is what follows host and port, `offset` its place in the URL. Adds the "/" of an empty path.
    static std::optional<TargetTemplate> parse(std::string_view text, std::size_t offset, std::string* error);

    /// Without templates: the target as it is sent.
    const std::string* fixed() const { return fixed_ ? &*fixed_ : nullptr; }
    Renderer::Result render(Renderer* renderer, std::string* out) const;
    void collect_secrets(SecretNames* names) const;

  private:
    void split(const TextTemplate& all);

    std::optional<std::string> fixed_;
    TextTemplate path_;
    std::vector<TextTemplate> pairs_;
};

/// True when the path of a target has a segment "." or "..", which receivers resolve to another path (RFC
/// 3986 section 5.2.4).
bool has_dot_segment(std::string_view target);

}  // namespace webhook::endpoint
