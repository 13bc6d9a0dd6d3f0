#include "signature/sign/signer.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/url.hpp"
#include "signature/language/validate_rules.hpp"
#include "signature/model/message_rules.hpp"
#include "signature/sign/code_sign.hpp"
#include "signature/verify/evaluation.hpp"

namespace webhook::signature {

namespace {

using event::Source;
using Kind = Source::Kind;
using Headers = std::vector<std::pair<std::string, std::string>>;

/// A value that would break out of its header line is never sent.
bool fits_header(std::string_view value) {
    return std::none_of(value.begin(), value.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

/// Name of a header as the scheme writes it: "Stripe-Signature".
std::string header_name(const Source& source) {
    return source.text.substr(source.text.find(':') + 1);
}

/// The request under construction, as the message sees it.
class Outgoing : public event::Request {
  public:
    explicit Outgoing(const SignRequest& given) {
        method = given.method;
        body = given.body;
    }

    void set_url(std::string_view text) {
        url = text;
        path = base::path_of(text);
        query = base::query_of(text);
    }

    void set(const Source& source, std::string value) {
        headers.emplace_back(header_name(source), std::move(value));
    }

    Header header(std::string_view name) const override {
        Header found;
        for (const auto& [each, value] : headers) {
            const bool same = std::equal(
                each.begin(), each.end(), name.begin(), name.end(),
                [](char a, char b) { return (a >= 'A' && a <= 'Z' ? static_cast<char>(a + 32) : a) == b; });
            if (same) found.add(value);
        }
        return found;
    }

    Headers headers;
};

/// The first header among the sources of id, type or tenant.
bool header_source(const std::vector<std::string>& sources, Source* source) {
    std::string ignored;
    return std::any_of(sources.begin(), sources.end(), [&](const std::string& text) {
        return !event::is_template(text) && parse_source(text, event::SourceSet::event, source, &ignored) &&
               source->kind == Kind::header;
    });
}

/// "{header:...-id}.{ts}.{body}" signed with HMAC-SHA-256 as "v1,BASE64": Standard Webhooks and those who
/// follow it.
bool is_standard(const Scheme& scheme) {
    const std::vector<event::Template::Part>& parts = scheme.message.parts;
    const auto is = [&](std::size_t i, Kind kind) {
        return parts[i].is_value && parts[i].source.kind == kind;
    };
    const auto is_dot = [&](std::size_t i) { return !parts[i].is_value && parts[i].literal == "."; };
    const auto& prefixes = scheme.signature.prefixes;
    return scheme.algorithm == Algorithm::hmac && scheme.hash == base::Hash::sha256 && parts.size() == 5 &&
           is(0, Kind::header) && is_dot(1) && is(2, Kind::timestamp) && is_dot(3) && is(4, Kind::body) &&
           prefixes.size() == 1 && prefixes.front().parts.size() == 1 &&
           prefixes.front().parts.front().literal == "v1," && scheme.signature.split == " " &&
           scheme.signature.encoding == base::Encoding::base64;
}

std::string separator_of(const Items& items) {
    return items.trim ? items.split + " " : items.split.substr(0, 1);
}

}  // namespace

struct Signer::Impl {
    Prepared prepared;
    bool standard = false;

    const Scheme& scheme() const { return *prepared.scheme; }
    Signed sign(const SignRequest& given) const;

  private:
    const char* refusal(const Message& message, const base::BodyView& body) const;
    std::vector<std::string> signatures(const std::string& ts, Outgoing* request, const char** problem) const;
    void add_names(const SignRequest& given, Outgoing* request) const;
    void add_signatures(const std::vector<std::string>& all, const std::string& ts, Outgoing* request,
                        std::string* url) const;
    std::string list(const std::vector<std::string>& all, const std::string& ts) const;
    void add_nonces(std::string_view id, Outgoing* request) const;
    bool shares_header() const;
};

/// True when timestamp and signature are in one value: "t=..,v1=..".
bool Signer::Impl::shares_header() const {
    if (!scheme().timestamp) return false;
    const Source& a = scheme().timestamp->from.front();
    const Source& b = scheme().signature.from.front();
    return a.kind == b.kind && a.name == b.name;
}

void Signer::Impl::add_names(const SignRequest& given, Outgoing* request) const {
    const std::pair<const std::vector<std::string>*, std::string_view> names[] = {
        {&scheme().id, given.id}, {&scheme().type, given.type}};
    for (const auto& [sources, value] : names) {
        Source source;
        if (value.empty() || !fits_header(value) || !header_source(*sources, &source)) continue;
        if (request->header(source.name).count == 0) request->set(source, std::string(value));
    }
}

/// Headers that are signed and nothing else says: any text will do, and the id is another for each event.
void Signer::Impl::add_nonces(std::string_view id, Outgoing* request) const {
    for (const event::Template::Part& part : scheme().message.parts) {
        const bool is_header = part.is_value && part.segment == 0 && part.source.kind == Kind::header;
        if (is_header && request->header(part.source.name).count == 0)
            request->set(part.source, id.empty() || !fits_header(id) ? "1" : std::string(id));
    }
}

/// Refuses a message that a receiver would refuse, or take for something else.
const char* Signer::Impl::refusal(const Message& message, const base::BodyView& body) const {
    if (!has_message(scheme())) return nullptr;
    if (scheme().refuses_body && body.size != 0)
        return "the scheme signs the query only, so there may be no body";
    const bool is_echo =
        std::any_of(scheme().signed_echoes.begin(), scheme().signed_echoes.end(),
                    [&](const Pattern& pattern) { return message.looks_like(pattern, body); });
    return is_echo ? "the message looks like the text of a challenge"
                   : message.flaw(scheme(), prepared.messages.front(), body);
}

std::vector<std::string> Signer::Impl::signatures(const std::string& ts, Outgoing* request,
                                                  const char** problem) const {
    std::vector<std::string> all;
    Evaluation evaluation(*request, &scheme().body);
    Message message;
    const bool keyed = scheme().algorithm == Algorithm::hmac || scheme().algorithm == Algorithm::hash;
    if (has_message(scheme())) message.resolve(prepared.messages.front().text, ts, &evaluation);
    *problem = evaluation.problem().reason;
    if (*problem == nullptr) *problem = refusal(message, request->body);
    if (scheme().algorithm == Algorithm::public_key) return sign_with_keys(prepared, message, request->body);
    for (const PreparedKey& key : prepared.keys) {
        std::string& text = all.emplace_back(prepared.signature_prefixes.front().text);
        if (keyed) {
            base::encode_text(message.digest(scheme(), key, request->body).view(),
                              scheme().signature.encoding, &text);
        } else {
            text += key.credential;
        }
    }
    return all;
}

/// Appends all signatures (the first, where the value is no list), after the timestamp when both are in one
/// value.
std::string Signer::Impl::list(const std::vector<std::string>& all, const std::string& ts) const {
    const SignatureRule& rule = scheme().signature;
    const std::string separator = separator_of(rule);
    std::string text;
    if (shares_header()) text = prepared.timestamp_prefixes.front().text + ts;
    // Receivers skip these items, such as the name of a key.
    for (std::size_t i = shares_header() ? 1 : 0; i < rule.skip; ++i)
        text += (text.empty() ? "" : separator) + "1";
    const std::size_t count = rule.split.empty() ? 1 : std::min(all.size(), max_signatures);
    for (std::size_t i = 0; i < count; ++i) {
        if (!text.empty()) text += separator;
        text += all[i];
    }
    return text;
}

void Signer::Impl::add_signatures(const std::vector<std::string>& all, const std::string& ts,
                                  Outgoing* request, std::string* url) const {
    const std::vector<Source>& from = scheme().signature.from;
    if (from.size() == 1) {
        const std::string value = list(all, ts);
        if (from.front().kind == Kind::query)
            base::append_param(from.front().name, value, url);
        else
            request->set(from.front(), value);
        return;
    }
    for (std::size_t i = 0; i < std::min(all.size(), from.size()); ++i)
        request->set(from[i], all[i]);
}

Signed Signer::Impl::sign(const SignRequest& given) const {
    std::string url(given.url);
    Outgoing request(given);
    add_names(given, &request);
    if (scheme().algorithm == Algorithm::none) return {std::move(request.headers), std::move(url), nullptr};
    if (has_own_rules(scheme())) {
        request.set_url(url);
        HeaderList more = sign_by_code(prepared, request, request.headers, given.now_ms);
        std::move(more.begin(), more.end(), std::back_inserter(request.headers));
        return {std::move(request.headers), std::move(url), nullptr};
    }

    std::string ts;
    if (scheme().timestamp) {
        const Source& source = scheme().timestamp->from.front();
        ts = format_timestamp(given.now_ms, scheme().timestamp->unit);
        if (source.kind == Kind::header && !shares_header())
            request.set(source, prepared.timestamp_prefixes.front().text + ts);
        if (source.kind == Kind::query && !shares_header())
            base::append_param(source.name, prepared.timestamp_prefixes.front().text + ts, &url);
    }
    if (scheme().digest) {
        const DigestRule& rule = *scheme().digest;
        std::string text;
        base::encode_text(base::digest_of(rule.hash, given.body).view(), rule.encoding, &text);
        if (rule.from.kind == Kind::query)
            base::append_param(rule.from.name, text, &url);
        else
            request.set(rule.from, text);
    }
    request.set_url(url);
    add_nonces(given.id, &request);
    const char* problem = nullptr;
    const std::vector<std::string> all = signatures(ts, &request, &problem);
    request.set_url({});
    add_signatures(all, ts, &request, &url);
    return {std::move(request.headers), std::move(url), problem};
}

Signer::Signer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Signer::~Signer() = default;

std::unique_ptr<Signer> Signer::make(const Scheme& scheme, const std::vector<std::string>& secrets,
                                     const std::map<std::string, std::string>& params, std::string* error) {
    auto impl = std::make_unique<Impl>();
    if (has_signature_in_body(scheme)) {
        *error = "signatures of \"" + scheme.name + "\" stand in the body, which is sent as it is";
        return nullptr;
    }
    if (!can_sign(scheme, error)) return nullptr;
    if (!prepare(scheme, secrets, {}, params, KeyUse::sign, &impl->prepared, error)) return nullptr;
    impl->standard = is_standard(scheme);
    return std::unique_ptr<Signer>(new Signer(std::move(impl)));
}

Signed Signer::sign(const SignRequest& request) const {
    return impl_->sign(request);
}

const std::string& Signer::weakness() const {
    return impl_->prepared.weakness;
}

bool Signer::append_standard(std::string_view id, std::string_view timestamp, const base::BodyView& body,
                             std::string* out) const {
    if (!impl_->standard) return false;
    bool first = true;
    for (const PreparedKey& key : impl_->prepared.keys) {
        base::HashState state = key.hmac->start();
        state.update(id);
        state.update(".");
        state.update(timestamp);
        state.update(".");
        state.update(body);
        if (!std::exchange(first, false)) out->push_back(' ');
        out->append("v1,");
        base::encode_text(key.hmac->finish(&state).view(), base::Encoding::base64, out);
    }
    return true;
}

}  // namespace webhook::signature
