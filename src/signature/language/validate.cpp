#include "signature/language/validate.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/fail.hpp"
#include "event/extractor.hpp"
#include "signature/language/validate_binding.hpp"
#include "signature/language/validate_challenge.hpp"
#include "signature/language/validate_message.hpp"
#include "signature/language/validate_rules.hpp"
#include "signature/model/message_rules.hpp"

namespace webhook::signature {

namespace {

using event::Source;
using Kind = Source::Kind;

/// True for sources that a value may be read from; only values of the body can be documents themselves.
bool readable(const Source& source) {
    if (source.kind == Kind::json || source.kind == Kind::form) return true;
    return (source.kind == Kind::header || source.kind == Kind::query) && source.then == nullptr;
}

bool validate_items(const Items& items, std::string* error) {
    return items.skip == 0 || !items.split.empty() ||
           base::fail(error, "\"skip=\" without \"split=\" leaves nothing");
}

bool validate_signature(const Scheme& scheme, std::string* error) {
    const SignatureRule& rule = scheme.signature;
    if (scheme.algorithm == Algorithm::none) {
        return rule.from.empty() || base::fail(error, "algorithm \"none\" takes no \"signature\"");
    }
    if (rule.from.empty()) return base::fail(error, "\"signature\" is missing");
    for (const Source& source : rule.from) {
        if (!readable(source)) {
            return base::fail(error, "signatures in \"" + source.text + "\" are not supported");
        }
    }
    if (has_message(scheme) && rule.encoding == base::Encoding::none)
        return base::fail(error, "\"signature\" lacks \"encoding=\"");
    if (!has_message(scheme) && rule.encoding != base::Encoding::none)
        return base::fail(error, "a token has no \"encoding=\"");
    return validate_items(rule, error);
}

bool validate_timestamp(const Scheme& scheme, std::string* error) {
    if (!scheme.timestamp) {
        return !signs(scheme, Kind::timestamp) || base::fail(error, "{ts} needs a \"timestamp\"");
    }
    const Source& source = scheme.timestamp->from.front();
    if (!readable(source))
        return base::fail(error, "timestamps in \"" + source.text + "\" are not supported");
    if (source.needs_body() && !scheme.batch.empty())
        return base::fail(error, "a batch cannot have timestamps in the body");
    const bool in_body = source.needs_body() && signs_body(scheme);
    const bool is_signed =
        has_message(scheme) && (in_body || signs(scheme, Kind::timestamp) || signs(scheme, source));
    if (!is_signed) return base::fail(error, "the timestamp is not signed");
    return validate_items(*scheme.timestamp, error);
}

bool validate_digest(const Scheme& scheme, std::string* error) {
    if (!scheme.digest) return true;
    const Source& source = scheme.digest->from;
    if (!readable(source)) return base::fail(error, "digests in \"" + source.text + "\" are not supported");
    const bool in_url =
        source.kind == Kind::query && (signs(scheme, Kind::url) || signs(scheme, Kind::query_string));
    return in_url || signs(scheme, source) || base::fail(error, "the digest is not signed");
}

bool validate_bound(const Scheme& scheme, std::string* error) {
    return !has_message(scheme) || validate_binding(scheme, error);
}

/// Each element must have a signature of its own; a part of the message that is of none would bind nothing.
bool validate_batch(const Scheme& scheme, std::string* error) {
    if (scheme.batch.empty()) return true;
    if (scheme.public_keys) return base::fail(error, "batches of public-key signatures are not supported");
    const bool good =
        std::all_of(scheme.signature.from.begin(), scheme.signature.from.end(), [&](const Source& source) {
            const std::vector<std::string>& pointer = source.pointer;
            return source.kind == Kind::json && pointer.size() > scheme.batch.size() &&
                   std::equal(scheme.batch.begin(), scheme.batch.end(), pointer.begin()) &&
                   pointer[scheme.batch.size()] == "0";
        });
    return good || base::fail(error, "the signature stands outside the elements of the batch");
}

bool validate_identity(const Scheme& scheme, std::string* error) {
    const IdentityRule& rule = scheme.identity;
    if (rule.vouched && scheme.algorithm != Algorithm::token && scheme.algorithm != Algorithm::basic)
        return base::fail(error, "only a token can vouch for an id");
    if (rule.names != Names::thing && scheme.id.empty())
        return base::fail(error, "\"identity\" without an \"id\" says nothing");
    if (!rule.signed_content) return true;
    // Beside a message that is only a part another may hold all of the body.
    return (has_message(scheme) && !scheme.digest && (scheme.unsigned_body || scheme.postback)) ||
           base::fail(error, "\"content signed\" is for schemes that sign only parts of the request");
}

bool validate_challenges(const Scheme& scheme, std::string* error) {
    return std::all_of(scheme.challenges.begin(), scheme.challenges.end(),
                       [&](const ChallengeRule& rule) { return validate_challenge(scheme, rule, error); });
}

/// Claims are names of an event only where there is a token.
template <std::vector<std::string> Scheme::*field>
bool validate_names(const Scheme& scheme, std::string* error) {
    for (const std::string& text : scheme.*field) {
        const auto choice = event::Extractor::make({{text}, {}, {}, {}}, error);
        if (choice == nullptr) return false;
        if (choice->reads_claims() && !has_claims(scheme))
            return base::fail(error, "\"" + text + "\" is of tokens only (\"algorithm jwt-...\")");
    }
    return true;
}

}  // namespace

bool validate_scheme(const Scheme& scheme, std::string* error, std::string_view* word) {
    using Check = std::pair<std::string_view, bool (*)(const Scheme&, std::string*)>;
    static constexpr Check checks[] = {{"signature", validate_signature}, {"timestamp", validate_timestamp},
                                       {"message", validate_message},     {"digest", validate_digest},
                                       {"message", validate_bound},       {"id", validate_id},
                                       {"batch", validate_batch},         {"challenge", validate_challenges}};
    static constexpr Check own_rules[] = {{"algorithm", validate_own_rules},
                                          {"challenge", validate_challenges}};
    static constexpr Check name_checks[] = {{"id", validate_names<&Scheme::id>},
                                            {"type", validate_names<&Scheme::type>},
                                            {"tenant", validate_names<&Scheme::tenant>}};
    const auto passes = [&](const Check& check) {
        *word = check.first;
        return check.second(scheme, error);
    };
    if (!passes({"algorithm", validate_key_rules}) || !passes({"identity", validate_identity})) return false;
    if (!std::all_of(std::begin(name_checks), std::end(name_checks), passes)) return false;
    return has_own_rules(scheme) ? std::all_of(std::begin(own_rules), std::end(own_rules), passes)
                                 : std::all_of(std::begin(checks), std::end(checks), passes);
}

}  // namespace webhook::signature
