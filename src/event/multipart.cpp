#include "event/multipart.hpp"

#include <string>

#include "event/text.hpp"

namespace webhook::event {

namespace {

constexpr std::string_view line_end = "\r\n";
constexpr std::string_view blanks = " \t";

bool starts_with_word(std::string_view text, std::string_view word) {
    return equal_names(text.substr(0, word.size()), word);
}

void skip_blanks(std::string_view* text) {
    const std::size_t at = text->find_first_not_of(blanks);
    text->remove_prefix(at == std::string_view::npos ? text->size() : at);
}

/// Takes a token or quoted text off the front; a quoted one may hold no backslash. False when it is not closed.
bool take_value(std::string_view* text, std::string_view* value) {
    if (text->empty() || text->front() != '"') {
        *value = text->substr(0, text->find_first_of("; \t"));
        text->remove_prefix(value->size());
        return !value->empty();
    }
    text->remove_prefix(1);
    const std::size_t end = text->find_first_of("\"\\");
    if (end == std::string_view::npos || (*text)[end] == '\\') return false;
    *value = text->substr(0, end);
    text->remove_prefix(end + 1);
    return true;
}

/// Finds one of "; a=b; c="d"". False when it is not written like that or the parameter is there twice.
bool find_parameter(std::string_view text, std::string_view name, std::string_view* found) {
    *found = {};
    for (;;) {
        skip_blanks(&text);
        if (text.empty()) return true;
        if (text.front() != ';') return false;
        text.remove_prefix(1);
        skip_blanks(&text);
        const std::size_t equal = text.find('=');
        if (equal == std::string_view::npos) return text.empty();
        const std::string_view word = text.substr(0, equal);
        text.remove_prefix(equal + 1);
        std::string_view value;
        if (!take_value(&text, &value)) return false;
        if (!equal_names(word, name)) continue;
        if (found->data() != nullptr) return false;
        *found = value;
    }
}

/// The name in the headers of a part; false when there is not exactly one.
bool part_name(std::string_view headers, std::string_view* name) {
    static constexpr std::string_view disposition = "content-disposition:";
    bool found = false;
    while (!headers.empty()) {
        const std::size_t end = headers.find(line_end);
        std::string_view line = headers.substr(0, end);
        headers.remove_prefix(end == std::string_view::npos ? headers.size() : end + line_end.size());
        if (!starts_with_word(line, disposition)) continue;
        if (found) return false;
        found = true;
        line.remove_prefix(disposition.size());
        skip_blanks(&line);
        static constexpr std::string_view form_data = "form-data";
        if (!starts_with_word(line, form_data)) return false;
        line.remove_prefix(form_data.size());
        if (!find_parameter(line, "name", name) || name->data() == nullptr) return false;
    }
    return found;
}

/// Splits a part (without the line of its boundary) into headers and content.
bool split_part(std::string_view part, std::string_view* headers, std::string_view* content) {
    static constexpr std::string_view blank_line = "\r\n\r\n";
    const std::size_t end = part.find(blank_line);
    if (end == std::string_view::npos) return false;
    *headers = part.substr(0, end);
    *content = part.substr(end + blank_line.size());
    return true;
}

}  // namespace

std::string_view multipart_boundary(std::string_view content_type) {
    static constexpr std::string_view type = "multipart/form-data";
    if (!starts_with_word(content_type, type)) return {};
    std::string_view boundary;
    if (!find_parameter(content_type.substr(type.size()), "boundary", &boundary)) return {};
    constexpr std::size_t longest = 70;  // RFC 2046 section 5.1.1
    return boundary.size() > longest ? std::string_view() : boundary;
}

bool find_part(std::string_view body, std::string_view boundary, std::string_view name,
               std::string_view* value, std::size_t* count) {
    *value = {};
    *count = 0;
    const std::string delimiter = std::string("\r\n--").append(boundary);
    const std::string_view first = std::string_view(delimiter).substr(line_end.size());
    if (boundary.empty() || !starts_with(body, first)) return false;
    body.remove_prefix(first.size());
    while (!starts_with(body, "--")) {
        skip_blanks(&body);
        if (!starts_with(body, line_end)) return false;
        body.remove_prefix(line_end.size());
        const std::size_t end = body.find(delimiter);
        if (end == std::string_view::npos) return false;
        std::string_view headers;
        std::string_view content;
        std::string_view each;
        if (!split_part(body.substr(0, end), &headers, &content) || !part_name(headers, &each)) return false;
        if (each == name && (*count)++ == 0) *value = content;
        body.remove_prefix(end + delimiter.size());
    }
    return body == "--" || body.substr(2, line_end.size()) == line_end;
}

}  // namespace webhook::event
