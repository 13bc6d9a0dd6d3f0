#include "signature/keys/hmac.hpp"

#include <openssl/crypto.h>

#include <array>
#include <cstring>

namespace webhook::signature {

namespace {

constexpr std::size_t max_block = 128;

std::size_t block_size(base::Hash hash) {
    return hash == base::Hash::sha384 || hash == base::Hash::sha512 ? 128 : 64;
}

}  // namespace

HmacKey::HmacKey(base::Hash hash, std::string_view key) : inner_(hash), outer_(hash) {
    std::array<unsigned char, max_block> pad{};
    base::Digest shortened;
    if (key.size() > block_size(hash)) {
        shortened = base::digest_of(hash, key);
        key = shortened.view();
    }
    if (!key.empty()) std::memcpy(pad.data(), key.data(), key.size());
    const std::string_view block(reinterpret_cast<const char*>(pad.data()), block_size(hash));
    for (unsigned char& byte : pad)
        byte ^= 0x36;
    inner_.update(block);
    for (unsigned char& byte : pad)
        byte ^= 0x36 ^ 0x5c;
    outer_.update(block);
    OPENSSL_cleanse(pad.data(), pad.size());
    OPENSSL_cleanse(shortened.bytes.data(), shortened.bytes.size());
}

HmacKey::~HmacKey() {
    OPENSSL_cleanse(static_cast<void*>(&inner_), sizeof(inner_));
    OPENSSL_cleanse(static_cast<void*>(&outer_), sizeof(outer_));
}

base::Digest HmacKey::finish(base::HashState* message) const {
    const base::Digest inside = message->finish();
    base::HashState outside = outer_;
    outside.update(inside.view());
    return outside.finish();
}

base::Digest HmacKey::digest(std::string_view message) const {
    base::HashState state = start();
    state.update(message);
    return finish(&state);
}

bool equal(std::string_view a, std::string_view b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace webhook::signature
