#include "signature/language/rule_reader.hpp"

#include <algorithm>
#include <utility>

#include "base/fail.hpp"
#include "base/suggest.hpp"
#include "base/text.hpp"
#include "signature/language/words.hpp"

namespace webhook::signature {

namespace {

using event::Source;
using event::SourceSet;

/// Reads the words about sources, how their values are split, and how they are written.
class RuleReader {
  public:
    RuleReader(const Directive& words, std::string* error) : words_(words), error_(error) {}

    bool read_signature(SignatureRule* rule);
    bool read_timestamp(TimestampRule* rule);
    bool read_digest(DigestRule* rule);

  private:
    bool fail(std::string message) { return base::fail(error_, std::move(message)); }
    bool invalid(std::string_view what, std::string_view word) {
        return fail("invalid " + std::string(what) + " " + base::in_quotes(word));
    }

    bool read_item_word(std::string_view word, Items* items, bool* known);
    bool read_source(std::string_view word, Items* items);
    bool read_prefix(std::string_view text, Items* items);

    const Directive& words_;
    std::string* error_;
};

bool RuleReader::read_prefix(std::string_view text, Items* items) {
    event::Template& prefix = items->prefixes.emplace_back();
    if (items->prefixes.size() > max_choices) return fail("more than 4 times \"prefix=\"");
    return read_fixed_text(text, &prefix, error_);
}

bool RuleReader::read_source(std::string_view word, Items* items) {
    Source source;
    if (!parse_source(word, SourceSet::scheme, &source, error_)) {
        const std::size_t equals = word.find('=');
        if (equals != std::string_view::npos && word.find(':') > equals) {
            return refuse_word(
                error_, "parameter", word, word.substr(0, equals + 1),
                {"split=", "skip=", "take=", "prefix=", "encoding=", "unit=", "window=", "algorithm="});
        }
        return false;
    }
    items->from.push_back(std::move(source));
    return true;
}

/// The words that signature and timestamp share; `known` tells whether the word was one of them.
bool RuleReader::read_item_word(std::string_view word, Items* items, bool* known) {
    std::string_view value;
    *known = true;
    if (word == "trim") return items->trim = true;
    if (base::option(word, "split=", &value)) {
        items->split = std::string(value);
        return !value.empty() || invalid("split", word);
    }
    if (base::option(word, "skip=", &value))
        return base::to_number(value, &items->skip) || invalid("number", word);
    if (base::option(word, "take=", &value)) {
        return (base::to_number(value, &items->take) && items->take > 0) || invalid("number", word);
    }
    if (base::option(word, "prefix=", &value)) return read_prefix(value, items);
    *known = false;
    return true;
}

bool RuleReader::read_signature(SignatureRule* rule) {
    for (std::size_t i = 1; i < words_.size(); ++i) {
        const std::string_view word = words_[i];
        std::string_view value;
        bool known = false;
        if (!read_item_word(word, rule, &known)) return false;
        if (known) continue;
        if (base::option(word, "encoding=", &value)) {
            if (!base::encoding_from_word(value, &rule->encoding))
                return refuse_word(error_, "encoding", word, value, {"hex", "base64", "base64url"});
        } else if (!read_source(word, rule)) {
            return false;
        }
    }
    return !rule->from.empty() || fail("\"signature\" names no source");
}

bool RuleReader::read_timestamp(TimestampRule* rule) {
    bool exact = false;
    bool has_unit = false;
    for (std::size_t i = 1; i < words_.size(); ++i) {
        const std::string_view word = words_[i];
        std::string_view value;
        bool known = false;
        if (!read_item_word(word, rule, &known)) return false;
        if (known) continue;
        if (word == "exact") {
            exact = true;
        } else if (base::option(word, "unit=", &value)) {
            if (!unit_from_word(value, &rule->unit))
                return refuse_word(error_, "unit", word, value, {"s", "ms", "auto", "rfc3339", "http-date"});
            has_unit = true;
        } else if (base::option(word, "window=", &value)) {
            if (!window_from_text(value, rule)) return invalid("window", value);
        } else if (!read_source(word, rule)) {
            return false;
        }
    }
    if (!exact) {
        rule->past = std::max(rule->past, min_window);
        rule->future = std::max(rule->future, min_window);
    }
    if (rule->from.size() != 1) return fail("\"timestamp\" needs one source");
    return has_unit || fail("\"timestamp\" lacks \"unit=\"");
}

bool RuleReader::read_digest(DigestRule* rule) {
    Items items;
    for (std::size_t i = 1; i < words_.size(); ++i) {
        std::string_view value;
        if (base::option(words_[i], "algorithm=", &value)) {
            if (!hash_from_word(value, &rule->hash))
                return refuse_word(error_, "algorithm", words_[i], value,
                                   {"sha256", "sha1", "sha384", "sha512", "md5"});
        } else if (base::option(words_[i], "encoding=", &value)) {
            if (!base::encoding_from_word(value, &rule->encoding))
                return refuse_word(error_, "encoding", words_[i], value, {"hex", "base64", "base64url"});
        } else if (!read_source(words_[i], &items)) {
            return false;
        }
    }
    if (items.from.size() != 1) return fail("\"digest\" needs one source");
    rule->from = std::move(items.from.front());
    return true;
}

}  // namespace

bool read_signature_rule(const Directive& words, SignatureRule* rule, std::string* error) {
    return RuleReader(words, error).read_signature(rule);
}

bool read_timestamp_rule(const Directive& words, TimestampRule* rule, std::string* error) {
    return RuleReader(words, error).read_timestamp(rule);
}

bool read_digest_rule(const Directive& words, DigestRule* rule, std::string* error) {
    return RuleReader(words, error).read_digest(rule);
}

bool read_fixed_text(std::string_view text, event::Template* fixed, std::string* error) {
    if (!parse_template(text, SourceSet::scheme, fixed, error)) return false;
    const bool good = std::all_of(fixed->parts.begin(), fixed->parts.end(), [](const auto& part) {
        return !part.is_value || (part.source.kind == Source::Kind::config && part.filters.empty());
    });
    return good || base::fail(error, "prefix " + base::in_quotes(text) + " may hold {config:NAME} only");
}

bool refuse_word(std::string* error, std::string_view what, std::string_view word, std::string_view value,
                 std::initializer_list<std::string_view> known) {
    return base::fail(error, "invalid " + std::string(what) + " " + base::in_quotes(word) +
                                 base::did_you_mean(value, known));
}

}  // namespace webhook::signature
