#include "signature/keys/key_strength.hpp"

#include <algorithm>
#include <iterator>

#include "base/encoding.hpp"
#include "base/fail.hpp"
#include "base/json_value.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "signature/keys/key_text.hpp"

namespace webhook::signature {

namespace {

constexpr std::string_view blanks = " \t\r\n";

/// Shorter texts hold no public key.
constexpr std::size_t shortest_public_key = 40;

bool contains(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

char32_t code_point(std::string_view bytes) {
    const auto at = [bytes](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
    if (bytes.size() == 1) return at(0);
    char32_t value = at(0) & (0x7fu >> bytes.size());
    for (std::size_t i = 1; i < bytes.size(); ++i)
        value = value << 6 | (at(i) & 0x3fu);
    return value;
}

/// Controls, white space and characters of no width.
bool is_invisible(char32_t c) {
    static constexpr struct {
        char32_t first, last;
    } ranges[] = {{0, 0x20},        {0x7f, 0xa0},     {0xad, 0xad},     {0x34f, 0x34f},   {0x61c, 0x61c},
                  {0x115f, 0x1160}, {0x1680, 0x1680}, {0x17b4, 0x17b5}, {0x180b, 0x180e}, {0x2000, 0x200f},
                  {0x2028, 0x202f}, {0x205f, 0x206f}, {0x2800, 0x2800}, {0x3000, 0x3000}, {0x3164, 0x3164},
                  {0xfe00, 0xfe0f}, {0xfeff, 0xfeff}, {0xffa0, 0xffa0}, {0xfff9, 0xfffb}, {0xe0000, 0xe0fff}};
    return std::any_of(std::begin(ranges), std::end(ranges),
                       [c](const auto& range) { return c >= range.first && c <= range.last; });
}

/// True when the text is one character, which cannot be seen.
bool is_invisible_character(std::string_view text) {
    return base::utf8_length(text) == text.size() && is_invisible(code_point(text));
}

/// Returns how many bytes at the front cannot be seen.
std::size_t invisible_start(std::string_view text) {
    std::size_t at = 0;
    while (at < text.size()) {
        const std::size_t size = base::utf8_length(text.substr(at));
        if (size == 0 || !is_invisible(code_point(text.substr(at, size)))) break;
        at += size;
    }
    return at;
}

std::string without_blanks(std::string_view text) {
    std::string out;
    std::copy_if(text.begin(), text.end(), std::back_inserter(out),
                 [](char c) { return !contains(blanks, std::string_view(&c, 1)); });
    return out;
}

bool is_key_json(std::string_view text) {
    text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
    base::JsonValue root;
    if (text.empty() || text.front() != '{') return false;
    if (contains(text, "\"kty\"")) return true;
    return base::parse_json(text, &root) && (root.find("kty") != nullptr || root.find("keys") != nullptr);
}

/// A key that shows what it is: armoured, JSON, SSH's one-line form, Standard Webhooks' prefix, or DER.
bool shows_public_key(std::string_view text) {
    static constexpr std::string_view starts[] = {
        "ssh-rsa ",        "ssh-dss ",       "ssh-ed25519 ", "ecdsa-sha2-nistp",
        "sk-ssh-ed25519@", "sk-ecdsa-sha2-", "whpk_"};
    return contains(text, "-----BEGIN") || contains(text, "---- BEGIN ") || is_key_json(text) ||
           std::any_of(std::begin(starts), std::end(starts),
                       [text](std::string_view start) { return base::starts_with(text, start); }) ||
           is_public_key_der(text);
}

bool holds_public_key(std::string_view text) {
    if (shows_public_key(text)) return true;
    if (text.size() < shortest_public_key) return false;
    const std::string compact = without_blanks(text);
    const base::Encoding encodings[] = {base::Encoding::hex, base::Encoding::base64,
                                        base::Encoding::base64url};
    return std::any_of(std::begin(encodings), std::end(encodings), [&](base::Encoding encoding) {
        std::string bytes;
        return base::decode_text(compact, encoding, &bytes) && shows_public_key(bytes);
    });
}

/// Prefixes that services put before keys, or senders before tokens.
bool is_prefix_only(std::string_view text) {
    static constexpr std::string_view prefixes[] = {"whsec_", "whsk_",  "whpk_", "sk_",
                                                    "pk_",    "Bearer", "Basic"};
    return std::find(std::begin(prefixes), std::end(prefixes), text) != std::end(prefixes);
}

bool is_one_byte_repeated(std::string_view key) {
    return std::all_of(key.begin(), key.end(), [key](char c) { return c == key.front(); });
}

}  // namespace

bool is_blank(std::string_view text) {
    return text.size() == invisible_start(text);
}

std::string_view without_blanks_around(std::string_view text) {
    text.remove_prefix(invisible_start(text));
    for (std::size_t size = 1; size <= 4 && size <= text.size(); ++size) {
        if (!is_invisible_character(text.substr(text.size() - size))) continue;
        text.remove_suffix(size);
        size = 0;
    }
    return text;
}

bool check_secret_text(std::string_view text, std::string* error) {
    if (text.empty()) return base::fail(error, "secret is empty");
    if (is_blank(text)) return base::fail(error, "secret holds nothing but blanks");
    if (holds_public_key(text)) {
        return base::fail(error, "PEM or JWK where a shared secret belongs");
    }
    if (contains(text, std::string_view("\0", 1)))
        return base::fail(error, "secret holds a NUL byte: give binary keys as base64 or hex");
    text = base::trim_blanks(text);
    base::take_prefix(&text, "v1,");
    return !is_prefix_only(text) || base::fail(error, "secret is empty behind its prefix");
}

bool check_decoded_key(std::string_view key, std::string* error) {
    if (key.empty()) return base::fail(error, "secret is empty after decoding");
    if (is_one_byte_repeated(key)) return base::fail(error, "secret is one byte repeated: it is no key");
    const std::size_t size = key.find_last_not_of('\0') + 1;
    if (size < shortest_key) {
        return base::fail(error, "secret has " + std::to_string(size) + " bytes after decoding, at least " +
                                     std::to_string(shortest_key) + " are needed");
    }
    return !holds_public_key(key) ||
           base::fail(error, "public key where a shared secret belongs: everybody could sign with it");
}

bool check_basic(std::string_view text, std::string* error) {
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos) return base::fail(error, "secret is not USER:PASSWORD");
    return !is_blank(text.substr(0, colon)) || !is_blank(text.substr(colon + 1)) ||
           base::fail(error, "secret has neither a user nor a password");
}

std::string weakness_of(std::string_view text, std::size_t key_size) {
    if (key_size < good_key) {
        return "secret of " + std::to_string(key_size) + " bytes can be guessed, use at least " +
               std::to_string(good_key);
    }
    return is_one_byte_repeated(text) ? "secret of one character repeated can be guessed" : std::string();
}

}  // namespace webhook::signature
