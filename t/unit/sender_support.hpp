#pragma once

#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <filesystem>

#include "sender_server.hpp"
#include "worker/address_guard.hpp"
#include "worker/sender.hpp"

namespace webhook::worker {

using namespace std::chrono_literals;
using test::Received;
using test::Reply;
using test::Server;
namespace asio = boost::asio;
using Result = Attempt::Result;

inline constexpr const char* ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

inline endpoint::Document document_for(const std::string& url, const std::string& more = "") {
    std::vector<endpoint::Error> errors;
    const auto document = endpoint::parse_document(R"({"id":"e","url":")" + url + "\"" + more + "}", &errors);
    for (const auto& error : errors)
        ADD_FAILURE() << error.where << ": " << error.what;
    return document.value_or(endpoint::Document{});
}

inline std::shared_ptr<Event> sample(
    std::string data = R"({"type":"order.paid","data":{"id":7,"name":"a b"}})") {
    auto event = std::make_shared<Event>();
    event->entry = "1700000000000-0";
    event->stream = "events";
    event->fields = {{"specversion", "1.0"},
                     {"id", "evt_1"},
                     {"source", "stripe"},
                     {"type", "order.paid"},
                     {"time", "2026-01-02T03:04:05Z"},
                     {"datacontenttype", "application/json"},
                     {"data", std::move(data)}};
    return event;
}

class SenderTest : public ::testing::Test {
  protected:
    void make(SenderOptions options = {}) {
        if (!options.guard) options.guard = AddressGuard::everywhere();
        sender = std::make_unique<Sender>(io.get_executor(), options);
    }

    /// Runs attempts one after another and gives the last.
    Attempt send(const endpoint::Document& document, std::shared_ptr<const Event> event = sample(),
                 int times = 1) {
        if (!sender) make();
        const auto target = sender->prepare(document, &problem);
        Attempt last;
        bool done = false;
        asio::co_spawn(
            io,
            [&]() -> asio::awaitable<void> {
                for (int i = 0; i < times; ++i)
                    last = co_await sender->attempt(target, event);
                done = true;
            },
            asio::detached);
        const auto limit = std::chrono::steady_clock::now() + 20s;
        while (!done && std::chrono::steady_clock::now() < limit)
            io.run_one_for(1s);
        EXPECT_TRUE(done);
        return last;
    }

    Attempt answer_with(std::string bytes, Reply::Then then = Reply::Then::keep,
                        const std::string& more = "") {
        Server server(io, [=](const Received&) { return Reply{bytes, then}; });
        return send(document_for(server.url(), more));
    }

    std::string problem;
    asio::io_context io{1};
    std::unique_ptr<Sender> sender;
};

/// A self-made certificate for 127.0.0.1, in files, and the server's context.
struct TestCertificate {
    TestCertificate() : context(asio::ssl::context::tls_server) {
        EVP_PKEY* key = EVP_EC_gen("P-256");
        X509* certificate = X509_new();
        X509_set_version(certificate, 2);
        ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
        X509_gmtime_adj(X509_getm_notBefore(certificate), -60);
        X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
        X509_set_pubkey(certificate, key);
        X509_NAME* name = X509_get_subject_name(certificate);
        X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("test"),
                                   -1, -1, 0);
        X509_set_issuer_name(certificate, name);
        X509_EXTENSION* names = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "IP:127.0.0.1");
        X509_add_ext(certificate, names, -1);
        X509_EXTENSION_free(names);
        X509_sign(certificate, key, EVP_sha256());
        SSL_CTX_use_certificate(context.native_handle(), certificate);
        SSL_CTX_use_PrivateKey(context.native_handle(), key);
        file =
            std::filesystem::temp_directory_path() / ("sender_test_ca." + std::to_string(getpid()) + ".pem");
        FILE* out = std::fopen(file.c_str(), "w");
        PEM_write_X509(out, certificate);
        std::fclose(out);
        X509_free(certificate);
        EVP_PKEY_free(key);
    }
    ~TestCertificate() { std::filesystem::remove(file); }
    asio::ssl::context context;
    std::filesystem::path file;
};

}  // namespace webhook::worker
