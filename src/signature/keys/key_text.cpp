#include "signature/keys/key_text.hpp"

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "base/fail.hpp"
#include "base/openssl_handle.hpp"

namespace webhook::signature {

namespace {

using Bio = std::unique_ptr<BIO, base::Free<BIO_free>>;
using Certificate = std::unique_ptr<X509, base::Free<X509_free>>;
using Params = std::unique_ptr<OSSL_PARAM, base::Free<OSSL_PARAM_free>>;
using ParamBuilder = std::unique_ptr<OSSL_PARAM_BLD, base::Free<OSSL_PARAM_BLD_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, base::Free<EVP_PKEY_CTX_free>>;

constexpr std::size_t ed25519_size = 32, p256_half = 32;

/// DER of a P-256 SubjectPublicKeyInfo up to the uncompressed point (RFC 5480).
constexpr unsigned char p256_head[] = {0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48,
                                       0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48,
                                       0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04};

PublicKey::Handle own(EVP_PKEY* key) {
    return {key, EVP_PKEY_free};
}

const unsigned char* bytes(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

/// One block of a PEM text.
struct Block {
    Block() = default;
    Block(const Block&) = delete;
    Block& operator=(const Block&) = delete;
    ~Block() {
        OPENSSL_free(name);
        OPENSSL_free(header);
        OPENSSL_clear_free(data, static_cast<std::size_t>(size));
    }
    std::string_view kind() const { return name; }

    char *name = nullptr, *header = nullptr;
    unsigned char* data = nullptr;
    long size = 0;
};

class PemReader {
  public:
    PemReader(std::vector<TextKey>* keys, std::string* error) : keys_(keys), error_(error) {}

    bool add(const Block& block) {
        const unsigned char* at = block.data;
        if (block.header[0] != '\0' || block.kind() == "ENCRYPTED PRIVATE KEY")
            return base::fail(error_, "encrypted private key");
        if (block.kind() == "EC PARAMETERS") return true;
        if (block.kind() == "CERTIFICATE") return add_certificate(block);
        if (block.kind() == "PUBLIC KEY") return keep(d2i_PUBKEY(nullptr, &at, block.size), false);
        if (block.kind() == "RSA PUBLIC KEY")
            return keep(d2i_PublicKey(EVP_PKEY_RSA, nullptr, &at, block.size), false);
        if (block.kind() == "PRIVATE KEY" || block.kind() == "RSA PRIVATE KEY" ||
            block.kind() == "EC PRIVATE KEY") {
            return keep(d2i_AutoPrivateKey(nullptr, &at, block.size), true);
        }
        return base::fail(error_, "PEM of a kind that is no key: " + std::string(block.kind().substr(0, 40)));
    }

  private:
    bool keep(EVP_PKEY* key, bool is_private) {
        if (key == nullptr) return base::fail(error_, "PEM key cannot be decoded");
        keys_->push_back({own(key), is_private});
        return true;
    }

    bool add_certificate(const Block& block) {
        const unsigned char* at = block.data;
        Certificate certificate(d2i_X509(nullptr, &at, block.size));
        if (certificate == nullptr) return base::fail(error_, "certificate cannot be decoded");
        const bool is_issuer =
            std::any_of(certificates_.begin(), certificates_.end(), [&](const Certificate& earlier) {
                return !is_self_issued(earlier.get()) &&
                       X509_check_issued(certificate.get(), earlier.get()) == X509_V_OK;
            });
        if (!is_issuer && !keep(X509_get_pubkey(certificate.get()), false)) return false;
        certificates_.push_back(std::move(certificate));
        return true;
    }

    /// The end of its chain: what follows, perhaps under the same name, is another key.
    static bool is_self_issued(X509* certificate) {
        return X509_NAME_cmp(X509_get_subject_name(certificate), X509_get_issuer_name(certificate)) == 0;
    }

    std::vector<TextKey>* keys_;
    std::string* error_;
    std::vector<Certificate> certificates_;
};

/// A member that is base64url without padding (RFC 7515 section 2).
bool jwk_bytes(const base::JsonValue& jwk, std::string_view member, std::string* out) {
    const std::string* text = jwk.string(member);
    return text != nullptr && text->find('=') == std::string::npos &&
           base::decode_text(*text, base::Encoding::base64url, out);
}

PublicKey::Handle rsa_of(std::string_view modulus, std::string_view exponent) {
    const base::Number n(BN_bin2bn(bytes(modulus), static_cast<int>(modulus.size()), nullptr));
    const base::Number e(BN_bin2bn(bytes(exponent), static_cast<int>(exponent.size()), nullptr));
    const ParamBuilder builder(OSSL_PARAM_BLD_new());
    const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
    EVP_PKEY* key = nullptr;
    if (!n || !e || !builder || !context ||
        OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
        OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1) {
        return own(nullptr);
    }
    const Params params(OSSL_PARAM_BLD_to_param(builder.get()));
    if (!params || EVP_PKEY_fromdata_init(context.get()) != 1 ||
        EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) != 1) {
        return own(nullptr);
    }
    return own(key);
}

bool read_rsa(const base::JsonValue& jwk, TextKey* key) {
    std::string n, e;
    if (jwk.find("d") != nullptr || !jwk_bytes(jwk, "n", &n) || !jwk_bytes(jwk, "e", &e)) return false;
    if (n.size() > 4096 || e.size() > 16) return false;
    key->handle = rsa_of(n, e);
    return key->handle != nullptr;
}

bool read_p256(const base::JsonValue& jwk, TextKey* key) {
    std::string x, y;
    if (jwk.find("d") != nullptr || !jwk_bytes(jwk, "x", &x) || !jwk_bytes(jwk, "y", &y)) return false;
    if (x.size() != p256_half || y.size() != p256_half) return false;
    key->handle =
        public_key_of_der(std::string(reinterpret_cast<const char*>(p256_head), sizeof p256_head) + x + y);
    return key->handle != nullptr;
}

bool read_ed25519(const base::JsonValue& jwk, TextKey* key) {
    std::string text;
    key->is_private = jwk.find("d") != nullptr;
    if (!jwk_bytes(jwk, key->is_private ? "d" : "x", &text) || text.size() != ed25519_size) return false;
    key->handle = key->is_private ? private_key_of(text) : public_key_of(text);
    clean(&text);
    return key->handle != nullptr;
}

/// Runs `read` without leaving anything in OpenSSL's error queue.
template <class Read>
auto quietly(Read&& read) {
    ERR_set_mark();
    auto result = read();
    ERR_pop_to_mark();
    return result;
}

bool read_blocks(std::string_view text, std::vector<TextKey>* keys, std::string* error) {
    const Bio bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
    if (bio == nullptr) return base::fail(error, "out of memory");
    PemReader reader(keys, error);
    std::size_t count = 0;
    while (true) {
        Block block;
        if (PEM_read_bio(bio.get(), &block.name, &block.header, &block.data, &block.size) != 1) break;
        ++count;
        if (!reader.add(block)) return false;
    }
    const std::string_view mark = "-----BEGIN ";
    std::size_t wanted = 0;
    for (std::size_t at = text.find(mark); at != std::string_view::npos; at = text.find(mark, at + 1))
        ++wanted;
    return (count == wanted && !keys->empty()) || base::fail(error, "PEM cannot be decoded");
}

}  // namespace

bool read_pem(std::string_view text, std::vector<TextKey>* keys, std::string* error) {
    return quietly([&] { return read_blocks(text, keys, error); });
}

JwkResult read_jwk(const base::JsonValue& jwk, TextKey* key, std::string* error) {
    const std::string* kty = jwk.string("kty");
    const std::string* curve = jwk.string("crv");
    const auto is_curve = [&](std::string_view name) { return curve != nullptr && *curve == name; };
    bool good = false;
    if (*kty == "RSA")
        good = quietly([&] { return read_rsa(jwk, key); });
    else if (*kty == "EC" && is_curve("P-256"))
        good = quietly([&] { return read_p256(jwk, key); });
    else if (*kty == "OKP" && is_curve("Ed25519"))
        good = quietly([&] { return read_ed25519(jwk, key); });
    else
        return JwkResult::unknown_kind;
    if (good) return JwkResult::good;
    const bool is_private = jwk.find("d") != nullptr;
    *error = is_private ? "private JWK where another form of key belongs" : "JWK cannot be decoded";
    return JwkResult::bad;
}

PublicKey::Handle public_key_of_der(std::string_view der) {
    return quietly([&] {
        const unsigned char* at = bytes(der);
        PublicKey::Handle key = own(d2i_PUBKEY(nullptr, &at, static_cast<long>(der.size())));
        return at == bytes(der) + der.size() ? std::move(key) : own(nullptr);
    });
}

bool is_public_key_der(std::string_view text) {
    constexpr char sequence = 0x30;
    if (text.empty() || text.front() != sequence) return false;
    return quietly([&] {
        const auto size = static_cast<long>(text.size());
        const unsigned char *spki = bytes(text), *pkcs1 = spki, *x509 = spki;
        return own(d2i_PUBKEY(nullptr, &spki, size)) != nullptr ||
               own(d2i_PublicKey(EVP_PKEY_RSA, nullptr, &pkcs1, size)) != nullptr ||
               Certificate(d2i_X509(nullptr, &x509, size)) != nullptr;
    });
}

PublicKey::Handle public_key_of(std::string_view text) {
    if (text.size() != ed25519_size) return public_key_of_der(text);
    return own(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes(text), text.size()));
}

PublicKey::Handle private_key_of(std::string_view text) {
    if (text.size() == ed25519_size || text.size() == 2 * ed25519_size)
        return own(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, bytes(text), ed25519_size));
    return quietly([&] {
        const unsigned char* at = bytes(text);
        return own(d2i_AutoPrivateKey(nullptr, &at, static_cast<long>(text.size())));
    });
}

void clean(std::string* secret) {
    OPENSSL_cleanse(secret->data(), secret->size());
    secret->clear();
}

}  // namespace webhook::signature
