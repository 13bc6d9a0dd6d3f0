#include "store/id_hash.hpp"

#define OPENSSL_SUPPRESS_DEPRECATED  // SHA256_*: no allocation, no fetch of an algorithm per call
#include <openssl/sha.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cstdint>
#include <cstring>

namespace webhook::store {

namespace {

IdHash cut(const unsigned char* digest) {
    IdHash hash;
    std::memcpy(hash.data(), digest, hash.size());
    return hash;
}

void add_length(SHA256_CTX* context, std::size_t size) {
    unsigned char length[8];
    for (unsigned char& byte : length) {
        byte = static_cast<unsigned char>(size);
        size >>= 8;
    }
    SHA256_Update(context, length, sizeof length);
}

}  // namespace

IdHash hash_id(std::string_view source, std::string_view id) {
    const event::BodyView view{&id, 1, id.size()};
    return hash_id(source, view);
}

IdHash hash_id(std::string_view source, const event::BodyView& body) {
    SHA256_CTX context;
    unsigned char digest[SHA256_DIGEST_LENGTH];
    SHA256_Init(&context);
    add_length(&context, source.size());
    SHA256_Update(&context, source.data(), source.size());
    add_length(&context, body.size);
    for (const auto chunk : body)
        SHA256_Update(&context, chunk.data(), chunk.size());
    SHA256_Final(digest, &context);
    return cut(digest);
}

unsigned partition_of(const IdHash& hash, unsigned partitions) {
    const std::uint32_t number =
        static_cast<std::uint32_t>(hash[12]) << 24 | hash[13] << 16 | hash[14] << 8 | hash[15];
    return number % partitions;
}

std::array<unsigned char, 4> hash_body(const event::BodyView& body) {
    std::uint64_t hash = 0;
    if (body.count == 1) {
        hash = XXH3_64bits(body.chunk->data(), body.chunk->size());
    } else {
        XXH3_state_t state;
        XXH3_64bits_reset(&state);
        for (const auto chunk : body)
            XXH3_64bits_update(&state, chunk.data(), chunk.size());
        hash = XXH3_64bits_digest(&state);
    }
    return {static_cast<unsigned char>(hash >> 24), static_cast<unsigned char>(hash >> 16),
            static_cast<unsigned char>(hash >> 8), static_cast<unsigned char>(hash)};
}

}  // namespace webhook::store
