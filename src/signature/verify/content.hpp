#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/digest.hpp"
#include "event/identity.hpp"
#include "event/request.hpp"
#include "signature/model/definition.hpp"
#include "signature/verify/verifier.hpp"

namespace webhook::signature {

/// True when the signature covers every value of these ids (sources or templates), so that nobody but the
/// sender can choose them. Of no ids: true, as the content then stands for the id.
bool is_signed_id(const Scheme& scheme, const std::vector<std::string>& ids);

/// True when some id is read of an element of an array: a sender that groups elements anew for a retry sends
/// it with other content.
bool is_element_id(const std::vector<std::string>& ids);

/// The content of a genuine request, which is what makes two events under one id two: as SHA-256 of
///   - the body, where the signature covers just that (with a timestamp, a nonce or separators, which never
///   count);
///   - the signed parts, where URL, method, fields or only parts are signed, the latter with `content
///   signed`;
///   - of an RFC 9421 signature the covered method, path and query, and the body;
///   - of a token in the body its claims;
///   - else method, path, query without secrets, and body.
/// Values that `volatile` names are left out of the body. `outcome`: of the check that found it genuine.
base::Digest content_of(const Scheme& scheme, const event::Request& request, const Outcome& outcome,
                        std::size_t json_max);

/// True when the content is the body as it came.
bool is_plain_content(const Scheme& scheme);

/// Fills in what follows from a checked definition: `by` and `content`.
void derive_identity(Scheme* scheme);
/// False, with a message, when the words of the identity do not fit the definition.
bool check_identity(const Scheme& scheme, std::string* error);

}  // namespace webhook::signature
