#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "endpoint/document.hpp"
#include "endpoint/url.hpp"
#include "signature/catalogue/scheme_set.hpp"
#include "worker/send/event.hpp"
#include "worker/send/macros.hpp"
#include "worker/send/origin.hpp"
#include "worker/send/rotating_signer.hpp"
#include "worker/send/secrets.hpp"

namespace webhook::worker {

class TokenSource;

/// Is an endpoint prepared for attempts: parsed URL, signers with their keys, the constant part of the
/// request head. Immutable, so running attempts keep the one they began with.
class PreparedEndpoint {
  public:
    /// Never fails: an endpoint with a `problem` (a secret is missing, a key cannot be used) is not ready.
    PreparedEndpoint(const endpoint::Document& document, const Secrets& secrets,
                     std::shared_ptr<const signature::SchemeSet> schemes);

    const endpoint::Document& document() const { return document_; }
    const endpoint::Url& url() const { return url_; }
    const std::string& problem() const { return problem_; }
    /// Returns what is probably wrong with a secret that is used nevertheless; empty: nothing.
    const std::string& warning() const { return warning_; }
    bool ready() const { return problem_.empty(); }
    /// Makes it not ready.
    void refuse(std::string problem) { problem_ = std::move(problem); }
    void add_warning(std::string_view text);

    /// The settings with their secrets in place.
    const endpoint::Tls& tls() const { return tls_; }
    const endpoint::Auth& auth() const { return auth_; }
    /// Returns what endpoints must have in common to share connections and tokens: a digest of both settings;
    /// empty if there are none.
    std::string isolation() const;

    bool has_body() const { return document_.method != "GET"; }

    /// Replaces `head` by request line and headers of one attempt, including the empty line, and returns
    /// nullptr. Otherwise returns why the event cannot be sent: its values make a path segment "." or "..",
    /// which the receiver would resolve to another path (RFC 3986, 5.2.4), or a scheme cannot sign it.
    /// `authorization`: value of the header, if it changes (OAuth 2.0); else empty.
    const char* build_head(const Event& event, std::string_view hops, std::string_view authorization,
                           std::int64_t now_ms, std::string* head) const;

    // Set by the Sender before the endpoint is shared.
    std::shared_ptr<Origin> origin;
    std::shared_ptr<TokenSource> tokens;  ///< nullptr: no OAuth 2.0

  private:
    using Headers = std::vector<std::pair<std::string, std::string>>;

    std::string resolve(const Secrets& secrets, const std::string& value);
    void prepare_tls(const Secrets& secrets);
    void prepare_auth(const Secrets& secrets);
    void prepare_headers(const Secrets& secrets);
    void prepare_signers(const Secrets& secrets);
    const char* append_signatures(const Event& event, std::string_view id, std::string_view timestamp,
                                  std::int64_t now_ms, std::string* target, std::string* headers) const;
    void drop_headers_of_signers();
    void write_fixed_headers();
    bool has_header(std::string_view name) const;

    endpoint::Document document_;
    std::shared_ptr<const signature::SchemeSet> schemes_;  ///< outlives the signers, which refer to it
    endpoint::Url url_;
    endpoint::Tls tls_;
    endpoint::Auth auth_;
    std::string problem_, warning_;
    std::string base_;                      ///< "https://host:port", before path and query
    std::optional<TargetTemplate> macros_;  ///< if path or query have any
    Headers headers_;                       ///< of the document, with secrets resolved
    std::string fixed_;                     ///< all constant header lines
    bool own_content_type_ = true, own_content_encoding_ = true;
    std::optional<RotatingSigner> standard_;
    std::vector<RotatingSigner> others_;
};

}  // namespace webhook::worker
