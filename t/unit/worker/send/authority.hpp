#pragma once

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "base/openssl_handle.hpp"

namespace webhook::test {

/// A certificate and its key as PEM.
struct Identity {
    std::string certificate, key;
};

/// A private certificate authority.
class Authority {
  public:
    explicit Authority(const char* name = "authority")
        : key_(EVP_EC_gen("P-256")), certificate_(make(name, key_.get(), "", -3600, 36000, nullptr)) {}

    std::string pem() const { return to_pem(certificate_.get()); }
    /// `names`: "IP:127.0.0.1", "DNS:receiver.example".
    Identity issue(const char* names, long begin = -60, long end = 3600) const {
        const Key key(EVP_EC_gen("P-256"));
        const Certificate certificate = make("leaf", key.get(), names, begin, end, this);
        return {to_pem(certificate.get()), to_pem(key.get())};
    }

  private:
    using Key = std::unique_ptr<EVP_PKEY, base::Free<EVP_PKEY_free>>;
    using Certificate = std::unique_ptr<X509, base::Free<X509_free>>;
    using Bio = std::unique_ptr<BIO, base::Free<BIO_free>>;

    static std::string text_of(BIO* bio) {
        char* data = nullptr;
        const long size = BIO_get_mem_data(bio, &data);
        return {data, static_cast<std::size_t>(size)};
    }
    static std::string to_pem(X509* certificate) {
        const Bio bio(BIO_new(BIO_s_mem()));
        PEM_write_bio_X509(bio.get(), certificate);
        return text_of(bio.get());
    }
    static std::string to_pem(EVP_PKEY* key) {
        const Bio bio(BIO_new(BIO_s_mem()));
        PEM_write_bio_PKCS8PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
        return text_of(bio.get());
    }
    static void add(X509* certificate, int kind, const char* value) {
        const std::unique_ptr<X509_EXTENSION, base::Free<X509_EXTENSION_free>> extension(
            X509V3_EXT_conf_nid(nullptr, nullptr, kind, value));
        X509_add_ext(certificate, extension.get(), -1);
    }
    /// Without an issuer: of an authority, signed by itself.
    static Certificate make(const char* name, EVP_PKEY* key, const char* names, long begin, long end,
                            const Authority* issuer) {
        static long serial = 1;
        Certificate certificate(X509_new());
        X509* raw = certificate.get();
        X509_set_version(raw, 2);
        ASN1_INTEGER_set(X509_get_serialNumber(raw), ++serial);
        X509_gmtime_adj(X509_getm_notBefore(raw), begin);
        X509_gmtime_adj(X509_getm_notAfter(raw), end);
        X509_set_pubkey(raw, key);
        X509_NAME_add_entry_by_txt(X509_get_subject_name(raw), "CN", MBSTRING_ASC,
                                   reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
        const X509* parent = issuer == nullptr ? raw : issuer->certificate_.get();
        X509_set_issuer_name(raw, X509_get_subject_name(parent));
        if (issuer == nullptr) add(raw, NID_basic_constraints, "critical,CA:TRUE");
        if (issuer != nullptr) add(raw, NID_subject_alt_name, names);
        X509_sign(raw, issuer == nullptr ? key : issuer->key_.get(), EVP_sha256());
        return certificate;
    }

    Key key_;
    Certificate certificate_;
};

/// The context of a server with this identity; with `clients` it demands certificates of that authority.
inline boost::asio::ssl::context server_context(const Identity& identity,
                                                const Authority* clients = nullptr) {
    namespace ssl = boost::asio::ssl;
    ssl::context context(ssl::context::tls_server);
    context.use_certificate_chain({identity.certificate.data(), identity.certificate.size()});
    context.use_private_key({identity.key.data(), identity.key.size()}, ssl::context::pem);
    SSL_CTX_set_session_id_context(context.native_handle(), reinterpret_cast<const unsigned char*>("t"), 1);
    if (clients == nullptr) return context;
    const std::string pem = clients->pem();
    context.add_certificate_authority({pem.data(), pem.size()});
    context.set_verify_mode(ssl::verify_peer | ssl::verify_fail_if_no_peer_cert);
    return context;
}

inline std::string quoted(const std::string& text) {
    return nlohmann::json(text).dump();
}

}  // namespace webhook::test
