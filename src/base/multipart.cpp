#include "base/multipart.hpp"

#include <algorithm>
#include <optional>
#include <string>

#include "base/text.hpp"

namespace webhook::base {

namespace {

constexpr std::string_view line_end = "\r\n";
constexpr std::string_view blanks = " \t";

bool starts_with_word(std::string_view text, std::string_view word) {
    return equal_names(text.substr(0, word.size()), word);
}

/// Blanks, and the line ends of lines that go on in the next one.
void skip_blanks(std::string_view* text) {
    for (;;) {
        if (starts_with(*text, line_end)) text->remove_prefix(line_end.size());
        const std::size_t at = std::min(text->find_first_not_of(blanks), text->size());
        if (at == 0) return;
        text->remove_prefix(at);
    }
}

/// A token, or a quoted text as it stands between its quotes.
struct Value {
    std::string_view text;
    bool is_quoted = false;

    /// Compares it with "\\x" read as "x".
    bool is(std::string_view wanted) const {
        if (!is_quoted) return text == wanted;
        for (std::size_t i = 0; i < text.size(); ++i) {
            if (text[i] == '\\') ++i;
            if (wanted.empty() || wanted.front() != text[i]) return false;
            wanted.remove_prefix(1);
        }
        return wanted.empty();
    }
};

/// Takes a token or quoted text off the front; false when it is neither.
bool take_value(std::string_view* text, Value* value) {
    value->is_quoted = starts_with(*text, "\"");
    if (!value->is_quoted) {
        value->text = text->substr(0, text->find_first_of("; \t\r\n"));
        text->remove_prefix(value->text.size());
        return !value->text.empty() && value->text.find('"') == std::string_view::npos;
    }
    std::size_t end = 1;
    while (end < text->size() && (*text)[end] != '"')
        end += (*text)[end] == '\\' ? 2 : 1;
    if (end >= text->size()) return false;
    value->text = text->substr(1, end - 1);
    text->remove_prefix(end + 1);
    return value->text.find_first_of(line_end) == std::string_view::npos;
}

/// Finds one of "; a=b; c="d"". False when it is not written like that or the parameter is there twice.
bool find_parameter(std::string_view text, std::string_view name, std::optional<Value>* found) {
    for (;;) {
        skip_blanks(&text);
        if (text.empty()) return true;
        if (!take_prefix(&text, ";")) return false;
        skip_blanks(&text);
        if (text.empty()) return true;
        const std::string_view word = text.substr(0, text.find_first_of("= \t\r\n"));
        text.remove_prefix(word.size());
        skip_blanks(&text);
        if (!is_token(word) || !take_prefix(&text, "=")) return false;
        skip_blanks(&text);
        Value value;
        if (!take_value(&text, &value)) return false;
        if (!equal_names(word, name)) continue;
        if (*found) return false;
        *found = value;
    }
}

/// Takes a header with the lines that it goes on in off the front.
std::string_view take_header(std::string_view* headers) {
    std::size_t end = 0;
    do {
        end = headers->find(line_end, end);
        if (end == std::string_view::npos)
            end = headers->size();
        else
            end += line_end.size();
    } while (end < headers->size() && blanks.find((*headers)[end]) != std::string_view::npos);
    const std::string_view header = headers->substr(0, end);
    headers->remove_prefix(end);
    return header;
}

/// The name of a part; it may have none. False when readers could see different ones.
bool part_name(std::string_view headers, std::optional<Value>* name) {
    bool found = false;
    while (!headers.empty()) {
        std::string_view header = take_header(&headers);
        const std::size_t colon = header.find(':');
        if (colon == std::string_view::npos) return false;
        if (!equal_names(trim_blanks(header.substr(0, colon)), "content-disposition")) continue;
        if (found) return false;
        found = true;
        header.remove_prefix(colon + 1);
        skip_blanks(&header);
        const std::string_view type = header.substr(0, header.find_first_of("; \t\r\n"));
        header.remove_prefix(type.size());
        if (!find_parameter(header, "name", name)) return false;
        if (*name && !equal_names(type, "form-data")) return false;
    }
    return true;
}

/// Splits a part (without the line of its boundary) into headers and content, of which each may be absent.
void split_part(std::string_view part, std::string_view* headers, std::string_view* content) {
    static constexpr std::string_view blank_line = "\r\n\r\n";
    *headers = {};
    *content = part;
    if (take_prefix(content, line_end)) return;
    const std::size_t end = part.find(blank_line);
    *headers = part.substr(0, end);
    *content =
        end == std::string_view::npos ? part.substr(part.size()) : part.substr(end + blank_line.size());
}

/// Goes from one boundary to the next.
class Boundaries {
  public:
    Boundaries(std::string_view body, std::string_view boundary)
        : rest_(body), delimiter_(std::string("\r\n--").append(boundary)) {}

    /// Skips what stands before the first one, which begins a line.
    bool find_first() {
        const std::string_view first = std::string_view(delimiter_).substr(line_end.size());
        if (!take_prefix(&rest_, first)) {
            const std::size_t at = rest_.find(delimiter_);
            if (at == std::string_view::npos) return false;
            rest_.remove_prefix(at + delimiter_.size());
        }
        return true;
    }

    /// True at the closing one. What follows it on its line must be blanks, too.
    bool is_last() const { return starts_with(rest_, "--"); }
    bool ends_well() const {
        const std::string_view line = rest_.substr(2, rest_.find(line_end) - 2);
        return trim_blanks(line).empty();
    }

    /// Takes what stands up to the next one; false when there is none, or something else than blanks stands
    /// behind this one.
    bool take_part(std::string_view* part) {
        rest_.remove_prefix(std::min(rest_.find_first_not_of(blanks), rest_.size()));
        if (!starts_with(rest_, line_end)) return false;
        const std::size_t end = rest_.find(delimiter_);
        if (end == std::string_view::npos) return false;
        *part = rest_.substr(0, end).substr(std::min(end, line_end.size()));
        rest_.remove_prefix(end + delimiter_.size());
        return true;
    }

  private:
    std::string_view rest_;
    const std::string delimiter_;
};

}  // namespace

std::string_view multipart_boundary(std::string_view content_type) {
    static constexpr std::string_view type = "multipart/form-data";
    std::optional<Value> boundary;
    if (!starts_with_word(content_type, type)) return {};
    if (!find_parameter(content_type.substr(type.size()), "boundary", &boundary) || !boundary) return {};
    const std::string_view text = boundary->text;
    constexpr std::size_t longest = 70;  // RFC 2046 section 5.1.1
    const bool good = text.size() <= longest && text.find('\\') == std::string_view::npos &&
                      trim_blanks(text).size() == text.size();
    return good ? text : std::string_view();
}

bool find_part(std::string_view body, std::string_view boundary, std::string_view name,
               std::string_view* value, std::size_t* count) {
    *value = {};
    *count = 0;
    Boundaries boundaries(body, boundary);
    if (boundary.empty() || !boundaries.find_first()) return false;
    while (!boundaries.is_last()) {
        std::string_view part, headers, content;
        std::optional<Value> each;
        if (!boundaries.take_part(&part)) return false;
        split_part(part, &headers, &content);
        if (!part_name(headers, &each)) return false;
        if (each && each->is(name) && (*count)++ == 0) *value = content;
    }
    return boundaries.ends_well();
}

}  // namespace webhook::base
