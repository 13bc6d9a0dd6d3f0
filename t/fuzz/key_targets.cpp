// Keys, and what schemes with rules of their own read: structured fields, JSON as a tree.

#include "base/json_scan.hpp"
#include "base/json_value.hpp"
#include "base/structured_field.hpp"
#include "base/utf8.hpp"
#include "signature/keys/ed25519_point.hpp"
#include "signature/keys/key_set.hpp"
#include "signature/keys/key_strength.hpp"
#include "signature/keys/key_text.hpp"
#include "signature/verify/http_signature.hpp"
#include "t/fuzz/target.hpp"
#include "t/unit/signature/public_key_support.hpp"
#include "t/unit/signature/support.hpp"

namespace webhook::fuzz {

namespace {

using namespace signature;

bool public_key_is_taken(std::string_view raw) {
    std::string error;
    return PublicKey::make(public_key_of(raw), false, &error).has_value();
}

// What is taken for a key verifies nothing that it did not sign, and a public key signs nothing.
void keys(std::string_view input) {
    for (const auto rule :
         {KeyRule::pem, KeyRule::jwk, KeyRule::spki, KeyRule::whpk, KeyRule::hex, KeyRule::base64}) {
        KeySet set;
        std::string error;
        if (!read_keys(input, "name", {rule, std::nullopt, KeyUse::verify}, &set, &error)) {
            REQUIRE(!error.empty());
            continue;
        }
        REQUIRE(!set.empty() && set.size() <= max_named_keys);
        for (const PublicKey& key : set) {
            std::string signature;
            REQUIRE(!key.is_private());
            REQUIRE(!key.sign(PublicAlgorithm::ed25519, "text", &signature) && signature.empty());
            REQUIRE(!key.verify(PublicAlgorithm::ed25519, "text", std::string(64, '\1')));
            REQUIRE(!key.verify(PublicAlgorithm::rsa_sha256, std::string(32, 'd'), std::string(256, '\1')));
        }
    }
}

// What is taken for a shared secret can be seen, is no public key, and has some bytes.
void secrets(std::string_view input) {
    std::string error;
    if (check_secret_text(input, &error)) {
        REQUIRE(!is_blank(input) && input.find('\0') == std::string_view::npos);
        REQUIRE(input.find("-----BEGIN") == std::string_view::npos && !is_public_key_der(input));
    } else {
        REQUIRE(!error.empty());
    }
    error.clear();
    if (check_decoded_key(input, &error)) {
        REQUIRE(input.size() >= shortest_key &&
                input.find_last_not_of(input.front()) != std::string_view::npos);
    } else {
        REQUIRE(!error.empty());
    }
    REQUIRE(input.size() != ed25519_size || !is_weak_ed25519(input) || !public_key_is_taken(input));
}

std::vector<std::string> secret_seeds() {
    return {"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "\xc2\xa0\xe2\x80\x8b",
            "user:password",
            test::rsa_public,
            R"({"kty":"RSA","n":"AQAB"})",
            "ssh-rsa AAAAB3NzaC1yc2E",
            std::string(32, '\0')};
}

std::vector<std::string> key_seeds() {
    return {test::ed25519_public,
            test::p256_public,
            test::rsa_public,
            test::rsa_1024_public,
            test::ed25519_private,
            test::p256_public + test::rsa_public,
            R"({"kty":"OKP","crv":"Ed25519","x":"j44OXgojoBlz4gogrpUsRLbqbr4ulPdC5h2AjzRtoIE"})",
            R"({"keys":[{"kty":"EC","crv":"P-256","kid":"a","x":"AA","y":"AA"},{"kty":"oct","k":"AA"}]})",
            R"({"keys":[{"keyId":1,"base64":"MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE"}]})",
            "8f8e0e5e0a23a01973e20a20ae952c44b6ea6ebe2e94f742e61d808f346da081"};
}

bool lies_in(std::string_view part, std::string_view whole) {
    return part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size();
}

// First line Signature-Input, second Signature or Content-Digest.
void structured_fields(std::string_view input) {
    const std::string_view first = take_line(&input);
    std::vector<base::SignatureInput> inputs;
    if (base::parse_signature_input(first, &inputs)) {
        REQUIRE(!inputs.empty() && inputs.size() <= base::max_members);
        test::PlainRequest request;
        request.set_url("https://example.com/in?a=1");
        request.headers = {{"date", "today"}, {"content-digest", std::string(input)}};
        for (const base::SignatureInput& each : inputs) {
            std::string base;
            REQUIRE(lies_in(each.label, first) && lies_in(each.raw, first));
            REQUIRE(each.components.size() <= base::max_components);
            if (!make_signature_base(request, each, &base)) continue;
            const std::string end = "\"@signature-params\": " + std::string(each.raw);
            REQUIRE(base.size() >= end.size() && base.substr(base.size() - end.size()) == end);
        }
    }
    std::vector<std::pair<std::string_view, std::string>> members;
    if (base::parse_bytes(input, &members)) REQUIRE(members.size() <= base::max_members);
    REQUIRE(!content_digest_matches(input, base::BodyView{}) || !members.empty());
}

std::vector<std::string> field_seeds() {
    return {
        "sig1=(\"@method\" \"@target-uri\" "
        "\"content-digest\");created=1760000000;keyid=\"k\";alg=\"ed25519\"\nsig1=:AAEC:",
        "a=(\"date\";sf \"@query\");expires=1;nonce=\"x\\\"y\", "
        "b=()\nsha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:, md5=1;a=?1"};
}

// What is taken for one document is one for the other reader as well, and text that has one reading only.
void json_tree(std::string_view input) {
    base::JsonValue root;
    if (!base::parse_json(input, &root)) return;
    REQUIRE(base::valid_utf8(input));
    const base::PointerSet none;
    base::JsonSink* const nobody = nullptr;
    REQUIRE(base::scan_all_json(none, {&input, 1, input.size()}, nobody) == base::JsonProblem::none);
    for (std::size_t cut = 0; cut < input.size(); cut += 7) {
        base::SurrogateScan scan;
        REQUIRE(scan.feed(input.substr(0, cut)) && scan.feed(input.substr(cut)));
    }
}

std::vector<std::string> json_tree_seeds() {
    return {R"({"Type":"Notification","Message":"\ud83d\ude80 \\u","a":[1,2.5e3,true,null,{"b":{}}]})",
            R"({"iat":1760000000,"aud":["a","b"],"email_verified":true})", R"({"a":"\ud800"})",
            "\"\\udc00\""};
}

}  // namespace

std::vector<Target> key_targets() {
    return {{"keys", keys, key_seeds},
            {"secrets", secrets, secret_seeds},
            {"structured_fields", structured_fields, field_seeds},
            {"json_tree", json_tree, json_tree_seeds}};
}

}  // namespace webhook::fuzz
