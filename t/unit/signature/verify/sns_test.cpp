// SNS messages, as somebody who tries to forge them.

#include "signature/catalogue/lookup.hpp"
#include "t/unit/signature/code_support.hpp"

namespace webhook::signature {
namespace {

json sns_message(const std::string& type) {
    json message = {
        {"Type", type},
        {"MessageId", "22b80b92"},
        {"TopicArn", "arn:aws:sns:us-west-2:123456789012:MyTopic"},
        {"Message", "paid?\nyes"},
        {"Timestamp", "2025-10-09T08:53:20.000Z"},
        {"SignatureVersion", "2"},
        {"SigningCertURL", "https://sns.us-west-2.amazonaws.com/SimpleNotificationService-1.pem"}};
    if (type == "Notification") return message;
    message["SubscribeURL"] = "https://sns.us-west-2.amazonaws.com/?Action=ConfirmSubscription";
    message["Token"] = "2336412f37";
    return message;
}

void sign_sns(json* message) {
    std::string text;
    for (const char* name :
         {"Message", "MessageId", "Subject", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"}) {
        if (message->contains(name) && (*message)[name].is_string())
            text.append(name).append("\n").append((*message)[name].get<std::string>()).append("\n");
    }
    const auto algorithm =
        message->at("SignatureVersion") == "1" ? PublicAlgorithm::rsa_sha1 : PublicAlgorithm::rsa_sha256;
    (*message)["Signature"] = encoded(signature_of(test::rsa_private, algorithm, text));
}

Outcome sns(const std::string& body, const Params& params = {}, Reply* reply = nullptr) {
    const auto verifier = verifier_of(*find_scheme("aws-sns"), test::rsa_public, params);
    test::PlainRequest request;
    request.set_body(body);
    Outcome outcome = verifier->check(request, now * 1000);
    if (reply != nullptr) verifier->judge_challenge(Stage::verified, request, &outcome, reply);
    return outcome;
}

TEST(Sns, EverySignedMemberCounts) {
    for (const char* type : {"Notification", "SubscriptionConfirmation", "UnsubscribeConfirmation"}) {
        for (const char* version : {"1", "2"}) {
            json message = sns_message(type);
            message["SignatureVersion"] = version;
            if (message["Type"] == "Notification") message["Subject"] = "subject";
            sign_sns(&message);
            EXPECT_EQ(sns(message.dump()).verdict, Verdict::genuine);
            for (const auto& [name, value] : message.items()) {
                SCOPED_TRACE(name);
                json changed = message;
                changed[name] = value.get<std::string>() + "0";
                EXPECT_NE(sns(changed.dump()).verdict, Verdict::genuine);
                changed.erase(name);
                EXPECT_NE(sns(changed.dump()).verdict, Verdict::genuine);
            }
        }
    }
}

TEST(Sns, TextHasOneReading) {
    json message = sns_message("Notification");
    sign_sns(&message);
    const std::string good = message.dump();
    const auto replaced = [&](const std::string& from, const std::string& to) {
        std::string body = good;
        body.replace(body.find(from), from.size(), to);
        return sns(body).verdict;
    };
    EXPECT_EQ(replaced("paid?", "paid\\u003f"), Verdict::genuine);
    for (const char* half : {"\\ud800", "\\udc00", "\\ud83d\\u0041", "\\ud83dx", "\\ud83d\\ud83d"})
        EXPECT_EQ(replaced("paid?", std::string("paid") + half), Verdict::malformed)
            << half << " is read as ?";
    EXPECT_EQ(replaced("{", "{\"Type\":\"Notification\","), Verdict::malformed);
    EXPECT_EQ(replaced("{", "{\"Typ\\u0065\":\"Notification\","), Verdict::malformed);
    EXPECT_EQ(replaced("{", "{\"x\":\"\xc1\x94\","), Verdict::malformed);
    // Members moved into one another.
    message["Subject"] = "a\nTimestamp\nb";
    sign_sns(&message);
    EXPECT_EQ(sns(message.dump()).verdict, Verdict::forged);
}

TEST(Sns, CompressedBodiesAreNotRead) {
    const auto verifier = verifier_of(*find_scheme("aws-sns"), test::rsa_public);
    json message = sns_message("Notification");
    sign_sns(&message);
    test::PlainRequest request;
    request.set_body(message.dump());
    request.headers = {{"Content-Encoding", "identity"}};
    EXPECT_EQ(verifier->check(request, now * 1000).verdict, Verdict::genuine);
    request.headers.emplace_back("Content-Encoding", "gzip");
    EXPECT_EQ(verifier->check(request, now * 1000).verdict, Verdict::encoded);
}

TEST(Sns, WhatIsOldIsStale) {
    const std::pair<const char*, Verdict> times[] = {{"2025-10-05T08:53:20.000Z", Verdict::genuine},
                                                     {"2025-10-05T08:53:19.999Z", Verdict::stale},
                                                     {"2025-10-09T08:58:20.000Z", Verdict::genuine},
                                                     {"2025-10-09T08:58:20.001Z", Verdict::stale},
                                                     {"1760000000", Verdict::malformed},
                                                     {"", Verdict::malformed}};
    for (const auto& [time, verdict] : times) {
        json message = sns_message("Notification");
        message["Timestamp"] = time;
        sign_sns(&message);
        EXPECT_EQ(sns(message.dump()).verdict, verdict) << time;
    }
}

TEST(Sns, OnlyAmazonsCertificate) {
    for (const char* url :
         {"http://sns.us-west-2.amazonaws.com/a.pem", "https://sns.us-west-2.amazonaws.com.evil.com/a.pem",
          "https://evil.com/sns.us-west-2.amazonaws.com/a.pem",
          "https://sns.us-west-2.amazonaws.com@evil.com/a.pem",
          "https://evil.com/?sns.us-west-2.amazonaws.com/a.pem", "https://sns.amazonaws.com/a.pem",
          "https://sns..amazonaws.com/a.pem", "https://s3.us-west-2.amazonaws.com/a.pem",
          "https://sns.us-west-2.amazonaws.com:444/a.pem", "https://sns.us-west-2.amazonaws.com/a.pem?x=.pem",
          "https://sns.us-west-2.amazonaws.com/a", ""}) {
        json message = sns_message("Notification");
        message["SigningCertURL"] = url;
        sign_sns(&message);
        EXPECT_EQ(sns(message.dump()).verdict, Verdict::forged) << url;
    }
    json message = sns_message("Notification");
    message["SigningCertURL"] = "https://sns.cn-north-1.amazonaws.com.cn/a.pem";
    sign_sns(&message);
    EXPECT_EQ(sns(message.dump()).verdict, Verdict::genuine);
}

TEST(Sns, TheTopicMayBeAsked) {
    json message = sns_message("Notification");
    sign_sns(&message);
    const std::string body = message.dump();
    EXPECT_EQ(sns(body, {{"topic_arn", "arn:aws:sns:us-west-2:123456789012:MyTopic"}}).verdict,
              Verdict::genuine);
    EXPECT_EQ(sns(body, {{"topic_arn", "arn:other, arn:aws:sns:us-west-2:123456789012:MyTopic"}}).verdict,
              Verdict::genuine);
    EXPECT_EQ(sns(body, {{"topic_arn", "arn:aws:sns:us-west-2:123456789012:MyTopic2"}}).verdict,
              Verdict::forged);
    EXPECT_EQ(sns(body, {{"topic_arn", "arn:aws:sns:us-west-2:123456789012:"}}).verdict, Verdict::forged);
}

TEST(Sns, ConfirmationsAreForTheOperator) {
    for (const char* type : {"SubscriptionConfirmation", "UnsubscribeConfirmation"}) {
        json message = sns_message(type);
        sign_sns(&message);
        Reply reply;
        EXPECT_EQ(sns(message.dump(), {}, &reply).verdict, Verdict::challenge);
        EXPECT_EQ(reply.status, 200u);
        EXPECT_EQ(reply.body, "");
        std::map<std::string, std::string> captured(reply.captured.begin(), reply.captured.end());
        for (const char* name : {"Type", "TopicArn", "SubscribeURL", "Token"})
            EXPECT_EQ(captured[name], message[name].get<std::string>());
        // Forged ones tell nobody anything.
        message["SubscribeURL"] = "https://evil.example/";
        Reply none;
        EXPECT_EQ(sns(message.dump()).verdict, Verdict::forged);
    }
    json message = sns_message("Notification");
    sign_sns(&message);
    Reply reply;
    EXPECT_EQ(sns(message.dump(), {}, &reply).verdict, Verdict::genuine);
    EXPECT_TRUE(reply.captured.empty());
}

}  // namespace
}  // namespace webhook::signature
