#include "signature/keys/prepared.hpp"

#include <openssl/crypto.h>

#include <algorithm>
#include <utility>

#include "base/fail.hpp"
#include "base/text.hpp"
#include "signature/keys/decode_key.hpp"
#include "signature/keys/key_strength.hpp"

namespace webhook::signature {

namespace {

using Params = std::map<std::string, std::string>;

bool make_hmac(const Scheme& scheme, KeyRule rule, std::string_view secret, PreparedKey* key,
               std::string* error) {
    std::string bytes;
    const bool good =
        decode_key(rule, secret, &bytes, error) && (!is_decoded(rule) || check_decoded_key(bytes, error));
    if (good) key->hmac.emplace(scheme.hash, bytes);
    if (good && is_decoded(rule)) key->size = bytes.size();
    OPENSSL_cleanse(bytes.data(), bytes.size());
    return good;
}

bool make_key(const Scheme& scheme, KeyRule rule, std::string_view secret, PreparedKey* key,
              std::string* error) {
    if (!check_secret_text(secret, error)) return false;
    key->size = secret.size();
    switch (scheme.algorithm) {
        case Algorithm::jwt:
        case Algorithm::contentful:
        case Algorithm::http_signature:
        case Algorithm::hmac:
            return make_hmac(scheme, rule, secret, key, error);
        case Algorithm::basic:
            if (!check_basic(secret, error)) return false;
            base::encode_text(secret, base::Encoding::base64, &key->credential);
            break;
        default:
            key->credential = std::string(secret);
            break;
    }
    key->credential_hash = hash_credential(key->credential);
    return true;
}

std::vector<KeyRule> key_rules(const Scheme& scheme) {
    std::vector<KeyRule> rules = scheme.other_keys;
    rules.insert(rules.begin(), scheme.key);
    return rules;
}

/// Makes a key of the secret by each rule that decodes it, of a signer's by the first. False when none does.
bool add_keys(const Scheme& scheme, KeyUse use, std::string_view secret, std::size_t number,
              Prepared* prepared, std::string* error) {
    std::string first_error;
    std::size_t size = 0;
    for (const KeyRule rule : key_rules(scheme)) {
        if (size != 0 && use == KeyUse::sign) break;
        PreparedKey key(secret);
        key.number = number;
        if (make_key(scheme, rule, secret, &key, error)) {
            size = std::max(size, key.size);
            prepared->keys.push_back(std::move(key));
        } else if (first_error.empty()) {
            first_error = *error;
        }
    }
    if (size == 0) return base::fail(error, first_error);
    if (prepared->weakness.empty()) prepared->weakness = weakness_of(secret, size);
    return true;
}

bool config_value(const event::Source& source, const Params& params, std::string* value, std::string* error) {
    const auto found = params.find(source.name);
    if (found == params.end() || found->second.empty()) {
        return base::fail(error, "parameter \"" + source.name + "\" is missing");
    }
    if (is_blank(found->second)) return base::fail(error, "parameter \"" + source.name + "\" is blank");
    *value = found->second;
    return true;
}

/// Replaces parameters by their text.
bool fill_in(const event::Template& from, const Params& params, event::Template* to, std::string* error) {
    for (event::Template::Part part : from.parts) {
        if (part.is_value && part.source.kind == event::Source::Kind::config) {
            event::Template::Part literal;
            literal.segment = part.segment;
            if (!config_value(part.source, params, &literal.literal, error)) return false;
            for (const event::Filter& filter : part.filters)
                event::apply_filter(filter, {}, &literal.literal);
            part = std::move(literal);
        }
        const bool joins = !part.is_value && !to->parts.empty() && !to->parts.back().is_value &&
                           part.segment == to->parts.back().segment;
        if (joins)
            to->parts.back().literal += part.literal;
        else
            to->parts.push_back(std::move(part));
    }
    return true;
}

bool fill_messages(const Scheme& scheme, const Params& params, std::vector<PreparedMessage>* messages,
                   std::string* error) {
    bool good = true;
    each_choice(scheme, [&](const Scheme& choice) {
        PreparedMessage& message = messages->emplace_back();
        message.any_bracket = choice.any_bracket;
        message.beginning = choice.beginning;
        good = good && fill_in(choice.message, params, &message.text, error);
    });
    return good;
}

bool fill_prefixes(const Items& items, const Params& params, Prefixes* prefixes, std::string* error) {
    for (const event::Template& each : items.prefixes) {
        event::Template text;
        if (!fill_in(each, params, &text, error)) return false;
        Prefix& prefix = prefixes->emplace_back();
        if (!text.parts.empty()) prefix.text = text.parts.front().literal;
        prefix.any_case = items.any_case || (!prefix.text.empty() && prefix.text.back() == '=');
    }
    if (prefixes->empty()) prefixes->emplace_back();
    return true;
}

bool fill_claims(const Scheme& scheme, const Params& params, std::vector<std::vector<std::string>>* claims,
                 std::string* error) {
    for (const ClaimRule& rule : scheme.claims) {
        std::vector<std::string>& values = claims->emplace_back();
        for (const event::Template& value : rule.values) {
            event::Template text;
            if (!fill_in(value, params, &text, error)) return false;
            values.push_back(text.parts.empty() ? std::string() : text.parts.front().literal);
        }
    }
    return true;
}

bool read_public_keys(const Scheme& scheme, const std::vector<std::string>& secrets,
                      const std::vector<std::string>& names, KeyUse use, KeySet* keys, std::string* error) {
    KeyWanted wanted;
    wanted.rule = scheme.key;
    wanted.use = use;
    if (scheme.public_algorithm) wanted.family = family_of(*scheme.public_algorithm);
    for (std::size_t i = 0; i < secrets.size(); ++i) {
        const std::string_view name = i < names.size() ? std::string_view(names[i]) : std::string_view();
        if (read_keys(secrets[i], name, wanted, keys, error)) continue;
        if (!name.empty()) *error += " (\"" + std::string(name) + "\")";
        return false;
    }
    const bool are_named = scheme.algorithm != Algorithm::public_key || scheme.key_id;
    return check_size(*keys, are_named, error);
}

}  // namespace

PreparedKey::~PreparedKey() {
    OPENSSL_cleanse(secret.data(), secret.size());
    OPENSSL_cleanse(credential.data(), credential.size());
}

base::Digest hash_credential(std::string_view text) {
    return base::digest_of(base::Hash::sha256, text);
}

bool prepare(const Scheme& scheme, const std::vector<std::string>& secrets,
             const std::vector<std::string>& names, const Params& params, KeyUse use, Prepared* prepared,
             std::string* error) {
    prepared->scheme = &scheme;
    prepared->params = params;
    if (scheme.algorithm == Algorithm::none) return true;
    if (secrets.empty()) return base::fail(error, "no secret");
    if (scheme.public_keys) {
        if (!read_public_keys(scheme, secrets, names, use, &prepared->public_keys, error)) return false;
    } else {
        for (std::size_t i = 0; i < secrets.size(); ++i) {
            if (!add_keys(scheme, use, secrets[i], i, prepared, error)) return false;
        }
    }
    if (!fill_claims(scheme, params, &prepared->claims, error)) return false;
    if (!fill_messages(scheme, params, &prepared->messages, error)) return false;
    if (!fill_prefixes(scheme.signature, params, &prepared->signature_prefixes, error)) return false;
    if (scheme.algorithm == Algorithm::basic && scheme.signature.prefixes.empty())
        prepared->signature_prefixes.front() = {"Basic ", scheme.signature.any_case};
    return !scheme.timestamp ||
           fill_prefixes(*scheme.timestamp, params, &prepared->timestamp_prefixes, error);
}

std::vector<std::string> key_bytes(const Scheme& scheme, std::string_view secret) {
    std::vector<std::string> all;
    if (uses_public_keys(scheme)) return all;
    for (const KeyRule rule : key_rules(scheme)) {
        std::string error;
        PreparedKey key(secret);
        if (!make_key(scheme, rule, secret, &key, &error)) continue;
        std::string& bytes = all.emplace_back(secret);
        if (key.hmac) decode_key(rule, secret, &bytes, &error);
        bytes.erase(bytes.find_last_not_of('\0') + 1);
    }
    return all;
}

}  // namespace webhook::signature
