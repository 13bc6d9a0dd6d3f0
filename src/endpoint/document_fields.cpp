#include "endpoint/document_fields.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "endpoint/access_fields.hpp"
#include "endpoint/header_rules.hpp"
#include "endpoint/limit_fields.hpp"
#include "endpoint/request_body.hpp"
#include "endpoint/secret_value.hpp"
#include "endpoint/url.hpp"
#include "endpoint/url_secrets.hpp"
#include "signature/catalogue/scheme_set.hpp"
#include "signature/model/scheme.hpp"
#include "signature/sign/joint.hpp"
#include "signature/sign/signer.hpp"

namespace webhook::endpoint {
namespace {

/// The document that is being read, and what its `sign` may name.
struct Draft : Document {
    KnownSchemes schemes;
};

using base::in_quotes;
using std::chrono::hours;

void take_id(const FieldReader& reader, Draft* document) {
    if (!reader.take_string(&document->id)) return;
    if (!base::is_name(document->id)) reader.fail("must be 1 to 64 letters, digits, \"_\", \".\" or \"-\"");
}

void take_url(const FieldReader& reader, Draft* document) {
    std::string error;
    if (!reader.take_string(&document->url)) return;
    // What was redacted may be shorter: the limit is that of the real URL.
    const std::string url = replace_secret_parts(
        document->url, [](std::string_view part) { return std::string(is_redacted(part) ? "" : part); });
    if (!parse_url(url, &error)) reader.fail(error);
}

void take_patterns(const FieldReader& reader, std::vector<std::string>* patterns) {
    if (!reader.is_list(1000)) return;
    if (reader.value().empty())
        reader.fail("an empty list would match nothing; leave it out to match everything");
    for (std::size_t i = 0; i < reader.value().size(); ++i) {
        std::string pattern;
        if (!reader.item(i).take_string(&pattern)) continue;
        if (pattern.empty() || pattern.size() > 256) reader.item(i).fail("must be 1 to 256 bytes");
        patterns->push_back(std::move(pattern));
    }
}

/// Passes the errors of a part that has a reader of its own, which names it `root`.
void fail_each(const FieldReader& reader, std::string_view root, const std::vector<PlacedError>& errors) {
    for (const PlacedError& error : errors)
        reader.fail_at(error.where.substr(root.size()), error.what);
}

void take_condition(const FieldReader& reader, Condition::Subject subject, std::string* target) {
    std::vector<PlacedError> errors;
    if (Condition::parse(reader.value(), "where", &errors, subject)) *target = reader.value().dump();
    fail_each(reader, "where", errors);
}

void take_match(const FieldReader& reader, Draft* document) {
    static const FieldTable<Match> fields{
        {"source", [](const FieldReader& field, Match* match) { take_patterns(field, &match->source); }},
        {"type", [](const FieldReader& field, Match* match) { take_patterns(field, &match->type); }},
        {"tenant", [](const FieldReader& field, Match* match) { take_patterns(field, &match->tenant); }},
        {"where", [](const FieldReader& field, Match* match) {
             take_condition(field, Condition::Subject::event, &match->where);
         }}};
    reader.take_members(fields, &document->match);
}

void take_method(const FieldReader& reader, Draft* document) {
    static constexpr std::array<std::string_view, 7> methods{"POST", "PUT",  "PATCH",  "DELETE",
                                                             "GET",  "HEAD", "OPTIONS"};
    if (!reader.take_string(&document->method)) return;
    if (std::find(methods.begin(), methods.end(), document->method) == methods.end())
        reader.fail("must be POST, PUT, PATCH, DELETE, GET, HEAD or OPTIONS");
}

void take_body(const FieldReader& reader, Draft* document) {
    std::vector<PlacedError> errors;
    const auto body = RequestBody::parse(reader.value(), &errors);
    if (body && !body->is_raw()) document->body = reader.value().dump();
    fail_each(reader, "body", errors);
}

void take_header(const FieldReader& reader, const std::string& name, Draft* document) {
    if (const std::string error = check_header_name(name); !error.empty()) return reader.fail(error);
    for (const auto& [other, value] : document->headers) {
        if (base::equal_names(other, name)) return reader.fail("is given twice");
    }
    std::string value;
    if (!reader.take_string(&value)) return;
    if (!valid_header_value(value))
        return reader.fail("the value has control characters or more than 4096 bytes");
    std::string error;
    if (secret_name(value)) {
        error = check_secret(value);
    } else if (const auto text = TextTemplate::parse(value, &error); text && text->is_fixed()) {
        if (is_secret_header(name)) error = check_secret(text->literal());
    } else if (text && text->operators() > TextTemplate::max_operators) {
        error = "has more than the 256 values and filters that a template may have";
    }
    if (!error.empty()) return reader.fail(error);
    document->headers.emplace_back(name, std::move(value));
}

void take_headers(const FieldReader& reader, Draft* document) {
    if (!reader.is_object()) return;
    if (reader.value().size() > 64) return reader.fail("must have at most 64 headers");
    for (const auto& [name, value] : reader.value().items())
        take_header(reader.member(name, value), name, document);
}

void take_secrets(const FieldReader& reader, Sign* sign) {
    if (!reader.is_list(16)) return;
    const std::size_t before = reader.error_count();
    for (std::size_t i = 0; i < reader.value().size(); ++i) {
        SignSecret secret;
        take_sign_secret(reader.item(i), &secret);
        sign->secrets.push_back(std::move(secret));
    }
    if (reader.value().empty()) return reader.fail("needs at least one secret");
    if (reader.error_count() != before) return;
    if (const std::string when = uncovered(sign->secrets); !when.empty())
        reader.fail("no secret is valid " + when + ": nothing could be sent then");
}

/// Literal secrets are tried at once, so that an undecodable key is refused before it is stored.
void try_signer(const FieldReader& reader, const signature::Scheme& scheme, const Sign& sign) {
    for (const auto& [secret, from, until] : sign.secrets) {
        if (secret_name(secret) || is_redacted(secret) || !check_secret(secret).empty()) continue;
        std::string error;
        if (!signature::Signer::make(scheme, {secret}, {}, &error)) return reader.fail(error);
    }
}

/// Returns the scheme of this name, or nullptr after an error unless any name is accepted.
const signature::Scheme* find_scheme(const FieldReader& reader, const std::string& name,
                                     const KnownSchemes& known) {
    const signature::SchemeSet built_in;
    const signature::SchemeSet& schemes = known.custom != nullptr ? *known.custom : built_in;
    const signature::Scheme* scheme = schemes.find(name);
    if (scheme != nullptr || known.any) return scheme;
    const std::string suggestion = schemes.suggestion(name);
    reader.fail("there is no scheme of this name" + (suggestion.empty() ? ":" : suggestion) +
                " \"webhookctl schemes\" lists the built-in ones, --schemes names a file of custom schemes");
    return nullptr;
}

void take_sign_item(const FieldReader& reader, Draft* document) {
    static const FieldTable<Sign> fields{
        {"scheme", [](const FieldReader& field, Sign* sign) { field.take_string(&sign->scheme); }},
        {"secrets", take_secrets}};
    if (!reader.is_object()) return;
    Sign sign;
    reader.take_members(fields, &sign);
    if (!reader.value().contains("secrets")) reader.fail("needs \"secrets\"");
    const signature::Scheme* scheme = find_scheme(reader, sign.scheme, document->schemes);
    if (scheme == nullptr && !document->schemes.any) return;
    const bool cannot_sign = scheme != nullptr && signature::has_signature_in_body(*scheme);
    if (cannot_sign || sign.scheme == "none") return reader.fail("this scheme cannot sign what is delivered");
    for (const Sign& other : document->sign) {
        if (other.scheme == sign.scheme)
            return reader.fail("the scheme is given twice: put all its secrets in one entry");
    }
    if (scheme != nullptr) try_signer(reader, *scheme, sign);
    document->sign.push_back(std::move(sign));
}

void take_sign(const FieldReader& reader, Draft* document) {
    if (!reader.is_list(8)) return;
    for (std::size_t i = 0; i < reader.value().size(); ++i)
        take_sign_item(reader.item(i), document);
}

/// Refuses schemes that set one header to different values, and those that set what `auth` sets.
void check_headers_of_signatures(const FieldReader& reader, const Draft& document) {
    const signature::SchemeSet built_in;
    const auto* custom = document.schemes.custom;
    std::vector<const signature::Scheme*> schemes;
    for (const Sign& sign : document.sign) {
        const signature::Scheme* scheme = (custom != nullptr ? *custom : built_in).find(sign.scheme);
        if (scheme == nullptr) continue;
        for (const signature::Scheme* other : schemes) {
            if (const std::string header = signature::conflicting_header(*other, *scheme); !header.empty())
                reader.fail("sign: " + in_quotes(other->name) + " and " + in_quotes(scheme->name) +
                            " both set the header " + header + ": they need an endpoint each");
        }
        if (document.auth.kind != Auth::Kind::none && signature::sets_header(*scheme, "authorization"))
            reader.fail("auth: the scheme " + in_quotes(scheme->name) +
                        " sets Authorization, too: leave out one of them");
        schemes.push_back(scheme);
    }
}

void take_statuses(const FieldReader& reader, Draft* document) {
    if (!reader.is_list(100)) return;
    for (std::size_t i = 0; i < reader.value().size(); ++i) {
        std::uint64_t status = 0;
        if (reader.item(i).take_integer(200, 599, &status))
            document->success.push_back(static_cast<int>(status));
    }
    std::sort(document->success.begin(), document->success.end());
    document->success.erase(std::unique(document->success.begin(), document->success.end()),
                            document->success.end());
}

void take_success(const FieldReader& reader, Draft* document) {
    static const FieldTable<Draft> fields{{"status", take_statuses},
                                          {"where", [](const FieldReader& field, Draft* target) {
                                               take_condition(field, Condition::Subject::response,
                                                              &target->success_where);
                                           }}};
    if (!reader.value().is_object()) return take_statuses(reader, document);
    reader.take_members(fields, document);
}

void take_schedule(const FieldReader& reader, Draft* document) {
    if (!reader.is_list(100)) return;
    document->schedule.clear();
    for (std::size_t i = 0; i < reader.value().size(); ++i) {
        milliseconds delay{};
        if (reader.item(i).take_time(milliseconds(0), hours(24 * 30), &delay))
            document->schedule.push_back(delay);
    }
}

void take_jitter(const FieldReader& reader, Draft* document) {
    reader.take_number(0, 1, &document->jitter);
}

void take_retry(const FieldReader& reader, Draft* document) {
    static const FieldTable<Draft> fields{{"schedule", take_schedule}, {"jitter", take_jitter}};
    reader.take_members(fields, document);
}

void take_timeout(const FieldReader& reader, Draft* document) {
    reader.take_time(milliseconds(1), std::chrono::minutes(10), &document->timeout);
}

void take_connect_timeout(const FieldReader& reader, Draft* document) {
    reader.take_time(milliseconds(1), std::chrono::minutes(10), &document->connect_timeout);
}

void take_concurrency(const FieldReader& reader, Draft* document) {
    std::uint64_t value = document->concurrency;
    reader.take_integer(1, 10000, &value);
    document->concurrency = static_cast<unsigned>(value);
}

void take_max_waiting(const FieldReader& reader, Draft* document) {
    reader.take_integer(1, 1000000000000, &document->max_waiting);
}

void take_max_waiting_bytes(const FieldReader& reader, Draft* document) {
    reader.take_size(1, &document->max_waiting_bytes);
}

void take_allow_private(const FieldReader& reader, Draft* document) {
    reader.take_bool(&document->allow_private);
}
void take_paused(const FieldReader& reader, Draft* document) {
    reader.take_bool(&document->paused);
}

void take_order(const FieldReader& reader, Draft* document) {
    reader.take_bool(&document->order);
}

void take_description(const FieldReader& reader, Draft* document) {
    if (reader.take_string(&document->description) && document->description.size() > 1024)
        reader.fail("must have at most 1024 bytes");
}

}  // namespace

Document take_document(const FieldReader& reader, const KnownSchemes& schemes) {
    static const FieldTable<Draft> fields{
        {"id", take_id},
        {"url", take_url},
        {"match", take_match},
        {"method", take_method},
        {"body", take_body},
        {"headers", take_headers},
        {"sign", take_sign},
        {"auth", [](const FieldReader& field, Draft* document) { take_auth(field, &document->auth); }},
        {"tls", [](const FieldReader& field, Draft* document) { take_tls(field, &document->tls); }},
        {"success", take_success},
        {"timeout", take_timeout},
        {"connect_timeout", take_connect_timeout},
        {"retry", take_retry},
        {"rate", [](const FieldReader& field, Draft* document) { take_rate(field, &document->rate); }},
        {"concurrency", take_concurrency},
        {"order", take_order},
        {"permanent",
         [](const FieldReader& field, Draft* document) { take_permanent(field, &document->permanent); }},
        {"breaker",
         [](const FieldReader& field, Draft* document) { take_breaker(field, &document->breaker); }},
        {"max_age",
         [](const FieldReader& field, Draft* document) { take_limit_time(field, &document->max_age); }},
        {"disable_after",
         [](const FieldReader& field, Draft* document) { take_limit_time(field, &document->disable_after); }},
        {"max_hold",
         [](const FieldReader& field, Draft* document) {
             field.take_time(milliseconds(0), hours(24 * 7), &document->max_hold);
         }},
        {"labels", [](const FieldReader& field, Draft* document) { take_labels(field, &document->labels); }},
        {"description", take_description},
        {"max_waiting", take_max_waiting},
        {"max_waiting_bytes", take_max_waiting_bytes},
        {"allow_private", take_allow_private},
        {"paused", take_paused}};
    Draft document{default_document(), schemes};
    if (!reader.is_object()) return document;
    reader.take_members(fields, &document);
    if (!document.body.empty() && !may_have_body(document.method))
        reader.fail("\"body\" cannot be sent by " + document.method + ": leave it out");
    for (const char* needed : {"id", "url"}) {
        if (!reader.value().contains(needed)) reader.fail("needs " + in_quotes(needed));
    }
    check_access(reader, document);
    check_headers_of_signatures(reader, document);
    return document;
}

}  // namespace webhook::endpoint
