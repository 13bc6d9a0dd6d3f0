#pragma once

#include <nlohmann/json.hpp>

#include "endpoint/document.hpp"
#include "endpoint/url_secrets.hpp"

namespace webhook::endpoint {

// Printed forms of `tls`, `auth` and the secrets of `sign`. `print` gives a secret its printed form.

nlohmann::json tls_json(const Tls& tls, const ReplacePart& print);
nlohmann::json auth_json(const Auth& auth, const ReplacePart& print);
nlohmann::json sign_secret_json(const SignSecret& secret, const ReplacePart& print);

/// Calls `use(field, text, stored)` with each text of `tls` and `auth` that may be secret and the same text
/// of the stored document (nullptr: there is none).
template <class Use>
void each_access_secret(Document* document, const Document* stored, Use use) {
    const auto pick = [stored](auto get) { return stored == nullptr ? nullptr : get(*stored); };
    use("tls.ca", &document->tls.ca, pick([](const Document& other) { return &other.tls.ca; }));
    use("tls.cert", &document->tls.cert, pick([](const Document& other) { return &other.tls.cert; }));
    use("tls.key", &document->tls.key, pick([](const Document& other) { return &other.tls.key; }));
    const bool same_kind = stored != nullptr && stored->auth.kind == document->auth.kind;
    use("auth", &document->auth.secret, same_kind ? &stored->auth.secret : nullptr);
}

}  // namespace webhook::endpoint
