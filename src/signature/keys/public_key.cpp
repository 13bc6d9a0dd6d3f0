#include "signature/keys/public_key.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/fail.hpp"
#include "base/openssl_handle.hpp"
#include "signature/keys/ed25519_point.hpp"

namespace webhook::signature {

namespace {

using KeyContext = std::unique_ptr<EVP_PKEY_CTX, base::Free<EVP_PKEY_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, base::Free<EVP_MD_CTX_free>>;
using EcdsaPair = std::unique_ptr<ECDSA_SIG, base::Free<ECDSA_SIG_free>>;

constexpr std::size_t raw_half = 32;
constexpr std::size_t max_der = 80;

const unsigned char* bytes(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

const EVP_MD* message_digest(base::Hash hash) {
    switch (hash) {
        case base::Hash::md5:
            return EVP_md5();
        case base::Hash::sha1:
            return EVP_sha1();
        case base::Hash::sha256:
            return EVP_sha256();
        case base::Hash::sha384:
            return EVP_sha384();
        case base::Hash::sha512:
            return EVP_sha512();
    }
    return nullptr;
}

/// Leaves nothing in OpenSSL's error queue, which nginx would log for another TLS connection.
class QuietErrors {
  public:
    QuietErrors() { ERR_set_mark(); }
    ~QuietErrors() { ERR_pop_to_mark(); }
    QuietErrors(const QuietErrors&) = delete;
    QuietErrors& operator=(const QuietErrors&) = delete;
};

bool is_p256(const EVP_PKEY* key) {
    std::array<char, 64> name{};
    std::size_t size = 0;
    return EVP_PKEY_get_group_name(key, name.data(), name.size(), &size) == 1 &&
           std::string_view(name.data(), size) == "prime256v1";
}

/// An exponent as long as the modulus would make each check cost as much as a private operation.
bool has_small_exponent(const EVP_PKEY* key) {
    BIGNUM* raw = nullptr;
    if (EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &raw) != 1) return false;
    const base::Number exponent(raw);
    return BN_num_bits(exponent.get()) <= 33 && BN_is_odd(exponent.get()) && !BN_is_one(exponent.get());
}

/// Sees to it that a point is on the curve and not at infinity.
bool is_point(EVP_PKEY* key) {
    const KeyContext context(EVP_PKEY_CTX_new(key, nullptr));
    return context && EVP_PKEY_public_check(context.get()) == 1;
}

/// A modulus that is even or prime has factors that anyone can compute, and with them the private key.
bool has_open_modulus(const EVP_PKEY* key) {
    BIGNUM* raw = nullptr;
    if (EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &raw) != 1) return true;
    const base::Number modulus(raw);
    return !BN_is_odd(modulus.get()) || BN_check_prime(modulus.get(), nullptr, nullptr) != 0;
}

bool check_rsa(const EVP_PKEY* key, std::string* error) {
    const int bits = EVP_PKEY_get_bits(key);
    if (bits < min_rsa_bits || bits > max_rsa_bits) {
        return base::fail(error, "RSA key of " + std::to_string(bits) + " bits, only 2048 to 4096 are taken");
    }
    if (!has_small_exponent(key)) return base::fail(error, "RSA key with a bad exponent");
    return !has_open_modulus(key) || base::fail(error, "RSA key whose modulus is prime or even");
}

/// A seed that anybody would try first.
bool has_trivial_seed(const EVP_PKEY* key) {
    std::array<unsigned char, ed25519_size> seed{};
    std::size_t size = seed.size();
    if (EVP_PKEY_get_raw_private_key(key, seed.data(), &size) != 1) return false;
    const bool trivial =
        std::all_of(seed.begin(), seed.end(), [&](auto byte) { return byte == seed.front(); });
    OPENSSL_cleanse(seed.data(), seed.size());
    return trivial;
}

bool check_ed25519(const EVP_PKEY* key, std::string* error) {
    std::string point(ed25519_size, '\0');
    std::size_t size = point.size();
    if (EVP_PKEY_get_raw_public_key(key, reinterpret_cast<unsigned char*>(point.data()), &size) != 1)
        return base::fail(error, "key cannot be decoded");
    if (is_weak_ed25519(point))
        return base::fail(error,
                          "Ed25519 key of small order: signatures that fit it can be made without a key");
    return !has_trivial_seed(key) || base::fail(error, "private key is one byte repeated: it is no key");
}

bool find_family(EVP_PKEY* key, KeyFamily* family, std::string* error) {
    switch (EVP_PKEY_get_base_id(key)) {
        case EVP_PKEY_ED25519:
            *family = KeyFamily::ed25519;
            return check_ed25519(key, error);
        case EVP_PKEY_EC:
            *family = KeyFamily::ecdsa_p256;
            if (!is_p256(key)) return base::fail(error, "elliptic curve key that is not on P-256");
            return is_point(key) || base::fail(error, "elliptic curve key that is no point of P-256");
        case EVP_PKEY_RSA:
        case EVP_PKEY_RSA_PSS:
            *family = KeyFamily::rsa;
            return check_rsa(key, error);
        default:
            return base::fail(error, "key is neither Ed25519 nor ECDSA P-256 nor RSA");
    }
}

/// r and s -> DER; empty when the length is wrong.
std::string der_of(std::string_view raw) {
    if (raw.size() != 2 * raw_half) return {};
    base::Number r(BN_bin2bn(bytes(raw), raw_half, nullptr));
    base::Number s(BN_bin2bn(bytes(raw) + raw_half, raw_half, nullptr));
    const EcdsaPair pair(ECDSA_SIG_new());
    if (!r || !s || !pair || ECDSA_SIG_set0(pair.get(), r.get(), s.get()) != 1) return {};
    (void)r.release();
    (void)s.release();
    std::string der(max_der, '\0');
    auto* out = reinterpret_cast<unsigned char*>(der.data());
    const int size = i2d_ECDSA_SIG(pair.get(), &out);
    der.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
    return der;
}

/// DER -> r and s; empty when it is none.
std::string raw_of(std::string_view der) {
    const unsigned char* at = bytes(der);
    const EcdsaPair pair(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
    std::string raw(2 * raw_half, '\0');
    auto* out = reinterpret_cast<unsigned char*>(raw.data());
    const bool good =
        pair && BN_bn2binpad(ECDSA_SIG_get0_r(pair.get()), out, static_cast<int>(raw_half)) > 0 &&
        BN_bn2binpad(ECDSA_SIG_get0_s(pair.get()), out + raw_half, static_cast<int>(raw_half)) > 0;
    return good ? raw : std::string();
}

bool set_parameters(EVP_PKEY_CTX* context, PublicAlgorithm algorithm) {
    const std::optional<base::Hash> hash = hash_of(algorithm);
    if (!hash || EVP_PKEY_CTX_set_signature_md(context, message_digest(*hash)) != 1) return false;
    if (family_of(algorithm) != KeyFamily::rsa) return true;
    const bool pss =
        algorithm == PublicAlgorithm::rsa_pss_sha256 || algorithm == PublicAlgorithm::rsa_pss_sha512;
    if (EVP_PKEY_CTX_set_rsa_padding(context, pss ? RSA_PKCS1_PSS_PADDING : RSA_PKCS1_PADDING) != 1)
        return false;
    return !pss || EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1;
}

bool verify_ed25519(EVP_PKEY* key, std::string_view message, std::string_view signature) {
    const DigestContext context(EVP_MD_CTX_new());
    return context && EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key) == 1 &&
           EVP_DigestVerify(context.get(), bytes(signature), signature.size(), bytes(message),
                            message.size()) == 1;
}

bool verify_digest(EVP_PKEY* key, PublicAlgorithm algorithm, std::string_view digest,
                   std::string_view signature) {
    const KeyContext context(EVP_PKEY_CTX_new(key, nullptr));
    return context && EVP_PKEY_verify_init(context.get()) == 1 && set_parameters(context.get(), algorithm) &&
           EVP_PKEY_verify(context.get(), bytes(signature), signature.size(), bytes(digest), digest.size()) ==
               1;
}

bool sign_ed25519(EVP_PKEY* key, std::string_view message, std::string* signature) {
    const DigestContext context(EVP_MD_CTX_new());
    std::array<unsigned char, 64> out{};
    std::size_t size = out.size();
    if (!context || EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key) != 1 ||
        EVP_DigestSign(context.get(), out.data(), &size, bytes(message), message.size()) != 1) {
        return false;
    }
    signature->append(reinterpret_cast<const char*>(out.data()), size);
    return true;
}

bool sign_digest(EVP_PKEY* key, PublicAlgorithm algorithm, std::string_view digest, std::string* signature) {
    const KeyContext context(EVP_PKEY_CTX_new(key, nullptr));
    std::string out(max_public_signature, '\0');
    std::size_t size = out.size();
    if (!context || EVP_PKEY_sign_init(context.get()) != 1 || !set_parameters(context.get(), algorithm) ||
        EVP_PKEY_sign(context.get(), reinterpret_cast<unsigned char*>(out.data()), &size, bytes(digest),
                      digest.size()) != 1) {
        return false;
    }
    out.resize(size);
    if (algorithm == PublicAlgorithm::ecdsa_p256_raw) out = raw_of(out);
    signature->append(out);
    return !out.empty();
}

}  // namespace

std::optional<PublicKey> PublicKey::make(Handle handle, bool is_private, std::string* error) {
    const QuietErrors quiet;
    KeyFamily family{};
    if (handle == nullptr) {
        *error = "key cannot be decoded";
        return std::nullopt;
    }
    if (!find_family(handle.get(), &family, error)) return std::nullopt;
    return PublicKey(std::move(handle), family, is_private);
}

bool PublicKey::verify(PublicAlgorithm algorithm, std::string_view input,
                       std::string_view signature) const noexcept {
    if (family_of(algorithm) != family_) return false;
    const QuietErrors quiet;
    try {
        if (algorithm == PublicAlgorithm::ed25519) return verify_ed25519(handle_.get(), input, signature);
        if (algorithm != PublicAlgorithm::ecdsa_p256_raw)
            return verify_digest(handle_.get(), algorithm, input, signature);
        const std::string der = der_of(signature);
        return !der.empty() && verify_digest(handle_.get(), algorithm, input, der);
    } catch (...) {
        return false;
    }
}

bool PublicKey::sign(PublicAlgorithm algorithm, std::string_view input, std::string* signature) const {
    if (!is_private_ || family_of(algorithm) != family_) return false;
    const QuietErrors quiet;
    if (algorithm == PublicAlgorithm::ed25519) return sign_ed25519(handle_.get(), input, signature);
    return sign_digest(handle_.get(), algorithm, input, signature);
}

}  // namespace webhook::signature
