#pragma once

#include <string>
#include <string_view>

#include "event/request.hpp"
#include "event/source.hpp"
#include "event/template.hpp"

namespace webhook::event {

/// The value of a source that does not need a pass over a document (json, xml), as a view into the request
/// or, where it had to be decoded or computed, into `scratch`. Absent and empty are the same: an empty view.
/// Bodies over `limit` have no form values. Kinds that only a signature scheme knows (ts, secret, config),
/// json and xml yield nothing here.
std::string_view plain_value(const Request& request, const Source& source, std::size_t limit,
                             std::string* scratch);

/// The value of a chain's later steps in `text` (the value of the first one).
std::string_view chained_value(const Source& source, std::string_view text, std::string* scratch);

/// The body in one piece: a view of its only chunk, or of `scratch`.
std::string_view whole_body(const base::BodyView& body, std::string* scratch);

/// True when the request may carry a URL-encoded form: its content type says so or is absent.
bool may_be_form(const Request& request);

}  // namespace webhook::event
