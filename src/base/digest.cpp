// The plain hash functions are deprecated in OpenSSL 3 in favour of EVP, whose contexts cannot be copied
// without an allocation; this is the only file that uses them.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "base/digest.hpp"

namespace webhook::base {

std::size_t digest_size(Hash hash) {
    switch (hash) {
        case Hash::md5:
            return MD5_DIGEST_LENGTH;
        case Hash::sha1:
            return SHA_DIGEST_LENGTH;
        case Hash::sha256:
            return SHA256_DIGEST_LENGTH;
        case Hash::sha384:
            return SHA384_DIGEST_LENGTH;
        case Hash::sha512:
            return SHA512_DIGEST_LENGTH;
    }
    return 0;
}

HashState::HashState(Hash hash) : hash_(hash) {
    switch (hash) {
        case Hash::md5:
            MD5_Init(&md5_);
            break;
        case Hash::sha1:
            SHA1_Init(&sha1_);
            break;
        case Hash::sha256:
            SHA256_Init(&sha256_);
            break;
        case Hash::sha384:
            SHA384_Init(&sha512_);
            break;
        case Hash::sha512:
            SHA512_Init(&sha512_);
            break;
    }
}

void HashState::update(std::string_view bytes) {
    switch (hash_) {
        case Hash::md5:
            MD5_Update(&md5_, bytes.data(), bytes.size());
            break;
        case Hash::sha1:
            SHA1_Update(&sha1_, bytes.data(), bytes.size());
            break;
        case Hash::sha256:
            SHA256_Update(&sha256_, bytes.data(), bytes.size());
            break;
        case Hash::sha384:
        case Hash::sha512:
            SHA512_Update(&sha512_, bytes.data(), bytes.size());
            break;
    }
}

void HashState::update(const BodyView& body) {
    for (const std::string_view chunk : body)
        update(chunk);
}

Digest HashState::finish() {
    Digest digest;
    digest.size = digest_size(hash_);
    switch (hash_) {
        case Hash::md5:
            MD5_Final(digest.bytes.data(), &md5_);
            break;
        case Hash::sha1:
            SHA1_Final(digest.bytes.data(), &sha1_);
            break;
        case Hash::sha256:
            SHA256_Final(digest.bytes.data(), &sha256_);
            break;
        case Hash::sha384:
            SHA384_Final(digest.bytes.data(), &sha512_);
            break;
        case Hash::sha512:
            SHA512_Final(digest.bytes.data(), &sha512_);
            break;
    }
    return digest;
}

Digest digest_of(Hash hash, std::string_view text) {
    HashState state(hash);
    state.update(text);
    return state.finish();
}

Digest digest_of(Hash hash, const BodyView& body) {
    HashState state(hash);
    state.update(body);
    return state.finish();
}

std::string to_hex(std::string_view bytes) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string out;
    out.reserve(bytes.size() * 2);
    for (unsigned char byte : bytes) {
        out.push_back(digits[byte >> 4]);
        out.push_back(digits[byte & 15]);
    }
    return out;
}

}  // namespace webhook::base
