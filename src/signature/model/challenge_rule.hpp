#pragma once

#include <string>
#include <utility>
#include <vector>

#include "event/source.hpp"
#include "event/template.hpp"
#include "signature/model/pattern.hpp"

namespace webhook::signature {

/// A challenge of a scheme: which requests are one, what they must prove, and what is answered.
struct ChallengeRule {
    /// A value that must equal a text, or (among) one of its words; "*" among them matches any.
    struct Wanted {
        event::Source source;
        event::Template value;  ///< literals and {config:NAME} only
        bool among = false;
    };

    bool verified = false;  ///< only genuine requests count: looked at after the signature
    bool optional = false;  ///< is there only when the parameters it names are configured
    std::string method = "POST";
    std::vector<event::Source> has, absent;
    std::vector<std::pair<event::Source, std::string>> when;
    std::vector<Wanted> require;
    std::vector<std::pair<event::Source, Pattern>> match;
    std::vector<std::pair<std::string, event::Source>> capture;  ///< stored as an event for the operator
    unsigned status = 200;
    std::string type;  ///< of the body: text/plain or application/json
    std::vector<std::pair<std::string, event::Template>> headers;
    event::Template body;
};

/// True for {config:NAME} as it is.
bool is_config(const event::Template::Part& part);

/// True for sources that a challenge may be read of: headers, parameters and values of the body.
bool is_readable_by_challenge(const event::Source& source);

/// True when the value is to be the scheme's HMAC of itself.
bool wants_hmac(const event::Template::Part& part);

/// True when the value is to be the SHA-256 of itself followed by parameters.
bool wants_hash(const event::Template::Part& part);

/// Returns the names of these parameters.
std::vector<std::string> hashed_params(const event::Template::Part& part);

/// The pattern that the rule gives for a source, or nullptr.
const Pattern* pattern_of(const ChallengeRule& rule, const event::Source& source);

}  // namespace webhook::signature
