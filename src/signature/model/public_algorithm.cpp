#include "signature/model/public_algorithm.hpp"

namespace webhook::signature {

KeyFamily family_of(PublicAlgorithm algorithm) {
    switch (algorithm) {
        case PublicAlgorithm::ed25519:
            return KeyFamily::ed25519;
        case PublicAlgorithm::ecdsa_p256:
        case PublicAlgorithm::ecdsa_p256_raw:
        case PublicAlgorithm::ecdsa_p256_sha1:
            return KeyFamily::ecdsa_p256;
        default:
            return KeyFamily::rsa;
    }
}

std::optional<base::Hash> hash_of(PublicAlgorithm algorithm) {
    switch (algorithm) {
        case PublicAlgorithm::ed25519:
            return std::nullopt;
        case PublicAlgorithm::rsa_sha1:
        case PublicAlgorithm::ecdsa_p256_sha1:
            return base::Hash::sha1;
        case PublicAlgorithm::rsa_sha512:
        case PublicAlgorithm::rsa_pss_sha512:
            return base::Hash::sha512;
        default:
            return base::Hash::sha256;
    }
}

}  // namespace webhook::signature
