#pragma once

#include <openssl/types.h>

#include <cstdint>
#include <optional>
#include <string>

namespace webhook::endpoint {

/// The field `tls`: PEM texts, or `secret:NAME`. Empty: the system's certificate authorities; no certificate.
struct Tls {
    std::string ca, cert, key;
    bool verify = true;

    bool operator==(const Tls&) const = default;
};

struct TlsFault {
    const char* field;  ///< "ca", "cert" or "key"
    std::string what;   ///< without any of the text
};

/// Puts authorities, certificate and key into a context. `ca` takes the place of the context's authorities,
/// and each of its certificates is trusted, also one that is no root. Returns the first fault.
std::optional<TlsFault> load_tls(const Tls& texts, SSL_CTX* context);

/// Judges by load_tls() the texts of a document; `secret:NAME` and redacted ones cannot be.
std::optional<TlsFault> check_tls(Tls tls);

/// Returns why the client certificate is not valid at this time (Unix seconds): "expired", "is not valid
/// yet"; empty: it is, or there is none.
std::string certificate_warning(SSL_CTX* context, std::int64_t now);

}  // namespace webhook::endpoint
