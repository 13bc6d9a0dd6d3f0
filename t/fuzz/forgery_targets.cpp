// Every built-in scheme under requests that are forged, changed, or challenges.

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "base/encoding.hpp"
#include "signature/catalogue/lookup.hpp"
#include "signature/model/scheme.hpp"
#include "signature/verify/challenge.hpp"
#include "signature/verify/verifier.hpp"
#include "t/fuzz/target.hpp"
#include "t/unit/signature/public_key_support.hpp"
#include "t/unit/signature/support.hpp"
#include "t/vectors/vectors.hpp"

namespace webhook::fuzz {

namespace {

using nlohmann::json;
using signature::Verdict;

const json& vectors() {
    static const json all = test::read_vectors();
    return all;
}

/// A scheme as the vectors configure it.
struct Configured {
    std::string name;
    std::unique_ptr<signature::Verifier> verifier;  ///< with the key that the requests were signed with
    std::unique_ptr<signature::Verifier> stranger;  ///< with another one
    std::int64_t now_ms = 0;
    std::vector<std::string> requests;
    bool signs_body = false;       ///< byte by byte
    std::set<std::string> bodies;  ///< of the genuine requests
};

std::string body_of(const json& vector) {
    std::string body = vector.at("body");
    if (vector.at("body_encoding") == "base64") {
        std::string decoded;
        REQUIRE(base::decode_text(body, base::Encoding::base64, &decoded));
        return decoded;
    }
    return body;
}

std::string url_of(const json& vector) {
    return vector.at("config").value("url", vector.at("url").get<std::string>());
}

std::string input_of(const json& vector) {
    std::string text = vector.at("method").get<std::string>() + "\n" + url_of(vector) + "\n";
    for (const auto& [name, value] : vector.at("headers").items())
        text += name + ":" + value.get<std::string>() + "\n";
    return text + "\n" + body_of(vector);
}

std::string secret_of(const json& vector) {
    const json& secret = vector.at("secret");
    return secret.is_array() ? secret.at(0).get<std::string>() : secret.get<std::string>();
}

std::unique_ptr<signature::Verifier> make_verifier(const signature::Scheme& scheme, const json& vector,
                                                   const std::string& key) {
    signature::VerifierOptions options;
    options.secrets = {key};
    for (const auto& [name, value] : vector.at("config").items())
        if (value.is_string()) options.params[name] = value.get<std::string>();
    std::string error;
    return signature::Verifier::make(scheme, options, &error);
}

/// With a key of the same kind that is not the one of the vector.
std::unique_ptr<signature::Verifier> make_stranger(const signature::Scheme& scheme, const json& vector) {
    if (signature::uses_public_keys(scheme)) {
        for (const std::string& key : {test::ed25519_public, test::p256_public, test::rsa_public}) {
            if (auto verifier = make_verifier(scheme, vector, key)) return verifier;
        }
        return nullptr;
    }
    std::string key = secret_of(vector);
    char& middle = key.at(key.size() / 2);
    middle = middle == '0' ? '1' : '0';  // still hex, base64 or text
    return make_verifier(scheme, vector, key);
}

/// True when nothing of a genuine request's body can be changed.
bool signs_whole_body(const signature::Scheme& scheme) {
    const bool keyed = scheme.algorithm == signature::Algorithm::hmac ||
                       scheme.algorithm == signature::Algorithm::hash ||
                       scheme.algorithm == signature::Algorithm::public_key;
    if (!keyed || scheme.unsigned_body) return false;
    const auto& parts = scheme.message.parts;
    return scheme.digest || std::any_of(parts.begin(), parts.end(), [](const event::Template::Part& part) {
               return part.is_value && part.source.kind == event::Source::Kind::body && part.filters.empty();
           });
}

/// Method, URL, header lines, an empty line, the body, which comes in two buffers cut at `cut` hundredths of
/// it.
void fill(std::string_view input, unsigned cut, test::PlainRequest* request, std::string* method) {
    method->assign(take_line(&input));
    request->method = *method;
    request->set_url(std::string(take_line(&input)));
    for (std::string_view line = take_line(&input); !line.empty(); line = take_line(&input)) {
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos) continue;
        request->headers.emplace_back(line.substr(0, colon), line.substr(colon + 1));
        if (request->headers.size() == 64) break;
    }
    request->set_body(std::string(input), {input.size() * cut / 100});
}

signature::Outcome check(const signature::Verifier& verifier, std::string_view input, std::int64_t now_ms) {
    test::PlainRequest whole, cut;
    std::string method, same_method;
    fill(input, 100, &whole, &method);
    fill(input, 30, &cut, &same_method);
    signature::Outcome outcome = verifier.check(whole, now_ms);
    const signature::Outcome again = verifier.check(cut, now_ms);
    REQUIRE(outcome.verdict == again.verdict && outcome.reason == std::string_view(again.reason));
    outcome.timestamp = {};  // it lies in the request
    return outcome;
}

void add_vector(const json& vector, const signature::Scheme& scheme, Configured* each) {
    const std::string input = input_of(vector);
    if (each->requests.size() < 4) each->requests.push_back(input);
    if (check(*each->verifier, input, each->now_ms).verdict == Verdict::genuine)
        each->bodies.insert(body_of(vector));
    each->signs_body = signs_whole_body(scheme);
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
                each.verifier = make_verifier(*scheme, vector, secret_of(vector));
                each.stranger = make_stranger(*scheme, vector);
                each.now_ms = vector.at("clock").get<std::int64_t>() * 1000;
            }
            if (each.verifier != nullptr) add_vector(vector, *scheme, &each);
        }
        std::vector<Configured> list;
        for (auto& [name, each] : schemes)
            if (each.verifier != nullptr) list.push_back(std::move(each));
        return list;
    }();
    return all;
}

const Configured* find(std::string_view name) {
    for (const Configured& each : configured())
        if (each.name == name) return &each;
    return nullptr;
}

// The first line names the scheme. The inputs were signed with another key, so nothing may be genuine.
void forgeries(std::string_view input) {
    const Configured* scheme = find(take_line(&input));
    if (scheme == nullptr || scheme->stranger == nullptr) return;
    const auto outcome = check(*scheme->stranger, input, scheme->now_ms);
    REQUIRE(outcome.verdict != Verdict::genuine && outcome.reason != nullptr);
}

// As before, with the right key: what is genuine has a body that was signed.
void changes(std::string_view input) {
    const Configured* scheme = find(take_line(&input));
    if (scheme == nullptr) return;
    const auto outcome = check(*scheme->verifier, input, scheme->now_ms);
    if (outcome.verdict != Verdict::genuine || !scheme->signs_body) return;
    test::PlainRequest request;
    std::string method;
    fill(input, 100, &request, &method);
    std::string body;
    for (const std::string_view chunk : request.body)
        body.append(chunk);
    REQUIRE(scheme->bodies.count(body) == 1);
}

std::vector<std::string> signed_seeds() {
    std::vector<std::string> seeds;
    for (const Configured& each : configured())
        for (const std::string& request : each.requests)
            seeds.push_back(each.name + "\n" + request);
    return seeds;
}

/// A built-in scheme with challenges, with parameters that a stranger cannot know and one that he can.
const signature::Verifier* challenger(std::string_view name) {
    static const std::map<std::string, std::unique_ptr<signature::Verifier>, std::less<>> all = [] {
        std::map<std::string, std::unique_ptr<signature::Verifier>, std::less<>> made;
        for (const std::string_view each : signature::scheme_names()) {
            const signature::Scheme& scheme = *signature::find_scheme(each);
            signature::VerifierOptions options;
            for (const char* param :
                 {"verify_token", "allowed_origin", "audience", "email", "public_key", "setup", "webhook_id"})
                options.params[param] = "expected";
            std::string error;
            for (const std::string& key : {std::string("c2VjcmV0c2VjcmV0c2VjcmV0"), test::ed25519_public,
                                           test::p256_public, test::rsa_public}) {
                options.secrets = {key};
                auto verifier = signature::Verifier::make(scheme, options, &error);
                if (verifier == nullptr) continue;
                made.emplace(each, std::move(verifier));
                break;
            }
        }
        return made;
    }();
    const auto found = all.find(name);
    return found == all.end() ? nullptr : found->second.get();
}

bool is_line(std::string_view text) {
    return std::none_of(text.begin(), text.end(),
                        [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

// The first line names the scheme. What is answered can be sent, and is not longer than what was asked and a
// MAC.
void challenges(std::string_view input) {
    const signature::Verifier* verifier = challenger(take_line(&input));
    if (verifier == nullptr) return;
    test::PlainRequest request;
    std::string method;
    fill(input, 50, &request, &method);
    for (const auto stage : {signature::Stage::arrived, signature::Stage::verified}) {
        signature::Outcome outcome{Verdict::genuine, "", {}};
        signature::Reply reply;
        if (!verifier->judge_challenge(stage, request, &outcome, &reply)) continue;
        REQUIRE(outcome.verdict != Verdict::genuine);
        if (outcome.verdict != Verdict::challenge) continue;
        REQUIRE(reply.status >= 200 && reply.status < 500);
        REQUIRE(reply.body.empty() || !reply.type.empty());
        REQUIRE(reply.body.size() <= 8 * signature::max_echo);
        for (const auto& [name, value] : reply.headers)
            REQUIRE(is_line(name) && is_line(value));
        for (const auto& [name, value] : reply.captured)
            REQUIRE(value.size() <= signature::max_captured);
    }
}

std::vector<std::string> challenge_seeds() {
    std::vector<std::string> seeds = {
        "slack\nPOST\nhttps://h/\n\n{\"type\":\"url_verification\",\"challenge\":\"3eZbrw1aBm2rZgRNFdxV\"}",
        "meta\nGET\nhttps://h/?hub.mode=subscribe&hub.verify_token=expected&hub.challenge=1158201444\n\n",
        "meta\nGET\nhttps://h/?hub.mode=subscribe&hub.verify_token=other&hub.challenge=1%0d%0a\n\n",
        "x\nGET\nhttps://h/?crc_token=challenge_string&nonce=n\n\n",
        "dropbox\nGET\nhttps://h/?challenge=abc\n\n",
        "asana\nPOST\nhttps://h/\nx-hook-secret:0123456789abcdef\n\n{}",
        "okta\nGET\nhttps://h/\nx-okta-verification-challenge:abc\n\n",
        "microsoft-graph\nPOST\nhttps://h/?validationToken=a%20b\n\n",
        "cloudevents\nOPTIONS\nhttps://h/\nwebhook-request-origin:expected\n\n"};
    seeds.push_back(
        "zoom\nPOST\nhttps://h/"
        "\n\n{\"event\":\"endpoint.url_validation\",\"payload\":{\"plainToken\":\"qgg8vlvZ\"}}");
    for (const json& vector : vectors())
        if (vector.value("kind", "") == "challenge")
            seeds.push_back(vector.at("scheme").get<std::string>() + "\n" + input_of(vector));
    return seeds;
}

}  // namespace

std::vector<Target> forgery_targets() {
    return {{"forgeries", forgeries, signed_seeds},
            {"changes", changes, signed_seeds},
            {"challenges", challenges, challenge_seeds}};
}

}  // namespace webhook::fuzz
