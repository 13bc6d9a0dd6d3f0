// The field `tls`: authorities, client certificates, verification, sessions.

#include <fstream>

#include "link/tls_client.hpp"
#include "t/unit/worker/send/authority.hpp"
#include "t/unit/worker/send/support.hpp"
#include "worker/send/prepared_endpoint.hpp"

namespace webhook::test {
namespace {

class TlsSettingTest : public SenderTest {
  protected:
    static std::string ca_of(const Authority& authority) {
        return R"(,"tls":{"ca":)" + quoted(authority.pem()) + "}";
    }
    static std::string mutual(const Authority& authority, const Identity& client) {
        return R"(,"tls":{"ca":)" + quoted(authority.pem()) + R"(,"cert":)" + quoted(client.certificate) +
               R"(,"key":)" + quoted(client.key) + "}";
    }
    std::unique_ptr<Server> serve(asio::ssl::context& context, Reply::Then then = Reply::Then::keep) {
        return std::make_unique<Server>(
            io,
            [then](const Received&) {
                return Reply{ok, then};
            },
            &context);
    }
    /// A sender for which every name is 127.0.0.1.
    void make_named() {
        SenderOptions options;
        options.look_up = [](const std::string&) {
            return link::Resolver::Answer{
                std::make_shared<const link::Addresses>(link::Addresses{asio::ip::make_address("127.0.0.1")}),
                {}};
        };
        make(options);
    }

    Authority authority;
};

TEST_F(TlsSettingTest, TrustsAPrivateAuthorityInPlaceOfTheSystems) {
    auto context = server_context(authority.issue("IP:127.0.0.1"));
    const auto server = serve(context);
    EXPECT_NE(send(document_for(server->url())).error.find("certificate refused"), std::string::npos);
    EXPECT_EQ(send(document_for(server->url(), ca_of(authority))).error, "");
    const Authority other("authority");
    EXPECT_NE(send(document_for(server->url(), ca_of(other))).error.find("certificate refused"),
              std::string::npos);
    const std::string both = R"(,"tls":{"ca":)" + quoted(Authority("third").pem() + authority.pem()) + "}";
    EXPECT_EQ(send(document_for(server->url(), both)).error, "");
}

TEST_F(TlsSettingTest, TheServersOwnCertificateMayBeTheAuthority) {
    const Identity identity = authority.issue("IP:127.0.0.1");
    auto context = server_context(identity);
    const auto server = serve(context);
    const std::string pinned = R"(,"tls":{"ca":)" + quoted(identity.certificate) + "}";
    EXPECT_EQ(send(document_for(server->url(), pinned)).error, "");
}

TEST_F(TlsSettingTest, ChecksTheHostsName) {
    make_named();
    auto context =
        server_context(authority.issue("DNS:receiver.example,DNS:*.wild.example,DNS:p*.part.example"));
    const auto server = serve(context);
    const auto error_of = [&](const std::string& host) {
        return send(document_for("https://" + host + ":" + std::to_string(server->port()) + "/",
                                 ca_of(authority)))
            .error;
    };
    for (const char* good : {"receiver.example", "RECEIVER.example", "receiver.example.", "a.wild.example"})
        EXPECT_EQ(error_of(good), "") << good;
    for (const char* bad : {"other.example", "a.b.wild.example", "wild.example", "part.part.example"}) {
        EXPECT_EQ(error_of(bad),
                  "tls: certificate refused: hostname mismatch (it is not for " + std::string(bad) + ")");
    }
    EXPECT_NE(error_of("127.0.0.1").find("IP address mismatch"), std::string::npos);
}

TEST_F(TlsSettingTest, ShowsAClientCertificate) {
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        auto context = server_context(authority.issue("IP:127.0.0.1"), &authority);
        SSL_CTX_set_max_proto_version(context.native_handle(), version);
        const auto server = serve(context);
        const Identity client = authority.issue("DNS:worker.example");
        EXPECT_EQ(send(document_for(server->url(), mutual(authority, client))).error, "");
        const std::string none = send(document_for(server->url(), ca_of(authority))).error;
        EXPECT_NE(none.find("the server wants a client certificate"), std::string::npos) << none;
        const Identity foreign = Authority("foreign").issue("DNS:worker.example");
        const std::string refused = send(document_for(server->url(), mutual(authority, foreign))).error;
        EXPECT_NE(refused.find("tls: the server refused the client certificate"), std::string::npos)
            << refused;
    }
}

TEST_F(TlsSettingTest, SendsWithoutVerificationAfterAWarning) {
    auto context = server_context(Authority("unknown").issue("DNS:other.example"));
    const auto server = serve(context);
    const auto document = document_for(server->url(), R"(,"tls":{"verify":false})");
    EXPECT_EQ(send(document).error, "");
    EXPECT_EQ(sender->prepare(document, &problem)->warning(),
              "tls.verify is false: the receiver's certificate is not verified");
    EXPECT_EQ(sender->prepare(document_for(server->url()), &problem)->warning(), "");
}

TEST_F(TlsSettingTest, WarnsOfAnExpiredClientCertificate) {
    make();
    const Identity old = authority.issue("DNS:worker.example", -7200, -3600);
    const auto document = document_for("https://127.0.0.1/", mutual(authority, old));
    EXPECT_EQ(sender->prepare(document, &problem)->warning(), "tls.cert: the certificate has expired");
    EXPECT_EQ(problem, "");
}

TEST_F(TlsSettingTest, AMissingOrBadFileLeavesDeliveriesWaiting) {
    auto context = server_context(authority.issue("IP:127.0.0.1"), &authority);
    const auto server = serve(context);
    const auto folder = std::filesystem::temp_directory_path() / ("tls_test." + std::to_string(getpid()));
    std::filesystem::create_directory(folder);
    SenderOptions options;
    options.secrets_dir = folder;
    make(options);
    const auto document =
        document_for(server->url(), R"(,"tls":{"ca":"secret:ca","cert":"secret:cert","key":"secret:key"})");
    const auto put = [&](const char* name, const std::string& text) { std::ofstream(folder / name) << text; };
    const Identity client = authority.issue("DNS:worker.example"), other = authority.issue("DNS:a.example");
    EXPECT_EQ(send(document).result, Result::not_ready);
    EXPECT_NE(problem.find("/key\""), std::string::npos) << problem;
    put("ca", authority.pem());
    put("cert", client.certificate);
    put("key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
    EXPECT_EQ(send(document).result, Result::not_ready);
    EXPECT_EQ(problem, "tls.key: holds no private key that can be read (-----BEGIN PRIVATE KEY-----)");
    put("key", other.key);
    EXPECT_EQ(send(document).result, Result::not_ready);
    EXPECT_NE(problem.find("tls.key: does not fit"), std::string::npos) << problem;
    EXPECT_TRUE(server->requests->empty());
    put("key", client.key);
    EXPECT_EQ(send(document).error, "") << "the files were read again";
    std::filesystem::remove_all(folder);
}

TEST_F(TlsSettingTest, TheNextConnectionResumesTheSession) {
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        auto context = server_context(authority.issue("IP:127.0.0.1"), &authority);
        SSL_CTX_set_max_proto_version(context.native_handle(), version);
        const auto server = serve(context, Reply::Then::close);
        const Identity client = authority.issue("DNS:worker.example"),
                       other = authority.issue("DNS:b.example");
        const auto document = document_for(server->url(), mutual(authority, client));
        make();
        const auto kept = sender->prepare(document, &problem);  // as the worker keeps endpoints
        for (int i = 0; i < 3; ++i)
            EXPECT_EQ(send(document).error, "");
        EXPECT_EQ(*server->connections, 3);
        EXPECT_EQ(SSL_CTX_sess_hits(context.native_handle()), 2) << version;
        EXPECT_EQ(send(document_for(server->url(), mutual(authority, other))).error, "");
        EXPECT_EQ(SSL_CTX_sess_hits(context.native_handle()), 2) << "another setting, another session";
    }
}

TEST_F(TlsSettingTest, AServerThatForgotTheSessionIsNoFailure) {
    auto first = server_context(authority.issue("IP:127.0.0.1"));
    auto server = serve(first, Reply::Then::close);
    const auto document = document_for(server->url(), ca_of(authority));
    make();
    const auto kept = sender->prepare(document, &problem);
    EXPECT_EQ(send(document).error, "");
    unsigned char keys[80];
    std::fill(std::begin(keys), std::end(keys), 7);
    SSL_CTX_set_tlsext_ticket_keys(first.native_handle(), keys, sizeof keys);
    SSL_CTX_flush_sessions(first.native_handle(), 0);
    EXPECT_EQ(send(document).error, "");
    EXPECT_EQ(server->requests->size(), 2u);
}

TEST_F(TlsSettingTest, EndpointsWithOtherSettingsShareNoConnection) {
    auto context = server_context(authority.issue("IP:127.0.0.1"));
    const auto server = serve(context);
    const Identity client = authority.issue("DNS:worker.example");
    make();
    std::vector<std::shared_ptr<const PreparedEndpoint>> kept;
    const std::string ca = quoted(authority.pem());
    const std::vector<std::string> settings{ca_of(authority), mutual(authority, client),
                                            R"(,"tls":{"verify":false})",
                                            ca_of(authority) + R"(,"auth":{"bearer":"token-a"})",
                                            ca_of(authority) + R"(,"auth":{"bearer":"token-b"})"};
    for (int round = 0; round < 2; ++round) {
        for (const std::string& setting : settings) {
            const auto document = document_for(server->url(), setting);
            kept.push_back(sender->prepare(document, &problem));
            EXPECT_EQ(send(document).error, "");
        }
    }
    EXPECT_EQ(*server->connections, static_cast<int>(settings.size()));
    EXPECT_EQ(kept[0]->origin, kept[settings.size()]->origin) << "equal settings share";
}

TEST_F(TlsSettingTest, ASessionIsUsedForAnHourAfterTheVerification) {
    std::string error;
    const auto client = link::TlsClient::make({authority.pem(), "", "", true}, nullptr, &error);
    link::TlsSessions sessions;
    SSL_CTX* context = client->context().native_handle();
    using Ssl = std::unique_ptr<SSL, base::Free<SSL_free>>;
    const auto now = link::Clock::now();
    const Ssl first(SSL_new(context)), second(SSL_new(context)), third(SSL_new(context));
    sessions.offer(first.get(), now);
    sessions.established(first.get(), now);
    SSL_SESSION* session = SSL_SESSION_new();
    SSL_SESSION_set_protocol_version(session, TLS1_3_VERSION);
    SSL_CTX_sess_get_new_cb(context)(first.get(), session);
    ASSERT_TRUE(sessions.has_session());
    sessions.offer(second.get(), now + 59min);
    EXPECT_EQ(SSL_get_session(second.get()), session);
    sessions.offer(third.get(), now + 60min);
    EXPECT_FALSE(sessions.has_session());
}

}  // namespace
}  // namespace webhook::test
