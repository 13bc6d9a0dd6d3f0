#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/body.hpp"
#include "signature/model/scheme.hpp"

namespace webhook::signature {

/// The request to be signed.
struct SignRequest {
    std::string_view id;    ///< value for the scheme's id header where the scheme has one (webhook-id, ...)
    std::string_view type;  ///< value for the scheme's type header where it has one
    std::string_view method = "POST";
    std::string_view url;  ///< absolute
    base::BodyView body;
    std::int64_t now_ms = 0;  ///< Unix milliseconds
};

/// The signature as the request must carry it. Query schemes give a new URL instead of headers, or as well.
struct Signed {
    std::vector<std::pair<std::string, std::string>> headers;
    std::string url;                ///< equal to the given one unless the signature is in the query
    const char* problem = nullptr;  ///< static text: the body cannot be signed (it is no form, for example)
};

/// The sending side of a scheme. The secrets of schemes with public keys are the private ones. Keys are
/// prepared once. With several secrets the request carries a signature of each where the scheme allows a
/// list, else of the first.
class Signer {
  public:
    /// Refuses (nullptr, `error` says why) bad keys and parameters as a verifier does, and schemes whose
    /// signature is within the body, which the sender would have to write.
    static std::unique_ptr<Signer> make(const Scheme& scheme, const std::vector<std::string>& secrets,
                                        const std::map<std::string, std::string>& params, std::string* error);
    ~Signer();

    Signed sign(const SignRequest& request) const;

    /// Returns why one of the secrets can be guessed, for a warning; empty: none can.
    const std::string& weakness() const;

    /// The path of `standard`, without building headers: appends "v1,BASE64[ v1,BASE64]" for id, timestamp
    /// and body. Only for schemes of the Standard Webhooks family; returns false for others.
    bool append_standard(std::string_view id, std::string_view timestamp, const base::BodyView& body,
                         std::string* out) const;

  private:
    struct Impl;
    explicit Signer(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace webhook::signature
