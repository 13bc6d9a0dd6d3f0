#include "endpoint/url_secrets.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "base/url.hpp"
#include "endpoint/secret_value.hpp"
#include "endpoint/template_secrets.hpp"
#include "endpoint/text_template.hpp"

namespace webhook::endpoint {
namespace {

constexpr std::size_t shortest_token = 20;

/// Returns the end of the expression whose brace is at `at`; the place after the brace where it is none.
std::size_t end_of_expression(std::string_view text, std::size_t at) {
    std::string_view rest = text.substr(at + 1);
    std::string error;
    if (!Expression::take(&rest, &error) || !rest.starts_with('}')) return at + 1;
    return text.size() - rest.size() + 1;
}

/// Returns where one of `marks` stands outside of expressions; the size of the text where none does.
std::size_t find_mark(std::string_view text, std::string_view marks) {
    for (std::size_t at = 0; at < text.size();) {
        if (text[at] == '{') {
            at = end_of_expression(text, at);
            continue;
        }
        if (marks.find(text[at]) != std::string_view::npos) return at;
        ++at;
    }
    return text.size();
}

/// True for a segment such as the last one of https://hooks.slack.com/services/T0/B0/XXXX: long, letters and
/// digits.
bool looks_like_token(std::string_view segment) {
    if (is_redacted(segment)) return true;
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    const auto is_letter = [](char c) { return base::lower(c) >= 'a' && base::lower(c) <= 'z'; };
    return segment.size() >= shortest_token && segment.find('{') == std::string_view::npos &&
           std::any_of(segment.begin(), segment.end(), is_digit) &&
           std::any_of(segment.begin(), segment.end(), is_letter);
}

/// Rewrites the pieces of one URL from left to right.
class Rewriter {
  public:
    explicit Rewriter(const ReplacePart& replace) : replace_(replace) {}

    std::string rewrite(std::string_view url) {
        const base::UrlParts parts = base::split_url(url);
        if (!parts.scheme.empty()) keep(&url, parts.scheme.size() + 3);
        authority(take(&url, parts.authority.size()));
        path(take(&url, find_mark(url, "?#")));
        while (!url.empty()) {
            keep(&url, 1);
            parameter(take(&url, find_mark(url, "&;#")), true);
        }
        return std::move(out_);
    }

  private:
    static std::string_view take(std::string_view* text, std::size_t size) {
        const std::string_view taken = text->substr(0, size);
        text->remove_prefix(size);
        return taken;
    }
    void keep(std::string_view* text, std::size_t size) { out_ += take(text, size); }
    void put(std::string_view part) {
        out_ += part.empty() || may_hold_secret_strictly(part) ? replace_(part) : std::string(part);
    }

    void authority(std::string_view text) {
        const std::size_t at = text.rfind('@');
        if (at != std::string_view::npos) put(take(&text, at));
        out_ += text;
    }
    void path(std::string_view text) {
        bool is_segment = true;
        while (!text.empty()) {
            const std::string_view part = take(&text, find_mark(text, "/;"));
            if (is_segment && looks_like_token(part)) {
                put(part);
            } else if (is_segment) {
                out_ += part;
            } else {
                parameter(part, false);
            }
            if (text.empty()) return;
            is_segment = text.front() == '/';
            keep(&text, 1);
        }
    }
    void parameter(std::string_view text, bool nameless_is_value) {
        const std::size_t equals = find_mark(text, "=");
        if (equals == text.size() && !nameless_is_value) {
            out_ += text;
            return;
        }
        if (equals < text.size()) keep(&text, equals + 1);
        put(text);
    }

    const ReplacePart& replace_;
    std::string out_;
};

}  // namespace

std::string replace_secret_parts(std::string_view url, const ReplacePart& replace) {
    return Rewriter(replace).rewrite(url);
}

}  // namespace webhook::endpoint
