// The order that module and webhookctl share: challenges, the method, the signature, challenges that are
// signed.

#include "signature/verify/judgement.hpp"

#include <gtest/gtest.h>

#include <string>

#include "t/unit/signature/definition_support.hpp"
#include "t/unit/signature/support.hpp"

namespace webhook::signature {
namespace {

class JudgementTest : public testing::Test {
  protected:
    Judgement judge(const std::string& more, bool keeps_captured = true) {
        std::string error;
        scheme_ = parsed(hmac + more, &error);
        EXPECT_TRUE(scheme_) << error;
        if (scheme_ == nullptr) return {};
        VerifierOptions options;
        options.secrets = {secret};
        options.params = {{"token", "t0ken-t0ken-t0ken"}};
        verifier_ = Verifier::make(*scheme_, options, &error);
        EXPECT_TRUE(verifier_) << error;
        if (verifier_ == nullptr) return {};
        return judge_request(*verifier_, request_, now_ms, keeps_captured);
    }

    void sign(const std::string& body) {
        request_.set_body(body);
        request_.set_header("x-sig", test::hmac(EVP_sha256(), secret, body, base::Encoding::hex));
    }

    std::unique_ptr<Scheme> scheme_;
    std::unique_ptr<Verifier> verifier_;
    test::PlainRequest request_;
};

const std::string early = "challenge method=GET has=query:echo \"body={query:echo}\";";
const std::string late = "challenge after=verify when=json:/type=ping \"body={json:/text}\";";
const std::string telling =
    "challenge has=query:setup \"require=query:setup={config:token}\" capture=word=json:/word;";

TEST_F(JudgementTest, AChallengeNeedsNoSignature) {
    request_.method = "GET";
    request_.set_url("https://h.test/?echo=abc");
    const Judgement judged = judge(early);
    EXPECT_EQ(judged.outcome.verdict, Verdict::challenge);
    EXPECT_EQ(judged.reply.body, "abc");
    EXPECT_TRUE(judged.takes_method);
}

TEST_F(JudgementTest, AMethodOfChallengesIsForNothingElse) {
    request_.method = "GET";
    sign("{}");
    EXPECT_FALSE(judge(early).takes_method);
    EXPECT_NE(judge(early).outcome.verdict, Verdict::genuine);
}

TEST_F(JudgementTest, ASignedChallengeNeedsItsSignature) {
    sign(R"({"type":"ping","text":"hello"})");
    EXPECT_EQ(judge(late).outcome.verdict, Verdict::challenge);
    EXPECT_EQ(judge(late).reply.body, "hello");
    request_.set_header("x-sig", std::string(64, '0'));
    const Judgement judged = judge(late);
    EXPECT_EQ(judged.outcome.verdict, Verdict::forged);
    EXPECT_EQ(judged.reply.body, "");
}

TEST_F(JudgementTest, ASignedChallengeMayHaveAMethodOfItsOwn) {
    const std::string by_get = "challenge method=GET after=verify when=json:/type=ping body=x;";
    request_.method = "GET";
    sign(R"({"type":"ping"})");
    EXPECT_EQ(judge(by_get).outcome.verdict, Verdict::challenge);
    sign(R"({"type":"other"})");
    EXPECT_FALSE(judge(by_get).takes_method) << "genuine, but no event comes by GET";
}

TEST_F(JudgementTest, CapturedValuesNeedAPlace) {
    request_.set_url("https://h.test/?setup=t0ken-t0ken-t0ken");
    sign(R"({"word":"w"})");
    const Judgement kept = judge(telling);
    EXPECT_EQ(kept.outcome.verdict, Verdict::challenge);
    ASSERT_EQ(kept.reply.captured.size(), 1u);
    const Judgement event = judge(telling, false);
    EXPECT_EQ(event.outcome.verdict, Verdict::genuine);
    EXPECT_TRUE(event.reply.captured.empty());
    request_.set_header("x-sig", std::string(64, '0'));
    EXPECT_EQ(judge(telling, false).outcome.verdict, Verdict::forged);
}

TEST_F(JudgementTest, TheTimestampOfASignedChallengeStays) {
    const std::string timed = late + "timestamp header:x-time unit=s; message \"{ts}.{body}\";";
    request_.set_body(R"({"type":"ping","text":"hello"})");
    request_.set_header("x-time", "1760000000");
    request_.set_header("x-sig",
                        test::hmac(EVP_sha256(), secret, R"(1760000000.{"type":"ping","text":"hello"})",
                                   base::Encoding::hex));
    const Judgement judged = judge(timed);
    EXPECT_EQ(judged.outcome.verdict, Verdict::challenge);
    EXPECT_EQ(judged.outcome.timestamp, "1760000000");
}

}  // namespace
}  // namespace webhook::signature
