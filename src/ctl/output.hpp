#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "ctl/json.hpp"

namespace webhook::ctl {

/// Writes to standard output. Control characters are escaped for every caller, see printable_text().
/// Throws OutputClosed when that fails.
void print(std::string_view text);
void print_line(std::string_view text);
/// One object on one line. Bytes that are not UTF-8 are replaced.
void print_json(const Json& object);

/// Writes "webhookctl: TEXT" to standard error, escaped like print().
void print_error(std::string_view text);

/// Everything printed so far is on its way; throws as print does.
void flush_output();

struct OutputClosed {
    int error;  ///< EPIPE: the reader is gone (`| head`)
};

/// For people: hidden characters (event/visible.hpp) and bytes that are not UTF-8 as \n, \t, \xNN, so that
/// the content of events can neither move the cursor nor break a table.
std::string printable(std::string_view text);
/// The same, but keeps line feeds and tabs: for bodies.
std::string printable_text(std::string_view text);

/// Well-formed UTF-8 without zero bytes.
bool is_text(std::string_view bytes);

/// Number of columns that UTF-8 text takes on a terminal; every character counts as one.
std::size_t display_width(std::string_view text);

/// At most `width` columns, ending in "..." when cut.
std::string shorten(std::string_view text, std::size_t width);

std::string base64(std::string_view bytes);

}  // namespace webhook::ctl
