#include "signature/verify/http_signature.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "base/url.hpp"
#include "signature/verify/contentful.hpp"

namespace webhook::signature {

namespace {

using event::Request;

/// Host and port in lower case, without the scheme's own port (section 2.2.3).
std::string authority_of(const base::UrlParts& url) {
    std::string authority = base::lower(url.authority);
    const std::string_view port = base::equal_names(url.scheme, "https") ? ":443" : ":80";
    const bool has_port = authority.size() > port.size() &&
                          authority.compare(authority.size() - port.size(), port.size(), port) == 0;
    if (has_port) authority.resize(authority.size() - port.size());
    return authority;
}

std::string path_of(std::string_view target) {
    const std::string_view path = base::split_url(target).path;
    return path.empty() ? "/" : std::string(path);
}

/// A derived component (section 2.2); false for those that are not supported.
bool derived(const Request& request, std::string_view name, std::string* value) {
    const std::string_view target = request_target(request.url);
    if (name == "@method")
        *value = std::string(request.method);
    else if (name == "@target-uri")
        *value = std::string(request.url);
    else if (name == "@authority")
        *value = authority_of(base::split_url(request.url));
    else if (name == "@scheme")
        *value = base::lower(base::split_url(request.url).scheme);
    else if (name == "@request-target")
        *value = std::string(target);
    else if (name == "@path")
        *value = path_of(target);
    else if (name == "@query")
        *value = "?" + std::string(request.query);
    else
        return false;
    return !value->empty();
}

bool covers(const base::SignatureInput& input, std::string_view name) {
    return std::any_of(
        input.components.begin(), input.components.end(),
        [&](const base::Component& component) { return !component.has_params && component.name == name; });
}

/// A path leaves the query open, which anybody could write then.
bool covers_any(const base::SignatureInput& input, const std::vector<std::string>& choices,
                const Request& request) {
    return std::any_of(choices.begin(), choices.end(), [&](const std::string& name) {
        const bool whole = name != "@path" || request.query.empty() || covers(input, "@query");
        return whole && covers(input, name);
    });
}

struct NamedAlgorithm {
    std::string_view name;
    PublicAlgorithm algorithm;
};
constexpr NamedAlgorithm algorithms[] = {
    {"ed25519", PublicAlgorithm::ed25519},
    {"ecdsa-p256-sha256", PublicAlgorithm::ecdsa_p256_raw},
    {"rsa-pss-sha512", PublicAlgorithm::rsa_pss_sha512},
    {"rsa-v1_5-sha256", PublicAlgorithm::rsa_sha256},
};

bool verify_as(const PublicKey& key, PublicAlgorithm algorithm, std::string_view base,
               std::string_view signature) {
    const std::optional<base::Hash> hash = hash_of(algorithm);
    const base::Digest digest = hash ? base::digest_of(*hash, base) : base::Digest{};
    return key.verify(algorithm, hash ? digest.view() : base, signature);
}

/// Each key has its own algorithm; `alg`, where it is given, must agree. Without it RSA keys have two, which
/// count as one try (both together cost no more than one of Ed25519 or P-256): else not every key would get
/// its turn.
bool verify_public(const CodeInput& input, const base::SignatureInput& given, std::string_view base,
                   std::string_view signature, std::size_t* budget) {
    return std::any_of(
        input.prepared.public_keys.begin(), input.prepared.public_keys.end(), [&](const PublicKey& key) {
            const auto fits = [&](const NamedAlgorithm& each) {
                return (given.alg.empty() || given.alg == each.name) &&
                       family_of(each.algorithm) == key.family();
            };
            if (!is_candidate(key, given.keyid) || *budget == 0) return false;
            if (std::none_of(std::begin(algorithms), std::end(algorithms), fits)) return false;
            --*budget;
            return std::any_of(std::begin(algorithms), std::end(algorithms), [&](const NamedAlgorithm& each) {
                return fits(each) && verify_as(key, each.algorithm, base, signature);
            });
        });
}

bool verify(const CodeInput& input, const base::SignatureInput& given, std::string_view base,
            std::string_view signature, std::size_t* budget) {
    if (input.scheme().public_keys) return verify_public(input, given, base, signature, budget);
    return (given.alg.empty() || given.alg == "hmac-sha256") && matches_hmac(input.prepared, base, signature);
}

Outcome judge_dates(const CodeInput& input, const base::SignatureInput& given) {
    const bool expired = given.expires && input.now_ms / 1000 > *given.expires;
    if (expired && input.window.check)
        return {Verdict::stale, "the signature has expired", given.created_text};
    return check_age(input, *given.created * 1000, given.created_text);
}

/// Returns the covered parts of the request, in addition to the body, that differ by event.
std::uint8_t covered_parts(const base::SignatureInput& given) {
    const bool target = covers(given, "@target-uri") || covers(given, "@request-target");
    std::uint8_t parts = target ? covered_target : 0;
    if (covers(given, "@method")) parts |= covered_method;
    if (covers(given, "@path")) parts |= covered_path;
    if (covers(given, "@query")) parts |= covered_query;
    return parts;
}

Outcome judge(const CodeInput& input, const base::SignatureInput& given, std::string_view signature,
              std::size_t* budget) {
    const Request& request = input.request();
    const bool covered =
        std::all_of(input.scheme().covers.begin(), input.scheme().covers.end(),
                    [&](const auto& choices) { return covers_any(given, choices, request); });
    if (!covered) return {Verdict::forged, "the signature does not cover what it must", {}};
    if (!given.created) return {Verdict::no_signature, "no timestamp", {}};
    std::string base;
    if (!make_signature_base(request, given, &base))
        return {Verdict::forged, "a covered component cannot be read", given.created_text};
    if (!verify(input, given, base, signature, budget)) {
        const char* why = input.scheme().public_keys
                              ? why_none_verified(input.prepared.public_keys, given.keyid)
                              : "signature does not match";
        return {Verdict::forged, why, given.created_text};
    }
    const bool has_digest = covers(given, "content-digest");
    if (has_digest && !content_digest_matches(request.header("content-digest").value, request.body))
        return {Verdict::forged, "the body does not match its signed digest", given.created_text};
    Outcome outcome = judge_dates(input, given);
    outcome.covered = covered_parts(given);
    return outcome;
}

}  // namespace

bool make_signature_base(const Request& request, const base::SignatureInput& input, std::string* base) {
    for (const base::Component& component : input.components) {
        std::string value;
        if (component.name.empty() || component.has_params) return false;
        if (component.name.front() == '@') {
            if (!derived(request, component.name, &value)) return false;
        } else {
            const Request::Header header = request.header(component.name);
            if (header.count != 1 || base::lower(component.name) != component.name) return false;
            value = std::string(base::trim_blanks(header.value));
        }
        if (value.find_first_of("\r\n") != std::string::npos) return false;
        base->append(component.raw).append(": ").append(value).push_back('\n');
    }
    base->append("\"@signature-params\": ").append(input.raw);
    return true;
}

std::string content_digest(const base::BodyView& body) {
    std::string text = "sha-256=:";
    base::encode_text(base::digest_of(base::Hash::sha256, body).view(), base::Encoding::base64, &text);
    return text + ":";
}

bool content_digest_matches(std::string_view header, const base::BodyView& body) {
    std::vector<std::pair<std::string_view, std::string>> digests;
    if (!base::parse_bytes(header, &digests)) return false;
    bool found = false;
    for (const auto& [name, digest] : digests) {
        if (name != "sha-256" && name != "sha-512") continue;
        const base::Hash hash = name == "sha-256" ? base::Hash::sha256 : base::Hash::sha512;
        if (!equal(base::digest_of(hash, body).view(), digest)) return false;
        found = true;
    }
    return found;
}

Outcome check_http_signature(const CodeInput& input) {
    const Request& request = input.request();
    const auto params = request.header("signature-input"), values = request.header("signature");
    if (params.differs || values.differs || request.header("content-digest").count > 1)
        return {Verdict::malformed, "a header that must be there once was sent twice", {}};
    if (params.count == 0 || values.count == 0) return {Verdict::no_signature, "no signature", {}};
    std::vector<base::SignatureInput> inputs;
    std::vector<std::pair<std::string_view, std::string>> signatures;
    if (!base::parse_signature_input(params.value, &inputs) || !base::parse_bytes(values.value, &signatures))
        return {Verdict::forged, "undecodable signature", {}};
    std::size_t budget = max_public_checks;
    Outcome outcome{Verdict::no_signature, "no signature", {}};
    for (const base::SignatureInput& given : inputs) {
        const auto found = std::find_if(signatures.begin(), signatures.end(),
                                        [&](const auto& each) { return each.first == given.label; });
        if (found == signatures.end()) continue;
        outcome = judge(input, given, found->second, &budget);
        if (outcome.verdict == Verdict::genuine) break;
    }
    return outcome;
}

}  // namespace webhook::signature
