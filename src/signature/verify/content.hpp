#pragma once

#include <cstddef>

#include "base/digest.hpp"
#include "event/request.hpp"
#include "signature/model/outcome.hpp"
#include "signature/model/scheme.hpp"

namespace webhook::signature {

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

}  // namespace webhook::signature
