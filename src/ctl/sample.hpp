#pragma once

#include <string>
#include <string_view>

#include "signature/model/scheme.hpp"

namespace webhook::ctl {

/// A small body, JSON or a form as the scheme signs it, in which `id` and `type` stand where it looks for
/// them.
std::string sample_body(const signature::Scheme& scheme, std::string_view id, std::string_view type);

/// `url` with `id` and `type` in the query parameters where the scheme looks for them, as far as they are
/// missing.
std::string sample_url(const signature::Scheme& scheme, std::string url, std::string_view id,
                       std::string_view type);

/// Header name of the first source "header:NAME", or empty.
std::string header_source(const std::vector<std::string>& sources);

/// `text` with every "{n}" replaced by `number`.
std::string with_number(std::string text, std::size_t number);

}  // namespace webhook::ctl
