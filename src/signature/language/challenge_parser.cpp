#include "signature/language/challenge_parser.hpp"

#include <algorithm>
#include <array>

#include "base/fail.hpp"
#include "base/suggest.hpp"
#include "base/text.hpp"

namespace webhook::signature {

namespace {

using event::Source;
using event::SourceSet;
using event::Template;

bool is_plain_name(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return base::is_alphanumeric(c) || c == '-' || c == '_';
    });
}

/// Reads the words of one directive.
class ChallengeReader {
  public:
    ChallengeReader(ChallengeRule* rule, std::string* error) : rule_(*rule), error_(error) {}

    bool read(std::string_view word) {
        std::string_view value;
        if (word == "optional") return rule_.optional = true;
        if (word == "after=verify") return rule_.verified = true;
        if (base::option(word, "method=", &value)) return read_method(value);
        if (base::option(word, "has=", &value)) return read_source(value, &rule_.has.emplace_back());
        if (base::option(word, "absent=", &value)) return read_source(value, &rule_.absent.emplace_back());
        if (base::option(word, "when=", &value)) return read_when(value);
        if (base::option(word, "require=", &value)) return read_wanted(value, false);
        if (base::option(word, "among=", &value)) return read_wanted(value, true);
        if (base::option(word, "match=", &value)) return read_match(value);
        if (base::option(word, "capture=", &value)) return read_capture(value);
        return read_answer(word);
    }

  private:
    bool read_answer(std::string_view word) {
        std::string_view value;
        if (base::option(word, "status=", &value)) return read_status(value);
        if (base::option(word, "type=", &value)) return read_type(value);
        if (base::option(word, "header=", &value)) return read_header(value);
        if (base::option(word, "body=", &value))
            return parse_template(value, SourceSet::scheme, &rule_.body, error_);
        return invalid(word);
    }

    bool invalid(std::string_view word) {
        const std::string_view name =
            word.substr(0, word.find('=') == std::string_view::npos ? word.size() : word.find('=') + 1);
        return base::fail(error_, "invalid parameter \"" + std::string(word) + "\" in \"challenge\"" +
                                      base::did_you_mean(name, words));
    }

    static constexpr std::string_view words[] = {
        "optional", "after=", "method=",  "has=",    "absent=", "when=",   "require=",
        "among=",   "match=", "capture=", "status=", "type=",   "header=", "body="};

    bool read_method(std::string_view value) {
        static constexpr std::string_view methods[] = {"POST", "GET", "HEAD", "OPTIONS"};
        rule_.method = std::string(value);
        return std::find(std::begin(methods), std::end(methods), value) != std::end(methods) ||
               invalid("method=" + rule_.method);
    }

    bool read_source(std::string_view text, Source* source) {
        if (!parse_source(text, SourceSet::scheme, source, error_)) return false;
        if (is_readable_by_challenge(*source)) return true;
        return base::fail(error_, "\"" + source->text + "\" in \"challenge\" is not supported");
    }

    /// "SRC=REST": the source, which holds no "=", and the rest.
    bool read_pair(std::string_view text, Source* source, std::string_view* rest) {
        const std::size_t mark = text.find('=');
        if (mark == std::string_view::npos) return invalid(text);
        *rest = text.substr(mark + 1);
        return read_source(text.substr(0, mark), source);
    }

    bool read_when(std::string_view text) {
        auto& [source, wanted] = rule_.when.emplace_back();
        std::string_view rest;
        if (!read_pair(text, &source, &rest)) return false;
        wanted = std::string(rest);
        return !wanted.empty() || invalid(text);
    }

    bool read_wanted(std::string_view text, bool among) {
        ChallengeRule::Wanted& wanted = rule_.require.emplace_back();
        wanted.among = among;
        std::string_view rest;
        if (!read_pair(text, &wanted.source, &rest)) return false;
        if (!parse_template(rest, SourceSet::scheme, &wanted.value, error_)) return false;
        const bool fixed = std::all_of(wanted.value.parts.begin(), wanted.value.parts.end(),
                                       [](const auto& part) { return !part.is_value || is_config(part); });
        return (fixed && !wanted.value.parts.empty()) || invalid(text);
    }

    bool read_match(std::string_view text) {
        auto& [source, pattern] = rule_.match.emplace_back();
        std::string_view rest;
        if (!read_pair(text, &source, &rest)) return false;
        return parse_pattern(rest, &pattern) ||
               base::fail(error_, "invalid pattern \"" + std::string(rest) + "\"");
    }

    bool read_capture(std::string_view text) {
        const std::size_t mark = text.find('=');
        if (mark == std::string_view::npos || !is_plain_name(text.substr(0, mark))) return invalid(text);
        auto& [name, source] = rule_.capture.emplace_back();
        name = std::string(text.substr(0, mark));
        return read_source(text.substr(mark + 1), &source);
    }

    bool read_status(std::string_view text) {
        static constexpr std::pair<std::string_view, unsigned> known[] = {
            {"200", 200}, {"201", 201}, {"202", 202}, {"204", 204}};
        for (const auto& [word, status] : known) {
            if (word != text) continue;
            rule_.status = status;
            return true;
        }
        return invalid("status=" + std::string(text));
    }

    bool read_type(std::string_view text) {
        rule_.type = std::string(text);
        return text == "text/plain" || text == "application/json" || invalid("type=" + rule_.type);
    }

    bool read_header(std::string_view text) {
        const std::size_t mark = text.find('=');
        if (mark == std::string_view::npos || !is_plain_name(text.substr(0, mark))) return invalid(text);
        auto& [name, value] = rule_.headers.emplace_back();
        name = std::string(text.substr(0, mark));
        return parse_template(text.substr(mark + 1), SourceSet::scheme, &value, error_);
    }

    ChallengeRule& rule_;
    std::string* error_;
};

}  // namespace

bool parse_challenge(const std::vector<std::string>& words, ChallengeRule* rule, std::string* error) {
    ChallengeReader reader(rule, error);
    for (std::size_t i = 1; i < words.size(); ++i) {
        if (!reader.read(words[i])) return false;
    }
    if (rule->type.empty() && !rule->body.parts.empty()) rule->type = "text/plain";
    return true;
}

}  // namespace webhook::signature
