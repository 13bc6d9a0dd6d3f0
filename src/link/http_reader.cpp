#include "link/http_reader.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/text.hpp"

namespace webhook::link {
namespace {

using base::equal_names;

constexpr unsigned max_length_digits = 18, max_chunk_digits = 15;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

int hex_value(char c) {
    if (is_digit(c)) return c - '0';
    const char low = base::lower(c);
    return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

bool has_control(std::string_view value) {
    return std::any_of(value.begin(), value.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return (byte < 0x20 && c != '\t') || byte == 0x7f;
    });
}

/// Takes the next word of a comma-separated list, without blanks.
std::string_view next_of_list(std::string_view* list) {
    const std::size_t comma = std::min(list->find(','), list->size());
    const std::string_view word = list->substr(0, comma);
    list->remove_prefix(std::min(comma + 1, list->size()));
    return base::trim_blanks(word);
}

/// Takes "HTTP/1.1" or another version that curl or Node.js accept; the rest stays in `line`.
bool take_version(std::string_view* line, std::string_view* version) {
    if (!equal_names(line->substr(0, 5), "http/")) return false;
    const std::size_t end = std::min(line->find(' '), line->size());
    *version = line->substr(5, end - 5);
    line->remove_prefix(end);
    constexpr std::string_view known[] = {"1.1", "1.0", "2", "2.0", "0.9"};
    return std::find(std::begin(known), std::end(known), *version) != std::end(known);
}

/// Returns whether the bytes begin an alert or a handshake record of TLS.
bool is_tls(std::string_view bytes) {
    return bytes.size() > 1 && (bytes[0] == 0x15 || bytes[0] == 0x16) && bytes[1] == 3;
}

std::string no_status(std::string_view what, std::string_view line) {
    return is_tls(line) ? "the port speaks TLS: write https://" : std::string(what) + seen(line);
}

}  // namespace

std::string seen(std::string_view bytes) {
    constexpr std::size_t most = 64;
    static constexpr char digits[] = "0123456789abcdef";
    std::string text = "\"";
    for (const char c : bytes.substr(0, most)) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x20 && byte < 0x7f && c != '"' && c != '\\') {
            text.push_back(c);
        } else {
            text.append("\\x").append({digits[byte >> 4U], digits[byte & 15U]});
        }
    }
    return text.append(bytes.size() > most ? "\"..." : "\"");
}

bool HttpReader::keep_alive() const {
    return state_ == State::done && clean_ && !ambiguous_ && !wants_close_ && (!old_ || wants_keep_);
}

void HttpReader::fail(std::string what) {
    error_ = std::move(what);
    state_ = State::broken;
}

/// Fails at a limit. A status that was read still counts, even if the lines after it do not end.
void HttpReader::exceed() {
    over_limit_ = !interim();
    fail(total_ >= limits_.total
             ? "longer than " + std::to_string(limits_.total) + " bytes"
             : "more than " + std::to_string(limits_.syntax) + " bytes of header and chunk syntax");
}

/// Takes the available part of a line, without its LF, up to the limits.
std::string_view HttpReader::take_syntax(std::string_view* bytes, bool* line_ended) {
    const std::uint64_t most = std::min<std::uint64_t>(limits_.syntax - syntax_, limits_.total - total_);
    const std::string_view piece = bytes->substr(0, static_cast<std::size_t>(most));
    const std::size_t end = piece.find('\n');
    *line_ended = end != std::string_view::npos;
    const std::size_t taken = *line_ended ? end + 1 : piece.size();
    count(taken, bytes);
    return piece.substr(0, end);
}

void HttpReader::count(std::size_t syntax, std::string_view* bytes) {
    syntax_ += syntax;
    total_ += syntax;
    bytes->remove_prefix(syntax);
}

std::size_t HttpReader::put(std::string_view bytes) {
    const std::size_t given = bytes.size();
    while (!bytes.empty() && !ended()) {
        const bool body = state_ == State::body || state_ == State::body_to_end;
        if (total_ >= limits_.total || (!body && syntax_ >= limits_.syntax)) {
            exceed();
            break;
        }
        switch (state_) {
            case State::body:
            case State::body_to_end:
                put_body(&bytes);
                break;
            case State::chunk_size:
                put_chunk_size(&bytes);
                break;
            case State::chunk_syntax:
                put_chunk_syntax(&bytes);
                break;
            case State::chunk_end:
                put_chunk_end(&bytes);
                break;
            case State::trailer:
                put_trailer(&bytes);
                break;
            default:
                put_line(&bytes);
                break;
        }
    }
    return given - bytes.size();
}

void HttpReader::put_end() {
    if (ended()) return;
    if (state_ == State::body_to_end) {
        clean_ = false;
        state_ = State::done;
    } else if (head_done_) {
        fail("connection closed within the body");
    } else if (state_ == State::fields) {
        fail("connection closed within the header" +
             (status_ == 0 ? std::string() : " of status " + std::to_string(status_)));
    } else if (line_.empty()) {
        fail("connection closed");
    } else {
        fail(no_status("connection closed after ", line_));
    }
}

/// Takes a line of a head. Most lines end within one piece and are not copied.
void HttpReader::put_line(std::string_view* bytes) {
    bool line_ended = false;
    std::string_view line = take_syntax(bytes, &line_ended);
    if (!line_.empty() || !line_ended) line = line_.append(line);
    if (!line_ended) return;
    const bool crlf = !line.empty() && line.back() == '\r';
    clean_ &= crlf;
    line.remove_suffix(crlf ? 1 : 0);
    take(line);
    line_.clear();
}

void HttpReader::take(std::string_view line) {
    if (state_ == State::fields) {
        if (line.empty()) return end_head();
        return take_field(line);
    }
    if (line.empty()) {  // left over from the previous message
        clean_ = false;
        return;
    }
    state_ = State::fields;
    return kind_ == Kind::response ? take_status_line(line) : take_request_line(line);
}

void HttpReader::take_status_line(std::string_view line) {
    std::string_view rest = line, version;
    const bool known = take_version(&rest, &version);
    const std::size_t blanks = std::min(rest.find_first_not_of(' '), rest.size());
    rest.remove_prefix(blanks);
    const bool status = blanks > 0 && rest.size() >= 3 &&
                        std::all_of(rest.begin(), rest.begin() + 3, is_digit) &&
                        (rest.size() == 3 || !is_digit(rest[3])) && rest[0] != '0';
    if (!known || !status) return fail(no_status("no HTTP status line: ", line));
    status_ = (rest[0] - '0') * 100 + (rest[1] - '0') * 10 + (rest[2] - '0');
    old_ = version != "1.1";
    clean_ &= blanks == 1 && (rest.size() == 3 || rest[3] == ' ') && !has_control(line);
    if (status_ == 101) fail("status 101: no other protocol was asked for");
}

void HttpReader::take_request_line(std::string_view line) {
    const std::size_t first = line.find(' ');
    const std::size_t last = line.rfind(' ');
    if (first == std::string_view::npos || first == last || has_control(line))
        return fail("no HTTP request line: " + seen(line));
    std::string_view rest = line.substr(last + 1), version;
    const std::string_view method = line.substr(0, first);
    const std::string_view target = line.substr(first + 1, last - first - 1);
    if (!take_version(&rest, &version) || version[0] != '1' || !base::is_token(method) || target.empty() ||
        target.find(' ') != std::string_view::npos) {
        return fail("no HTTP request line: " + seen(line));
    }
    old_ = version != "1.1";
    on_request_line(method, target);
}

void HttpReader::take_field(std::string_view line) {
    const std::size_t colon = line.find(':');
    if (is_blank(line.front()) || colon == std::string_view::npos) {  // a folded line, or no header at all
        clean_ = false;
        return;
    }
    const std::string_view whole = line.substr(0, colon);
    const std::string_view name = base::trim_blanks(whole), value = base::trim_blanks(line.substr(colon + 1));
    clean_ &= base::is_token(whole) && !has_control(value);
    if (name.empty() || interim()) return;
    if (equal_names(name, "content-length")) {
        take_length(value);
    } else if (equal_names(name, "transfer-encoding")) {
        take_coding(value);
    } else if (equal_names(name, "connection")) {
        take_connection(value);
    }
    on_field(name, value);
}

void HttpReader::take_length(std::string_view value) {
    std::uint64_t length = 0;
    const bool number = !value.empty() && value.size() <= max_length_digits &&
                        std::all_of(value.begin(), value.end(), is_digit);
    if (number) std::from_chars(value.data(), value.data() + value.size(), length);
    ambiguous_ |= !number || (has_length_ && length != length_);
    clean_ &= !has_length_;
    has_length_ = true;
    length_ = length;
}

/// Notes the transfer codings: only a last coding "chunked" delimits the body.
void HttpReader::take_coding(std::string_view value) {
    clean_ &= !chunked_ && !other_coding_;
    chunked_ = false;
    while (!value.empty()) {
        const std::string_view word = next_of_list(&value);
        clean_ &= !chunked_;
        chunked_ = equal_names(word, "chunked");
        other_coding_ |= !chunked_ && !word.empty();
    }
}

/// Notes the options of `Connection`. Some servers add parameters after ";".
void HttpReader::take_connection(std::string_view value) {
    while (!value.empty()) {
        std::string_view word = next_of_list(&value);
        word = base::trim_blanks(word.substr(0, word.find(';')));
        wants_close_ |= equal_names(word, "close");
        wants_keep_ |= equal_names(word, "keep-alive");
    }
}

void HttpReader::end_head() {
    if (interim()) {
        status_ = 0;
        state_ = State::start;
        return;
    }
    head_done_ = true;
    ambiguous_ |= has_length_ && (chunked_ || other_coding_);
    if (kind_ == Kind::request && (ambiguous_ || (other_coding_ && !chunked_)))
        return fail("the length of the body can be understood in two ways");
    begin_body();
}

/// Chooses how the body is delimited. If lengths differ, are invalid, or come with a transfer coding, the
/// body is not read, because it might not end: the status is sufficient.
void HttpReader::begin_body() {
    const bool bodiless = no_body_ || (kind_ == Kind::response && (status_ == 204 || status_ == 304));
    if (bodiless) {
        state_ = State::done;
    } else if (chunked_) {
        state_ = State::chunk_size;
    } else if (ambiguous_) {
        state_ = State::done;
    } else if (has_length_) {
        left_ = length_;
        state_ = left_ == 0 ? State::done : State::body;
    } else {
        state_ = kind_ == Kind::request ? State::done : State::body_to_end;
    }
}

void HttpReader::put_body(std::string_view* bytes) {
    std::uint64_t most = std::min<std::uint64_t>(bytes->size(), limits_.total - total_);
    if (state_ == State::body) most = std::min(most, left_);
    const auto taken = static_cast<std::size_t>(most);
    on_body(bytes->substr(0, taken));
    bytes->remove_prefix(taken);
    total_ += taken;
    if (state_ == State::body_to_end) return;
    left_ -= taken;
    if (left_ == 0) state_ = chunked_ ? State::chunk_end : State::done;
}

void HttpReader::put_chunk_size(std::string_view* bytes) {
    const char c = bytes->front();
    const int value = hex_value(c);
    if (value < 0) {
        if (digits_ == 0) return fail("no size of a chunk: " + seen(bytes->substr(0, 1)));
        state_ = State::chunk_syntax;
        clean_ &= std::string_view(";\r \t").find(c) != std::string_view::npos;
        return;
    }
    if (++digits_ > max_chunk_digits) return fail("the size of a chunk has too many digits");
    left_ = left_ * 16 + static_cast<unsigned>(value);
    count(1, bytes);
}

void HttpReader::put_chunk_syntax(std::string_view* bytes) {
    bool line_ended = false;
    const std::string_view piece = take_syntax(bytes, &line_ended);
    if (!piece.empty()) after_cr_ = piece.back() == '\r';
    if (!line_ended) return;
    clean_ &= after_cr_;
    after_cr_ = false;
    digits_ = 0;
    state_ = left_ > 0 ? State::body : State::trailer;
}

void HttpReader::put_chunk_end(std::string_view* bytes) {
    const char c = bytes->front();
    if (c != '\n' && (c != '\r' || after_cr_)) return fail("no line end after a chunk: " + seen({&c, 1}));
    clean_ &= c == '\r' || after_cr_;
    after_cr_ = c == '\r';
    if (c == '\n') state_ = State::chunk_size;
    count(1, bytes);
}

/// Skips trailers: fields after the body must not control anything.
void HttpReader::put_trailer(std::string_view* bytes) {
    bool line_ended = false;
    const std::string_view piece = take_syntax(bytes, &line_ended);
    text_in_line_ |= !piece.empty() && (after_cr_ || piece != "\r");
    after_cr_ |= !piece.empty();
    if (!line_ended) return;
    clean_ &= after_cr_;
    after_cr_ = false;
    if (!std::exchange(text_in_line_, false)) state_ = State::done;
}

}  // namespace webhook::link
