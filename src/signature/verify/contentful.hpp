#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/body.hpp"
#include "signature/keys/hmac.hpp"
#include "signature/verify/code_input.hpp"

namespace webhook::signature {

/// Contentful's request verification: a canonical request with the headers that a header lists.
Outcome check_contentful(const CodeInput& input);

/// Returns path and query of an absolute URL as they are; "/" when it has neither.
std::string_view request_target(std::string_view url);

/// The names of a list of signed headers, sorted, in lower case. False when one is there twice, there are too
/// many, or the list and the timestamp are not among them.
bool contentful_names(std::string_view list, std::vector<std::string>* names);

/// Contentful's canonical request up to the body, as @contentful/node-apps-toolkit builds it:
/// METHOD, path, "name:value" of the signed headers joined by ";", each ended by a newline.
std::string contentful_head(std::string_view method, std::string_view url,
                            const std::vector<std::pair<std::string, std::string>>& headers);

base::Digest contentful_digest(const HmacKey& key, std::string_view head, const base::BodyView& body);

}  // namespace webhook::signature
