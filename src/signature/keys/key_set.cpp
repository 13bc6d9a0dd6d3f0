#include "signature/keys/key_set.hpp"

#include <algorithm>
#include <utility>

#include "base/fail.hpp"
#include "base/json_value.hpp"
#include "signature/keys/key_text.hpp"

namespace webhook::signature {

namespace {

/// Takes keys one by one; those of a set may be of a kind that is not wanted, a single one may not.
class Collector {
  public:
    Collector(std::string_view name, const KeyWanted& wanted, KeySet* keys, std::string* error)
        : name_(name), wanted_(wanted), keys_(keys), error_(error) {}

    bool add(PublicKey::Handle handle, bool is_private, std::string_view id, bool of_set) {
        const bool decoded = handle != nullptr;
        auto key = PublicKey::make(std::move(handle), is_private, error_);
        if (!key) return of_set && decoded;
        if (wanted_.family && key->family() != *wanted_.family) {
            return of_set || base::fail(error_, "key is of another kind than the scheme's algorithm takes");
        }
        if (is_private && wanted_.use == KeyUse::verify)
            return base::fail(error_, "private key where the public one belongs");
        if (!is_private && wanted_.use == KeyUse::sign)
            return of_set || base::fail(error_, "public key, signing needs the private one");
        key->id = std::string(id.empty() ? name_ : id);
        keys_->push_back(std::move(*key));
        ++taken_;
        return keys_->size() <= max_named_keys || base::fail(error_, "more than 256 keys");
    }

    bool add_pem(std::string_view text, std::string_view id, bool of_set) {
        std::vector<TextKey> found;
        if (!read_pem(text, &found, error_)) return false;
        for (TextKey& key : found) {
            if (!add(std::move(key.handle), key.is_private, id, of_set)) return false;
        }
        return true;
    }

    bool add_json(std::string_view text);
    bool add_raw(std::string_view text);
    bool done() {
        return taken_ != 0 || base::fail(error_, "no key of the kind that the scheme's algorithm takes");
    }

  private:
    bool add_member(const base::JsonValue& entry, bool of_set);
    bool add_listed(const base::JsonValue& entry, std::string_view id);

    std::string_view name_;
    const KeyWanted& wanted_;
    KeySet* keys_;
    std::string* error_;
    std::size_t taken_ = 0;
};

/// An id as text: AdMob's are numbers.
std::string_view id_of(const base::JsonValue& entry, std::string_view member) {
    const base::JsonValue* id = entry.find(member);
    if (id == nullptr) return {};
    const bool fits = id->kind == base::JsonValue::Kind::string || id->kind == base::JsonValue::Kind::number;
    return fits ? std::string_view(id->text) : std::string_view();
}

/// {"keyId": 1, "pem": "...", "base64": "..."}
bool Collector::add_listed(const base::JsonValue& entry, std::string_view id) {
    if (const std::string* pem = entry.string("pem")) return add_pem(*pem, id, true);
    const std::string* base64 = entry.string("base64");
    std::string der;
    if (base64 == nullptr || !base::decode_text(*base64, base::Encoding::base64, &der))
        return base::fail(error_, "key list has an entry without \"pem\" or \"base64\"");
    return add(public_key_of_der(der), false, id, true);
}

bool Collector::add_member(const base::JsonValue& entry, bool of_set) {
    const std::string* kty = entry.string("kty");
    if (kty == nullptr) {
        if (!of_set) return base::fail(error_, "JSON is neither a JWK nor a set of keys");
        return add_listed(entry, id_of(entry, "keyId"));
    }
    const std::string* use = entry.string("use");
    if (of_set && use != nullptr && *use != "sig") return true;
    TextKey key;
    const JwkResult result = read_jwk(entry, &key, error_);
    if (result == JwkResult::unknown_kind)
        return of_set || base::fail(error_, "JWK of a kind that is not taken");
    return result == JwkResult::good &&
           add(std::move(key.handle), key.is_private, id_of(entry, "kid"), of_set);
}

bool Collector::add_json(std::string_view text) {
    base::JsonValue root;
    if (!base::parse_json(text, &root) || root.kind != base::JsonValue::Kind::object)
        return base::fail(error_, "key is not valid JSON, or repeats a member");
    if (const base::JsonValue* list = root.find("keys")) {
        return std::all_of(list->items.begin(), list->items.end(),
                           [&](const base::JsonValue& entry) { return add_member(entry, true); });
    }
    if (root.find("kty") != nullptr) return add_member(root, false);
    return std::all_of(root.members.begin(), root.members.end(), [&](const auto& member) {
        if (member.value.kind != base::JsonValue::Kind::string)
            return base::fail(error_, "JSON is neither a JWK nor a set of keys");
        return add_pem(member.value.text, member.name, true);
    });
}

bool strip(std::string_view prefix, std::string_view* text) {
    if (text->substr(0, prefix.size()) != prefix) return false;
    text->remove_prefix(prefix.size());
    return true;
}

bool Collector::add_raw(std::string_view text) {
    const bool signing = wanted_.use == KeyUse::sign;
    if (wanted_.rule == KeyRule::pem) return base::fail(error_, "key is neither PEM nor JSON");
    if (wanted_.rule == KeyRule::jwk) return base::fail(error_, "key is not a JWK");
    if (wanted_.rule == KeyRule::whpk) {
        const bool is_private = strip("whsk_", &text);
        if (is_private && !signing) return base::fail(error_, "private key where the public one belongs");
        strip("whpk_", &text);
    }
    const base::Encoding encoding =
        wanted_.rule == KeyRule::hex ? base::Encoding::hex : base::Encoding::base64;
    std::string bytes;
    if (!base::decode_text(text, encoding, &bytes))
        return base::fail(error_, encoding == base::Encoding::hex ? "key is not hex" : "key is not base64");
    const bool good =
        signing ? add(private_key_of(bytes), true, {}, false) : add(public_key_of(bytes), false, {}, false);
    clean(&bytes);
    return good;
}

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view blanks = " \t\r\n";
    const std::size_t first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

}  // namespace

bool read_keys(std::string_view text, std::string_view name, const KeyWanted& wanted, KeySet* keys,
               std::string* error) {
    text = trimmed(text);
    if (text.empty()) return base::fail(error, "key is empty");
    Collector collector(name, wanted, keys, error);
    bool good = false;
    if (text.front() == '{')
        good = collector.add_json(text);
    else if (text.find("-----BEGIN ") != std::string_view::npos)
        good = collector.add_pem(text, {}, false);
    else
        good = collector.add_raw(text);
    return good && collector.done();
}

bool check_size(const KeySet& keys, bool are_named, std::string* error) {
    const auto nameless =
        std::count_if(keys.begin(), keys.end(), [](const PublicKey& key) { return key.id.empty(); });
    if (static_cast<std::size_t>(nameless) > max_nameless_keys)
        return base::fail(error, "more than 4 keys without an id");
    if (keys.size() > max_named_keys) return base::fail(error, "more than 256 keys");
    if (!are_named) {
        return keys.size() <= max_nameless_keys ||
               base::fail(error, "more than 4 keys, and requests do not name theirs");
    }
    return std::all_of(keys.begin(), keys.end(), [&](const PublicKey& named) {
        const auto tried = std::count_if(keys.begin(), keys.end(),
                                         [&](const PublicKey& key) { return is_candidate(key, named.id); });
        return named.id.empty() || static_cast<std::size_t>(tried) <= max_nameless_keys ||
               base::fail(error, "more than 4 keys with the id \"" + named.id + "\" or without one");
    });
}

std::string_view key_name(std::string_view id) {
    constexpr std::string_view suffix = ".pem";
    id.remove_prefix(id.find_last_of('/') == std::string_view::npos ? 0 : id.find_last_of('/') + 1);
    if (id.size() > suffix.size() && id.substr(id.size() - suffix.size()) == suffix)
        id.remove_suffix(suffix.size());
    return id;
}

bool is_candidate(const PublicKey& key, std::string_view id) {
    return id.empty() || key.id.empty() || key_name(key.id) == key_name(id);
}

const char* why_none_verified(const KeySet& keys, std::string_view id) {
    const bool known =
        std::any_of(keys.begin(), keys.end(), [id](const PublicKey& key) { return is_candidate(key, id); });
    return known ? "signature does not match" : "signed with a key that is not configured";
}

bool verify_any(const KeySet& keys, std::string_view id, PublicAlgorithm algorithm, std::string_view input,
                std::string_view signature, std::size_t* budget) {
    return std::any_of(keys.begin(), keys.end(), [&](const PublicKey& key) {
        if (key.family() != family_of(algorithm) || !is_candidate(key, id) || *budget == 0) return false;
        --*budget;
        return key.verify(algorithm, input, signature);
    });
}

}  // namespace webhook::signature
