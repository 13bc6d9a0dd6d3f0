// The language of schemes, and every built-in scheme under forged requests.

#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "../unit/signature_support.hpp"
#include "signature/encoding.hpp"
#include "signature/language.hpp"
#include "signature/scheme_set.hpp"
#include "signature/timestamp.hpp"
#include "signature/verifier.hpp"
#include "target.hpp"

namespace webhook::fuzz {

namespace {

using nlohmann::json;

const json& vectors() {
    static const json all = [] {
        const std::filesystem::path here = __FILE__;
        return json::parse(std::ifstream(here.parent_path().parent_path() / "vectors" / "vectors.json"));
    }();
    return all;
}

/// A scheme as the vectors configure it.
struct Configured {
    std::string name;
    std::unique_ptr<signature::Verifier> verifier;
    std::int64_t now_ms = 0;
    bool key_is_secret = true;  ///< not the one the requests were signed with; false for public keys
    std::vector<std::string> requests;
};

std::string body_of(const json& vector) {
    std::string body = vector.at("body");
    if (vector.at("body_encoding") == "base64") {
        std::string decoded;
        REQUIRE(signature::decode_text(body, signature::Encoding::base64, false, &decoded));
        return decoded;
    }
    return body;
}

std::string input_of(const json& vector) {
    std::string url = vector.at("config").value("url", vector.at("url").get<std::string>());
    std::string text = vector.at("method").get<std::string>() + "\n" + url + "\n";
    for (const auto& [name, value] : vector.at("headers").items())
        text += name + ":" + value.get<std::string>() + "\n";
    return text + "\n" + body_of(vector);
}

std::unique_ptr<signature::Verifier> make_verifier(const signature::Scheme& scheme, const json& vector,
                                                   bool other_key) {
    signature::VerifierOptions options;
    const json& secret = vector.at("secret");
    std::string key = secret.is_array() ? secret.at(0).get<std::string>() : secret.get<std::string>();
    char& middle = key.at(key.size() / 2);
    if (other_key) middle = middle == '0' ? '1' : '0';  // still hex, base64 or text
    options.secrets = {key};
    for (const auto& [name, value] : vector.at("config").items())
        if (value.is_string()) options.params[name] = value.get<std::string>();
    std::string error;
    return signature::Verifier::make(scheme, options, &error);
}

const std::vector<Configured>& configured() {
    static const std::vector<Configured> all = [] {
        std::map<std::string, Configured> schemes;
        for (const json& vector : vectors()) {
            const std::string name = vector.at("scheme");
            const signature::Scheme* scheme = signature::find_scheme(name);
            if (scheme == nullptr || vector.value("kind", "") == "challenge" || name == "none") continue;
            Configured& each = schemes[name];
            if (each.verifier == nullptr) {
                each.name = name;
                each.verifier = make_verifier(*scheme, vector, true);
                each.key_is_secret = each.verifier != nullptr;
                if (!each.key_is_secret) each.verifier = make_verifier(*scheme, vector, false);
                each.now_ms = vector.at("clock").get<std::int64_t>() * 1000;
            }
            if (each.requests.size() < 4) each.requests.push_back(input_of(vector));
        }
        std::vector<Configured> list;
        for (auto& [name, each] : schemes)
            if (each.verifier != nullptr) list.push_back(std::move(each));
        return list;
    }();
    return all;
}

/// Method, URL, header lines, an empty line, the body.
void fill(std::string_view input, test::PlainRequest* request, std::string* method) {
    method->assign(take_line(&input));
    request->method = *method;
    request->set_url(std::string(take_line(&input)));
    for (std::string_view line = take_line(&input); !line.empty(); line = take_line(&input)) {
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos) continue;
        request->headers.emplace_back(line.substr(0, colon), line.substr(colon + 1));
        if (request->headers.size() == 64) break;
    }
    request->set_body(std::string(input), {input.size() / 2});
}

// The first line names the scheme. The inputs were signed with another key, so nothing may be genuine.
void forgeries(std::string_view input) {
    const std::string_view name = take_line(&input);
    for (const Configured& each : configured()) {
        if (each.name != name) continue;
        test::PlainRequest request;
        std::string method;
        fill(input, &request, &method);
        const auto outcome = each.verifier->check(request, each.now_ms);
        if (each.key_is_secret) REQUIRE(outcome.verdict != signature::Verdict::genuine);
        REQUIRE(outcome.reason != nullptr);
    }
}

std::vector<std::string> forgery_seeds() {
    std::vector<std::string> seeds;
    for (const Configured& each : configured())
        for (const std::string& request : each.requests)
            seeds.push_back(each.name + "\n" + request);
    return seeds;
}

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
        "algorithm 'hmac-sha256'; signature header:x \"split=,\" # c\n;"};
    for (const std::string_view name : signature::scheme_names())
        seeds.emplace_back(signature::scheme_text(name));
    return seeds;
}

// What is decoded can be encoded again to the same bytes; a time that is read is written and read the same.
void encodings(std::string_view input) {
    for (const auto encoding :
         {signature::Encoding::hex, signature::Encoding::base64, signature::Encoding::base64url}) {
        std::string decoded, encoded, again;
        if (!signature::decode_text(input, encoding, false, &decoded)) continue;
        signature::encode_text(decoded, encoding, &encoded);
        REQUIRE(signature::decode_text(encoded, encoding, false, &again) && again == decoded);
        unsigned char small[8];
        const long size = signature::decode_into(input, encoding, small, sizeof small);
        REQUIRE(size <= static_cast<long>(sizeof small));
    }
    for (const auto unit : {signature::Unit::seconds, signature::Unit::milliseconds,
                            signature::Unit::automatic, signature::Unit::rfc3339}) {
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
    return {{"forgeries", forgeries, forgery_seeds},
            {"language", language, language_seeds},
            {"encodings", encodings, encoding_seeds}};
}

}  // namespace webhook::fuzz
