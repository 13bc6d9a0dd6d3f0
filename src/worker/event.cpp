#include "worker/event.hpp"

#include <openssl/sha.h>

namespace webhook::worker {
namespace {

/// A length before each part keeps ("a","bc") and ("ab","c") apart.
void append_part(std::string_view part, std::string* out) {
    out->append(std::to_string(part.size()));
    out->push_back(':');
    out->append(part);
}

}  // namespace

std::string_view Event::field(std::string_view name) const {
    for (const auto& [key, value] : fields) {
        if (key == name) return value;
    }
    return {};
}

std::size_t Event::bytes() const {
    std::size_t sum = 0;
    for (const auto& [key, value] : fields)
        sum += key.size() + value.size();
    return sum;
}

std::string Event::webhook_id() const {
    std::string input;
    append_part(stream, &input);
    append_part(source(), &input);
    append_part(id(), &input);
    unsigned char digest[SHA256_DIGEST_LENGTH];
    SHA256(reinterpret_cast<const unsigned char*>(input.data()), input.size(), digest);
    static constexpr char digits[] = "0123456789abcdef";
    std::string result = "msg_";
    for (int i = 0; i < 16; ++i)
        result.append({digits[digest[i] >> 4], digits[digest[i] & 15]});
    return result;
}

}  // namespace webhook::worker
