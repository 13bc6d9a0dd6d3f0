// Challenges: what the vectors say, what the language refuses, and that none of them signs a forgery.

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "signature/catalogue/lookup.hpp"
#include "signature/keys/prepared.hpp"
#include "signature/language/parser.hpp"
#include "signature/model/scheme.hpp"
#include "signature/verify/judgement.hpp"
#include "signature/verify/verifier.hpp"
#include "t/unit/signature/support.hpp"
#include "t/vectors/vectors.hpp"

namespace webhook {
namespace {

using nlohmann::json;
using signature::Outcome;
using signature::Reply;
using signature::Stage;
using signature::Verdict;
using Params = std::map<std::string, std::string>;

constexpr std::int64_t now_ms = 1'760'000'000'000;

std::unique_ptr<signature::Verifier> verifier_of(const signature::Scheme& scheme, const std::string& secret,
                                                 const Params& params = {}) {
    signature::VerifierOptions options;
    options.secrets = {secret};
    options.params = params;
    std::string error;
    auto verifier = signature::Verifier::make(scheme, options, &error);
    EXPECT_TRUE(verifier) << error;
    return verifier;
}

struct Judged {
    Outcome outcome;
    Reply reply;
};

Judged judge(const signature::Verifier& verifier, const event::Request& request) {
    signature::Judgement judgement = judge_request(verifier, request, now_ms, true);
    return {std::move(judgement.outcome), std::move(judgement.reply)};
}

json challenge_vectors() {
    json chosen = json::array();
    for (const json& vector : test::read_vectors()) {
        if (vector.value("kind", "") == "challenge") chosen.push_back(vector);
    }
    return chosen;
}

Params params_of(const json& vector) {
    Params params;
    for (const auto& [name, value] : vector.at("config").items())
        params[name] = value.get<std::string>();
    return params;
}

TEST(Challenge, AnswersTheVectors) {
    const json vectors = challenge_vectors();
    ASSERT_GE(vectors.size(), 9u);
    for (const json& vector : vectors) {
        const signature::Scheme* scheme = signature::find_scheme(vector.at("scheme").get<std::string>());
        if (scheme == nullptr) continue;
        SCOPED_TRACE(vector.at("scheme").get<std::string>());
        test::PlainRequest request;
        const std::string method = vector.at("method");
        request.method = method;
        request.set_url(vector.at("url"));
        request.set_body(vector.at("body"));
        for (const auto& [name, value] : vector.at("headers").items())
            request.headers.emplace_back(name, value);
        const auto verifier = verifier_of(*scheme, vector.at("secret"), params_of(vector));
        const Judged judged = judge(*verifier, request);
        const json& wanted = vector.at("expect_response");
        EXPECT_TRUE(signature::accepts_method(*scheme, method));
        EXPECT_EQ(judged.outcome.verdict, Verdict::challenge) << judged.outcome.reason;
        EXPECT_EQ(judged.reply.status, wanted.at("status").get<unsigned>());
        EXPECT_EQ(judged.reply.body, wanted.at("body").get<std::string>());
        if (!judged.reply.body.empty()) {
            EXPECT_EQ(judged.reply.type, wanted.at("type").get<std::string>());
        }
    }
}

// A stranger chooses a text, has its HMAC computed by the challenge, and sends it back as a signed message:
// in every place that a value of the message can stand in.
class Forgery {
  public:
    explicit Forgery(const signature::Scheme& scheme) : scheme_(scheme) {}

    void try_all(const std::string& text, const std::string& digest) {
        test::PlainRequest request;
        request.set_body(text);
        place(scheme_.signature.from.front(), prefix() + digest, &request);
        const auto verifier = verifier_of(scheme_, secret_, params_);
        EXPECT_NE(verifier->check(request, now_ms).verdict, Verdict::genuine);
        // The same with every other value of the message filled in or left out.
        for (const auto& part : scheme_.message.parts) {
            if (!part.is_value) continue;
            request.set_body(part.source.kind == event::Source::Kind::body ? text : std::string());
            place(part.source, text, &request);
            place(scheme_.signature.from.front(), prefix() + digest, &request);
            if (scheme_.timestamp) place(scheme_.timestamp->from.front(), "1760000000", &request);
            EXPECT_NE(verifier->check(request, now_ms).verdict, Verdict::genuine) << part.source.text;
        }
    }

    /// The scheme's HMAC of a text, as its challenge gives it away; the message that holds the body alone
    /// says the same.
    std::string digest(const std::string& text) const {
        signature::Prepared prepared;
        std::string error;
        EXPECT_TRUE(
            signature::prepare(scheme_, {secret_}, {}, params_, signature::KeyUse::verify, &prepared, &error))
            << error;
        std::string out;
        base::encode_text(prepared.keys.front().hmac->digest(text).view(), scheme_.signature.encoding, &out);
        return out;
    }

    static constexpr const char* secret_ = "0123456789abcdef0123456789abcdef";
    Params params_{{"verify_token", "v"}, {"public_key", "pk"}, {"allowed_origin", "*"}};

  private:
    std::string prefix() const {
        std::string text;
        if (scheme_.signature.prefixes.empty()) return text;
        for (const auto& part : scheme_.signature.prefixes.front().parts)
            text += part.is_value ? params_.at(part.source.name) : part.literal;
        return text;
    }

    static void place(const event::Source& source, const std::string& value, test::PlainRequest* request) {
        if (source.kind == event::Source::Kind::header) request->set_header(source.name, value);
        if (source.kind == event::Source::Kind::query)
            request->set_url("https://h.test/in?" + source.name + "=" + value);
        if (source.kind == event::Source::Kind::form) {
            const std::string old = request->body.count == 0 ? "" : std::string(*request->body.chunk);
            request->set_body((old.find('=') == std::string::npos ? "" : old + "&") + source.name + "=" +
                              value);
        }
    }

    const signature::Scheme& scheme_;
};

TEST(Challenge, SignsNoForgery) {
    std::size_t signing = 0;
    for (const std::string_view name : signature::scheme_names()) {
        const signature::Scheme& scheme = *signature::find_scheme(name);
        if (scheme.signed_echoes.empty()) continue;
        SCOPED_TRACE(std::string(name));
        ++signing;
        for (const signature::Pattern& pattern : scheme.signed_echoes) {
            char c = 'a';
            while (!pattern.allowed[static_cast<unsigned char>(c)])
                ++c;
            Forgery forgery(scheme);
            for (const std::size_t length : {pattern.min, (pattern.min + pattern.max) / 2, pattern.max}) {
                const std::string text(length, c);
                forgery.try_all(text, forgery.digest(text));
            }
        }
    }
    EXPECT_GE(signing, 3u);
}

// The guard is what stands between: the same scheme without the challenge takes the message.
TEST(Challenge, RefusesOnlyWhatCouldBeAnswered) {
    const signature::Scheme& x = *signature::find_scheme("x");
    Forgery forgery(x);
    const auto verifier = verifier_of(x, Forgery::secret_);
    for (const auto& [body, genuine] :
         std::vector<std::pair<std::string, bool>>{{"abc", false},
                                                   {"{\"a\":1}", true},
                                                   {std::string(128, 'a'), false},
                                                   {std::string(129, 'a'), true}}) {
        test::PlainRequest request;
        request.set_body(body);
        request.set_header("x-twitter-webhooks-signature", "sha256=" + forgery.digest(body));
        EXPECT_EQ(verifier->check(request, now_ms).verdict == Verdict::genuine, genuine) << body;
    }
}

class MetaChallenge : public testing::Test {
  protected:
    Verdict verdict_of(const std::string& query) {
        test::PlainRequest request;
        request.method = "GET";
        request.set_url("https://h.test/in?" + query);
        const auto verifier =
            verifier_of(*signature::find_scheme("meta"), "secret", {{"verify_token", "meaty hamhock"}});
        Judged judged;
        judged.outcome.verdict = Verdict::genuine;
        const bool is_one =
            verifier->judge_challenge(Stage::arrived, request, &judged.outcome, &judged.reply);
        reply_ = judged.reply;
        return is_one ? judged.outcome.verdict : Verdict::no_signature;
    }
    Reply reply_;
};

TEST_F(MetaChallenge, WantsTheToken) {
    const std::string good = "hub.mode=subscribe&hub.challenge=42&hub.verify_token=meaty+hamhock";
    EXPECT_EQ(verdict_of(good), Verdict::challenge);
    EXPECT_EQ(reply_.body, "42");
    EXPECT_EQ(verdict_of("hub.mode=subscribe&hub.challenge=42&hub.verify_token=wrong"), Verdict::forged);
    EXPECT_EQ(reply_.body, "");
    EXPECT_EQ(verdict_of("hub.mode=subscribe&hub.challenge=42"), Verdict::forged);
    EXPECT_EQ(verdict_of("hub.mode=subscribe&hub.challenge=42&hub.verify_token="), Verdict::forged);
    EXPECT_EQ(verdict_of(good + "&hub.verify_token=wrong"), Verdict::malformed);
    EXPECT_EQ(verdict_of(good + "&hub.challenge=43"), Verdict::malformed);
    EXPECT_EQ(verdict_of("hub.mode=denied&hub.challenge=42&hub.verify_token=meaty+hamhock"),
              Verdict::no_signature);
}

TEST_F(MetaChallenge, EchoesOnlyHarmlessText) {
    const std::string start = "hub.mode=subscribe&hub.verify_token=meaty+hamhock&hub.challenge=";
    EXPECT_EQ(verdict_of(start + std::string(256, '1')), Verdict::challenge);
    for (const char* text : {"%3Cscript%3E", "a%0D%0Ab", "a b", "%00", "%C3%A4"})
        EXPECT_EQ(verdict_of(start + text), Verdict::malformed) << text;
    EXPECT_EQ(verdict_of(start + std::string(257, '1')), Verdict::malformed);
}

TEST(Challenge, IsNoneWithoutItsParameter) {
    signature::VerifierOptions options;
    options.secrets = {"secret"};
    std::string error;
    const auto meta = signature::Verifier::make(*signature::find_scheme("meta"), options, &error);
    ASSERT_TRUE(meta) << error;
    EXPECT_EQ(meta->missing_param(), "verify_token");
    test::PlainRequest request;
    request.method = "GET";
    request.set_url("https://h.test/in?hub.mode=subscribe&hub.verify_token=&hub.challenge=1");
    EXPECT_NE(judge(*meta, request).outcome.verdict, Verdict::challenge);
    const auto notion = signature::Verifier::make(*signature::find_scheme("notion"), options, &error);
    ASSERT_TRUE(notion) << error;
    EXPECT_EQ(notion->missing_param(), "");
}

TEST(Challenge, CapturesForTheOwnerOfTheSetupToken) {
    const signature::Scheme& notion = *signature::find_scheme("notion");
    test::PlainRequest request;
    request.set_url("https://h.test/in?setup=s3tup");
    request.set_body("{\"verification_token\":\"secret_abc\"}");
    const Judged good = judge(*verifier_of(notion, "x", {{"setup", "s3tup"}}), request);
    EXPECT_EQ(good.outcome.verdict, Verdict::challenge);
    ASSERT_EQ(good.reply.captured.size(), 1u);
    EXPECT_EQ(good.reply.captured[0].second, "secret_abc");
    EXPECT_EQ(judge(*verifier_of(notion, "x", {{"setup", "other"}}), request).outcome.verdict,
              Verdict::forged);
    EXPECT_EQ(judge(*verifier_of(notion, "x"), request).outcome.verdict, Verdict::no_signature);
    EXPECT_EQ(signature::secret_query_params(notion), std::vector<std::string>{"setup"});
}

TEST(Challenge, ReadsNoLargeBody) {
    const signature::Scheme& notion = *signature::find_scheme("notion");
    test::PlainRequest request;
    request.set_url("https://h.test/in?setup=s3tup");
    request.set_body("{\"verification_token\":\"secret_abc\"" +
                     std::string(signature::max_challenge_body, ' ') + "}");
    EXPECT_EQ(judge(*verifier_of(notion, "x", {{"setup", "s3tup"}}), request).outcome.verdict,
              Verdict::no_signature);
}

TEST(Challenge, EscapesJson) {
    const signature::Scheme& okta = *signature::find_scheme("okta");
    test::PlainRequest request;
    request.method = "GET";
    request.set_url("https://h.test/in");
    request.set_header("x-okta-verification-challenge", "a\"}<\\");
    const Judged judged = judge(*verifier_of(okta, "x"), request);
    EXPECT_EQ(judged.reply.body, "{\"verification\":\"a\\\"}<\\\\\"}");
    EXPECT_EQ(judged.reply.type, "application/json");
}

/// What is wrong with a challenge of these words (separated by blanks); empty when nothing is.
std::string mistake(const std::string& challenge, const std::string& algorithm = "hmac-sha256") {
    signature::Directive signature = {"signature", "header:x-s"};
    if (algorithm.substr(0, 4) == "hmac") signature.emplace_back("encoding=hex");
    signature::Directive words = {"challenge"};
    std::istringstream text(challenge);
    for (std::string word; text >> word;)
        words.push_back(word);
    signature::LanguageError error;
    const auto scheme = signature::parse_scheme("own", {{"algorithm", algorithm}, signature, words}, &error);
    return scheme ? "" : error.message;
}

TEST(ChallengeLanguage, TakesWhatItSays) {
    EXPECT_EQ(mistake("method=HEAD"), "");
    EXPECT_EQ(mistake("method=GET has=query:c match=query:c=[a-z-]{1,9} body={query:c|hmac:base64}"), "");
    EXPECT_EQ(mistake("has=json:/a absent=header:b when=form:c=d=e require=query:t={config:t} status=204"),
              "");
    EXPECT_EQ(mistake("method=OPTIONS has=header:o among=header:o={config:o} header=X-O={header:o}"), "");
}

TEST(ChallengeLanguage, RefusesWhatIsDangerous) {
    EXPECT_NE(mistake("status=200").find("needs \"has=\" or \"when=\""), std::string::npos);
    EXPECT_NE(mistake("after=verify absent=json:/a").find("needs \"has=\""), std::string::npos);
    EXPECT_NE(mistake("has=query:c body={query:c|hmac}").find("is signed for any client"), std::string::npos);
    EXPECT_NE(mistake("has=query:c match=query:c=[a-z]{1,129} body={query:c|hmac}").find("at most 128"),
              std::string::npos);
    EXPECT_NE(
        mistake("has=query:c match=query:c=[a-z]{1,9} body={query:c|hmac}", "token").find("HMAC algorithm"),
        std::string::npos);
    EXPECT_NE(mistake("has=json:/c capture=c=json:/c").find("needs \"require=\""), std::string::npos);
    for (const char* bad : {"has=body",
                            "has=secret",
                            "has=config:x",
                            "has=ts",
                            "has=form:a>json:/b",
                            "method=PUT",
                            "type=text/html",
                            "status=302",
                            "nonsense",
                            "when=json:/a",
                            "when=json:/a=",
                            "require=query:a={query:b}",
                            "require=query:a=",
                            "match=query:a=[a-z]",
                            "match=query:a=[z-a]{1,2}",
                            "match=query:a=[]{1,2}",
                            "match=query:a=[a]{0,2}",
                            "match=query:a=[a]{1,1025}",
                            "capture=json:/a",
                            "capture=a:b=json:/a",
                            "header=X",
                            "header=X:Y=a",
                            "has=json:/a body={secret}",
                            "has=json:/a body={body}",
                            "has=json:/a body={query:a|lower}",
                            "has=json:/a status=204 body=x",
                            "has=json:/a body=[{query:a}]"})
        EXPECT_NE(mistake(bad), "") << bad;
}

}  // namespace
}  // namespace webhook
