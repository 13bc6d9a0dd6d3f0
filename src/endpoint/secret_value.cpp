#include "endpoint/secret_value.hpp"

#include <openssl/sha.h>

#include <algorithm>

namespace webhook::endpoint {
namespace {

constexpr std::string_view reference = "secret:";
constexpr std::string_view redacted = "redacted:";
constexpr std::size_t hash_digits = 8;

bool starts_with(std::string_view text, std::string_view head) {
    return text.substr(0, head.size()) == head;
}

bool valid_name(std::string_view name) {
    return !name.empty() && name.size() <= 128 && name.front() != '.' &&
           std::all_of(name.begin(), name.end(), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                      c == '_' || c == '.' || c == '-';
           });
}

bool is_hex(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

}  // namespace

std::optional<std::string_view> secret_name(std::string_view value) {
    if (!starts_with(value, reference)) return std::nullopt;
    return value.substr(reference.size());
}

std::string check_secret(std::string_view value) {
    if (value.empty()) return "the secret is empty";
    if (value.size() > 4096) return "the secret is longer than 4096 bytes";
    if (starts_with(value, "file:") || starts_with(value, "env:")) {
        return "a document cannot name a file or a variable; write secret:NAME, the name of a file in "
               "secrets_dir";
    }
    const auto name = secret_name(value);
    if (name && !valid_name(*name)) {
        return "\"" + std::string(value) +
               "\" must name a file as secret:NAME with letters, digits, \"_\", \"-\" and \".\", no dot "
               "first";
    }
    return {};
}

bool is_redacted(std::string_view value) {
    if (value.size() != redacted.size() + hash_digits || !starts_with(value, redacted)) return false;
    const std::string_view hash = value.substr(redacted.size());
    return std::all_of(hash.begin(), hash.end(), is_hex);
}

std::string redact(std::string_view endpoint_id, std::string_view value) {
    if (secret_name(value) || is_redacted(value)) return std::string(value);
    std::string input(endpoint_id);
    input.push_back('\0');
    input.append(value);
    unsigned char digest[SHA256_DIGEST_LENGTH];
    SHA256(reinterpret_cast<const unsigned char*>(input.data()), input.size(), digest);
    static constexpr char digits[] = "0123456789abcdef";
    std::string result(redacted);
    for (std::size_t i = 0; i < hash_digits / 2; ++i)
        result.append({digits[digest[i] >> 4], digits[digest[i] & 15]});
    return result;
}

}  // namespace webhook::endpoint
