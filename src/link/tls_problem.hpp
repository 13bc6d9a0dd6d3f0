#pragma once

#include <openssl/ssl.h>

#include <boost/system/error_code.hpp>
#include <string>

namespace webhook::link {

/// Makes connections of the context remember that the server requested a client certificate; none is sent.
void notice_wanted_certificate(SSL_CTX* context);
bool certificate_was_wanted(const SSL* ssl);

/// Explains why a TLS handshake, or the first read after it, failed.
std::string tls_problem(const SSL* ssl, const boost::system::error_code& error, const std::string& host);

}  // namespace webhook::link
