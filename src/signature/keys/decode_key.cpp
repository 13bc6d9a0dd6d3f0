#include "signature/keys/decode_key.hpp"

#include <openssl/crypto.h>
#include <utf8proc.h>

#include <cstdlib>

#include "base/digest.hpp"
#include "base/encoding.hpp"
#include "base/fail.hpp"
#include "base/text.hpp"
#include "signature/keys/key_strength.hpp"

namespace webhook::signature {

namespace {

/// True for ASCII and precomposed Latin letters (up to U+024F, U+1E00 to U+1EFF).
bool is_latin(utf8proc_int32_t code) {
    return (code > 0 && code < 0x80) || (code >= 0xa0 && code < 0x250) || (code >= 0x1e00 && code < 0x1f00);
}

bool is_latin(std::string_view text) {
    const auto* at = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
    auto left = static_cast<utf8proc_ssize_t>(text.size());
    while (left > 0) {
        utf8proc_int32_t code = 0;
        const utf8proc_ssize_t size = utf8proc_iterate(at, left, &code);
        if (size <= 0 || !is_latin(code)) return false;
        at += size;
        left -= size;
    }
    return true;
}

/// Makes the compatibility decomposition (Unicode NFKD) of `text`. False for all but Latin letters: a key is
/// rather refused than decomposed in another way than the sender does it.
bool decompose(std::string_view text, std::string* out) {
    if (!is_latin(text)) return false;
    utf8proc_uint8_t* made = nullptr;
    const utf8proc_ssize_t size = utf8proc_map(
        reinterpret_cast<const utf8proc_uint8_t*>(text.data()), static_cast<utf8proc_ssize_t>(text.size()),
        &made, static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT));
    if (size < 0) return false;
    out->assign(reinterpret_cast<const char*>(made), static_cast<std::size_t>(size));
    OPENSSL_cleanse(made, static_cast<std::size_t>(size));
    std::free(made);
    return true;
}

}  // namespace

bool decode_key(KeyRule rule, std::string_view secret, std::string* key, std::string* error) {
    switch (rule) {
        case KeyRule::utf8:
            *key = std::string(secret);
            break;
        case KeyRule::whsec:
            base::take_prefix(&secret, "v1,");  // as Supabase shows it
            base::take_prefix(&secret, "whsec_");
            [[fallthrough]];
        case KeyRule::base64:
            if (!base::decode_text(secret, base::Encoding::base64, key))
                return base::fail(error, "secret is not base64");
            break;
        case KeyRule::hex:
            if (!base::decode_text(secret, base::Encoding::hex, key))
                return base::fail(error, "secret is not hex");
            break;
        case KeyRule::nfkd:
            if (!decompose(secret, key))
                return base::fail(error, "secret holds characters other than Latin letters");
            if (is_blank(*key)) return base::fail(error, "secret holds nothing but blanks");
            break;
        case KeyRule::pem:
        case KeyRule::spki:
        case KeyRule::whpk:
        case KeyRule::jwk:
            return base::fail(error, "a shared secret cannot be a public key");
        case KeyRule::sha1:
            *key = std::string(base::digest_of(base::Hash::sha1, secret).view());
            break;
    }
    return true;
}

bool is_decoded(KeyRule rule) {
    return rule == KeyRule::whsec || rule == KeyRule::base64 || rule == KeyRule::hex;
}

}  // namespace webhook::signature
