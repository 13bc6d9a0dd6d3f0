#include "store/identity.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cstring>

namespace webhook::store {

namespace {

/// Adds a part after its length, which keeps ("a","bc") and ("ab","c") apart.
void add_part(std::string_view part, base::HashState* state) {
    char length[8];
    std::size_t rest = part.size();
    for (char& byte : length) {
        byte = static_cast<char>(rest);
        rest >>= 8;
    }
    state->update(std::string_view(length, sizeof length));
    state->update(part);
}

std::uint64_t xxh3(const base::BodyView& body) {
    if (body.count == 1) return XXH3_64bits(body.chunk->data(), body.chunk->size());
    XXH3_state_t state;
    XXH3_64bits_reset(&state);
    for (const auto chunk : body)
        XXH3_64bits_update(&state, chunk.data(), chunk.size());
    return XXH3_64bits_digest(&state);
}

}  // namespace

Key make_key(std::string_view scope, By by, std::string_view id, const base::Digest& content) {
    if (id.empty()) by = By::body;
    base::HashState state(base::Hash::sha256);
    add_part(scope, &state);
    const char by_byte = static_cast<char>(by);
    state.update(std::string_view(&by_byte, 1));
    if (by != By::body) add_part(id, &state);
    if (by != By::id) add_part(content.view(), &state);
    const base::Digest digest = state.finish();
    Key key;
    std::memcpy(key.data(), digest.bytes.data(), key.size());
    return key;
}

std::array<char, 32> to_hex(const Key& key) {
    static constexpr char digits[] = "0123456789abcdef";
    std::array<char, 32> hex{};
    char* at = hex.data();
    for (const unsigned char byte : key) {
        *at++ = digits[byte >> 4];
        *at++ = digits[byte & 15];
    }
    return hex;
}

ContentMark mark_of(const base::Digest& content) {
    return {content.bytes[0], content.bytes[1], content.bytes[2], content.bytes[3]};
}

ContentMark mark_of(const base::BodyView& content) {
    const std::uint64_t hash = xxh3(content);
    return {static_cast<unsigned char>(hash >> 24), static_cast<unsigned char>(hash >> 16),
            static_cast<unsigned char>(hash >> 8), static_cast<unsigned char>(hash)};
}

unsigned partition_of(std::string_view value, unsigned partitions) {
    return static_cast<unsigned>(XXH3_64bits(value.data(), value.size()) % partitions);
}

}  // namespace webhook::store
