#include "link/tls_client.hpp"

#include "base/time.hpp"
#include "link/tls_problem.hpp"

namespace webhook::link {
namespace {

namespace ssl = boost::asio::ssl;

int sessions_index() {
    static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
    return index;
}

}  // namespace

std::shared_ptr<TlsClient> TlsClient::make(const endpoint::Tls& texts, const TlsClient* system,
                                           std::string* problem) {
    std::shared_ptr<TlsClient> client(new TlsClient);
    ssl::context& context = client->context_;
    SSL_CTX* native = context.native_handle();
    boost::system::error_code ignored;
    context.set_options(ssl::context::default_workarounds | ssl::context::no_tlsv1 |
                            ssl::context::no_tlsv1_1 | ssl::context::no_sslv3 | ssl::context::no_compression,
                        ignored);
    if (texts.ca.empty() && system != nullptr) {
        SSL_CTX_set1_cert_store(
            native, SSL_CTX_get_cert_store(const_cast<TlsClient*>(system)->context_.native_handle()));
    } else if (texts.ca.empty() && texts.verify) {
        context.set_default_verify_paths(ignored);
    }
    if (const auto fault = endpoint::load_tls(texts, native)) {
        *problem = std::string("tls.") + fault->field + ": " + fault->what;
        return nullptr;
    }
    client->verify_ = texts.verify;
    context.set_verify_mode(texts.verify ? ssl::verify_peer : ssl::verify_none);
    notice_wanted_certificate(native);
    TlsSessions::enable(native);
    return client;
}

std::string TlsClient::warning() {
    if (!verify_) return "tls.verify is false: the receiver's certificate is not verified";
    const std::string text = endpoint::certificate_warning(context_.native_handle(), base::now_ms() / 1000);
    return text.empty() ? text : "tls.cert: the certificate " + text;
}

void TlsSessions::enable(SSL_CTX* context) {
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(context, on_session);
}

/// Keeps the newest session. Returns 1: the reference is ours.
int TlsSessions::on_session(SSL* ssl, SSL_SESSION* session) {
    auto* sessions = static_cast<TlsSessions*>(SSL_get_ex_data(ssl, sessions_index()));
    if (sessions == nullptr) return 0;
    sessions->session_.reset(session);
    return 1;
}

void TlsSessions::offer(SSL* ssl, Clock::time_point now) {
    SSL_set_ex_data(ssl, sessions_index(), this);
    if (session_ && now - verified_ >= verified_for) session_.reset();
    if (session_) SSL_set_session(ssl, session_.get());
}

void TlsSessions::established(SSL* ssl, Clock::time_point now) {
    if (SSL_session_reused(ssl) == 0) verified_ = now;
}

}  // namespace webhook::link
