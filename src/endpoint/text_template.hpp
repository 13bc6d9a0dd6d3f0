#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace webhook::endpoint {

/// Where a value of an event comes from.
struct Operand {
    enum class Kind : std::uint8_t {
        attribute,   ///< {source}: an attribute of the event or a field of its entry
        pointer,     ///< {/data/id}: RFC 6901 into the body; inside $each into the element
        element,     ///< {@}: the element of $each; elsewhere the whole body as text
        form,        ///< {form.sum}: a field of a body that is a form
        query,       ///< {query.click}: a parameter of the query the event came with
        header,      ///< {header.x-foo}: a request header that was kept with the event; lower case
        now,         ///< when the delivery was created, in milliseconds
        webhook_id,  ///< what the header webhook-id says
        attempt,     ///< the number of the attempt, from 1
        secret,      ///< {secret:NAME}: a file of the worker's secrets_dir
    };
    Kind kind = Kind::attribute;
    std::string text;                 ///< its name; of a pointer: as written
    std::vector<std::string> tokens;  ///< of a pointer
    unsigned levels_up = 0;           ///< {^/id}: so many $each out of this one

    /// Parses `value` of the grammar, without "?". The message names what is wrong.
    static std::optional<Operand> parse(std::string_view text, std::string* error);
};

/// A change made to a value: {email|trim|lower|sha256}.
struct ValueFilter {
    enum class Kind : std::uint8_t {
        lower,
        upper,
        trim,
        string,
        number,
        boolean,
        json,
        truncate,
        otherwise,
        map,
        md5,
        sha1,
        sha256,
        hmac,
        hex,
        base64,
        date,
        add,
        multiply,
        divide,
        round,
        replace,
        split,
        join,
        first,
        last,
        url,
        html,
        slack,
    };
    Kind kind = Kind::lower;
    std::vector<std::string> arguments;
};

/// Names of files in secrets_dir.
using SecretNames = std::set<std::string, std::less<>>;

/// One value with its filters.
struct Expression {
    std::string text;  ///< for messages: without the arguments of filters, which may be secret
    Operand operand;
    bool optional = false;  ///< "?": it may be missing
    std::vector<ValueFilter> filters;

    /// Takes an expression from the front of `text`, up to a "}" or the end.
    static std::optional<Expression> take(std::string_view* text, std::string* error);
    /// The same where nothing may follow.
    static std::optional<Expression> parse(std::string_view text, std::string* error);

    void collect_secrets(SecretNames* names) const;
    std::size_t operators() const { return 1 + filters.size(); }
};

/// Text with expressions in braces; "{{" and "}}" are braces. Immutable.
class TextTemplate {
  public:
    struct Part {
        std::string literal;
        std::optional<Expression> expression;  ///< then `literal` is empty
    };

    static constexpr std::size_t max_operators = 256;  ///< operands and filters of one template

    /// An error ends with its place in the text, to which `offset` is added.
    static std::optional<TextTemplate> parse(std::string_view text, std::string* error,
                                             std::size_t offset = 0);

    void append(std::string_view literal) { parts_.push_back({std::string(literal), {}}); }
    void append(Expression expression) { parts_.push_back({{}, std::move(expression)}); }

    const std::vector<Part>& parts() const { return parts_; }
    /// The expression that is all of the text, or nullptr.
    const Expression* single() const;
    /// How many operands and filters are in it.
    std::size_t operators() const;
    bool is_fixed() const { return operators() == 0; }
    /// Of a fixed one: the text.
    std::string literal() const;
    void collect_secrets(SecretNames* names) const;

  private:
    std::vector<Part> parts_;
};

}  // namespace webhook::endpoint
