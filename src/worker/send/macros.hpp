#pragma once

#include <string>

#include "base/json_scan.hpp"
#include "endpoint/url.hpp"
#include "worker/send/event.hpp"

namespace webhook::worker {

/// Expands the macros in path and query of a URL for one event. Missing values are empty; values of JSON
/// pointers are strings, numbers as written and booleans. Immutable.
class TargetTemplate {
  public:
    explicit TargetTemplate(std::vector<endpoint::UrlPart> parts);

    /// Appends the request target, every value URL-encoded. Data over `max_parsed` bytes is not parsed.
    void append(const Event& event, std::string* out) const;

    static constexpr std::size_t max_parsed = 1 << 20;

  private:
    std::vector<std::string> pointer_values(const Event& event) const;

    std::vector<endpoint::UrlPart> parts_;
    std::vector<int> pointer_index_;  ///< of each part; -1: not a pointer
    base::PointerSet pointers_;
};

/// Returns the first value of a request header stored with the event (field `headers`: JSON object of
/// arrays); empty if absent.
std::string kept_header(const Event& event, std::string_view lower_case_name);

}  // namespace webhook::worker
