#include "store/id_hash.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cstdint>
#include <cstring>

#include "event/digest.hpp"

namespace webhook::store {

namespace {

/// A length before each part keeps ("a","bc") and ("ab","c") apart.
void add_length(std::size_t size, event::HashState* state) {
    char length[8];
    for (char& byte : length) {
        byte = static_cast<char>(size);
        size >>= 8;
    }
    state->update(std::string_view(length, sizeof length));
}

}  // namespace

IdHash hash_id(std::string_view source, std::string_view id) {
    const event::BodyView view{&id, 1, id.size()};
    return hash_id(source, view);
}

IdHash hash_id(std::string_view source, const event::BodyView& body) {
    event::HashState state(event::Hash::sha256);
    add_length(source.size(), &state);
    state.update(source);
    add_length(body.size, &state);
    state.update(body);
    const event::Digest digest = state.finish();
    IdHash hash;
    std::memcpy(hash.data(), digest.bytes.data(), hash.size());
    return hash;
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
