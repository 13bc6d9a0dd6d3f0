#include "endpoint/secret_value.hpp"

#include <algorithm>

#include "base/digest.hpp"
#include "base/text.hpp"
#include "event/secret_text.hpp"
#include "signature/keys/hmac.hpp"

namespace webhook::endpoint {
namespace {

constexpr std::string_view reference = "secret:";
constexpr std::string_view redacted = "redacted:";
constexpr std::size_t hash_digits = 8;

bool valid_name(std::string_view name) {
    return base::is_name(name, 128) && name.front() != '.';
}

bool is_hex(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

}  // namespace

std::optional<std::string_view> secret_name(std::string_view value) {
    if (!value.starts_with(reference)) return std::nullopt;
    return value.substr(reference.size());
}

std::string check_secret(std::string_view value) {
    if (value.empty()) return "the secret is empty";
    if (value.size() > 4096) return "the secret is longer than 4096 bytes";
    if (value.starts_with("file:") || value.starts_with("env:")) {
        return "a document cannot name a file or a variable; write secret:NAME, the name of a file in "
               "secrets_dir";
    }
    const auto name = secret_name(value);
    if (name && !valid_name(*name)) {
        return "must name a file as secret:NAME with letters, digits, \"_\", \"-\" and \".\", no dot first";
    }
    const std::string_view mistake = name || is_redacted(value) ? "" : event::secret_mistake(value);
    if (mistake.empty()) return {};
    return "the secret " + std::string(mistake) + "; write secret:NAME, the name of a file in secrets_dir";
}

bool is_redacted(std::string_view value) {
    if (value.size() != redacted.size() + hash_digits || !value.starts_with(redacted)) return false;
    const std::string_view hash = value.substr(redacted.size());
    return std::all_of(hash.begin(), hash.end(), is_hex);
}

std::string redact(std::string_view key, std::string_view endpoint_id, std::string_view value) {
    if (value.empty() || secret_name(value) || is_redacted(value)) return std::string(value);
    const signature::HmacKey hmac(base::Hash::sha256, key);
    base::HashState message = hmac.start();
    message.update(endpoint_id);
    message.update(std::string_view("\0", 1));
    message.update(value);
    return std::string(redacted) + base::to_hex(hmac.finish(&message).view().substr(0, hash_digits / 2));
}

}  // namespace webhook::endpoint
