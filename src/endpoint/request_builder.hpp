#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "endpoint/condition.hpp"
#include "endpoint/document.hpp"
#include "endpoint/request_body.hpp"
#include "endpoint/rotating_signer.hpp"
#include "endpoint/secrets.hpp"
#include "endpoint/url.hpp"
#include "signature/catalogue/scheme_set.hpp"
#include "store/stored_event.hpp"

namespace webhook::endpoint {

/// What templates may say about a delivery.
struct DeliveryFacts {
    std::int64_t created_ms = 0;
    unsigned attempt = 1;  ///< its number, from 1
};

/// One request. `body` refers to `made` or to the event.
struct OutgoingRequest {
    std::string head;  ///< request line and headers including the empty line
    std::string made;
    std::string_view body;
    std::vector<std::string> secrets;  ///< what secrets have become in it
};

/// Why there is no request for an event.
struct RequestProblem {
    bool unfilled = false;  ///< a template has no value; else the event cannot be sent or signed
    std::string what;
};

/// Makes the requests of an endpoint: parsed URL, templates, signers with their keys, the constant part of
/// the head. Immutable.
class RequestBuilder {
  public:
    /// Never fails: an endpoint with a `problem` (a secret is missing, a key cannot be used) is not ready.
    RequestBuilder(const Document& document, const Secrets& secrets,
                   std::shared_ptr<const signature::SchemeSet> schemes);
    RequestBuilder(const RequestBuilder&) = delete;
    RequestBuilder& operator=(const RequestBuilder&) = delete;

    const Document& document() const { return document_; }
    const Url& url() const { return url_; }
    const std::string& problem() const { return problem_; }
    /// Returns what is probably wrong with a secret that is used nevertheless; empty: nothing.
    const std::string& warning() const { return warning_; }
    bool ready() const { return problem_.empty(); }
    /// Makes it not ready.
    void refuse(std::string problem) { problem_ = std::move(problem); }
    void add_warning(std::string_view text);

    /// The settings with their secrets in place.
    const Tls& tls() const { return tls_; }
    const Auth& auth() const { return auth_; }
    /// Returns what endpoints must have in common to share connections and tokens: a digest of both settings;
    /// empty if there are none.
    std::string isolation() const;

    /// Conditions; nullptr: none.
    const Condition* where() const { return where_ ? &*where_ : nullptr; }
    const Condition* success_where() const { return success_where_ ? &*success_where_ : nullptr; }

    /// Fills the request for one attempt, which keeps its capacity, or says why there is none: a value is
    /// missing, would make a path segment "." or ".." (which the receiver would resolve to another path, RFC
    /// 3986 section 5.2.4), or a scheme cannot sign it. The event must outlive the request.
    /// `authorization`: value of the header, if it changes (OAuth 2.0); else empty.
    std::optional<RequestProblem> build(const store::StoredEvent& event, const DeliveryFacts& facts,
                                        std::string_view hops, std::string_view authorization,
                                        std::int64_t now_ms, OutgoingRequest* request) const;

    /// Replaces secrets in a text that may quote the request (a response) by "***".
    void mask(const OutgoingRequest& request, std::string* text) const;

  private:
    struct Header {
        std::string name, where;
        TextTemplate value;
    };

    void parse_parts();
    std::string resolve(const Secrets& secrets, const std::string& value);
    void prepare_tls(const Secrets& secrets);
    void prepare_auth(const Secrets& secrets);
    void prepare_headers(const Secrets& secrets);
    void prepare_header(const Secrets& secrets, const std::string& name, const std::string& value);
    void prepare_template_secrets(const Secrets& secrets);
    void prepare_signers(const Secrets& secrets);
    void drop_headers_of_signers();
    void write_fixed_headers();
    bool has_header(std::string_view name) const;

    bool render(Renderer* renderer, const store::StoredEvent& event, std::string* target,
                std::string* headers, OutgoingRequest* request) const;
    bool render_headers(Renderer* renderer, std::string* headers) const;
    const char* append_signatures(const store::StoredEvent& event, std::string_view id,
                                  std::string_view timestamp, std::int64_t now_ms, std::string_view body,
                                  std::string* target, std::string* headers) const;
    void append_content_headers(const store::StoredEvent& event, std::string_view body,
                                std::string* head) const;

    Document document_;
    std::shared_ptr<const signature::SchemeSet> schemes_;  ///< outlives the signers, which refer to it
    Url url_;
    Tls tls_;
    Auth auth_;
    RequestBody body_;
    std::optional<Condition> where_, success_where_;
    std::string problem_, warning_;
    std::string base_;  ///< "https://host:port", before path and query
    std::vector<std::pair<std::string, std::string>> headers_;  ///< fixed ones, with secrets resolved
    std::vector<Header> templates_;                             ///< the other ones
    std::map<std::string, std::string, std::less<>> secrets_;   ///< that templates name
    std::vector<std::string> masked_;
    bool renders_ = false;  ///< something is made per event
    bool has_body_ = true;
    std::string fixed_;  ///< all constant header lines
    bool own_content_type_ = true, own_content_encoding_ = true;
    std::optional<RotatingSigner> standard_;
    std::vector<RotatingSigner> others_;
};

}  // namespace webhook::endpoint
