#include "module/key_reuse.hpp"

#include <map>
#include <string>

#include "event/digest.hpp"
#include "module/directives.hpp"
#include "module/settings.hpp"
#include "signature/key_reuse.hpp"
#include "signature/prepared.hpp"

namespace webhook::module {

namespace {

/// First use of a key by a scheme.
struct KeyUse {
    const signature::Scheme* scheme;
    const Place* place;
};
/// By a hash of the key: no second copy of it is kept.
using KeyUses = std::multimap<std::string, KeyUse>;

/// The texts of a secret: more than one where a map chooses.
std::vector<std::string> texts_of(ngx_conf_t* cf, const Secret& secret) {
    if (secret.complex != nullptr) return main_state(cf)->origins.constants_of(view(secret.complex->value));
    return {secret.literal};
}

char* refuse_reuse(ngx_conf_t* cf, const signature::Scheme& answering, const KeyUse& other) {
    const ngx_str_t one = to_ngx(signature::name_of(answering)),
                    two = to_ngx(signature::name_of(*other.scheme)), file = to_ngx(other.place->file);
    return refuse(
        cf,
        "\"webhook %V\" has the same key as \"webhook %V\" in %V:%ui: handshakes of one of them are answered "
        "with HMACs of what the client chose, which would sign for the other; ask the senders for a key each",
        &one, &two, &file, other.place->line);
}

char* add_key(ngx_conf_t* cf, const KeyUse& use, std::string_view secret, KeyUses* uses) {
    const std::string bytes = signature::key_bytes(*use.scheme, secret);
    if (bytes.empty()) return NGX_CONF_OK;
    const std::string hash(event::digest_of(event::Hash::sha256, bytes).view());
    const bool answers = signature::answers_hmacs(*use.scheme);
    const auto [first, last] = uses->equal_range(hash);
    for (auto other = first; other != last; ++other) {
        if (other->second.scheme == use.scheme) return NGX_CONF_OK;
        if (answers || signature::answers_hmacs(*other->second.scheme))
            return refuse_reuse(cf, *use.scheme, other->second);
    }
    uses->emplace(hash, use);
    return NGX_CONF_OK;
}

}  // namespace

char* check_key_reuse(ngx_conf_t* cf, const std::vector<JudgedLocation>& judged) {
    KeyUses uses;
    for (const JudgedLocation& location : judged) {
        if (!location.conf->secrets) continue;
        const AtPlace place(cf, location.place);
        for (const Secret& secret : *location.conf->secrets) {
            for (const std::string& text : texts_of(cf, secret)) {
                char* bad = add_key(cf, {location.conf->location->scheme, &location.place}, text, &uses);
                if (bad != NGX_CONF_OK) return bad;
            }
        }
    }
    return NGX_CONF_OK;
}

}  // namespace webhook::module
