#pragma once

#include <string>
#include <string_view>

#include "base/structured_field.hpp"
#include "event/request.hpp"
#include "signature/verify/code_input.hpp"

namespace webhook::signature {

/// HTTP Message Signatures (RFC 9421) with Content-Digest (RFC 9530).
Outcome check_http_signature(const CodeInput& input);

/// Builds the signature base (RFC 9421 section 2.5). False when a component is not there, was sent several
/// times or is of a kind that is not supported (parameters such as ;sf and ;req, @query-param, @status).
bool make_signature_base(const event::Request& request, const base::SignatureInput& input, std::string* base);

/// "sha-256=:BASE64:" of the body (RFC 9530).
std::string content_digest(const base::BodyView& body);

/// True when the header holds a SHA-256 or SHA-512 of the body, and no other one that is wrong.
bool content_digest_matches(std::string_view header, const base::BodyView& body);

}  // namespace webhook::signature
