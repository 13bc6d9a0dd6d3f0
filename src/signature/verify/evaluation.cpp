#include "signature/verify/evaluation.hpp"

#include <algorithm>
#include <iterator>

#include "base/multipart.hpp"
#include "base/urlencoded.hpp"
#include "base/utf8.hpp"
#include "event/fields.hpp"
#include "event/values.hpp"

namespace webhook::signature {

namespace {

using Kind = event::Source::Kind;

/// Puts all fields of a form or query together; nullptr, or why they cannot be signed so.
const char* join_fields(std::string_view fields, const event::Filter& filter, std::string* out) {
    if (filter.kind == event::Filter::Kind::sized) return event::join_sized(fields, out);
    event::SortedFields rule;
    event::parse_sorted(filter.arg, &rule);
    return event::join_sorted(fields, rule, out);
}

}  // namespace

event::Request::Header Evaluation::header(const std::string& name) {
    for (std::size_t i = 0; i < cached_; ++i) {
        if (*cache_[i].name == name) return cache_[i].header;
    }
    const event::Request::Header found = request_.header(name);
    if (cached_ < cache_.size()) cache_[cached_++] = {&name, found};
    return found;
}

bool Evaluation::is_compressed() {
    static const std::string name = "content-encoding";
    const event::Request::Header encoding = header(name);
    if (encoding.count > 1) return true;
    return encoding.count > 0 && !encoding.value.empty() && encoding.value != "identity";
}

bool Evaluation::is_parsable() {
    if (is_compressed()) {
        problem_ = {Verdict::encoded, "the body is compressed and must be parsed"};
    } else if (request_.body.size > json_max_) {
        problem_ = {Verdict::too_large, "the body is too large to be parsed"};
    }
    return !has_problem();
}

bool Evaluation::load() {
    if (parsed_ != nullptr || has_problem() || plan_ == nullptr) return parsed_ != nullptr && !has_problem();
    if (!is_parsable()) return false;
    static const std::string name = "content-type";
    const std::string_view type = header(name).value;
    const std::string_view boundary =
        plan_->reads_form() ? base::multipart_boundary(type) : std::string_view();
    if (plan_->reads_form() && boundary.empty() && !event::may_be_form(request_)) {
        problem_ = {Verdict::malformed, "the body is not a form"};
    } else {
        parsed_ = std::make_unique<ParsedBody>(*plan_);
        problem_ = {Verdict::malformed, parsed_->load(request_.body, boundary)};
    }
    return !has_problem();
}

std::size_t Evaluation::elements() {
    return load() ? parsed_->elements() : 0;
}

bool Evaluation::read(const event::Source& source, std::string_view* value) {
    if (source.kind == Kind::header) {
        const event::Request::Header found = header(source.name);
        *value = found.value;
        return found.count > 0;
    }
    if (source.needs_body()) {
        *value = {};
        return load() && parsed_->read(source, element_, value);
    }
    const base::Param found = base::find_param(request_.query, source.name);
    *value = found.raw;
    if (base::is_encoded(found.raw)) {
        std::string& text = keep();
        base::decode(found.raw, &text);
        *value = text;
    }
    return found.count > 0;
}

void Evaluation::apply_filters(const event::Template::Part& part, std::string* text) {
    for (const event::Filter& filter : part.filters) {
        const bool joins =
            filter.kind == event::Filter::Kind::sorted ||
            (filter.kind == event::Filter::Kind::sized && part.source.kind == Kind::form_fields);
        if (!joins) {
            event::apply_filter(filter, request_.query, text);
            continue;
        }
        std::string joined;
        const char* problem = join_fields(*text, filter, &joined);
        if (problem != nullptr) problem_ = {Verdict::malformed, problem};
        *text = std::move(joined);
    }
}

/// A body that a filter changes is needed in one piece.
std::string_view Evaluation::filtered_body(const event::Template::Part& part) {
    if (request_.body.size > json_max_) {
        problem_ = {Verdict::too_large, "the body is too large to be filtered"};
        return {};
    }
    std::string& text = keep();
    text.reserve(request_.body.size);
    for (const std::string_view chunk : request_.body)
        text.append(chunk);
    apply_filters(part, &text);
    return text;
}

std::string_view Evaluation::read_part(const event::Template::Part& part) {
    std::string_view value;
    switch (part.source.kind) {
        case Kind::method:
            value = request_.method;
            break;
        case Kind::url:
            value = url_;
            break;
        case Kind::query_string:
            value = request_.query;
            break;
        case Kind::path:
        case Kind::path_segment:
        case Kind::body_sha256:
            value = event::plain_value(request_, part.source, json_max_, &keep());
            break;
        case Kind::body:
            return filtered_body(part);
        case Kind::header:
        case Kind::query:
        case Kind::form:
        case Kind::json:
        case Kind::form_fields:
            read(part.source, &value);
            break;
        default:
            break;
    }
    if (part.filters.empty()) return value;
    std::string& text = keep();
    text.assign(value);
    apply_filters(part, &text);
    return text;
}

Message::Error Message::resolve(const event::Template& text, std::string_view ts, Evaluation* evaluation) {
    count_ = 0;
    has_bracket_ = false;
    for (std::size_t i = 0; i < text.parts.size(); ++i) {
        const event::Template::Part& part = text.parts[i];
        if (part.segment != 0 && evaluation->read_part(text.parts[text.first_of_segment(i)]).empty())
            continue;
        has_bracket_ |= part.segment != 0;
        Piece& piece = pieces_[count_++];
        piece = {Kind::text, part.literal};
        if (!part.is_value) continue;
        if (part.source.kind == event::Source::Kind::body && part.filters.empty()) {
            piece.kind = Kind::body;
        } else if (part.source.kind == event::Source::Kind::secret) {
            piece.kind = Kind::secret;
        } else if (part.source.kind == event::Source::Kind::timestamp) {
            piece.text = ts;
        } else {
            piece.text = evaluation->read_part(part);
        }
        const bool is_header = part.source.kind == event::Source::Kind::header;
        if (is_header && piece.text.empty()) return Error::missing_header;
    }
    return Error::none;
}

template <class Use>
void Message::each_text(std::string_view secret, const base::BodyView& body, Use use) const {
    for (std::size_t i = 0; i < count_; ++i) {
        if (pieces_[i].kind == Kind::text) use(pieces_[i].text);
        if (pieces_[i].kind == Kind::secret) use(secret);
        if (pieces_[i].kind == Kind::body) std::for_each(body.begin(), body.end(), use);
    }
}

bool Message::ends_in_text(const base::BodyView& body) const {
    const auto is_secret = [](const Piece& piece) { return piece.kind == Kind::secret; };
    const auto end = pieces_.begin() + static_cast<std::ptrdiff_t>(count_);
    auto first = end;
    while (first != pieces_.begin() && !is_secret(*std::prev(first)))
        --first;
    base::PlainTextScan scan;
    const auto is_text = [&](std::string_view text) { return scan.feed(text); };
    return std::all_of(first, end,
                       [&](const Piece& piece) {
                           return piece.kind == Kind::body ? std::all_of(body.begin(), body.end(), is_text)
                                                           : is_text(piece.text);
                       }) &&
           scan.done();
}

bool Message::begins_with(const Pattern& pattern, const base::BodyView& body) const {
    std::string_view start;
    each_text({}, body, [&](std::string_view text) {
        if (start.empty()) start = text.substr(0, 1);
    });
    return !start.empty() && pattern.admits(start);
}

const char* Message::flaw(const Scheme& scheme, const PreparedMessage& rule,
                          const base::BodyView& body) const {
    if (rule.any_bracket && !has_bracket_) return "nothing that identifies the event is signed";
    if (rule.beginning && !begins_with(*rule.beginning, body))
        return "the signed text does not begin as those of this sender do";
    if (scheme.algorithm == Algorithm::hash && !ends_in_text(body))
        return "control characters or broken UTF-8 follow the secret in a plain hash";
    return nullptr;
}

bool Message::looks_like(const Pattern& pattern, const base::BodyView& body) const {
    std::size_t size = 0;
    for (std::size_t i = 0; i < count_; ++i) {
        if (pieces_[i].kind == Kind::secret) return false;
        size += pieces_[i].kind == Kind::body ? body.size : pieces_[i].text.size();
    }
    if (size < pattern.min || size > pattern.max) return false;
    const auto admits = [&](std::string_view text) { return pattern.admits(text); };
    return std::all_of(pieces_.begin(), pieces_.begin() + static_cast<std::ptrdiff_t>(count_),
                       [&](const Piece& piece) {
                           if (piece.kind != Kind::body) return admits(piece.text);
                           return std::all_of(body.begin(), body.end(), admits);
                       });
}

base::Digest Message::digest(const Scheme& scheme, const PreparedKey& key, const base::BodyView& body) const {
    const bool is_hmac = scheme.algorithm == Algorithm::hmac;
    base::HashState state = is_hmac ? key.hmac->start() : base::HashState(scheme.hash);
    each_text(key.secret, body, [&](std::string_view text) { state.update(text); });
    return is_hmac ? key.hmac->finish(&state) : state.finish();
}

base::Digest Message::digest(base::Hash hash, const base::BodyView& body) const {
    base::HashState state(hash);
    each_text({}, body, [&](std::string_view text) { state.update(text); });
    return state.finish();
}

std::string Message::text(const base::BodyView& body) const {
    std::string all;
    all.reserve(body.size + 256);
    each_text({}, body, [&](std::string_view text) { all.append(text); });
    return all;
}

bool take_any_prefix(const Prefixes& prefixes, std::string_view* item) {
    for (const Prefix& prefix : prefixes) {
        const std::string_view start = item->substr(0, prefix.text.size());
        if (prefix.any_case ? !base::equal_names(start, prefix.text) : start != prefix.text) continue;
        item->remove_prefix(prefix.text.size());
        return true;
    }
    return false;
}

bool next_split(std::string_view* rest, std::string_view separators, std::string_view* piece) {
    if (rest->data() == nullptr) return false;
    std::size_t end = std::string_view::npos;
    if (separators.size() == 1) end = rest->find(separators.front());
    if (separators.size() > 1) end = rest->find_first_of(separators);
    *piece = rest->substr(0, end);
    if (end == std::string_view::npos) {
        *rest = {};
        return true;
    }
    rest->remove_prefix(end + 1);
    if (separators.size() > 1) {
        const std::size_t next = rest->find_first_not_of(separators);
        rest->remove_prefix(next == std::string_view::npos ? rest->size() : next);
    }
    return true;
}

}  // namespace webhook::signature
