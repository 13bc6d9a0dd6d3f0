#include "base/structured_field.hpp"

#include <algorithm>
#include <charconv>

#include "base/encoding.hpp"

namespace webhook::base {

namespace {

constexpr std::size_t max_params = 16, max_digits = 15;

bool is_lower(char c) {
    return c >= 'a' && c <= 'z';
}
bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

class Scanner {
  public:
    explicit Scanner(std::string_view text) : text_(text) {}

    bool at_end() const { return at_ == text_.size(); }
    char peek() const { return at_end() ? '\0' : text_[at_]; }
    std::size_t position() const { return at_; }
    std::string_view from(std::size_t start) const { return text_.substr(start, at_ - start); }

    bool take(char c) {
        if (at_end() || text_[at_] != c) return false;
        ++at_;
        return true;
    }

    void skip(std::string_view blanks) {
        while (!at_end() && blanks.find(text_[at_]) != std::string_view::npos)
            ++at_;
    }

    bool key(std::string_view* out) {
        const std::size_t start = at_;
        if (!is_lower(peek()) && peek() != '*') return false;
        while (is_lower(peek()) || is_digit(peek()) ||
               (!at_end() && std::string_view("_-.*").find(peek()) != std::string_view::npos)) {
            ++at_;
        }
        *out = from(start);
        return true;
    }

    /// Printable ASCII in quotes; `out` may be nullptr.
    bool string(std::string* out) {
        if (!take('"')) return false;
        while (!at_end()) {
            char c = text_[at_++];
            if (c == '"') return true;
            if (c == '\\') {
                c = peek();
                if (c != '"' && c != '\\') return false;
                ++at_;
            }
            if (c < 0x20 || c > 0x7e) return false;
            if (out != nullptr) out->push_back(c);
        }
        return false;
    }

    bool integer(std::int64_t* out) {
        const std::size_t start = at_;
        while (is_digit(peek()))
            ++at_;
        const std::string_view digits = from(start);
        if (digits.empty() || digits.size() > max_digits || peek() == '.') return false;
        std::from_chars(digits.data(), digits.data() + digits.size(), *out);
        return true;
    }

    /// ":BASE64:"
    bool bytes(std::string* out) {
        if (!take(':')) return false;
        const std::size_t end = text_.find(':', at_);
        if (end == std::string_view::npos) return false;
        const std::string_view encoded = text_.substr(at_, end - at_);
        at_ = end + 1;
        return decode_text(encoded, Encoding::base64, out);
    }

    /// A bare item of any type, left aside.
    bool any_item() {
        std::string ignored;
        if (peek() == '"') return string(nullptr);
        if (peek() == ':') return bytes(&ignored);
        const std::size_t start = at_;
        while (!at_end() && std::string_view(" \t,;()\"").find(peek()) == std::string_view::npos)
            ++at_;
        return at_ > start;
    }

    /// After a member: the next one follows, or the text ends. A comma at the end is none.
    bool next_member(bool* more) {
        skip(" \t");
        *more = take(',');
        skip(" \t");
        return *more ? !at_end() : at_end();
    }

  private:
    std::string_view text_;
    std::size_t at_ = 0;
};

bool read_param(Scanner* scanner, std::string_view name, SignatureInput* input) {
    const auto date = [&](std::optional<std::int64_t>* value) {
        return scanner->take('=') && scanner->integer(&value->emplace());
    };
    if (name == "expires") return date(&input->expires);
    if (name == "keyid") return scanner->take('=') && scanner->string(&input->keyid);
    if (name == "alg") return scanner->take('=') && scanner->string(&input->alg);
    if (name == "created") {
        const std::size_t start = scanner->position() + 1;
        if (!date(&input->created)) return false;
        input->created_text = scanner->from(start);
        return true;
    }
    return !scanner->take('=') || scanner->any_item();
}

bool read_params(Scanner* scanner, SignatureInput* input) {
    std::vector<std::string_view> seen;
    while (scanner->take(';')) {
        std::string_view name;
        scanner->skip(" ");
        if (!scanner->key(&name) || seen.size() == max_params) return false;
        if (std::find(seen.begin(), seen.end(), name) != seen.end()) return false;
        seen.push_back(name);
        if (!read_param(scanner, name, input)) return false;
    }
    return true;
}

bool read_component(Scanner* scanner, SignatureInput* input) {
    Component component;
    const std::size_t start = scanner->position();
    std::string name;
    if (!scanner->string(&name)) return false;
    component.name = scanner->from(start).substr(1, name.size());
    if (component.name != name) return false;
    while (scanner->take(';')) {
        std::string_view ignored;
        component.has_params = true;
        if (!scanner->key(&ignored) || (scanner->take('=') && !scanner->any_item())) return false;
    }
    component.raw = scanner->from(start);
    const bool twice = std::any_of(input->components.begin(), input->components.end(),
                                   [&](const Component& each) { return each.raw == component.raw; });
    if (twice || input->components.size() == max_components) return false;
    input->components.push_back(component);
    return true;
}

bool read_list(Scanner* scanner, SignatureInput* input) {
    if (!scanner->take('(')) return false;
    while (true) {
        scanner->skip(" ");
        if (scanner->take(')')) return true;
        if (!read_component(scanner, input)) return false;
        if (scanner->peek() != ' ' && scanner->peek() != ')') return false;
    }
}

}  // namespace

bool parse_signature_input(std::string_view text, std::vector<SignatureInput>* inputs) {
    Scanner scanner(text);
    scanner.skip(" ");
    for (bool more = true; more;) {
        SignatureInput input;
        if (!scanner.key(&input.label) || !scanner.take('=')) return false;
        const bool twice = std::any_of(inputs->begin(), inputs->end(),
                                       [&](const SignatureInput& each) { return each.label == input.label; });
        if (twice || inputs->size() == max_members) return false;
        const std::size_t start = scanner.position();
        if (!read_list(&scanner, &input) || !read_params(&scanner, &input)) return false;
        input.raw = scanner.from(start);
        inputs->push_back(std::move(input));
        if (!scanner.next_member(&more)) return false;
    }
    return true;
}

bool parse_bytes(std::string_view text, std::vector<std::pair<std::string_view, std::string>>* members) {
    Scanner scanner(text);
    std::vector<std::string_view> seen;
    scanner.skip(" ");
    for (bool more = true; more;) {
        std::string_view label;
        if (!scanner.key(&label) || seen.size() == max_members) return false;
        if (std::find(seen.begin(), seen.end(), label) != seen.end()) return false;
        seen.push_back(label);
        std::string bytes;
        const bool has_value = scanner.take('=');
        if (has_value && scanner.peek() == ':') {
            if (!scanner.bytes(&bytes)) return false;
            members->emplace_back(label, std::move(bytes));
        } else if (has_value && !scanner.any_item()) {
            return false;
        }
        SignatureInput ignored;
        if (!read_params(&scanner, &ignored) || !scanner.next_member(&more)) return false;
    }
    return true;
}

}  // namespace webhook::base
