#pragma once

#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <memory>

#include "base/openssl_handle.hpp"
#include "t/unit/worker/send/server.hpp"

namespace webhook::test {

using base::Free;
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Free<X509_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Free<X509_EXTENSION_free>>;
using File = std::unique_ptr<std::FILE, Free<std::fclose>>;

/// For 127.0.0.1, signed by itself.
inline Certificate make_certificate(EVP_PKEY* key, long begin, long end) {
    Certificate certificate(X509_new());
    X509_set_version(certificate.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), begin);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), end);
    X509_set_pubkey(certificate.get(), key);
    X509_NAME* name = X509_get_subject_name(certificate.get());
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("test"), -1,
                               -1, 0);
    X509_set_issuer_name(certificate.get(), name);
    const Extension names(X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "IP:127.0.0.1"));
    X509_add_ext(certificate.get(), names.get(), -1);
    X509_sign(certificate.get(), key, EVP_sha256());
    return certificate;
}

/// A certificate in a file, and the context of a server that has it.
struct TestCertificate {
    /// Good from `begin` to `end`, in seconds from now.
    explicit TestCertificate(long begin = -60, long end = 3600) : context(asio::ssl::context::tls_server) {
        const Key key(EVP_EC_gen("P-256"));
        const Certificate certificate = make_certificate(key.get(), begin, end);
        SSL_CTX_use_certificate(context.native_handle(), certificate.get());
        SSL_CTX_use_PrivateKey(context.native_handle(), key.get());
        file =
            std::filesystem::temp_directory_path() / ("sender_test_ca." + std::to_string(getpid()) + ".pem");
        PEM_write_X509(File(std::fopen(file.c_str(), "w")).get(), certificate.get());
    }
    ~TestCertificate() { std::filesystem::remove(file); }
    asio::ssl::context context;
    std::filesystem::path file;
};

}  // namespace webhook::test
