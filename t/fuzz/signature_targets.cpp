// The language of schemes, and the small texts that they read.

#include "base/encoding.hpp"
#include "signature/catalogue/scheme_set.hpp"
#include "signature/catalogue/scheme_text.hpp"
#include "signature/keys/decode_key.hpp"
#include "signature/language/parser.hpp"
#include "signature/model/pattern.hpp"
#include "signature/model/timestamp.hpp"
#include "signature/verify/url_variants.hpp"
#include "signature/verify/verifier.hpp"
#include "t/fuzz/target.hpp"
#include "t/unit/signature/support.hpp"

namespace webhook::fuzz {

namespace {

// Text of a scheme, or of blocks. What is taken can be prepared and asked.
void language(std::string_view input) {
    std::vector<signature::Directive> directives;
    signature::LanguageError error;
    if (signature::tokenize(input, &directives, &error)) {
        const auto scheme = signature::parse_scheme("own", directives, &error);
        if (scheme == nullptr) {
            REQUIRE(!error.message.empty() && error.directive <= directives.size());
        } else {
            signature::VerifierOptions options;
            options.secrets = {"c2VjcmV0c2VjcmV0"};
            options.params = {{"verify_token", "t"}};
            std::string problem;
            const auto verifier = signature::Verifier::make(*scheme, options, &problem);
            if (verifier == nullptr) {
                REQUIRE(!problem.empty());
                return;
            }
            test::PlainRequest request;
            request.set_url("https://example.com/in?a=1&sig=x");
            request.headers = {{"x-sig", "sha256=00"}, {"x-ts", "1"}};
            request.set_body("{\"a\":1}");
            (void)verifier->check(request, 1000);
        }
    }
    signature::SchemeSet set;
    signature::TextError text_error;
    if (!signature::add_scheme_blocks(input, &set, &text_error)) REQUIRE(!text_error.message.empty());
}

std::vector<std::string> language_seeds() {
    std::vector<std::string> seeds = {
        "webhook_scheme a { algorithm token; signature header:x; unsigned_body; }",
        "algorithm 'hmac-sha256'; signature header:x \"split=,\" # c\n;",
        "algorithm hmac-sha384; key whsec utf8; signature header:x-sig split=, prefix=sha256= prefix= "
        "encoding=hex; "
        "timestamp header:x-ts unit=http-date; message \"{ts}{url|decoded::/}{body}\"; message "
        "\"{ts}{url}{body}\";",
        "algorithm hmac-sha256; signature query:sig encoding=base64; message "
        "\"{query|without:sig|sorted:=:,}\"; "
        "postback; id query:a;",
        "algorithm hmac-sha256; signature form:h encoding=hex; message \"{form|without:h|sized}\"; "
        "unsigned_body; "
        "unsigned_id;",
        "algorithm jwt-hs256; signature body; claims /a/b=x; timestamp claim:/t unit=ms; id claim:/id;",
        "algorithm ecdsa-p256-sha1; signature header:x-sig encoding=base64; challenge method=GET has=query:c "
        "\"match=query:c=[a-z]{1,9}\" \"body={query:c|sha256:a,b}\";"};
    for (const std::string_view name : signature::scheme_names())
        seeds.emplace_back(signature::scheme_text(name));
    return seeds;
}

// The first line is a pattern, what follows a text.
void patterns(std::string_view input) {
    const std::string_view text = take_line(&input);
    signature::Pattern pattern;
    if (!signature::parse_pattern(text, &pattern)) return;
    REQUIRE(pattern.min >= 1 && pattern.min <= pattern.max && pattern.max <= signature::max_echo);
    if (!pattern.matches(input)) return;
    REQUIRE(pattern.admits(input) && input.size() >= pattern.min && input.size() <= pattern.max);
}

std::vector<std::string> pattern_seeds() {
    return {"[A-Za-z0-9_-]{1,128}\nabc_-", "[ -~]{3}\nabc", "[a]{1,1024}\na", "[z-a]{1,2}\nz", "[]{1}\n"};
}

// What is decoded can be encoded again to the same bytes; a time that is read is written and read the same.
void encodings(std::string_view input) {
    for (const auto encoding : {base::Encoding::hex, base::Encoding::base64, base::Encoding::base64url}) {
        std::string decoded, encoded, again;
        if (!base::decode_text(input, encoding, &decoded)) continue;
        base::encode_text(decoded, encoding, &encoded);
        REQUIRE(base::decode_text(encoded, encoding, &again) && again == decoded);
        unsigned char small[8];
        const long size = base::decode_into(input, encoding, small, sizeof small);
        REQUIRE(size <= static_cast<long>(sizeof small));
    }
    std::string decomposed, error;
    if (signature::decode_key(signature::KeyRule::nfkd, input, &decomposed, &error))
        REQUIRE(decomposed.size() <= 4 * input.size());
    for (const std::string& url : signature::url_variants(input))
        REQUIRE(url.size() <= input.size() + 4);  // ":443"
    for (const auto unit :
         {signature::Unit::seconds, signature::Unit::milliseconds, signature::Unit::automatic,
          signature::Unit::rfc3339, signature::Unit::http_date}) {
        std::int64_t ms = 0, again = 0;
        if (!signature::parse_timestamp(input, unit, &ms)) continue;
        if (unit != signature::Unit::milliseconds) ms -= ((ms % 1000) + 1000) % 1000;
        if (unit == signature::Unit::automatic || ms < 0) continue;
        REQUIRE(signature::parse_timestamp(signature::format_timestamp(ms, unit), unit, &again) &&
                again == ms);
    }
}

std::vector<std::string> encoding_seeds() {
    return {"00ff",
            "AAECAw==",
            "AAECAw",
            "1700000000",
            "1700000000000",
            "2024-02-29T23:59:60.123456789Z",
            "2024-01-01T00:00:00+14:00",
            "9999-12-31T23:59:59Z",
            "0000-01-01T00:00:00-23:59"};
}

}  // namespace

std::vector<Target> signature_targets() {
    return {{"language", language, language_seeds},
            {"patterns", patterns, pattern_seeds},
            {"encodings", encodings, encoding_seeds}};
}

}  // namespace webhook::fuzz
