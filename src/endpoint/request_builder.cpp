#include "endpoint/request_builder.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "base/urlencoded.hpp"
#include "base/version.hpp"
#include "endpoint/digest_of_texts.hpp"
#include "endpoint/header_rules.hpp"
#include "endpoint/secret_value.hpp"
#include "endpoint/stored_values.hpp"
#include "signature/model/scheme.hpp"
#include "signature/sign/joint.hpp"

namespace webhook::endpoint {
namespace {

using base::equal_names;

constexpr std::size_t max_target = 16384;
using store::StoredEvent;

/// Fields of the event that become headers (CloudEvents 1.0, HTTP binding in binary mode).
struct Attribute {
    std::string_view field, header;
};
constexpr std::array<Attribute, 3> attributes{
    {{"source", "ce-source: "}, {"type", "ce-type: "}, {"time", "ce-time: "}}};

void append_line(std::string_view name, std::string_view value, std::string* out) {
    out->append(name).append(": ").append(value).append("\r\n");
}

/// Appends a value by CloudEvents HTTP binding 3.1.3.2: space, double quote, percent and bytes outside
/// printable ASCII as %XX.
void append_ce_value(std::string_view value, std::string* out) {
    static constexpr char digits[] = "0123456789ABCDEF";
    for (const char c : value) {
        if (c > 0x20 && c < 0x7f && c != '"' && c != '%') {
            out->push_back(c);
        } else {
            const auto byte = static_cast<unsigned char>(c);
            out->append({'%', digits[byte >> 4], digits[byte & 15]});
        }
    }
}

void append_attribute(std::string_view header, std::string_view value, std::string* head) {
    if (value.empty()) return;
    head->append(header);
    append_ce_value(value, head);
    head->append("\r\n");
}

template <class Number>
std::string_view to_text(Number number, std::array<char, 24>* space) {
    const auto end = std::to_chars(space->data(), space->data() + space->size(), number).ptr;
    return {space->data(), static_cast<std::size_t>(end - space->data())};
}

/// Returns a value of the event if it is valid in a header, else `otherwise`.
std::string_view usable(std::string_view value, std::string_view otherwise) {
    return !value.empty() && valid_header_value(value) ? value : otherwise;
}

/// Replaces a secret, unless it is so short that it would be found anywhere.
void replace_all(std::string_view secret, std::string* text) {
    if (secret.size() < 4) return;
    for (std::size_t at = text->find(secret); at != std::string::npos; at = text->find(secret, at + 3))
        text->replace(at, secret.size(), "***");
}

/// Adds a header of a scheme. Another scheme may have set it: to the same value, or to a list of signatures,
/// to which this one is added (see signature::conflicting_header).
void add_signed_header(const std::string& name, std::string value,
                       std::vector<std::pair<std::string, std::string>>* headers) {
    if (equal_names(name, "webhook-id") || equal_names(name, "webhook-timestamp")) return;
    for (auto& [other, present] : *headers) {
        if (!equal_names(other, name)) continue;
        if (present != value) present.append(" ").append(value);
        return;
    }
    headers->emplace_back(name, std::move(value));
}

base::BodyView body_view(const std::string_view& data) {
    return {&data, data.empty() ? 0u : 1u, data.size()};
}

}  // namespace

RequestBuilder::RequestBuilder(const Document& document, const Secrets& secrets,
                               std::shared_ptr<const signature::SchemeSet> schemes)
    : document_(document), schemes_(std::move(schemes)), has_body_(has_body(document)) {
    parse_parts();
    if (!ready()) return;
    base_ = (url_.tls ? "https://" : "http://") + url_.authority;
    prepare_tls(secrets);
    prepare_headers(secrets);
    prepare_auth(secrets);
    prepare_template_secrets(secrets);
    prepare_signers(secrets);
    if (ready()) drop_headers_of_signers();
    write_fixed_headers();
    renders_ = url_.has_macros() || !templates_.empty() || !body_.is_raw();
}

/// Parses what documents hold as text. Conditions come first: they count whether or not secrets are there.
void RequestBuilder::parse_parts() {
    where_ = Condition::parse_stored(document_.match.where, Condition::Subject::event);
    success_where_ = Condition::parse_stored(document_.success_where, Condition::Subject::response);
    auto body = RequestBody::parse_stored(document_.body);
    auto url = parse_url(document_.url, &problem_);
    if (!body) problem_ = "the body of the document cannot be read";
    if (!ready()) return;
    body_ = std::move(*body);
    url_ = std::move(*url);
}

std::string RequestBuilder::resolve(const Secrets& secrets, const std::string& value) {
    Resolved secret;
    std::string problem;
    if (!secrets.resolve(value, &secret, &problem)) {
        problem_ = problem;
        return {};
    }
    add_warning(secret.warning);
    return std::move(secret.text);
}

void RequestBuilder::add_warning(std::string_view text) {
    if (!text.empty()) warning_.append(warning_.empty() ? "" : "; ").append(text);
}

void RequestBuilder::prepare_tls(const Secrets& secrets) {
    tls_ = document_.tls;
    for (std::string* text : {&tls_.ca, &tls_.cert, &tls_.key}) {
        if (secret_name(*text) || is_redacted(*text)) *text = resolve(secrets, *text);
    }
}

void RequestBuilder::prepare_auth(const Secrets& secrets) {
    auth_ = document_.auth;
    if (auth_.kind == Auth::Kind::none) return;
    auth_.secret = resolve(secrets, auth_.secret);
    masked_.push_back(auth_.secret);
    std::string value = "Bearer " + auth_.secret;
    if (auth_.kind == Auth::Kind::basic) {
        std::string encoded;
        base::encode_text(auth_.user + ":" + auth_.secret, base::Encoding::base64, &encoded);
        value = "Basic " + encoded;
        masked_.push_back(std::move(encoded));
    }
    if (!valid_header_value(value)) problem_ = "auth: the secret cannot stand in a header";
    if (auth_.kind != Auth::Kind::oauth2) headers_.emplace_back("authorization", std::move(value));
}

std::string RequestBuilder::isolation() const {
    if (tls_ == Tls{} && auth_ == Auth{}) return {};
    return digest_of_texts({tls_.ca, tls_.cert, tls_.key, tls_.verify ? "1" : "0",
                            std::to_string(static_cast<int>(auth_.kind)), auth_.user, auth_.secret,
                            auth_.token_url, auth_.scope});
}

void RequestBuilder::prepare_headers(const Secrets& secrets) {
    for (const auto& [name, value] : document_.headers)
        prepare_header(secrets, name, value);
}

void RequestBuilder::prepare_header(const Secrets& secrets, const std::string& name,
                                    const std::string& value) {
    std::string text, error;
    if (secret_name(value) || is_redacted(value)) {
        text = resolve(secrets, value);
        masked_.push_back(text);
    } else {
        auto parsed = TextTemplate::parse(value, &error);
        if (!parsed) {
            problem_ = "header " + name + ": " + error;
            return;
        }
        if (!parsed->is_fixed()) return templates_.push_back({name, "headers." + name, std::move(*parsed)});
        text = parsed->literal();
        if (!is_public_header(name)) masked_.push_back(text);
    }
    if (!valid_header_value(text)) problem_ = "the value of header " + name + " cannot stand in a header";
    headers_.emplace_back(name, std::move(text));
}

/// Reads the secrets that URL, headers and body name.
void RequestBuilder::prepare_template_secrets(const Secrets& secrets) {
    SecretNames names;
    url_.target.collect_secrets(&names);
    body_.collect_secrets(&names);
    for (const Header& header : templates_)
        header.value.collect_secrets(&names);
    for (const std::string& name : names) {
        std::string text = resolve(secrets, "secret:" + name);
        masked_.push_back(text);
        secrets_.emplace(name, std::move(text));
    }
}

void RequestBuilder::prepare_signers(const Secrets& secrets) {
    std::vector<const signature::Scheme*> schemes;
    for (const Sign& sign : document_.sign) {
        std::vector<SignSecret> keys = sign.secrets;
        for (SignSecret& key : keys) {
            key.text = resolve(secrets, key.text);
            masked_.push_back(key.text);
        }
        if (!ready()) return;
        const signature::Scheme* scheme = schemes_->find(sign.scheme);
        std::string error = "unknown scheme" + schemes_->suggestion(sign.scheme);
        auto signer = scheme == nullptr ? std::nullopt : RotatingSigner::make(*scheme, keys, &error);
        if (!signer) return refuse("sign: " + sign.scheme + ": " + error);
        for (const signature::Scheme* other : schemes) {
            if (const std::string header = signature::conflicting_header(*other, *scheme); !header.empty())
                refuse("sign: " + sign.scheme + ": another scheme sets the header " + header + ", too");
        }
        schemes.push_back(scheme);
        if (sign.scheme == "standard") {
            standard_ = std::move(signer);
        } else {
            others_.push_back(std::move(*signer));
        }
    }
}

/// Drops headers of the document that a scheme sets, too (Authorization of a token scheme), so that none is
/// sent twice.
void RequestBuilder::drop_headers_of_signers() {
    for (const RotatingSigner& signer : others_) {
        signature::SignRequest sample;
        sample.id = "msg_sample";
        sample.type = "sample";
        sample.method = document_.method;
        const std::string url = base_ + "/";
        sample.url = url;
        for (const auto& signed_header : signer.at(0).sign(sample).headers) {
            const std::string& name = signed_header.first;
            std::erase_if(headers_, [&](const auto& own) { return equal_names(own.first, name); });
            std::erase_if(templates_, [&](const Header& own) { return equal_names(own.name, name); });
            if (auth_.kind != Auth::Kind::none && equal_names(name, "authorization"))
                problem_ = "auth: a scheme of \"sign\" sets Authorization, too";
        }
    }
}

bool RequestBuilder::has_header(std::string_view name) const {
    return std::any_of(headers_.begin(), headers_.end(),
                       [name](const auto& header) { return equal_names(header.first, name); }) ||
           std::any_of(templates_.begin(), templates_.end(),
                       [name](const Header& header) { return equal_names(header.name, name); });
}

void RequestBuilder::write_fixed_headers() {
    append_line("host", url_.authority, &fixed_);
    if (!has_header("user-agent"))
        append_line("user-agent", "nginx-webhook/" + std::string(version), &fixed_);
    if (!has_header("accept")) append_line("accept", "*/*", &fixed_);
    for (const auto& [name, value] : headers_)
        append_line(name, value, &fixed_);
    own_content_type_ = has_body_ && !has_header("content-type");
    own_content_encoding_ = has_body_ && body_.is_raw() && !has_header("content-encoding");
    fixed_.append("ce-specversion: 1.0\r\n");
}

const char* RequestBuilder::append_signatures(const StoredEvent& event, std::string_view id,
                                              std::string_view timestamp, std::int64_t now_ms,
                                              std::string_view body, std::string* target,
                                              std::string* headers) const {
    std::string list;
    if (standard_) standard_->at(now_ms).append_standard(id, timestamp, body_view(body), &list);
    if (others_.empty()) {
        if (standard_) append_line("webhook-signature", list, headers);
        return nullptr;
    }
    std::vector<std::pair<std::string, std::string>> all;
    if (standard_) all.emplace_back("webhook-signature", std::move(list));
    std::string url = base_ + *target;
    signature::SignRequest request{id, event.type(), document_.method, url, body_view(body), now_ms};
    for (const RotatingSigner& signer : others_) {
        request.url = url;
        signature::Signed result = signer.at(now_ms).sign(request);
        if (result.problem != nullptr) return result.problem;
        for (auto& [name, value] : result.headers)
            add_signed_header(name, std::move(value), &all);
        url = std::move(result.url);
    }
    for (const auto& [name, value] : all)
        append_line(name, value, headers);
    target->assign(url, base_.size(), std::string::npos);
    return nullptr;
}

bool RequestBuilder::render_headers(Renderer* renderer, std::string* headers) const {
    for (const Header& header : templates_) {
        std::string value;
        const auto result = renderer->render(header.value, header.where, nullptr, &value);
        if (result == Renderer::Result::failed) return false;
        if (result == Renderer::Result::left_out) continue;
        if (!valid_header_value(value)) {
            renderer->fail(header.where, "the value has control characters or more than 4096 bytes");
            return false;
        }
        append_line(header.name, value, headers);
    }
    return true;
}

/// Fills in all templates: `target`, lines of `headers`, and the body.
bool RequestBuilder::render(Renderer* renderer, const StoredEvent& event, std::string* target,
                            std::string* headers, OutgoingRequest* request) const {
    using Result = Renderer::Result;
    if (url_.target.render(renderer, target) == Result::failed) return false;
    if (target->size() > max_target) {
        renderer->fail("url", "path and query would be more than 16384 bytes");
        return false;
    }
    if (!render_headers(renderer, headers)) return false;
    if (!has_body_ || body_.is_raw()) return true;
    if (body_.render(renderer, event.ce_id(), &request->made) == Result::failed) return false;
    request->body = request->made;
    return true;
}

void RequestBuilder::append_content_headers(const StoredEvent& event, std::string_view body,
                                            std::string* head) const {
    std::array<char, 24> space;
    if (own_content_type_) {
        const std::string_view type =
            body_.is_raw() ? event.field("datacontenttype") : std::string_view(body_.content_type());
        append_line("content-type", usable(type, "application/octet-stream"), head);
    }
    if (const auto encoding = usable(event.field("contentencoding"), "");
        own_content_encoding_ && !encoding.empty()) {
        append_line("content-encoding", encoding, head);
    }
    if (has_body_) append_line("content-length", to_text(body.size(), &space), head);
}

std::optional<RequestProblem> RequestBuilder::build(const StoredEvent& event, const DeliveryFacts& facts,
                                                    std::string_view hops, std::string_view authorization,
                                                    std::int64_t now_ms, OutgoingRequest* request) const {
    std::array<char, 24> time_space;
    const std::string_view timestamp = to_text(now_ms / 1000, &time_space);
    const std::string id = event.webhook_id();
    std::string target, made_headers, signatures;
    request->made.clear();
    request->secrets.clear();
    request->body = has_body_ ? event.data() : std::string_view();
    if (renders_) {
        const StoredValues values(event);
        const auto find_secret = [this](std::string_view name, std::string*) {
            const auto found = secrets_.find(name);
            return found == secrets_.end() ? std::nullopt : std::optional(found->second);
        };
        const RenderInput input{values, facts.created_ms, id, facts.attempt, find_secret};
        Renderer renderer(input);
        if (!render(&renderer, event, &target, &made_headers, request))
            return RequestProblem{true, renderer.problem().where + ": " + renderer.problem().what};
        request->secrets = renderer.secrets();
    } else {
        target = *url_.target.fixed();
    }
    if (url_.has_macros() && has_dot_segment(target))
        return RequestProblem{false, R"(a value of the event would be "." or ".." in the path)"};
    if (const char* problem =
            append_signatures(event, id, timestamp, now_ms, request->body, &target, &signatures))
        return RequestProblem{false, problem};

    std::string* head = &request->head;
    head->assign(document_.method).append(" ").append(target).append(" HTTP/1.1\r\n").append(fixed_);
    head->append(made_headers);
    append_line("webhook-id", id, head);
    append_line("webhook-timestamp", timestamp, head);
    append_attribute("ce-id: ", event.ce_id(), head);
    for (const Attribute& attribute : attributes)
        append_attribute(attribute.header, event.field(attribute.field), head);
    if (!hops.empty()) append_line("webhook-hops", hops, head);
    if (!authorization.empty()) append_line("authorization", authorization, head);
    head->append(signatures);
    append_content_headers(event, request->body, head);
    head->append("\r\n");
    return {};
}

void RequestBuilder::mask(const OutgoingRequest& request, std::string* text) const {
    for (const auto* secrets : {&masked_, &request.secrets}) {
        for (const std::string& secret : *secrets) {
            std::string encoded;
            base::encode(secret, &encoded);
            replace_all(secret, text);
            if (encoded != secret) replace_all(encoded, text);
        }
    }
}

}  // namespace webhook::endpoint
