// What tests of schemes with keys and rules of their own share.

#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "base/encoding.hpp"
#include "signature/keys/hmac.hpp"
#include "signature/keys/key_set.hpp"
#include "signature/verify/verifier.hpp"
#include "t/unit/signature/public_key_support.hpp"
#include "t/unit/signature/support.hpp"

namespace webhook::signature {

using nlohmann::json;
using Params = std::map<std::string, std::string>;

inline constexpr std::int64_t now = 1760000000;

inline std::unique_ptr<Verifier> verifier_of(const Scheme& scheme, const std::string& secret,
                                             const Params& params = {}) {
    VerifierOptions options;
    options.secrets = {secret};
    options.params = params;
    std::string error;
    auto verifier = Verifier::make(scheme, options, &error);
    EXPECT_TRUE(verifier) << error;
    return verifier;
}

inline std::string refusal(const Scheme& scheme, const std::string& secret) {
    VerifierOptions options;
    options.secrets = {secret};
    std::string error;
    EXPECT_FALSE(Verifier::make(scheme, options, &error));
    return error;
}

inline std::string encoded(std::string_view bytes, base::Encoding encoding = base::Encoding::base64) {
    std::string text;
    base::encode_text(bytes, encoding, &text);
    return text;
}

inline std::string signature_of(const std::string& private_pem, PublicAlgorithm algorithm,
                                const std::string& text) {
    KeySet keys;
    std::string error, signature;
    EXPECT_TRUE(read_keys(private_pem, "", {KeyRule::pem, family_of(algorithm), KeyUse::sign}, &keys, &error))
        << error;
    const std::string input =
        hash_of(algorithm) ? std::string(base::digest_of(*hash_of(algorithm), text).view()) : text;
    EXPECT_TRUE(keys.front().sign(algorithm, input, &signature));
    return signature;
}

inline std::string hmac_of(const std::string& secret, std::string_view text) {
    return std::string(HmacKey(base::Hash::sha256, secret).digest(text).view());
}

}  // namespace webhook::signature
