#include "ctl/body_text.hpp"

#include <zlib.h>

#include <memory>

#include "base/encoding.hpp"
#include "base/text.hpp"
#include "ctl/output.hpp"

namespace webhook::ctl {

namespace {

constexpr std::size_t max_text = std::size_t{1} << 20;
constexpr int any_header = 15 + 32;  // gzip or zlib
constexpr int no_header = -15;       // what some servers send for "deflate"

/// `window_bits` as inflateInit2() takes them. Nothing when the bytes are damaged before anything came out.
std::optional<std::string> inflate_all(std::string_view bytes, int window_bits) {
    z_stream stream{};
    if (inflateInit2(&stream, window_bits) != Z_OK) return std::nullopt;
    const std::unique_ptr<z_stream, int (*)(z_stream*)> end(&stream, inflateEnd);
    std::string input(bytes), text(max_text, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(input.data());
    stream.avail_in = static_cast<uInt>(input.size());
    stream.next_out = reinterpret_cast<Bytef*>(text.data());
    stream.avail_out = static_cast<uInt>(text.size());
    const int result = inflate(&stream, Z_SYNC_FLUSH);
    text.resize(text.size() - stream.avail_out);
    const bool readable = result == Z_OK || result == Z_STREAM_END || result == Z_BUF_ERROR;
    if (!readable && text.empty()) return std::nullopt;
    return text;
}

}  // namespace

std::optional<std::string> decompress(std::string_view bytes, std::string_view encoding) {
    const std::string name = base::lower(base::trim_blanks(encoding));
    if (name.empty() || name == "identity") return std::string(bytes);
    if (name == "gzip" || name == "x-gzip") return inflate_all(bytes, any_header);
    if (name != "deflate") return std::nullopt;
    auto text = inflate_all(bytes, any_header);
    return text ? text : inflate_all(bytes, no_header);
}

std::string_view response_header(std::string_view headers, std::string_view name) {
    while (!headers.empty()) {
        const std::size_t end = std::min(headers.find('\n'), headers.size());
        const std::string_view line = headers.substr(0, end);
        headers.remove_prefix(std::min(end + 1, headers.size()));
        const std::size_t colon = std::min(line.find(": "), line.size());
        if (colon < line.size() && base::equal_names(line.substr(0, colon), name))
            return line.substr(colon + 2);
    }
    return {};
}

std::optional<std::string> response_text(const Json& attempt) {
    std::string bytes = text_of(attempt, "response");
    const std::string encoded = text_of(attempt, "response_base64");
    if (!encoded.empty() && !base::decode_text(encoded, base::Encoding::base64, &bytes)) return std::nullopt;
    auto text = decompress(bytes, response_header(text_of(attempt, "response_headers"), "content-encoding"));
    if (!text) return std::nullopt;
    // The 16 KiB may end within a character.
    for (int i = 0; i < 3 && !text->empty() && !is_text(*text); ++i)
        text->pop_back();
    if (text->empty() && !bytes.empty()) return std::nullopt;
    return is_text(*text) ? text : std::nullopt;
}

}  // namespace webhook::ctl
