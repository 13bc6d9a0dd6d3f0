#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "endpoint/document.hpp"

namespace webhook::endpoint {

/// True when the endpoint wants such an event: every list that is given has a pattern that matches.
bool wants(const Match& match, std::string_view tenant, std::string_view source, std::string_view type);

/// Finds the endpoints that want an event without trying them one by one. Patterns are filed under their text
/// up to the first `*`; a look-up costs one hash per combination of pattern lengths in use, plus one
/// comparison per candidate. Only endpoints whose patterns all begin with `*` are tried for every event.
/// Immutable.
class MatchIndex {
  public:
    /// Positions in `documents` are what find() gives. The documents are not kept.
    explicit MatchIndex(const std::vector<Document>& documents);
    ~MatchIndex();
    MatchIndex(MatchIndex&&) noexcept;
    MatchIndex& operator=(MatchIndex&&) noexcept;

    /// Replaces `found` by the positions of the endpoints that want the event, ascending.
    void find(std::string_view tenant, std::string_view source, std::string_view type,
              std::vector<std::uint32_t>* found) const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace webhook::endpoint
