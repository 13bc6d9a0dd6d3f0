#include "module/conf/key_reuse.hpp"

#include <map>
#include <string>

#include "base/digest.hpp"
#include "module/conf/location_conf.hpp"
#include "module/conf/main_conf.hpp"
#include "module/conf/value_origin.hpp"
#include "module/ngx/conf_error.hpp"
#include "signature/keys/key_reuse.hpp"
#include "signature/keys/prepared.hpp"
#include "signature/language/parser.hpp"

namespace webhook::module {

namespace {

/// First use of a key by a scheme.
struct KeyUse {
    const signature::Scheme* scheme;
    const Place* place;
};
/// By a hash of the key: no second copy of it is kept.
using KeyUses = std::multimap<std::string, KeyUse>;

/// Finds the texts of a secret: more than one where a map chooses.
std::vector<std::string> texts_of(ngx_conf_t* cf, const Secret& secret) {
    if (secret.complex != nullptr) return main_conf(cf)->origins->constants_of(view(secret.complex->value));
    return {secret.literal};
}

/// As it is compared: blanks and comments left out; the text itself when it cannot be read.
std::string plain_text(std::string_view definition) {
    std::vector<signature::Directive> directives;
    signature::LanguageError error;
    const bool good = signature::tokenize(definition, &directives, &error);
    return good ? signature::to_text(directives) : std::string(definition);
}

/// A copy under another name verifies the same messages: nothing is gained by it.
bool are_alike(ngx_conf_t* cf, const signature::Scheme* one, const signature::Scheme* other) {
    if (one == other) return true;
    const signature::SchemeSet& schemes = main_conf(cf)->schemes;
    return plain_text(schemes.text(signature::name_of(*one))) ==
           plain_text(schemes.text(signature::name_of(*other)));
}

/// Keys that a map chooses are tried here, others when their location was read.
char* try_key(ngx_conf_t* cf, const Location& location, const std::string& text) {
    signature::VerifierOptions options = location.options;
    options.secrets = {text};
    std::string error;
    const auto verifier = signature::Verifier::make(*location.scheme, options, &error);
    const ngx_str_t name = to_ngx(signature::name_of(*location.scheme));
    if (verifier == nullptr)
        return refuse(cf, "\"webhook %V\": a value of a variable of \"webhook_secret\": %s", &name,
                      error.c_str());
    if (!verifier->weakness().empty()) {
        ngx_conf_log_error(NGX_LOG_WARN, cf, 0,
                           "\"webhook %V\": a value of a variable of \"webhook_secret\": %s", &name,
                           verifier->weakness().c_str());
    }
    return NGX_CONF_OK;
}

char* refuse_reuse(ngx_conf_t* cf, const signature::Scheme& answering, const KeyUse& other) {
    const ngx_str_t one = to_ngx(signature::name_of(answering)),
                    two = to_ngx(signature::name_of(*other.scheme)), file = to_ngx(other.place->file);
    return refuse(
        cf,
        "\"webhook %V\" has the same key as \"webhook %V\" in %V:%ui: challenges of one of them are answered "
        "with HMACs of what the client chose, which would sign for the other; ask the senders for a key each",
        &one, &two, &file, other.place->line);
}

char* add_key(ngx_conf_t* cf, const KeyUse& use, std::string_view bytes, KeyUses* uses) {
    if (bytes.empty()) return NGX_CONF_OK;
    const std::string hash(base::digest_of(base::Hash::sha256, bytes).view());
    const bool answers = signature::answers_hmacs(*use.scheme);
    const auto [first, last] = uses->equal_range(hash);
    for (auto other = first; other != last; ++other) {
        const signature::Scheme* scheme = other->second.scheme;
        if (scheme == use.scheme) return NGX_CONF_OK;
        if ((answers || signature::answers_hmacs(*scheme)) && !are_alike(cf, use.scheme, scheme))
            return refuse_reuse(cf, *use.scheme, other->second);
    }
    uses->emplace(hash, use);
    return NGX_CONF_OK;
}

char* check_secret(ngx_conf_t* cf, const JudgedLocation& judged, const Secret& secret, KeyUses* uses) {
    const Location& location = *judged.conf->settings.location;
    for (const std::string& text : texts_of(cf, secret)) {
        char* bad = secret.complex != nullptr ? try_key(cf, location, text) : NGX_CONF_OK;
        for (const std::string& bytes : signature::key_bytes(*location.scheme, text)) {
            if (bad == NGX_CONF_OK) bad = add_key(cf, {location.scheme, &judged.place}, bytes, uses);
        }
        if (bad != NGX_CONF_OK) return bad;
    }
    return NGX_CONF_OK;
}

}  // namespace

char* check_keys(ngx_conf_t* cf, const std::vector<JudgedLocation>& judged) {
    KeyUses uses;
    for (const JudgedLocation& location : judged) {
        const bool has_keys =
            location.conf->secrets && signature::name_of(*location.conf->settings.location->scheme) != "none";
        if (!has_keys) continue;
        const AtPlace place(cf, location.place);
        for (const Secret& secret : *location.conf->secrets) {
            if (char* bad = check_secret(cf, location, secret, &uses); bad != NGX_CONF_OK) return bad;
        }
    }
    return NGX_CONF_OK;
}

}  // namespace webhook::module
