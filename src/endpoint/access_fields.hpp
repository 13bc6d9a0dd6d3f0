#pragma once

#include <string>

#include "endpoint/document.hpp"
#include "endpoint/field_reader.hpp"

namespace webhook::endpoint {

// The fields that say how a receiver is reached and how it knows the worker: `tls` and `auth`; the dates of
// the secrets of `sign`.

void take_tls(const FieldReader& reader, Tls* tls);
void take_auth(const FieldReader& reader, Auth* auth);
/// Reads a secret of `sign`: a text, or {"secret", "from", "until"}.
void take_sign_secret(const FieldReader& reader, SignSecret* secret);

/// Says when no secret is valid ("before ...", "from ... on"); empty: there always is one.
std::string uncovered(const std::vector<SignSecret>& secrets);

/// Judges what `tls` and `auth` are together with the other fields.
void check_access(const FieldReader& reader, const Document& document);

}  // namespace webhook::endpoint
