#include "worker/send/prepared_endpoint.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "base/url.hpp"
#include "base/version.hpp"
#include "endpoint/header_rules.hpp"
#include "endpoint/secret_value.hpp"
#include "signature/model/scheme.hpp"
#include "signature/sign/joint.hpp"
#include "worker/send/digest_of_texts.hpp"

namespace webhook::worker {
namespace {

using base::equal_names;

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
    return !value.empty() && endpoint::valid_header_value(value) ? value : otherwise;
}

bool has_dot_segment(std::string_view target) {
    std::string_view rest = base::split_url(target).path;
    while (!rest.empty()) {
        const std::string_view segment = rest.substr(0, rest.find('/'));
        if (segment == "." || segment == "..") return true;
        rest.remove_prefix(std::min(segment.size() + 1, rest.size()));
    }
    return false;
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

PreparedEndpoint::PreparedEndpoint(const endpoint::Document& document, const Secrets& secrets,
                                   std::shared_ptr<const signature::SchemeSet> schemes)
    : document_(document), schemes_(std::move(schemes)) {
    std::string error;
    const auto url = endpoint::parse_url(document.url, &error);
    if (!url) {
        problem_ = error;
        return;
    }
    url_ = *url;
    base_ = (url_.tls ? "https://" : "http://") + url_.authority;
    if (url_.has_macros()) macros_.emplace(url_.target);
    prepare_tls(secrets);
    prepare_headers(secrets);
    prepare_auth(secrets);
    prepare_signers(secrets);
    if (ready()) drop_headers_of_signers();
    write_fixed_headers();
}

std::string PreparedEndpoint::resolve(const Secrets& secrets, const std::string& value) {
    Resolved secret;
    std::string problem;
    if (!secrets.resolve(value, &secret, &problem)) {
        problem_ = problem;
        return {};
    }
    add_warning(secret.warning);
    return std::move(secret.text);
}

void PreparedEndpoint::add_warning(std::string_view text) {
    if (!text.empty()) warning_.append(warning_.empty() ? "" : "; ").append(text);
}

void PreparedEndpoint::prepare_tls(const Secrets& secrets) {
    tls_ = document_.tls;
    for (std::string* text : {&tls_.ca, &tls_.cert, &tls_.key}) {
        if (endpoint::secret_name(*text) || endpoint::is_redacted(*text)) *text = resolve(secrets, *text);
    }
}

void PreparedEndpoint::prepare_auth(const Secrets& secrets) {
    auth_ = document_.auth;
    if (auth_.kind == endpoint::Auth::Kind::none) return;
    auth_.secret = resolve(secrets, auth_.secret);
    std::string value = "Bearer " + auth_.secret;
    if (auth_.kind == endpoint::Auth::Kind::basic) {
        value = "Basic ";
        base::encode_text(auth_.user + ":" + auth_.secret, base::Encoding::base64, &value);
    }
    if (!endpoint::valid_header_value(value)) problem_ = "auth: the secret cannot stand in a header";
    if (auth_.kind != endpoint::Auth::Kind::oauth2) headers_.emplace_back("authorization", std::move(value));
}

std::string PreparedEndpoint::isolation() const {
    if (tls_ == endpoint::Tls{} && auth_ == endpoint::Auth{}) return {};
    return digest_of_texts({tls_.ca, tls_.cert, tls_.key, tls_.verify ? "1" : "0",
                            std::to_string(static_cast<int>(auth_.kind)), auth_.user, auth_.secret,
                            auth_.token_url, auth_.scope});
}

void PreparedEndpoint::prepare_headers(const Secrets& secrets) {
    for (const auto& [name, value] : document_.headers) {
        const bool literal =
            value.empty() || (value.rfind("secret:", 0) != 0 && value.rfind("redacted:", 0) != 0);
        std::string secret = literal ? value : resolve(secrets, value);
        if (!endpoint::valid_header_value(secret))
            problem_ = "the value of header " + name + " cannot stand in a header";
        headers_.emplace_back(name, std::move(secret));
    }
}

void PreparedEndpoint::prepare_signers(const Secrets& secrets) {
    std::vector<const signature::Scheme*> schemes;
    for (const endpoint::Sign& sign : document_.sign) {
        std::vector<endpoint::SignSecret> keys = sign.secrets;
        for (endpoint::SignSecret& key : keys)
            key.text = resolve(secrets, key.text);
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
void PreparedEndpoint::drop_headers_of_signers() {
    for (const RotatingSigner& signer : others_) {
        signature::SignRequest sample;
        sample.id = "msg_sample";
        sample.type = "sample";
        sample.method = document_.method;
        const std::string url = base_ + "/";
        sample.url = url;
        for (const auto& signed_header : signer.at(0).sign(sample).headers) {
            std::erase_if(headers_,
                          [&](const auto& own) { return equal_names(own.first, signed_header.first); });
            if (auth_.kind != endpoint::Auth::Kind::none && equal_names(signed_header.first, "authorization"))
                problem_ = "auth: a scheme of \"sign\" sets Authorization, too";
        }
    }
}

bool PreparedEndpoint::has_header(std::string_view name) const {
    return std::any_of(headers_.begin(), headers_.end(),
                       [name](const auto& header) { return equal_names(header.first, name); });
}

void PreparedEndpoint::write_fixed_headers() {
    append_line("host", url_.authority, &fixed_);
    if (!has_header("user-agent"))
        append_line("user-agent", "nginx-webhook/" + std::string(version), &fixed_);
    if (!has_header("accept")) append_line("accept", "*/*", &fixed_);
    for (const auto& [name, value] : headers_)
        append_line(name, value, &fixed_);
    own_content_type_ = has_body() && !has_header("content-type");
    own_content_encoding_ = has_body() && !has_header("content-encoding");
    fixed_.append("ce-specversion: 1.0\r\n");
}

const char* PreparedEndpoint::append_signatures(const Event& event, std::string_view id,
                                                std::string_view timestamp, std::int64_t now_ms,
                                                std::string* target, std::string* headers) const {
    const std::string_view data = has_body() ? event.data() : std::string_view();
    std::string list;
    if (standard_) standard_->at(now_ms).append_standard(id, timestamp, body_view(data), &list);
    if (others_.empty()) {
        if (standard_) append_line("webhook-signature", list, headers);
        return nullptr;
    }
    Headers all;
    if (standard_) all.emplace_back("webhook-signature", std::move(list));
    std::string url = base_ + *target;
    signature::SignRequest request{id, event.type(), document_.method, url, body_view(data), now_ms};
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

const char* PreparedEndpoint::build_head(const Event& event, std::string_view hops,
                                         std::string_view authorization, std::int64_t now_ms,
                                         std::string* head) const {
    std::array<char, 24> time_space, number_space;
    const std::string_view timestamp = to_text(now_ms / 1000, &time_space);
    const std::string id = event.webhook_id();
    std::string filled, signatures;
    if (macros_) macros_->append(event, &filled);
    if (macros_ && has_dot_segment(filled)) return R"(a value of the event would be "." or ".." in the path)";
    if (!macros_) filled = url_.target.front().text;
    if (const char* problem = append_signatures(event, id, timestamp, now_ms, &filled, &signatures))
        return problem;

    head->assign(document_.method).append(" ").append(filled).append(" HTTP/1.1\r\n").append(fixed_);
    append_line("webhook-id", id, head);
    append_line("webhook-timestamp", timestamp, head);
    append_attribute("ce-id: ", event.ce_id(), head);
    for (const Attribute& attribute : attributes)
        append_attribute(attribute.header, event.field(attribute.field), head);
    if (!hops.empty()) append_line("webhook-hops", hops, head);
    if (!authorization.empty()) append_line("authorization", authorization, head);
    head->append(signatures);
    if (own_content_type_) {
        append_line("content-type", usable(event.field("datacontenttype"), "application/octet-stream"), head);
    }
    if (const auto encoding = usable(event.field("contentencoding"), "");
        own_content_encoding_ && !encoding.empty()) {
        append_line("content-encoding", encoding, head);
    }
    if (has_body()) append_line("content-length", to_text(event.data().size(), &number_space), head);
    head->append("\r\n");
    return nullptr;
}

}  // namespace webhook::worker
