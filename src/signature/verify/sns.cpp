#include "signature/verify/sns.hpp"

#include <algorithm>

#include "base/json_value.hpp"
#include "base/text.hpp"
#include "base/url.hpp"
#include "event/values.hpp"

// Amazon SNS, "Verifying the signatures of Amazon SNS messages": what is signed is a fixed list of members,
// chosen by Type, each as its name, a newline, its value, a newline. The certificate comes from
// configuration, never from the network; the message only names it.

namespace webhook::signature {

namespace {

bool take_end(std::string_view end, std::string_view* text) {
    if (text->size() < end.size() || text->substr(text->size() - end.size()) != end) return false;
    text->remove_suffix(end.size());
    return true;
}

/// "https://sns.REGION.amazonaws.com[.cn]/....pem", with nothing else in the authority.
bool is_amazon_url(std::string_view url) {
    constexpr std::string_view service = "sns.";
    const base::UrlParts parts = base::split_url(url);
    std::string_view path = parts.path, host = parts.authority;
    const bool is_file = parts.tail.size() == path.size() && take_end(".pem", &path) && !path.empty();
    if (parts.scheme != "https" || !is_file || path.find('\\') != std::string_view::npos) return false;
    take_end(".cn", &host);
    if (!take_end(".amazonaws.com", &host) || !base::starts_with(host, service)) return false;
    host.remove_prefix(service.size());
    return host.size() >= 3 && std::all_of(host.begin(), host.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
           });
}

struct Member {
    std::string_view name;
    bool optional = false;
};

constexpr Member notification[] = {{"Message"},   {"MessageId"}, {"Subject", true},
                                   {"Timestamp"}, {"TopicArn"},  {"Type"}};
constexpr Member confirmation[] = {{"Message"}, {"MessageId"}, {"SubscribeURL"}, {"Timestamp"},
                                   {"Token"},   {"TopicArn"},  {"Type"}};

/// Appends a member. Only Message, which comes first, may hold control characters: otherwise a text could be
/// cut into members in two ways.
bool append_member(const base::JsonValue& message, const Member& member, std::string* text) {
    const base::JsonValue* value = message.find(member.name);
    if (value == nullptr || value->kind == base::JsonValue::Kind::null) return member.optional;
    if (value->kind != base::JsonValue::Kind::string) return false;
    const bool has_control = std::any_of(value->text.begin(), value->text.end(),
                                         [](char c) { return static_cast<unsigned char>(c) < 0x20; });
    if (has_control && member.name != "Message") return false;
    text->append(member.name).push_back('\n');
    text->append(value->text).push_back('\n');
    return true;
}

template <std::size_t count>
bool append_all(const base::JsonValue& message, const Member (&members)[count], std::string* text) {
    return std::all_of(std::begin(members), std::end(members),
                       [&](const Member& member) { return append_member(message, member, text); });
}

/// The signed text; false when a member is missing, or the type is unknown.
bool make_text(const base::JsonValue& message, std::string* text) {
    const std::string* type = message.string("Type");
    if (type == nullptr) return false;
    if (*type == "Notification") return append_all(message, notification, text);
    if (*type != "SubscriptionConfirmation" && *type != "UnsubscribeConfirmation") return false;
    return append_all(message, confirmation, text);
}

bool choose_algorithm(const base::JsonValue& message, PublicAlgorithm* algorithm) {
    const std::string* version = message.string("SignatureVersion");
    if (version == nullptr || (*version != "1" && *version != "2")) return false;
    *algorithm = *version == "1" ? PublicAlgorithm::rsa_sha1 : PublicAlgorithm::rsa_sha256;
    return true;
}

/// One of the topics that the parameter lists, separated by commas; any where it is not given.
bool is_wanted_topic(const Prepared& prepared, const base::JsonValue& message) {
    const auto param = prepared.params.find(std::string(sns_topic_param));
    const std::string* topic = message.string("TopicArn");
    if (param == prepared.params.end() || topic == nullptr) return topic != nullptr;
    std::string_view rest = param->second, item;
    while (next_split(&rest, ",", &item)) {
        if (base::trim_blanks(item) == *topic) return true;
    }
    return false;
}

/// Checks the age: without it a message that Amazon signed once would be genuine for ever.
Outcome check_timestamp(const CodeInput& input, std::string_view text) {
    if (!input.scheme().timestamp) return {Verdict::genuine, "", {}};
    std::int64_t unix_ms = 0;
    if (!parse_timestamp(text, input.scheme().timestamp->unit, &unix_ms))
        return {Verdict::malformed, "unreadable timestamp", {}};
    return check_age(input, unix_ms, {});
}

Outcome check_message(const CodeInput& input, const base::JsonValue& message) {
    const std::string* encoded = message.string("Signature");
    const std::string* url = message.string("SigningCertURL");
    if (encoded == nullptr || url == nullptr) return {Verdict::no_signature, "no signature", {}};
    PublicAlgorithm algorithm{};
    std::string text, signature;
    if (!is_amazon_url(*url)) return {Verdict::forged, "the certificate is not Amazon's", {}};
    if (!choose_algorithm(message, &algorithm)) return {Verdict::forged, "unknown signature version", {}};
    if (!make_text(message, &text)) return {Verdict::forged, "a signed member is missing", {}};
    if (!base::decode_text(*encoded, base::Encoding::base64, &signature))
        return {Verdict::forged, "undecodable signature", {}};
    const base::Digest digest = base::digest_of(*hash_of(algorithm), text);
    std::size_t budget = max_public_checks;
    if (!verify_any(input.prepared.public_keys, *url, algorithm, digest.view(), signature, &budget))
        return {Verdict::forged, why_none_verified(input.prepared.public_keys, *url), {}};
    if (!is_wanted_topic(input.prepared, message)) return {Verdict::forged, "another topic", {}};
    Outcome outcome = check_timestamp(input, *message.string("Timestamp"));
    outcome.claims = std::move(text);  // the content: other members of the body are anybody's
    return outcome;
}

}  // namespace

Outcome check_sns(const CodeInput& input) {
    if (!input.evaluation->is_parsable()) {
        const Evaluation::Problem& problem = input.evaluation->problem();
        return {problem.verdict, problem.reason, {}};
    }
    std::string scratch;
    base::JsonValue message;
    if (!base::parse_json(event::whole_body(input.request().body, &scratch), &message) ||
        message.kind != base::JsonValue::Kind::object)
        return {Verdict::malformed, "the body is not JSON, or repeats a member", {}};
    return check_message(input, message);
}

}  // namespace webhook::signature
