#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace webhook::signature {
class SchemeSet;
}

namespace webhook::endpoint {

using std::chrono::milliseconds;

/// Which events an endpoint wants. Empty list: all. Patterns may hold `*`; every given list must match.
struct Match {
    std::vector<std::string> source, type, tenant;
};

/// One outgoing signature: a scheme of the catalogue and its keys (`secret:NAME` or literals).
struct Sign {
    std::string scheme = "standard";
    std::vector<std::string> secrets;
};

/// One endpoint document as users write it (docs/endpoint.md), with the defaults filled in.
struct Document {
    std::string id;   ///< [A-Za-z0-9_.-]{1,64}
    std::string url;  ///< http or https; macros in path and query only
    Match match;
    std::string method = "POST";
    std::vector<std::pair<std::string, std::string>> headers;  ///< values literal or `secret:NAME`
    std::vector<Sign> sign;
    std::vector<int> success;  ///< empty: any 2xx
    milliseconds timeout{15000}, connect_timeout{5000};
    std::vector<milliseconds> schedule;  ///< n delays: n + 1 attempts
    double jitter = 0.2;
    unsigned concurrency = 16;
    std::uint64_t max_waiting = 100000, max_waiting_bytes = 256u << 20;
    bool allow_private = false, paused = false;
};

/// The schemes that `sign` may name beside the built-in ones.
struct KnownSchemes {
    const signature::SchemeSet* own = nullptr;
    bool any = false;  ///< a stored document, checked by somebody who may know more: any name is good
};

/// Where and why a document is bad: {"endpoints[2].retry.schedule[0]", "\"5x\" is not a time"}.
struct Error {
    std::string where, what;
};

/// Parses one document or a whole file (array, or {"endpoints":[...]}); comments allowed. Unknown fields, and
/// those of the contract that this version does not act on, are refused by name; double ids too. Empty vector
/// of errors: good.
std::optional<Document> parse_document(std::string_view json, std::vector<Error>* errors,
                                       KnownSchemes schemes = {});
std::optional<std::vector<Document>> parse_file(std::string_view json, std::vector<Error>* errors,
                                                KnownSchemes schemes = {});

/// Canonical JSON of what was given (defaults left out, keys sorted), one line: what is stored in Redis.
std::string to_json(const Document& document);
/// The same with literal secrets as `redacted:HASH8`: sign.secrets, values of headers that are not plainly
/// public, parts of the URL (see url_secrets.hpp). `key` is the configuration's.
std::string to_redacted_json(const Document& document, std::string_view key);
std::string redacted_url(const Document& document, std::string_view key);
/// Puts the stored values back where `document` says `redacted:HASH8` of the same value; an error that names
/// the field where it is of no stored one.
bool restore_redacted(Document* document, const Document* stored, std::string_view key,
                      std::vector<Error>* errors);

}  // namespace webhook::endpoint
