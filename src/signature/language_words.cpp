#include "signature/language_words.hpp"

namespace webhook::signature {

bool option(std::string_view word, std::string_view name, std::string_view* value) {
    if (word.substr(0, name.size()) != name) return false;
    *value = word.substr(name.size());
    return true;
}

bool hash_from_word(std::string_view word, event::Hash* hash) {
    if (word == "md5")
        *hash = event::Hash::md5;
    else if (word == "sha1")
        *hash = event::Hash::sha1;
    else if (word == "sha256")
        *hash = event::Hash::sha256;
    else if (word == "sha512")
        *hash = event::Hash::sha512;
    else
        return false;
    return true;
}

namespace {

struct Known {
    std::string_view word;
    Algorithm algorithm;
    std::optional<PublicAlgorithm> with;
    bool public_keys;
};

const std::vector<Known>& known_algorithms() {
    static const std::vector<Known> all = {
        {"ed25519", Algorithm::public_key, PublicAlgorithm::ed25519, true},
        {"ecdsa-p256-sha256", Algorithm::public_key, PublicAlgorithm::ecdsa_p256, true},
        {"rsa-sha256", Algorithm::public_key, PublicAlgorithm::rsa_sha256, true},
        {"jwt-hs256", Algorithm::jwt, std::nullopt, false},
        {"jwt-es256", Algorithm::jwt, PublicAlgorithm::ecdsa_p256_raw, true},
        {"jwt-rs256", Algorithm::jwt, PublicAlgorithm::rsa_sha256, true},
        {"aws-sns", Algorithm::aws_sns, PublicAlgorithm::rsa_sha256, true},
        {"contentful", Algorithm::contentful, std::nullopt, false},
        {"http-signature", Algorithm::http_signature, std::nullopt, true},
        {"http-signature-hmac-sha256", Algorithm::http_signature, std::nullopt, false},
    };
    return all;
}

}  // namespace

std::vector<std::string_view> algorithm_words() {
    std::vector<std::string_view> words = {"token",     "basic",       "none",     "hmac-sha256",
                                           "hmac-sha1", "hmac-sha512", "hmac-md5", "md5",
                                           "sha1",      "sha256",      "sha512"};
    for (const Known& known : known_algorithms())
        words.push_back(known.word);
    return words;
}

bool set_algorithm(std::string_view word, Scheme* scheme) {
    for (const Known& known : known_algorithms()) {
        if (known.word != word) continue;
        scheme->algorithm = known.algorithm;
        scheme->public_algorithm = known.with;
        scheme->public_keys = known.public_keys;
        return true;
    }
    return false;
}

}  // namespace webhook::signature
