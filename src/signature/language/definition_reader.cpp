#include "signature/language/definition_reader.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/suggest.hpp"
#include "base/text.hpp"
#include "event/extractor.hpp"
#include "signature/language/challenge_parser.hpp"
#include "signature/language/rule_reader.hpp"
#include "signature/language/validate.hpp"
#include "signature/language/words.hpp"
#include "signature/model/message_rules.hpp"

namespace webhook::signature {

namespace {

using event::Source;
using event::SourceSet;

/// Reads one directive into a scheme; false with a message that names the word.
class Reader {
  public:
    Reader(Scheme* scheme, std::string* error) : scheme_(scheme), error_(error) {}

    bool read(const Directive& words) {
        if (words.empty()) return fail("empty directive");
        for (const Entry& entry : entries) {
            if (entry.word != words[0]) continue;
            const bool repeatable = entry.word == "challenge";
            if (!repeatable && has(entry.word)) {
                return fail(base::in_quotes(words[0]) + " is duplicate");
            }
            seen_.push_back(entry.word);
            if (words.size() - 1 < entry.min || words.size() - 1 > entry.max) {
                return fail("invalid number of arguments in " + base::in_quotes(words[0]));
            }
            return (this->*entry.read)(words);
        }
        std::vector<std::string_view> known;
        for (const Entry& entry : entries)
            known.push_back(entry.word);
        return fail("unknown directive " + base::in_quotes(words[0]) + base::did_you_mean(words[0], known));
    }

    bool has(std::string_view word) const {
        return std::find(seen_.begin(), seen_.end(), word) != seen_.end();
    }

  private:
    struct Entry {
        std::string_view word;
        std::size_t min, max;
        bool (Reader::*read)(const Directive&);
    };
    static const std::array<Entry, 23> entries;

    bool fail(std::string message) {
        *error_ = std::move(message);
        return false;
    }
    bool invalid(std::string_view what, std::string_view word) {
        return fail("invalid " + std::string(what) + " " + base::in_quotes(word));
    }

    bool read_algorithm(const Directive& words);
    bool read_key(const Directive& words);
    bool read_key_id(std::string_view word);
    bool read_signature(const Directive& words) {
        return read_signature_rule(words, &scheme_->signature, error_);
    }
    bool read_timestamp(const Directive& words) {
        return read_timestamp_rule(words, &scheme_->timestamp.emplace(), error_);
    }
    bool read_digest(const Directive& words) {
        return read_digest_rule(words, &scheme_->digest.emplace(), error_);
    }
    bool read_message(const Directive& words);
    bool read_id(const Directive& words) { return read_choices(words, &scheme_->id); }
    bool read_type(const Directive& words) { return read_choices(words, &scheme_->type); }
    bool read_tenant(const Directive& words) { return read_choices(words, &scheme_->tenant); }
    bool read_identity(const Directive& words);
    bool read_content(const Directive& words);
    bool read_volatile(const Directive& words);
    bool read_repeats(const Directive&) { return scheme_->identity.repeats = true; }
    bool read_claims(const Directive& words);
    bool read_covers(const Directive& words);
    bool read_ack(const Directive& words);
    bool read_unsigned_body(const Directive&) { return scheme_->unsigned_body = true; }
    bool read_unsigned_id(const Directive&) { return scheme_->unsigned_id = true; }
    bool read_postback(const Directive&) { return scheme_->postback = true; }
    bool read_url_variants(const Directive&) { return scheme_->url_variants = true; }
    bool read_batch(const Directive& words);

    bool read_challenge(const Directive& words) {
        return parse_challenge(words, &scheme_->challenges.emplace_back(), error_);
    }
    bool read_empty_answers(const Directive&) { return scheme_->empty_answers = true; }

    bool read_choices(const Directive& words, std::vector<std::string>* choices);

    Scheme* scheme_;
    std::string* error_;
    std::vector<std::string_view> seen_;
};

constexpr std::size_t any_number = 64;

const std::array<Reader::Entry, 23> Reader::entries = {{
    {"algorithm", 1, 1, &Reader::read_algorithm},
    {"key", 1, 1 + max_choices, &Reader::read_key},
    {"signature", 1, any_number, &Reader::read_signature},
    {"timestamp", 1, any_number, &Reader::read_timestamp},
    {"message", 1, 3, &Reader::read_message},
    {"digest", 1, 3, &Reader::read_digest},
    {"id", 1, any_number, &Reader::read_id},
    {"type", 1, any_number, &Reader::read_type},
    {"tenant", 1, any_number, &Reader::read_tenant},
    {"identity", 1, 2, &Reader::read_identity},
    {"content", 1, 1, &Reader::read_content},
    {"volatile", 1, any_number, &Reader::read_volatile},
    {"repeats", 0, 0, &Reader::read_repeats},
    {"claims", 1, any_number, &Reader::read_claims},
    {"covers", 1, any_number, &Reader::read_covers},
    {"ack", 1, 3, &Reader::read_ack},
    {"unsigned_body", 0, 0, &Reader::read_unsigned_body},
    {"unsigned_id", 0, 0, &Reader::read_unsigned_id},
    {"postback", 0, 0, &Reader::read_postback},
    {"url_variants", 0, 0, &Reader::read_url_variants},
    {"batch", 1, 1, &Reader::read_batch},
    {"challenge", 1, any_number, &Reader::read_challenge},
    {"empty_answers", 0, 0, &Reader::read_empty_answers},
}};

bool Reader::read_algorithm(const Directive& words) {
    const std::string_view word = words[1];
    std::string_view hash;
    if (word == "none") {
        scheme_->algorithm = Algorithm::none;
    } else if (word == "token") {
        scheme_->algorithm = Algorithm::token;
    } else if (word == "basic") {
        scheme_->algorithm = Algorithm::basic;
    } else if (base::option(word, "hmac-", &hash) && hash_from_word(hash, &scheme_->hash)) {
        scheme_->algorithm = Algorithm::hmac;
    } else if (hash_from_word(word, &scheme_->hash)) {
        scheme_->algorithm = Algorithm::hash;
    } else if (!set_algorithm(word, scheme_)) {
        return fail("invalid algorithm " + base::in_quotes(word) +
                    base::did_you_mean(word, algorithm_words()));
    }
    return true;
}

bool Reader::read_key(const Directive& words) {
    std::vector<KeyRule> rules;
    for (std::size_t i = 1; i < words.size(); ++i) {
        KeyRule rule{};
        if (i > 1 && words[i].find('=') != std::string::npos) {
            if (i + 1 < words.size()) return invalid("parameter", words[i + 1]);
            if (!read_key_id(words[i])) return false;
        } else if (!key_rule_from_word(words[i], &rule)) {
            return fail("invalid key rule " + base::in_quotes(words[i]) +
                        base::did_you_mean(words[i], key_rule_words()));
        } else if (std::find(rules.begin(), rules.end(), rule) != rules.end()) {
            return fail("key rule " + base::in_quotes(words[i]) + " is duplicate");
        } else {
            rules.push_back(rule);
        }
    }
    if (rules.size() > max_choices) return fail("more than 4 key rules");
    scheme_->key = rules.front();
    scheme_->other_keys.assign(rules.begin() + 1, rules.end());
    return true;
}

bool Reader::read_key_id(std::string_view word) {
    std::string_view text;
    if (!base::option(word, "id=", &text)) return invalid("parameter", word);
    return parse_source(text, SourceSet::scheme, &scheme_->key_id.emplace(), error_);
}

/// Adds a value to the rule of that name: of repeated names one is enough.
bool Reader::read_claims(const Directive& words) {
    for (std::size_t i = 1; i < words.size(); ++i) {
        const std::size_t equals = words[i].find('=');
        const std::string name = words[i].substr(0, equals);
        if (name.empty()) return invalid("claim", words[i]);
        auto rule = std::find_if(scheme_->claims.begin(), scheme_->claims.end(),
                                 [&](const ClaimRule& each) { return each.name == name; });
        if (rule == scheme_->claims.end())
            rule = scheme_->claims.insert(rule, ClaimRule{name, {}});
        else if (equals == std::string::npos || rule->values.empty())
            return fail("claim " + base::in_quotes(name) + " is duplicate");
        if (equals == std::string::npos) continue;
        event::Template value;
        if (!read_fixed_text(std::string_view(words[i]).substr(equals + 1), &value, error_)) return false;
        rule->values.push_back(std::move(value));
    }
    return true;
}

bool Reader::read_covers(const Directive& words) {
    for (std::size_t i = 1; i < words.size(); ++i) {
        std::vector<std::string>& choices = scheme_->covers.emplace_back();
        std::string_view rest = words[i];
        while (!rest.empty()) {
            const std::size_t comma = rest.find(',');
            choices.emplace_back(rest.substr(0, comma));
            if (choices.back().empty()) return invalid("component", words[i]);
            rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
        }
        if (choices.empty()) return invalid("component", words[i]);
    }
    return true;
}

bool Reader::read_batch(const Directive& words) {
    Source source;
    if (!parse_source(words[1], SourceSet::scheme, &source, error_)) return false;
    const bool good = source.kind == Source::Kind::json && source.then == nullptr && !source.pointer.empty();
    scheme_->batch = std::move(source.pointer);
    return good || fail(base::in_quotes(words[1]) + " is not the JSON pointer of an array");
}

bool Reader::read_message(const Directive& words) {
    for (std::size_t i = 2; i < words.size(); ++i) {
        std::string_view text;
        if (words[i] == "any") {
            scheme_->any_bracket = true;
        } else if (!base::option(words[i], "begins=", &text) ||
                   !parse_pattern(std::string(text) + "{1}", &scheme_->beginning.emplace())) {
            return invalid("parameter", words[i]);
        }
    }
    return parse_template(words[1], SourceSet::scheme, &scheme_->message, error_);
}

bool Reader::read_choices(const Directive& words, std::vector<std::string>* choices) {
    for (std::size_t i = 1; i < words.size(); ++i) {
        const auto choice = event::Extractor::make({{words[i]}, {}, {}, {}}, error_, SourceSet::directive);
        if (choice == nullptr) return false;
        if (!choice->variables().empty())
            return fail(base::in_quotes(words[i]) +
                        ": variables of nginx are for webhook_id, webhook_type and so on, not for schemes");
        choices->push_back(words[i]);
    }
    return true;
}

bool Reader::read_identity(const Directive& words) {
    IdentityRule& rule = scheme_->identity;
    if (words[1] == "event") {
        rule.names = Names::event;
    } else if (words[1] == "attempt") {
        rule.names = Names::attempt;
    } else if (words[1] != "thing") {
        return refuse_word(error_, "identity", words[1], words[1], {"event", "thing", "attempt"});
    }
    rule.vouched = words.size() == 3;
    return !rule.vouched || words[2] == "vouched" || invalid("parameter", words[2]);
}

bool Reader::read_content(const Directive& words) {
    scheme_->identity.signed_content = true;
    return words[1] == "signed" || refuse_word(error_, "content", words[1], words[1], {"signed"});
}

bool Reader::read_volatile(const Directive& words) {
    for (std::size_t i = 1; i < words.size(); ++i) {
        Source source;
        if (!parse_source(words[i], SourceSet::scheme, &source, error_)) return false;
        if (source.kind != Source::Kind::json || source.then != nullptr || source.pointer.empty())
            return fail(base::in_quotes(words[i]) + " is not a place in the JSON body");
        scheme_->identity.left_out.push_back(std::move(source.pointer));
    }
    return true;
}

/// Takes only values that are known when a request is answered: query and headers.
bool Reader::read_ack(const Directive& words) {
    Acknowledgement& ack = scheme_->ack.emplace();
    if (!base::to_number(std::string_view(words[1]), &ack.status) || ack.status < 200 || ack.status > 299) {
        return invalid("status", words[1]);
    }
    if (words.size() == 2) return true;
    if (words.size() == 3 || ack.status == 204) return fail("invalid number of arguments in \"ack\"");
    ack.type = words[2];
    ack.body = words[3];
    if (ack.type.find('/') == std::string::npos) return invalid("type", words[2]);
    event::Template text;
    if (!parse_template(ack.body, SourceSet::event, &text, error_)) return false;
    for (const event::Template::Part& part : text.parts) {
        if (!part.is_value) continue;
        ack.has_values = true;
        const Source::Kind kind = part.source.kind;
        if (kind != Source::Kind::query && kind != Source::Kind::header) {
            return fail(base::in_quotes(part.source.text) + " in \"ack\" is not supported");
        }
    }
    return true;
}

}  // namespace

std::unique_ptr<Scheme> read_definition(std::string_view name, const std::vector<Directive>& directives,
                                        LanguageError* error) {
    auto scheme = std::make_unique<Scheme>();
    scheme->name = std::string(name);
    Reader reader(scheme.get(), &error->message);
    for (std::size_t i = 0; i < directives.size(); ++i) {
        error->directive = i;
        if (!reader.read(directives[i])) return nullptr;
    }
    error->directive = directives.size();
    if (!reader.has("algorithm")) {
        error->message = "\"algorithm\" is missing";
        return nullptr;
    }
    if (scheme->public_keys && !reader.has("key")) scheme->key = KeyRule::pem;
    if (!reader.has("message") && has_message(*scheme))
        event::parse_template("{body}", SourceSet::scheme, &scheme->message, &error->message);
    std::string_view word;
    if (!validate_scheme(*scheme, &error->message, &word)) {
        const auto at = std::find_if(directives.begin(), directives.end(),
                                     [word](const Directive& words) { return words[0] == word; });
        error->directive = static_cast<std::size_t>(at - directives.begin());
        return nullptr;
    }
    return scheme;
}

}  // namespace webhook::signature
