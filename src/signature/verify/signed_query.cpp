#include "signature/verify/signed_query.hpp"

#include <algorithm>

#include "base/urlencoded.hpp"

namespace webhook::signature {

namespace {

using event::Source;
using event::Template;

bool belongs_to_signature(const Scheme& scheme, std::string_view name) {
    const auto is = [name](const Source& source) {
        return source.kind == Source::Kind::query && base::name_is(name, source.name);
    };
    return std::any_of(scheme.signature.from.begin(), scheme.signature.from.end(), is) ||
           (scheme.key_id && is(*scheme.key_id));
}

/// Returns the text that the filters of a part cut off.
std::string_view cut_off(const Template::Part& part, std::string_view text) {
    for (const event::Filter& filter : part.filters) {
        if (filter.kind != event::Filter::Kind::before) continue;
        const std::size_t at = text.find(filter.arg);
        if (at != std::string_view::npos) return text.substr(at);
    }
    return {};
}

bool cuts_signature_only(const Scheme& scheme, const Template::Part& part, const event::Request& request) {
    std::string_view rest, pair;
    if (part.is_value && part.source.kind == Source::Kind::query_string) rest = cut_off(part, request.query);
    if (part.is_value && part.source.kind == Source::Kind::url) rest = cut_off(part, request.url);
    while (base::next_pair(&rest, &pair)) {
        if (!belongs_to_signature(scheme, base::pair_name(pair))) return false;
    }
    return true;
}

}  // namespace

bool only_signature_follows(const Scheme& scheme, const event::Request& request) {
    bool good = true;
    each_choice(scheme, [&](const Scheme& choice) {
        const auto& parts = choice.message.parts;
        good = good && std::all_of(parts.begin(), parts.end(), [&](const Template::Part& part) {
                   return cuts_signature_only(scheme, part, request);
               });
    });
    return good;
}

}  // namespace webhook::signature
