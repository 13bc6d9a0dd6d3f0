#include "signature/language/parser.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "base/fail.hpp"
#include "signature/language/definition_reader.hpp"
#include "signature/language/derive.hpp"
#include "signature/model/message_rules.hpp"

namespace webhook::signature {

namespace {

using event::Template;

bool is_one_value(const Template& text) {
    return text.parts.size() == 1 && text.parts.front().is_value;
}

bool is_alike(const Template::Part& a, const Template::Part& b) {
    return a.is_value == b.is_value && a.literal == b.literal && a.segment == b.segment &&
           (!a.is_value || (a.source.kind == b.source.kind && a.source.text == b.source.text));
}

/// Messages of different make can read the same: "{ts}.{body}" is also a "{body}" that begins with a number.
bool can_be_told_apart(const Template& a, const Template& b) {
    return (is_one_value(a) && is_one_value(b)) ||
           std::equal(a.parts.begin(), a.parts.end(), b.parts.begin(), b.parts.end(), is_alike);
}

/// False when a signature of one message could be taken for one of the other.
bool validate_alternative(const Scheme& scheme, const Scheme& other, std::string* error) {
    if (!can_be_told_apart(scheme.message, other.message))
        return base::fail(
            error,
            "messages of one definition hold the same values in the same order with the same text between "
            "(only their filters may differ), or one value each");
    return signs_body(scheme) == signs_body(other) || scheme.unsigned_body ||
           base::fail(error, "one message signs the body and another does not: add \"unsigned_body\"");
}

bool is_message(const Directive& words) {
    return !words.empty() && words[0] == "message";
}

/// The definition with only one of its messages, and which of all directives those are.
struct Choice {
    Choice(const std::vector<Directive>& all, std::size_t number) {
        std::size_t messages = 0;
        for (std::size_t i = 0; i < all.size(); ++i) {
            if (is_message(all[i]) && messages++ != number) continue;
            directives.push_back(all[i]);
            places.push_back(i);
        }
        places.push_back(all.size());
    }

    std::vector<Directive> directives;
    std::vector<std::size_t> places;
};

/// Adds the definition with one of its further messages.
bool add_alternative(std::string_view name, const Choice& choice, Scheme* scheme, LanguageError* error) {
    auto other = read_definition(name, choice.directives, error);
    if (other == nullptr) return false;
    const auto at = std::find_if(choice.directives.begin(), choice.directives.end(), is_message);
    error->directive = static_cast<std::size_t>(at - choice.directives.begin());
    if (!validate_alternative(*scheme, *other, &error->message)) return false;
    derive(other.get());
    scheme->alternatives.push_back(std::move(other));
    return true;
}

}  // namespace

std::unique_ptr<Scheme> parse_scheme(std::string_view name, const std::vector<Directive>& directives,
                                     LanguageError* error) {
    const auto messages =
        static_cast<std::size_t>(std::count_if(directives.begin(), directives.end(), is_message));
    if (messages > max_choices) {
        *error = {directives.size(), "more than 4 messages"};
        return nullptr;
    }
    std::unique_ptr<Scheme> scheme;
    for (std::size_t i = 0; i < std::max<std::size_t>(messages, 1); ++i) {
        const Choice choice(directives, i);
        const bool good = i == 0 ? (scheme = read_definition(name, choice.directives, error)) != nullptr
                                 : add_alternative(name, choice, scheme.get(), error);
        if (!good) {
            error->directive = choice.places[error->directive];
            return nullptr;
        }
    }
    derive(scheme.get());
    return scheme;
}

}  // namespace webhook::signature
