#include "endpoint/tls.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/types.h>

#include <memory>
#include <vector>

#include "base/openssl_handle.hpp"
#include "endpoint/secret_value.hpp"

namespace webhook::endpoint {
namespace {

using base::Free;
using Bio = std::unique_ptr<BIO, Free<BIO_free>>;
using Certificate = std::unique_ptr<X509, Free<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using Store = std::unique_ptr<X509_STORE, Free<X509_STORE_free>>;
using Context = std::unique_ptr<SSL_CTX, Free<SSL_CTX_free>>;

/// Leaves OpenSSL's list of errors as it was found: empty. The next TLS operation would take them for its
/// own.
struct ErrorsCleared {
    ErrorsCleared() = default;
    ErrorsCleared(const ErrorsCleared&) = delete;
    ErrorsCleared& operator=(const ErrorsCleared&) = delete;
    ~ErrorsCleared() { ERR_clear_error(); }
};

std::string last_error() {
    const char* reason = ERR_reason_error_string(ERR_peek_last_error());
    return reason == nullptr ? "" : std::string(" (") + reason + ")";
}

Bio reading(const std::string& text) {
    return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

/// Refuses to ask for a passphrase on the terminal.
int no_passphrase(char*, int, int, void*) {
    return -1;
}

/// Reads all certificates of a PEM text; other blocks are passed over.
std::optional<std::string> read_certificates(const std::string& text,
                                             std::vector<Certificate>* certificates) {
    const Bio bio = reading(text);
    while (X509* one = PEM_read_bio_X509_AUX(bio.get(), nullptr, no_passphrase, nullptr))
        certificates->emplace_back(one);
    if (ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE)
        return "certificate " + std::to_string(certificates->size() + 1) + " of the PEM text cannot be read" +
               last_error();
    ERR_clear_error();
    if (certificates->empty()) return "holds no certificate (-----BEGIN CERTIFICATE-----)";
    return std::nullopt;
}

std::optional<TlsFault> load_authorities(const std::string& text, SSL_CTX* context) {
    std::vector<Certificate> certificates;
    if (auto problem = read_certificates(text, &certificates)) return TlsFault{"ca", std::move(*problem)};
    Store store(X509_STORE_new());
    for (const Certificate& certificate : certificates) {
        if (X509_STORE_add_cert(store.get(), certificate.get()) != 1)
            return TlsFault{"ca", "a certificate cannot be used" + last_error()};
    }
    X509_STORE_set_flags(store.get(), X509_V_FLAG_PARTIAL_CHAIN);
    SSL_CTX_set_cert_store(context, store.release());
    return std::nullopt;
}

std::optional<TlsFault> load_certificate(const std::string& text, SSL_CTX* context) {
    std::vector<Certificate> certificates;
    if (auto problem = read_certificates(text, &certificates)) return TlsFault{"cert", std::move(*problem)};
    if (SSL_CTX_use_certificate(context, certificates.front().get()) != 1)
        return TlsFault{"cert", "the certificate cannot be used" + last_error()};
    for (std::size_t i = 1; i < certificates.size(); ++i) {
        if (SSL_CTX_add1_chain_cert(context, certificates[i].get()) != 1)
            return TlsFault{"cert", "a certificate of the chain cannot be used" + last_error()};
    }
    return std::nullopt;
}

std::optional<TlsFault> load_key(const std::string& text, SSL_CTX* context) {
    const Key key(PEM_read_bio_PrivateKey(reading(text).get(), nullptr, no_passphrase, nullptr));
    if (!key) {
        if (text.find("ENCRYPTED") != std::string::npos)
            return TlsFault{"key", "the key is encrypted: give it without a passphrase (openssl pkey)"};
        return TlsFault{"key", "holds no private key that can be read (-----BEGIN PRIVATE KEY-----)"};
    }
    X509* certificate = SSL_CTX_get0_certificate(context);
    if (certificate != nullptr && X509_check_private_key(certificate, key.get()) != 1)
        return TlsFault{"key",
                        "does not fit the first certificate of \"cert\", which must be the client's own"};
    if (SSL_CTX_use_PrivateKey(context, key.get()) != 1)
        return TlsFault{"key", "the key cannot be used" + last_error()};
    return std::nullopt;
}

}  // namespace

std::optional<TlsFault> load_tls(const Tls& texts, SSL_CTX* context) {
    ERR_clear_error();
    const ErrorsCleared cleared;
    std::optional<TlsFault> fault;
    if (!texts.ca.empty()) fault = load_authorities(texts.ca, context);
    if (!fault && !texts.cert.empty()) fault = load_certificate(texts.cert, context);
    if (!fault && !texts.key.empty()) fault = load_key(texts.key, context);
    return fault;
}

std::optional<TlsFault> check_tls(Tls tls) {
    if (tls.cert.empty() != tls.key.empty()) {
        return tls.key.empty() ? TlsFault{"cert", "needs \"key\", its private key"}
                               : TlsFault{"key", "needs \"cert\", its certificate"};
    }
    for (std::string* text : {&tls.ca, &tls.cert, &tls.key}) {
        if (secret_name(*text) || is_redacted(*text)) text->clear();
    }
    if (tls == Tls{{}, {}, {}, tls.verify}) return std::nullopt;
    const Context context(SSL_CTX_new(TLS_client_method()));
    return load_tls(tls, context.get());
}

std::string certificate_warning(SSL_CTX* context, std::int64_t now) {
    const X509* certificate = SSL_CTX_get0_certificate(context);
    if (certificate == nullptr) return {};
    auto time = static_cast<time_t>(now);
    if (X509_cmp_time(X509_get0_notAfter(certificate), &time) < 0) return "has expired";
    if (X509_cmp_time(X509_get0_notBefore(certificate), &time) > 0) return "is not valid yet";
    return {};
}

}  // namespace webhook::endpoint
