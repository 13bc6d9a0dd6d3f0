#include "signature/sign/joint.hpp"

#include <algorithm>
#include <vector>

namespace webhook::signature {
namespace {

using event::Source;

bool has(const std::vector<Source>& sources, std::string_view name) {
    return std::any_of(sources.begin(), sources.end(), [name](const Source& source) {
        return source.kind == Source::Kind::header && source.name == name;
    });
}

/// Names of the headers of a list.
void add_names(const std::vector<Source>& sources, std::vector<std::string>* names) {
    for (const Source& source : sources) {
        if (source.kind == Source::Kind::header) names->push_back(source.name);
    }
}

bool is_timestamp(const Scheme& scheme, const std::string& name) {
    return scheme.timestamp && has(scheme.timestamp->from, name) && !has(scheme.signature.from, name);
}

bool is_digest(const Scheme& scheme, const std::string& name) {
    return scheme.digest && scheme.digest->from.kind == Source::Kind::header &&
           scheme.digest->from.name == name;
}

bool go_together(const Scheme& a, const Scheme& b, const std::string& name) {
    if (has(a.signature.from, name) && has(b.signature.from, name))
        return has_open_list(a) && has_open_list(b);
    if (is_timestamp(a, name) && is_timestamp(b, name)) return a.timestamp->unit == b.timestamp->unit;
    return is_digest(a, name) && is_digest(b, name) && a.digest->hash == b.digest->hash &&
           a.digest->encoding == b.digest->encoding;
}

}  // namespace

bool has_open_list(const Scheme& scheme) {
    return scheme.signature.split == " " && scheme.signature.from.size() == 1 && scheme.signature.skip == 0;
}

bool sets_header(const Scheme& scheme, std::string_view name) {
    return has(scheme.signature.from, name) || is_timestamp(scheme, std::string(name)) ||
           is_digest(scheme, std::string(name));
}

std::string conflicting_header(const Scheme& a, const Scheme& b) {
    std::vector<std::string> names;
    add_names(a.signature.from, &names);
    if (a.timestamp) add_names(a.timestamp->from, &names);
    if (a.digest) add_names({a.digest->from}, &names);
    for (const std::string& name : names) {
        if (sets_header(b, name) && !go_together(a, b, name)) return name;
    }
    return {};
}

}  // namespace webhook::signature
