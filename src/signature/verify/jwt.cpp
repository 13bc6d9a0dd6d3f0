#include "signature/verify/jwt.hpp"

#include <algorithm>
#include <charconv>

#include "base/json_text.hpp"
#include "base/text.hpp"
#include "event/values.hpp"

namespace webhook::signature {

namespace {

using Kind = base::JsonValue::Kind;

/// The three parts of a compact JWS.
struct Token {
    std::string_view signed_part, header, claims, signature;
};

bool split(std::string_view text, Token* token) {
    const std::size_t first = text.find('.');
    const std::size_t last = text.rfind('.');
    if (first == std::string_view::npos || first == last) return false;
    token->header = text.substr(0, first);
    token->claims = text.substr(first + 1, last - first - 1);
    token->signature = text.substr(last + 1);
    token->signed_part = text.substr(0, last);
    return token->claims.find('.') == std::string_view::npos && !token->signature.empty();
}

/// base64url without padding (RFC 7515 section 2).
bool decode_part(std::string_view part, std::string* out) {
    return part.find('=') == std::string_view::npos &&
           base::decode_text(part, base::Encoding::base64url, out);
}

bool read_object(std::string_view part, base::JsonValue* object) {
    std::string text;
    return decode_part(part, &text) && base::parse_json(text, object) && object->kind == Kind::object;
}

bool signature_matches(const Prepared& prepared, const Token& token, std::string_view kid,
                       std::size_t* budget) {
    std::string signature;
    if (!decode_part(token.signature, &signature)) return false;
    if (!prepared.scheme->public_algorithm) return matches_hmac(prepared, token.signed_part, signature);
    const base::Digest digest = base::digest_of(base::Hash::sha256, token.signed_part);
    return verify_any(prepared.public_keys, kid, *prepared.scheme->public_algorithm, digest.view(), signature,
                      budget);
}

/// True when the claim is, or as a list holds, one of the values. No values: any non-empty text will do.
bool claim_is(const base::JsonValue& claim, const std::vector<std::string>& values) {
    if (claim.kind == Kind::array) {
        return std::any_of(claim.items.begin(), claim.items.end(), [&](const base::JsonValue& item) {
            return item.kind == Kind::string && claim_is(item, values);
        });
    }
    if (claim.kind == Kind::object || claim.kind == Kind::null) return false;
    if (values.empty()) return !claim.text.empty();
    return std::find(values.begin(), values.end(), claim.text) != values.end();
}

const char* wrong_claim(const Prepared& prepared, const base::JsonValue& claims) {
    for (std::size_t i = 0; i < prepared.claims.size(); ++i) {
        const base::JsonValue* claim = find_claim(claims, prepared.scheme->claims[i].name);
        if (claim == nullptr) return "the token lacks a claim";
        if (!claim_is(*claim, prepared.claims[i])) return "a claim of the token is another";
    }
    return nullptr;
}

Outcome check_dates(const CodeInput& input, const base::JsonValue& claims) {
    constexpr std::int64_t leeway_ms = jwt_leeway * 1000;
    std::int64_t unix_ms = 0;
    for (const std::string_view name : {"exp", "nbf"}) {
        const base::JsonValue* claim = claims.find(name);
        if (claim == nullptr) continue;
        if (!numeric_date(*claim, Unit::seconds, &unix_ms))
            return {Verdict::malformed, "unreadable date in the token", {}};
        if (!input.window.check) continue;
        if (name == "exp" && input.now_ms >= unix_ms + leeway_ms)
            return {Verdict::stale, "the token has expired", {}};
        if (name == "nbf" && input.now_ms < unix_ms - leeway_ms)
            return {Verdict::stale, "the token is not valid yet", {}};
    }
    const auto& rule = input.scheme().timestamp;
    if (!rule) return {Verdict::genuine, "", {}};
    const base::JsonValue* claim = find_claim(claims, rule->from.front().name);
    if (claim == nullptr) return {Verdict::no_signature, "no timestamp", {}};
    if (!numeric_date(*claim, rule->unit, &unix_ms)) return {Verdict::malformed, "unreadable timestamp", {}};
    return check_age(input, unix_ms, {});
}

bool digest_matches(const CodeInput& input, const base::JsonValue& claims) {
    const DigestRule& rule = *input.scheme().digest;
    const base::JsonValue* claim = find_claim(claims, rule.from.name);
    std::string digest;
    return claim != nullptr && claim->kind == Kind::string &&
           base::decode_text(claim->text, rule.encoding, &digest) && !digest.empty() &&
           equal(base::digest_of(rule.hash, input.request().body).view(), digest);
}

/// Returns the claims of a token that was verified, byte for byte.
std::string claims_text(std::string_view text) {
    Token token;
    std::string claims;
    if (split(text, &token)) decode_part(token.claims, &claims);
    return claims;
}

Outcome check_claims(const CodeInput& input, const base::JsonValue& claims) {
    if (const char* wrong = wrong_claim(input.prepared, claims)) return {Verdict::forged, wrong, {}};
    if (input.scheme().digest && !digest_matches(input, claims))
        return {Verdict::forged, "the body does not match its signed digest", {}};
    return check_dates(input, claims);
}

}  // namespace

std::string_view jwt_algorithm(const Scheme& scheme) {
    if (!scheme.public_algorithm) return "HS256";
    return *scheme.public_algorithm == PublicAlgorithm::rsa_sha256 ? "RS256" : "ES256";
}

bool numeric_date(const base::JsonValue& claim, Unit unit, std::int64_t* unix_ms) {
    constexpr std::size_t max_digits = 15;
    if (claim.kind != Kind::number) return false;
    const std::string_view text = claim.text;
    const std::size_t point = std::min(text.find('.'), text.size());
    const bool plain = text.find_first_not_of("0123456789.") == std::string_view::npos;
    if (!plain || point == 0 || point > max_digits) return false;
    std::from_chars(text.data(), text.data() + point, *unix_ms);
    if (unit == Unit::seconds) *unix_ms *= 1000;
    return true;
}

const base::JsonValue* find_claim(const base::JsonValue& claims, std::string_view name) {
    std::vector<std::string> pointer;
    if (name.empty() || name.front() != '/') return claims.find(name);
    if (!event::parse_pointer(name, &pointer)) return nullptr;
    const base::JsonValue* value = &claims;
    for (const std::string& token : pointer) {
        std::size_t index = 0;
        if (value->kind == Kind::object)
            value = value->find(token);
        else if (value->kind == Kind::array && base::to_number(std::string_view(token), &index))
            value = index < value->items.size() ? &value->items[index] : nullptr;
        else
            value = nullptr;
        if (value == nullptr) return nullptr;
    }
    return value;
}

const char* verify_jwt(const Prepared& prepared, std::string_view text, std::size_t* budget,
                       base::JsonValue* claims) {
    constexpr const char* malformed = "the token cannot be read";
    Token token;
    base::JsonValue header;
    if (!split(text, &token) || !read_object(token.header, &header)) return malformed;
    const std::string* algorithm = header.string("alg");
    if (algorithm == nullptr || *algorithm != jwt_algorithm(*prepared.scheme))
        return "the token is of another algorithm";
    if (header.find("crit") != nullptr || header.find("b64") != nullptr) return malformed;
    const std::string* kid = header.string("kid");
    const std::string_view id = kid != nullptr ? std::string_view(*kid) : std::string_view();
    if (!signature_matches(prepared, token, id, budget)) {
        return prepared.scheme->public_algorithm ? why_none_verified(prepared.public_keys, id)
                                                 : "signature does not match";
    }
    return read_object(token.claims, claims) ? nullptr : malformed;
}

namespace {

/// Reads the text that holds the tokens; false when it is absent, and after a problem with the body.
bool read_tokens(const CodeInput& input, const event::Source& source, std::string* scratch,
                 std::string_view* value) {
    if (source.kind != event::Source::Kind::body) return input.evaluation->read(source, value);
    if (!input.evaluation->is_parsable()) return false;
    constexpr std::string_view blanks = " \t\r\n";
    *value = event::whole_body(input.request().body, scratch);
    value->remove_prefix(std::min(value->find_first_not_of(blanks), value->size()));
    value->remove_suffix(value->size() - (value->find_last_not_of(blanks) + 1));
    return !value->empty();
}

}  // namespace

Outcome check_jwt(const CodeInput& input) {
    std::size_t budget = max_public_checks;
    std::size_t seen = 0;
    Outcome outcome{Verdict::no_signature, "no token", {}};
    for (const event::Source& source : input.scheme().signature.from) {
        std::string scratch;
        std::string_view value;
        const bool found = read_tokens(input, source, &scratch, &value);
        if (input.evaluation->has_problem())
            return {input.evaluation->problem().verdict, input.evaluation->problem().reason, {}};
        if (!found) continue;
        if (value.data() == nullptr) value = "";
        const bool in_body = source.kind == event::Source::Kind::body || source.needs_body();
        each_item(
            value, input.scheme().signature, input.prepared.signature_prefixes, [&](std::string_view token) {
                if (seen++ == max_signatures) return false;
                base::JsonValue claims;
                const char* why = !in_body && token.size() > max_token
                                      ? "the token cannot be read"
                                      : verify_jwt(input.prepared, token, &budget, &claims);
                outcome = why == nullptr ? check_claims(input, claims) : Outcome{Verdict::forged, why, {}};
                if (outcome.verdict == Verdict::genuine) outcome.claims = claims_text(token);
                return outcome.verdict != Verdict::genuine;
            });
        if (outcome.verdict == Verdict::genuine) break;
    }
    return outcome;
}

std::string make_jwt(const Prepared& prepared, std::string_view claims) {
    std::string header = R"({"alg":")" + std::string(jwt_algorithm(*prepared.scheme)) + R"(","typ":"JWT")";
    const auto kid = prepared.params.find("kid");
    if (kid != prepared.params.end()) {
        header += ",\"kid\":";
        base::append_json_string(kid->second, &header);
    }
    header += '}';
    std::string token, signature;
    base::encode_text(header, base::Encoding::base64url, &token);
    token += '.';
    base::encode_text(claims, base::Encoding::base64url, &token);
    if (prepared.scheme->public_algorithm) {
        const base::Digest digest = base::digest_of(base::Hash::sha256, token);
        if (!prepared.public_keys.front().sign(*prepared.scheme->public_algorithm, digest.view(), &signature))
            return {};
    } else {
        signature = std::string(prepared.keys.front().hmac->digest(token).view());
    }
    token += '.';
    base::encode_text(signature, base::Encoding::base64url, &token);
    return token;
}

}  // namespace webhook::signature
