// Tokens of strangers, and tokens of one's own.

#include "signature/language/parser.hpp"
#include "signature/verify/jwt.hpp"
#include "t/fuzz/target.hpp"
#include "t/unit/signature/public_key_support.hpp"

namespace webhook::fuzz {

namespace {

struct TokenScheme {
    std::unique_ptr<signature::Scheme> scheme;
    signature::Prepared verifier, signer;
};

TokenScheme make_token_scheme(const char* algorithm, const std::string& public_key,
                              const std::string& private_key) {
    const std::string text =
        std::string("algorithm ") + algorithm + "; signature header:x; claims exp; unsigned_body;";
    std::vector<signature::Directive> directives;
    signature::LanguageError mistake;
    TokenScheme made;
    REQUIRE(signature::tokenize(text, &directives, &mistake));
    made.scheme = signature::parse_scheme("own", directives, &mistake);
    REQUIRE(made.scheme != nullptr);
    std::string error;
    REQUIRE(signature::prepare(*made.scheme, {public_key}, {}, {}, signature::KeyUse::verify, &made.verifier,
                               &error));
    REQUIRE(signature::prepare(*made.scheme, {private_key}, {}, {}, signature::KeyUse::sign, &made.signer,
                               &error));
    return made;
}

const std::vector<TokenScheme>& token_schemes() {
    static const std::vector<TokenScheme> all = [] {
        const std::string shared = "a shared secret of the tokens";
        std::vector<TokenScheme> made;
        made.push_back(make_token_scheme("jwt-hs256", shared, shared));
        made.push_back(make_token_scheme("jwt-es256", test::p256_public, test::p256_private));
        made.push_back(make_token_scheme("jwt-rs256", test::rsa_public, test::rsa_private));
        return made;
    }();
    return all;
}

// Strangers have no token; claims that can be signed are read as they were written.
void tokens(std::string_view input) {
    for (const TokenScheme& each : token_schemes()) {
        std::size_t budget = signature::max_public_checks;
        base::JsonValue claims;
        REQUIRE(signature::verify_jwt(each.verifier, input, &budget, &claims) != nullptr);
    }
    base::JsonValue value;
    const bool is_json = base::parse_json(input, &value);
    if (!is_json || value.kind != base::JsonValue::Kind::object) return;
    const TokenScheme& shared = token_schemes().front();
    const std::string token = signature::make_jwt(shared.signer, input);
    if (token.empty() || token.size() > signature::max_token) return;
    std::size_t budget = signature::max_public_checks;
    base::JsonValue read;
    REQUIRE(signature::verify_jwt(shared.verifier, token, &budget, &read) == nullptr);
    REQUIRE(read.members.size() == value.members.size());
    for (const auto& [name, member] : value.members) {
        std::int64_t seconds = 0;
        REQUIRE(read.find(name) != nullptr && read.find(name)->text == member.text);
        (void)signature::numeric_date(member, signature::Unit::seconds, &seconds);
    }
}

std::vector<std::string> token_seeds() {
    std::vector<std::string> seeds = {
        R"({"iss":"a","exp":1760000000,"iat":1.76e9,"nested":{"a":[1,true,null]},"text":"\ud83d\ude00"})",
        "eyJhbGciOiJub25lIn0.e30.", "eyJhbGciOiJIUzI1NiJ9.e30.AAAA", "{}", "{\"a\":1,\"a\":2}"};
    for (const TokenScheme& each : token_schemes()) {
        std::string token = signature::make_jwt(each.signer, "{\"sub\":\"x\"}");
        token.at(token.size() - 2) = token.at(token.size() - 2) == 'A' ? 'B' : 'A';
        seeds.push_back(token);
    }
    return seeds;
}

}  // namespace

std::vector<Target> token_targets() {
    return {{"tokens", tokens, token_seeds}};
}

}  // namespace webhook::fuzz
