#include "ctl/message.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "base/url.hpp"
#include "ctl/failure.hpp"
#include "event/extractor.hpp"
#include "signature/verify/content.hpp"

namespace webhook::ctl {

namespace {

constexpr std::size_t json_max = 64U << 20U;

}  // namespace

Message::Message(std::string method_text, std::string url_text, const Headers& headers,
                 std::string body_bytes)
    : method_(std::move(method_text)),
      url_(std::move(url_text)),
      bytes_(std::move(body_bytes)),
      chunk_(bytes_) {
    for (const auto& [name, value] : headers)
        headers_.emplace_back(base::lower(name), value);
    method = method_;
    url = url_;
    path = base::path_of(url);
    query = base::query_of(url);
    if (!bytes_.empty()) body = {&chunk_, 1, bytes_.size()};
}

event::Request::Header Message::header(std::string_view name) const {
    Header found;
    for (const auto& [header_name, value] : headers_) {
        if (header_name == name) found.add(value);
    }
    return found;
}

std::string_view verdict_name(signature::Verdict verdict) {
    using signature::Verdict;
    switch (verdict) {
        case Verdict::genuine:
            return "accepted";
        case Verdict::no_signature:
            return "unsigned";
        case Verdict::stale:
            return "stale";
        case Verdict::malformed:
            return "malformed";
        case Verdict::challenge:
            return "challenge";
        case Verdict::too_large:
            return "too_large";
        case Verdict::encoded:
            return "encoded";
        case Verdict::forged:
            break;
    }
    return "forged";
}

Identity identify(const signature::Scheme& scheme, const event::Request& request,
                  const signature::Outcome& outcome) {
    std::string error;
    const auto extractor = event::Extractor::make({id_sources(scheme), type_sources(scheme), {}, {}}, &error);
    if (!extractor) throw Failure(error);
    event::Extractor::Values values;
    extractor->extract(request, json_max, &values);
    if (values.id.empty()) {
        values.id = base::to_hex(signature::content_of(scheme, request, outcome, json_max).view());
    }
    return {values.id, values.type.empty() ? "webhook" : values.type};
}

}  // namespace webhook::ctl
