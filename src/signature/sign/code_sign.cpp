#include "signature/sign/code_sign.hpp"

#include <algorithm>

#include "base/json_text.hpp"
#include "base/text.hpp"
#include "signature/verify/contentful.hpp"
#include "signature/verify/evaluation.hpp"
#include "signature/verify/http_signature.hpp"
#include "signature/verify/jwt.hpp"

namespace webhook::signature {

namespace {

constexpr std::int64_t token_life = 300;  // seconds

std::string quoted(std::string_view text) {
    std::string out;
    base::append_json_string(text, &out);
    return out;
}

/// Claims as the scheme asks for them, `iat` and `exp`.
std::string claims_of(const Prepared& prepared, const event::Request& request, std::int64_t now) {
    const Scheme& scheme = *prepared.scheme;
    std::string json = "{\"iat\":" + std::to_string(now) + ",\"exp\":" + std::to_string(now + token_life);
    for (std::size_t i = 0; i < prepared.claims.size(); ++i) {
        if (prepared.claims[i].empty()) continue;
        const std::string& value = prepared.claims[i].front();
        json += ',' + quoted(scheme.claims[i].name) + ':' + (value == "true" ? value : quoted(value));
    }
    if (scheme.timestamp && scheme.timestamp->from.front().name != "iat")
        json += ',' + quoted(scheme.timestamp->from.front().name) + ':' + std::to_string(now);
    if (scheme.digest) {
        std::string text;
        base::encode_text(base::digest_of(scheme.digest->hash, request.body).view(), scheme.digest->encoding,
                          &text);
        json += ',' + quoted(scheme.digest->from.name) + ':' + quoted(text);
    }
    return json + '}';
}

std::string written_name(const event::Source& source) {
    return source.text.substr(source.text.find(':') + 1);
}

HeaderList sign_jwt(const Prepared& prepared, const event::Request& request, std::int64_t now_ms) {
    const std::string token = make_jwt(prepared, claims_of(prepared, request, now_ms / 1000));
    return {{written_name(prepared.scheme->signature.from.front()),
             prepared.signature_prefixes.front().text + token}};
}

HeaderList sign_contentful(const Prepared& prepared, const event::Request& request, const HeaderList& headers,
                           std::int64_t now_ms) {
    const std::string timestamp = std::to_string(now_ms);
    HeaderList all;
    for (const auto& [name, value] : headers)
        all.emplace_back(base::lower(name), value);
    all.emplace_back("x-contentful-timestamp", timestamp);
    all.emplace_back("x-contentful-signed-headers", "");
    std::sort(all.begin(), all.end());
    std::string list;
    for (const auto& [name, value] : all)
        list += (list.empty() ? "" : ",") + name;
    for (auto& [name, value] : all) {
        if (name == "x-contentful-signed-headers") value = list;
    }
    const std::string head = contentful_head(request.method, request.url, all);
    std::string signature;
    base::encode_text(contentful_digest(*prepared.keys.front().hmac, head, request.body).view(),
                      base::Encoding::hex, &signature);
    return {{"x-contentful-timestamp", timestamp},
            {"x-contentful-signed-headers", list},
            {"x-contentful-signature", signature}};
}

/// The request with a Content-Digest in addition to its other headers.
class WithDigest : public event::Request {
  public:
    WithDigest(const event::Request& inner, std::string digest)
        : event::Request(inner), inner_(inner), digest_(std::move(digest)) {}
    Header header(std::string_view name) const override {
        if (name == "content-digest") return {digest_, 1};
        return inner_.header(name);
    }

  private:
    const event::Request& inner_;
    std::string digest_;
};

struct Chosen {
    const char* name;
    PublicAlgorithm algorithm;
};

Chosen choose(const PublicKey& key) {
    switch (key.family()) {
        case KeyFamily::ed25519:
            return {"ed25519", PublicAlgorithm::ed25519};
        case KeyFamily::ecdsa_p256:
            return {"ecdsa-p256-sha256", PublicAlgorithm::ecdsa_p256_raw};
        case KeyFamily::rsa:
            break;
    }
    return {"rsa-pss-sha512", PublicAlgorithm::rsa_pss_sha512};
}

std::string sign_text(const PublicKey& key, PublicAlgorithm algorithm, std::string_view text) {
    std::string signature;
    const std::optional<base::Hash> hash = hash_of(algorithm);
    const base::Digest digest = hash ? base::digest_of(*hash, text) : base::Digest{};
    key.sign(algorithm, hash ? digest.view() : text, &signature);
    return signature;
}

std::string sign_base(const Prepared& prepared, std::string_view base) {
    if (prepared.scheme->public_keys) {
        const PublicKey& key = prepared.public_keys.front();
        return sign_text(key, choose(key).algorithm, base);
    }
    return std::string(prepared.keys.front().hmac->digest(base).view());
}

HeaderList sign_http(const Prepared& prepared, const event::Request& request, std::int64_t now_ms) {
    const std::string digest = content_digest(request.body);
    const WithDigest whole(request, digest);
    std::string list = "sig1=(";
    for (const std::vector<std::string>& choices : prepared.scheme->covers)
        list.append(list.back() == '(' ? "\"" : " \"").append(choices.front()).append("\"");
    list += ");created=" + std::to_string(now_ms / 1000);
    const auto keyid = prepared.params.find("keyid");
    if (keyid != prepared.params.end()) list += ";keyid=" + quoted(keyid->second);
    const char* name =
        prepared.scheme->public_keys ? choose(prepared.public_keys.front()).name : "hmac-sha256";
    list += std::string(";alg=\"") + name + "\"";
    std::vector<base::SignatureInput> inputs;
    std::string base;
    if (!base::parse_signature_input(list, &inputs) || !make_signature_base(whole, inputs.front(), &base))
        return {};
    std::string value = "sig1=:";
    base::encode_text(sign_base(prepared, base), base::Encoding::base64, &value);
    return {{"Content-Digest", digest}, {"Signature-Input", list}, {"Signature", value + ":"}};
}

}  // namespace

bool can_sign(const Scheme& scheme, std::string* error) {
    const auto is_nested = [](std::string_view name) { return !name.empty() && name.front() == '/'; };
    const bool nests = scheme.algorithm == Algorithm::jwt &&
                       ((scheme.timestamp && is_nested(scheme.timestamp->from.front().name)) ||
                        (scheme.digest && is_nested(scheme.digest->from.name)) ||
                        std::any_of(scheme.claims.begin(), scheme.claims.end(),
                                    [&](const ClaimRule& claim) { return is_nested(claim.name); }));
    if (nests) {
        *error = "\"" + scheme.name + "\" has claims within claims, which are not written";
        return false;
    }
    if (scheme.algorithm != Algorithm::aws_sns) return true;
    *error = "signatures of \"" + scheme.name + "\" stand in the body, which is sent as it is";
    return false;
}

HeaderList sign_by_code(const Prepared& prepared, const event::Request& request, const HeaderList& headers,
                        std::int64_t now_ms) {
    switch (prepared.scheme->algorithm) {
        case Algorithm::jwt:
            return sign_jwt(prepared, request, now_ms);
        case Algorithm::contentful:
            return sign_contentful(prepared, request, headers, now_ms);
        case Algorithm::http_signature:
            return sign_http(prepared, request, now_ms);
        default:
            return {};
    }
}

std::vector<std::string> sign_with_keys(const Prepared& prepared, const Message& message,
                                        const base::BodyView& body) {
    const PublicAlgorithm algorithm = *prepared.scheme->public_algorithm;
    const std::optional<base::Hash> hash = hash_of(algorithm);
    const std::string input = hash ? std::string(message.digest(*hash, body).view()) : message.text(body);
    std::vector<std::string> all;
    for (const PublicKey& key : prepared.public_keys) {
        std::string bytes, &text = all.emplace_back(prepared.signature_prefixes.front().text);
        key.sign(algorithm, input, &bytes);
        base::encode_text(bytes, prepared.scheme->signature.encoding, &text);
    }
    return all;
}

}  // namespace webhook::signature
