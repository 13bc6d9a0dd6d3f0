#include "link/tls_problem.hpp"

#include <openssl/err.h>
#include <openssl/x509_vfy.h>

#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>

#include "link/error_text.hpp"

namespace webhook::link {
namespace {

int wanted_index() {
    static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
    return index;
}

int on_wanted(SSL* ssl, X509** /*certificate*/, EVP_PKEY** /*key*/) {
    static char yes;
    SSL_set_ex_data(ssl, wanted_index(), &yes);
    return 0;
}

std::string certificate_problem(long verdict, const std::string& host) {
    const std::string text = "certificate refused: " + std::string(X509_verify_cert_error_string(verdict));
    switch (verdict) {
        case X509_V_ERR_HOSTNAME_MISMATCH:
        case X509_V_ERR_IP_ADDRESS_MISMATCH:
            return text + " (it is not for " + host + ")";
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
        case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
            return text +
                   " (its issuer is not trusted here, or the server does not send the certificates between)";
        default:
            return text;
    }
}

/// Returns whether the received bytes were not TLS.
bool is_other_protocol(const boost::system::error_code& error) {
    if (error.category() != boost::asio::error::get_ssl_category()) return false;
    switch (ERR_GET_REASON(static_cast<unsigned long>(error.value()))) {
        case SSL_R_WRONG_VERSION_NUMBER:
        case SSL_R_HTTP_REQUEST:
        case SSL_R_UNKNOWN_PROTOCOL:
        case SSL_R_PACKET_LENGTH_TOO_LONG:
        case SSL_R_BAD_RECORD_TYPE:
        case SSL_R_UNEXPECTED_MESSAGE:
            return true;
        default:
            return false;
    }
}

/// Returns whether the server has rejected our certificate.
bool is_refused_certificate(const SSL* ssl, const boost::system::error_code& error) {
    if (SSL_get_certificate(ssl) == nullptr || error.category() != boost::asio::error::get_ssl_category())
        return false;
    switch (ERR_GET_REASON(static_cast<unsigned long>(error.value()))) {
        case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
        case SSL_R_TLSV1_ALERT_ACCESS_DENIED:
        case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
        case SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE:
        case SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED:
        case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED:
        case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
        case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
            return true;
        default:
            return false;
    }
}

}  // namespace

void notice_wanted_certificate(SSL_CTX* context) {
    SSL_CTX_set_client_cert_cb(context, on_wanted);
}

bool certificate_was_wanted(const SSL* ssl) {
    return SSL_get_ex_data(ssl, wanted_index()) != nullptr;
}

std::string tls_problem(const SSL* ssl, const boost::system::error_code& error, const std::string& host) {
    const bool verifies = (SSL_get_verify_mode(ssl) & SSL_VERIFY_PEER) != 0;
    const long verdict = verifies ? SSL_get_verify_result(ssl) : X509_V_OK;
    if (verdict != X509_V_OK) return "tls: " + certificate_problem(verdict, host);
    if (is_other_protocol(error))
        return "tls: the port does not speak TLS: is it http://? (" + describe(error) + ")";
    if (is_refused_certificate(ssl, error))
        return "tls: the server refused the client certificate, \"tls.cert\" (" + describe(error) + ")";
    if (certificate_was_wanted(ssl))
        return "tls: the server wants a client certificate, and there is none to give (" + describe(error) +
               ")";
    if (error == boost::asio::error::eof || error == boost::asio::ssl::error::stream_truncated ||
        error == boost::asio::error::connection_reset) {
        return "tls: the server closed the connection during the TLS handshake: does the port speak TLS?";
    }
    return "tls: " + describe(error);
}

}  // namespace webhook::link
