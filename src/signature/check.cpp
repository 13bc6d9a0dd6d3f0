#include "signature/check.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace webhook::signature {

namespace {

using event::Source;
using event::Template;
using Kind = Source::Kind;

bool fail(std::string* error, std::string message) {
    *error = std::move(message);
    return false;
}

bool has_value(const Template& text, Kind kind) {
    return std::any_of(text.parts.begin(), text.parts.end(),
                       [&](const Template::Part& part) { return part.is_value && part.source.kind == kind; });
}

bool keyed(const Scheme& scheme) {
    return scheme.algorithm == Algorithm::hmac || scheme.algorithm == Algorithm::hash;
}

bool check_signature(const Scheme& scheme, std::string* error) {
    const SignatureRule& rule = scheme.signature;
    if (scheme.algorithm == Algorithm::none) {
        return rule.from.empty() || fail(error, "algorithm \"none\" takes no \"signature\"");
    }
    if (rule.from.empty()) return fail(error, "\"signature\" is missing");
    for (const Source& source : rule.from) {
        if ((source.kind != Kind::header && source.kind != Kind::query) || source.then != nullptr) {
            return fail(error, "signatures in \"" + source.text + "\" are not supported");
        }
    }
    if (keyed(scheme) && rule.encoding == Encoding::none)
        return fail(error, "\"signature\" lacks \"encoding=\"");
    if (!keyed(scheme) && rule.encoding != Encoding::none) return fail(error, "a token has no \"encoding=\"");
    return true;
}

bool check_timestamp(const Scheme& scheme, std::string* error) {
    if (!scheme.timestamp) {
        return !has_value(scheme.message, Kind::timestamp) || fail(error, "{ts} needs a \"timestamp\"");
    }
    const Source& source = scheme.timestamp->from.front();
    const bool in_body = source.kind == Kind::json;
    if ((source.kind != Kind::header && source.kind != Kind::query && !in_body) || source.then != nullptr) {
        return fail(error, "timestamps in \"" + source.text + "\" are not supported");
    }
    if (in_body && has_value(scheme.message, Kind::timestamp)) {
        return fail(error, "{ts} of a timestamp in the body is not supported");
    }
    const bool is_signed = keyed(scheme) && has_value(scheme.message, in_body ? Kind::body : Kind::timestamp);
    return is_signed || fail(error, "the timestamp is not signed");
}

bool check_part(const Template::Part& part, std::string* error) {
    if (part.segment != 0) return fail(error, "\"[\" and \"]\" in a message are not supported");
    if (!part.is_value) return true;
    for (const event::Filter& filter : part.filters) {
        if (filter.kind == event::Filter::Kind::hmac)
            return fail(error, "\"hmac\" in a message is not supported");
    }
    const bool bad_kind = part.source.needs_body() || part.source.kind == Kind::body_sha256;
    if (bad_kind || part.source.then != nullptr) {
        return fail(error, "\"" + part.source.text + "\" in a message is not supported");
    }
    if (part.source.kind == Kind::body && !part.filters.empty()) {
        return fail(error, "filters of {body} are not supported");
    }
    return true;
}

bool check_message(const Scheme& scheme, std::string* error) {
    if (!keyed(scheme)) {
        return (scheme.message.parts.empty() && !scheme.digest) ||
               fail(error, "only HMAC and hash algorithms have a \"message\" or \"digest\"");
    }
    for (const Template::Part& part : scheme.message.parts) {
        if (!check_part(part, error)) return false;
    }
    if (scheme.algorithm == Algorithm::hash && !has_value(scheme.message, Kind::secret)) {
        return fail(error, "a plain hash needs {secret} in its message");
    }
    const bool reads =
        std::any_of(scheme.message.parts.begin(), scheme.message.parts.end(), [](const auto& part) {
            return part.is_value && part.source.kind != Kind::secret && part.source.kind != Kind::config;
        });
    if (!reads) return fail(error, "the message holds nothing of the request");
    const bool covered = has_value(scheme.message, Kind::body) || scheme.digest || scheme.postback;
    return covered || scheme.unsigned_body ||
           fail(error, "the body is not signed: add {body} or \"unsigned_body\"");
}

bool check_digest(const Scheme& scheme, std::string* error) {
    if (!scheme.digest) return true;
    const Source& source = scheme.digest->from;
    if (source.then != nullptr) return fail(error, "digests in \"" + source.text + "\" are not supported");
    if (source.kind == Kind::query) {
        const bool covered =
            has_value(scheme.message, Kind::url) || has_value(scheme.message, Kind::query_string);
        return covered || fail(error, "the digest is not signed");
    }
    const bool covered =
        std::any_of(scheme.message.parts.begin(), scheme.message.parts.end(), [&](const auto& part) {
            return part.is_value && part.source.kind == Kind::header && part.source.name == source.name;
        });
    if (source.kind != Kind::header)
        return fail(error, "digests in \"" + source.text + "\" are not supported");
    return covered || fail(error, "the digest is not signed");
}

void add_once(const std::string& name, std::vector<std::string>* names) {
    if (std::find(names->begin(), names->end(), name) == names->end()) names->push_back(name);
}

void add_single(const Source& source, Scheme* scheme) {
    if (source.kind == Kind::header) add_once(source.name, &scheme->single_headers);
    if (source.kind == Kind::query) add_once(source.name, &scheme->single_params);
}

void derive_single(Scheme* scheme) {
    for (const Source& source : scheme->signature.from)
        add_single(source, scheme);
    if (scheme->timestamp) add_single(scheme->timestamp->from.front(), scheme);
    if (scheme->digest) add_single(scheme->digest->from, scheme);
    for (const Template::Part& part : scheme->message.parts) {
        if (part.is_value) add_single(part.source, scheme);
    }
    for (const std::string& text : scheme->id) {
        Source source;
        std::string ignored;
        if (event::is_template(text)) continue;
        if (parse_source(text, event::SourceSet::event, &source, &ignored)) add_single(source, scheme);
    }
}

}  // namespace

bool check_scheme(const Scheme& scheme, std::string* error, std::string_view* word) {
    static constexpr std::pair<std::string_view, bool (*)(const Scheme&, std::string*)> checks[] = {
        {"signature", check_signature},
        {"timestamp", check_timestamp},
        {"message", check_message},
        {"digest", check_digest}};
    return std::all_of(std::begin(checks), std::end(checks), [&](const auto& check) {
        *word = check.first;
        return check.second(scheme, error);
    });
}

void derive(Scheme* scheme) {
    derive_single(scheme);
    for (const Template::Part& part : scheme->message.parts) {
        if (part.is_value && part.source.kind == Kind::url) scheme->reads_url = true;
    }
    scheme->secret_headers = {"authorization"};
    const bool token = scheme->algorithm == Algorithm::token || scheme->algorithm == Algorithm::basic;
    for (const Source& source : scheme->signature.from) {
        if (source.kind == Kind::query) add_once(source.name, &scheme->secret_params);
        if (source.kind == Kind::header && token) add_once(source.name, &scheme->secret_headers);
    }
}

}  // namespace webhook::signature
