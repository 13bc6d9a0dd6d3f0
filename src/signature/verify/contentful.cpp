#include "signature/verify/contentful.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "base/url.hpp"
#include "signature/model/timestamp.hpp"

namespace webhook::signature {

namespace {

constexpr std::string_view signature_name = "x-contentful-signature",
                           list_name = "x-contentful-signed-headers",
                           timestamp_name = "x-contentful-timestamp";
constexpr std::size_t max_signed_headers = 64, max_path = 8192;

/// %XX for everything but letters, digits and `keep`.
std::string escape(std::string_view text, std::string_view keep) {
    static constexpr char digits[] = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        if (base::is_alphanumeric(c) || keep.find(c) != std::string_view::npos) {
            out.push_back(c);
        } else {
            const auto byte = static_cast<unsigned char>(c);
            out.push_back('%');
            out.push_back(digits[byte >> 4]);
            out.push_back(digits[byte & 15]);
        }
    }
    return out;
}

/// The sender escapes the query as one text and then path and query once more (encodeURI of the ECMAScript
/// standard).
std::string normal_path(std::string_view target) {
    constexpr std::string_view unreserved = "-_.!~*'()";
    constexpr std::string_view uri = "-_.!~*'();/?:@&=+$,#";
    const base::UrlParts parts = base::split_url(target);
    std::string text(parts.path);
    if (!parts.query.empty()) text.append("?").append(escape(parts.query, unreserved));
    return escape(text, uri);
}

bool holds(const std::vector<std::string>& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

std::string_view request_target(std::string_view url) {
    const base::UrlParts parts = base::split_url(url);
    if (parts.scheme.empty()) return url;
    return parts.tail.empty() ? "/" : parts.target;
}

bool contentful_names(std::string_view list, std::vector<std::string>* names) {
    std::string_view name;
    while (next_split(&list, ",", &name)) {
        names->push_back(base::lower(base::trim_blanks(name)));
        if (names->size() > max_signed_headers || names->back() == signature_name) return false;
    }
    std::sort(names->begin(), names->end());
    const bool repeated = std::adjacent_find(names->begin(), names->end()) != names->end();
    return !repeated && holds(*names, list_name) && holds(*names, timestamp_name);
}

std::string contentful_head(std::string_view method, std::string_view url,
                            const std::vector<std::pair<std::string, std::string>>& headers) {
    std::string text(method);
    text.append("\n").append(normal_path(request_target(url))).append("\n");
    bool first = true;
    for (const auto& [name, value] : headers) {
        if (!first) text.push_back(';');
        first = false;
        text.append(name).append(":").append(base::trim_blanks(value));
    }
    text.push_back('\n');
    return text;
}

base::Digest contentful_digest(const HmacKey& key, std::string_view head, const base::BodyView& body) {
    base::HashState state = key.start();
    state.update(head);
    state.update(body);
    return key.finish(&state);
}

Outcome check_contentful(const CodeInput& input) {
    const event::Request& request = input.request();
    const auto list = request.header(list_name), timestamp = request.header(timestamp_name),
               signature = request.header(signature_name);
    if (list.differs || timestamp.differs || signature.differs)
        return {Verdict::malformed, "a header that must be there once was sent twice", {}};
    std::int64_t unix_ms = 0;
    if (timestamp.count != 0 && !parse_timestamp(timestamp.value, Unit::milliseconds, &unix_ms))
        return {Verdict::malformed, "unreadable timestamp", {}};
    if (list.count == 0 || timestamp.count == 0 || signature.count == 0)
        return {Verdict::no_signature, "no signature, timestamp or list of signed headers", {}};
    std::vector<std::string> names;
    if (!contentful_names(list.value, &names) || request.url.size() > max_path)
        return {Verdict::forged, "the list of signed headers is not usable", timestamp.value};

    std::vector<std::pair<std::string, std::string>> headers;
    for (const std::string& name : names) {
        const auto header = request.header(name);
        if (header.count > 1) return {Verdict::malformed, "a signed header was sent twice", timestamp.value};
        if (header.count == 1) headers.emplace_back(name, header.value);
    }
    const std::string head = contentful_head(request.method, request.url, headers);
    std::string given;
    if (!base::decode_text(signature.value, base::Encoding::hex, &given))
        return {Verdict::forged, "undecodable signature", timestamp.value};
    const bool good =
        std::any_of(input.prepared.keys.begin(), input.prepared.keys.end(), [&](const PreparedKey& key) {
            return equal(contentful_digest(*key.hmac, head, request.body).view(), given);
        });
    if (!good) return {Verdict::forged, "signature does not match", timestamp.value};
    Outcome outcome = check_age(input, unix_ms, timestamp.value);
    outcome.covered = covered_method | covered_target;
    return outcome;
}

}  // namespace webhook::signature
