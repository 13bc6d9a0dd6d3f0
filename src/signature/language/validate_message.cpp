#include "signature/language/validate_message.hpp"

#include <algorithm>

#include "base/fail.hpp"
#include "signature/model/message_rules.hpp"

namespace webhook::signature {

namespace {

using event::Filter;
using event::Template;
using Kind = event::Source::Kind;

/// Refuses brackets that depend on a value that is never absent.
bool validate_segment(const Template& text, std::size_t at, std::string* error) {
    const event::Source& first = text.parts[text.first_of_segment(at)].source;
    const bool good = first.kind == Kind::header || first.kind == Kind::query || first.kind == Kind::form ||
                      first.kind == Kind::json;
    return good || base::fail(error, "brackets that begin with \"" + first.text + "\" are never left out");
}

/// False, with a message, when a part cannot be computed, or means nothing.
bool validate_part(const Template& text, std::size_t at, std::string* error) {
    const Template::Part& part = text.parts[at];
    if (part.segment != 0 && !validate_segment(text, at, error)) return false;
    if (!part.is_value) return true;
    if (part.source.kind == Kind::claim)
        return base::fail(error, "{" + part.source.text + "} is of tokens only");
    for (const Filter& filter : part.filters) {
        if (filter.kind == Filter::Kind::hmac || filter.kind == Filter::Kind::sha256)
            return base::fail(error,
                              "\"hmac\" and \"sha256\" are for answers to challenges, not for messages");
    }
    const bool bare = part.source.kind == Kind::secret || part.source.kind == Kind::timestamp;
    if (bare && !part.filters.empty())
        return base::fail(error, "filters of {" + part.source.text + "} are not supported");
    const bool chain = part.source.then != nullptr && !part.source.needs_body();
    return !chain || base::fail(error, "\"" + part.source.text + "\" in a message is not supported");
}

}  // namespace

bool validate_message(const Scheme& scheme, std::string* error) {
    if (!has_message(scheme)) {
        return (scheme.message.parts.empty() && !scheme.digest) ||
               base::fail(error, "only HMAC and hash algorithms have a \"message\" or \"digest\"");
    }
    for (std::size_t i = 0; i < scheme.message.parts.size(); ++i) {
        if (!validate_part(scheme.message, i, error)) return false;
    }
    if (scheme.algorithm == Algorithm::hash && !signs(scheme, Kind::secret)) {
        return base::fail(error, "a plain hash needs {secret} in its message");
    }
    if (scheme.algorithm == Algorithm::public_key && signs(scheme, Kind::secret)) {
        return base::fail(error, "public keys are no secrets: the message may not hold {secret}");
    }
    const bool reads =
        std::any_of(scheme.message.parts.begin(), scheme.message.parts.end(), [](const auto& part) {
            return part.is_value && part.source.kind != Kind::secret && part.source.kind != Kind::config;
        });
    if (!reads) return base::fail(error, "the message holds nothing of the request");
    const bool covered = signs_body(scheme) || scheme.digest || scheme.postback;
    return covered || scheme.unsigned_body ||
           base::fail(error, "the body is not signed: add {body} or \"unsigned_body\"");
}

}  // namespace webhook::signature
