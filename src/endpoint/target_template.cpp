#include "endpoint/target_template.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "base/url.hpp"
#include "base/urlencoded.hpp"

namespace webhook::endpoint {
namespace {

using Result = Renderer::Result;

const std::string place = "url";

std::string encode(std::string_view text) {
    std::string out;
    base::encode(text, &out);
    return out;
}

std::string check_literal(std::string_view text) {
    for (const char c : text) {
        if (c == '#') return "a fragment is never sent; leave out \"#\"";
        if (c <= 0x20 || c >= 0x7f || std::string_view("\"<>\\^`{}").find(c) != std::string_view::npos)
            return "percent-encode what is neither a letter, a digit nor URL punctuation";
    }
    return {};
}

}  // namespace

std::optional<TargetTemplate> TargetTemplate::parse(std::string_view text, std::size_t offset,
                                                    std::string* error) {
    auto all = TextTemplate::parse(text, error, offset);
    if (!all) return {};
    if (all->operators() > TextTemplate::max_operators) {
        *error = "has more than the 256 values and filters that a template may have";
        return {};
    }
    for (const auto& part : all->parts()) {
        if (*error = check_literal(part.literal); !error->empty()) return {};
    }
    TargetTemplate result;
    const bool slash = base::starts_with(text, "/");
    if (all->is_fixed()) {
        result.fixed_ = (slash ? "" : "/") + std::string(text);
        return result;
    }
    if (!slash) result.path_.append("/");
    result.split(*all);
    return result;
}

/// Cuts the target at its first "?" and then at each "&", where these are no part of an expression.
void TargetTemplate::split(const TextTemplate& all) {
    TextTemplate* target = &path_;
    for (const auto& part : all.parts()) {
        if (part.expression) {
            target->append(*part.expression);
            continue;
        }
        std::string_view text = part.literal;
        while (!text.empty()) {
            const std::size_t mark = std::min(text.find(pairs_.empty() ? '?' : '&'), text.size());
            if (mark > 0) target->append(text.substr(0, mark));
            text.remove_prefix(mark);
            if (text.empty()) break;
            text.remove_prefix(1);
            target = &pairs_.emplace_back();
        }
    }
}

Result TargetTemplate::render(Renderer* renderer, std::string* out) const {
    if (fixed_) {
        out->append(*fixed_);
        return Result::done;
    }
    if (renderer->render(path_, place, encode, out) == Result::failed) return Result::failed;
    char mark = '?';
    for (const TextTemplate& pair : pairs_) {
        const std::size_t before = out->size();
        out->push_back(mark);
        const Result result = renderer->render(pair, place, encode, out);
        if (result == Result::failed) return result;
        if (result == Result::left_out)
            out->resize(before);
        else
            mark = '&';
    }
    return Result::done;
}

void TargetTemplate::collect_secrets(SecretNames* names) const {
    path_.collect_secrets(names);
    for (const TextTemplate& pair : pairs_)
        pair.collect_secrets(names);
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

}  // namespace webhook::endpoint
