#include "signature/language/words.hpp"

#include <utility>

#include "base/text.hpp"

namespace webhook::signature {

bool hash_from_word(std::string_view word, base::Hash* hash) {
    if (word == "md5")
        *hash = base::Hash::md5;
    else if (word == "sha1")
        *hash = base::Hash::sha1;
    else if (word == "sha256")
        *hash = base::Hash::sha256;
    else if (word == "sha384")
        *hash = base::Hash::sha384;
    else if (word == "sha512")
        *hash = base::Hash::sha512;
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
        {"ecdsa-p256-sha1", Algorithm::public_key, PublicAlgorithm::ecdsa_p256_sha1, true},
        {"rsa-sha256", Algorithm::public_key, PublicAlgorithm::rsa_sha256, true},
        {"rsa-sha512", Algorithm::public_key, PublicAlgorithm::rsa_sha512, true},
        {"rsa-pss-sha256", Algorithm::public_key, PublicAlgorithm::rsa_pss_sha256, true},
        {"rsa-pss-sha512", Algorithm::public_key, PublicAlgorithm::rsa_pss_sha512, true},
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

constexpr std::pair<std::string_view, KeyRule> key_rules[] = {
    {"utf8", KeyRule::utf8},       {"whsec", KeyRule::whsec}, {"base64", KeyRule::base64},
    {"hex", KeyRule::hex},         {"sha1", KeyRule::sha1},   {"nfkd", KeyRule::nfkd},
    {"pem", KeyRule::pem},         {"whpk", KeyRule::whpk},   {"jwk", KeyRule::jwk},
    {"spki-base64", KeyRule::spki}};

}  // namespace

bool key_rule_from_word(std::string_view word, KeyRule* rule) {
    for (const auto& [known, value] : key_rules) {
        if (known != word) continue;
        *rule = value;
        return true;
    }
    return false;
}

std::vector<std::string_view> key_rule_words() {
    std::vector<std::string_view> words;
    for (const auto& known : key_rules)
        words.push_back(known.first);
    return words;
}

bool window_from_text(std::string_view text, TimestampRule* rule) {
    const std::size_t comma = text.find(',');
    const std::string_view future = comma == std::string_view::npos ? text : text.substr(comma + 1);
    constexpr std::int64_t longest = 366 * 86400LL;
    return base::to_number(text.substr(0, comma), &rule->past) && base::to_number(future, &rule->future) &&
           rule->past <= longest && rule->future <= longest;
}

std::vector<std::string_view> algorithm_words() {
    std::vector<std::string_view> words = {
        "token",    "basic", "none", "hmac-sha256", "hmac-sha1", "hmac-sha384", "hmac-sha512",
        "hmac-md5", "md5",   "sha1", "sha256",      "sha384",    "sha512"};
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
