#include "endpoint/text_template.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "base/fail.hpp"
#include "base/suggest.hpp"
#include "base/text.hpp"
#include "endpoint/decimal.hpp"
#include "endpoint/secret_value.hpp"
#include "event/source.hpp"

namespace webhook::endpoint {
namespace {

using Kind = ValueFilter::Kind;

constexpr auto attribute = Operand::Kind::attribute;
constexpr std::pair<std::string_view, Operand::Kind> values[] = {{"id", attribute},
                                                                 {"source", attribute},
                                                                 {"type", attribute},
                                                                 {"tenant", attribute},
                                                                 {"time", attribute},
                                                                 {"datacontenttype", attribute},
                                                                 {"contentencoding", attribute},
                                                                 {"path", attribute},
                                                                 {"query", attribute},
                                                                 {"key", attribute},
                                                                 {"partitionkey", attribute},
                                                                 {"method", attribute},
                                                                 {"remote", attribute},
                                                                 {"received", attribute},
                                                                 {"stream", attribute},
                                                                 {"traceparent", attribute},
                                                                 {"tracestate", attribute},
                                                                 {"@", Operand::Kind::element},
                                                                 {"now", Operand::Kind::now},
                                                                 {"webhook-id", Operand::Kind::webhook_id},
                                                                 {"attempt", Operand::Kind::attempt}};

/// A filter's word and how many arguments it takes.
struct Word {
    std::string_view word;
    Kind kind;
    unsigned least, most;
};
constexpr std::array words{
    Word{"lower", Kind::lower, 0, 0},       Word{"upper", Kind::upper, 0, 0},
    Word{"trim", Kind::trim, 0, 0},         Word{"string", Kind::string, 0, 0},
    Word{"number", Kind::number, 0, 0},     Word{"bool", Kind::boolean, 0, 0},
    Word{"json", Kind::json, 0, 0},         Word{"truncate", Kind::truncate, 1, 1},
    Word{"default", Kind::otherwise, 1, 1}, Word{"map", Kind::map, 2, 128},
    Word{"md5", Kind::md5, 0, 0},           Word{"sha1", Kind::sha1, 0, 0},
    Word{"sha256", Kind::sha256, 0, 0},     Word{"hmac", Kind::hmac, 2, 2},
    Word{"hex", Kind::hex, 0, 0},           Word{"base64", Kind::base64, 0, 0},
    Word{"date", Kind::date, 1, 1},         Word{"add", Kind::add, 1, 1},
    Word{"mul", Kind::multiply, 1, 1},      Word{"div", Kind::divide, 1, 1},
    Word{"round", Kind::round, 1, 1},       Word{"replace", Kind::replace, 2, 2},
    Word{"split", Kind::split, 1, 1},       Word{"join", Kind::join, 1, 1},
    Word{"first", Kind::first, 0, 0},       Word{"last", Kind::last, 0, 0},
    Word{"url", Kind::url, 0, 0},           Word{"html", Kind::html, 0, 0},
    Word{"slack", Kind::slack, 0, 0},
};

/// Reads an expression from its front; a brace ends it.
class Reader {
  public:
    explicit Reader(std::string_view text) : rest_(text) {}

    std::string_view rest() const { return rest_; }
    bool ended() const { return rest_.empty() || front() == '}'; }

    char front() const { return rest_.empty() ? '\0' : rest_.front(); }
    bool take(char c) {
        if (front() != c) return false;
        rest_.remove_prefix(1);
        return true;
    }
    /// Up to one of these characters.
    std::string_view until(std::string_view stops) {
        const std::string_view found = rest_.substr(0, rest_.find_first_of(stops));
        rest_.remove_prefix(found.size());
        return found;
    }
    /// '...' with \' and \\ inside; false when it has no end.
    bool take_quoted(std::string* text) {
        text->clear();
        for (rest_.remove_prefix(1); !rest_.empty(); rest_.remove_prefix(1)) {
            if (front() == '\'') return take('\'');
            if (front() == '\\' && rest_.size() > 1) rest_.remove_prefix(1);
            text->push_back(front());
        }
        return false;
    }

  private:
    std::string_view rest_;
};

bool is_count(std::string_view text, unsigned most) {
    unsigned number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size() && number <= most;
}

bool take_argument(Reader* reader, Kind kind, std::string* argument) {
    if (reader->front() == '\'') return reader->take_quoted(argument);
    *argument = std::string(reader->until(kind == Kind::date ? "|}" : ":|}"));
    return true;
}

/// What is wrong with the arguments of a filter; empty: nothing.
std::string check_arguments(const Word& word, const std::vector<std::string>& arguments) {
    const std::string name(word.word);
    if (arguments.size() < word.least || arguments.size() > word.most) {
        return word.most == 0 ? "the filter \"" + name + "\" takes no argument"
                              : "the filter \"" + name + "\" wants " + std::to_string(word.least) +
                                    (word.kind == Kind::map ? " or more arguments"
                                     : word.most == 1       ? " argument"
                                                            : " arguments");
    }
    switch (word.kind) {
        case Kind::map:
            return arguments.size() % 2 == 0 ? "" : "the filter \"map\" wants pairs, map:from:to:from:to";
        case Kind::truncate:
            return is_count(arguments[0], 1u << 20) ? "" : "truncate wants a number of characters";
        case Kind::round:
            return is_count(arguments[0], 20) ? "" : "round wants 0 to 20 digits";
        case Kind::add:
        case Kind::multiply:
        case Kind::divide:
            if (!is_decimal(arguments[0])) return name + " wants a number";
            return word.kind == Kind::divide && compare_decimals(arguments[0], "0") == 0
                       ? "div wants another divisor than 0"
                       : "";
        case Kind::hmac:
            if (arguments[0] != "secret") return "hmac wants a secret: hmac:secret:NAME";
            return check_secret("secret:" + arguments[1]);
        case Kind::date:
        case Kind::split:
            return arguments[0].empty() ? name + " wants an argument" : "";
        case Kind::replace:
            return arguments[0].empty() ? "replace wants a text to replace" : "";
        default:
            return {};
    }
}

std::optional<ValueFilter> parse_filter(Reader* reader, std::string* error) {
    const std::string_view name = reader->until(":|}");
    const auto word =
        std::find_if(words.begin(), words.end(), [&](const Word& each) { return each.word == name; });
    if (word == words.end()) {
        std::vector<std::string_view> known;
        for (const Word& each : words)
            known.push_back(each.word);
        *error = "unknown filter" + base::did_you_mean(name, known);
        return {};
    }
    ValueFilter filter{word->kind, {}};
    while (reader->take(':')) {
        if (!take_argument(reader, word->kind, &filter.arguments.emplace_back())) {
            *error = "a quote is not closed";
            return {};
        }
    }
    if (!reader->ended() && reader->front() != '|') {
        *error = "\":\" or \"|\" is missing after a quote";
        return {};
    }
    *error = check_arguments(*word, filter.arguments);
    if (!error->empty()) return {};
    return filter;
}

std::optional<Operand> parse_pointer_operand(std::string_view text, std::string* error) {
    Operand operand;
    operand.kind = Operand::Kind::pointer;
    while (base::take_prefix(&text, "^"))
        ++operand.levels_up;
    operand.text = std::string(text);
    if (!event::parse_pointer(text, &operand.tokens)) {
        *error = "what begins with \"/\" is not a JSON pointer";
        return {};
    }
    return operand;
}

/// "form.", "query.", "header." and a name.
std::optional<Operand> parse_named(std::string_view text) {
    static constexpr std::pair<std::string_view, Operand::Kind> groups[] = {
        {"form.", Operand::Kind::form}, {"query.", Operand::Kind::query}, {"header.", Operand::Kind::header}};
    for (const auto& [prefix, kind] : groups) {
        if (!base::take_prefix(&text, prefix)) continue;
        Operand operand;
        operand.kind = kind;
        operand.text = kind == Operand::Kind::header ? base::lower(text) : std::string(text);
        return operand;
    }
    return {};
}

std::optional<Operand> parse_word(std::string_view text, std::string* error) {
    for (const auto& [word, kind] : values) {
        if (word != text) continue;
        Operand operand;
        operand.kind = kind;
        operand.text = std::string(text);
        return operand;
    }
    std::vector<std::string_view> known;
    for (const auto& [word, kind] : values)
        known.push_back(word);
    *error =
        "unknown value (there are /JSON/POINTER, query.NAME, header.NAME, form.NAME, secret:NAME and "
        "attributes)" +
        base::did_you_mean(text, known);
    return {};
}

std::optional<Operand> parse_secret(std::string_view text, std::string* error) {
    *error = check_secret(text);
    if (!error->empty()) return {};
    Operand operand;
    operand.kind = Operand::Kind::secret;
    operand.text = std::string(text.substr(7));
    return operand;
}

/// The value and its "?".
std::optional<Operand> take_operand(Reader* reader, bool* optional, std::string* error) {
    std::string quoted;
    std::string_view text;
    if (reader->front() == '\'') {
        if (!reader->take_quoted(&quoted)) {
            *error = "a quote is not closed";
            return {};
        }
        *optional = reader->take('?');
        return parse_pointer_operand(quoted, error);
    }
    text = reader->until("|}");
    *optional = !text.empty() && text.back() == '?';
    if (*optional) text.remove_suffix(1);
    return Operand::parse(text, error);
}

}  // namespace

std::optional<Operand> Operand::parse(std::string_view text, std::string* error) {
    if (text.empty()) {
        *error = "a value is missing";
        return {};
    }
    if (text.front() == '/' || text.front() == '^') return parse_pointer_operand(text, error);
    if (auto named = parse_named(text)) {
        if (!named->text.empty()) return named;
        *error = "a name is missing after the dot";
        return {};
    }
    if (base::starts_with(text, "secret:")) return parse_secret(text, error);
    return parse_word(text, error);
}

std::optional<Expression> Expression::take(std::string_view* text, std::string* error) {
    Expression expression;
    Reader reader(*text);
    auto operand = take_operand(&reader, &expression.optional, error);
    if (!operand) return {};
    expression.operand = std::move(*operand);
    expression.text = std::string(text->substr(0, text->size() - reader.rest().size()));
    while (reader.take('|')) {
        const std::string_view word = reader.rest().substr(0, reader.rest().find_first_of(":|}"));
        auto filter = parse_filter(&reader, error);
        if (!filter) return {};
        expression.text.append("|").append(word).append(filter->arguments.empty() ? "" : ":...");
        expression.filters.push_back(std::move(*filter));
    }
    if (!reader.ended()) {
        *error = "\"|\" is missing after a quote";
        return {};
    }
    *text = reader.rest();
    return expression;
}

std::optional<Expression> Expression::parse(std::string_view text, std::string* error) {
    auto expression = take(&text, error);
    if (!expression || text.empty()) return expression;
    *error = "\"}\" has no \"{\"";
    return {};
}

void Expression::collect_secrets(SecretNames* names) const {
    if (operand.kind == Operand::Kind::secret) names->insert(operand.text);
    for (const ValueFilter& filter : filters) {
        if (filter.kind == ValueFilter::Kind::hmac) names->insert(filter.arguments[1]);
    }
}

namespace {

/// Takes an expression with its braces, or a doubled brace, from the front.
bool take_brace(std::string_view* text, std::string* literal, std::optional<Expression>* expression,
                std::string* error) {
    const std::string_view front = text->substr(0, 2);
    const char c = front[0];
    text->remove_prefix(1);
    if (front.size() == 2 && front[1] == c) {
        literal->push_back(c);
        text->remove_prefix(1);
        return true;
    }
    if (c == '}') return base::fail(error, "a single \"}\": write \"}}\" for the character");
    *expression = Expression::take(text, error);
    if (!*expression) return false;
    if (base::take_prefix(text, "}")) return true;
    return base::fail(error, "\"{\" is not closed: write \"{{\" for the character");
}

}  // namespace

std::optional<TextTemplate> TextTemplate::parse(std::string_view text, std::string* error,
                                                std::size_t offset) {
    TextTemplate result;
    std::string literal;
    const auto end_literal = [&] {
        if (!literal.empty()) result.append(std::exchange(literal, {}));
    };
    for (const std::size_t size = text.size(); !text.empty();) {
        const std::size_t brace = std::min(text.find_first_of("{}"), text.size());
        literal.append(text.substr(0, brace));
        text.remove_prefix(brace);
        if (text.empty()) break;
        const std::size_t place = offset + size - text.size() + 1;
        std::optional<Expression> expression;
        if (!take_brace(&text, &literal, &expression, error)) {
            error->append(" (at character ").append(std::to_string(place)).append(")");
            return {};
        }
        if (!expression) continue;
        end_literal();
        result.append(std::move(*expression));
    }
    end_literal();
    return result;
}

std::string TextTemplate::literal() const {
    std::string text;
    for (const Part& part : parts_)
        text += part.literal;
    return text;
}

void TextTemplate::collect_secrets(SecretNames* names) const {
    for (const Part& part : parts_) {
        if (part.expression) part.expression->collect_secrets(names);
    }
}

const Expression* TextTemplate::single() const {
    return parts_.size() == 1 && parts_[0].expression ? &*parts_[0].expression : nullptr;
}

std::size_t TextTemplate::operators() const {
    std::size_t count = 0;
    for (const Part& part : parts_) {
        if (part.expression) count += part.expression->operators();
    }
    return count;
}

}  // namespace webhook::endpoint
